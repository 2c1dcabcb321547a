"""The command line as a script sees it: real processes, real databases, exit codes, what is on stdout and stderr."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
ROSTERS = ROOT / "tests" / "data" / "rosters"
ENGLISH = re.compile(r"[A-Za-z]{4,}(?: [A-Za-z]{2,}){2,}")
"""Three English words in a row: a sentence nobody translated."""
BUG = re.compile(r"编号 [0-9A-F]{6}")


class Result(NamedTuple):
    """How one command line ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., "subprocess.CompletedProcess[str]"]
Many = Callable[[Sequence[Sequence[object]]], list[Result]]


DRIVER = """
import contextlib, io, json, sys
from dangxiao_houqin.app.cli import _run
if __name__ == "__main__":
    results = []
    for arguments in json.load(sys.stdin):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = _run(arguments)
        results.append([code, out.getvalue(), err.getvalue()])
    json.dump(results, sys.stdout)
"""
"""Many command lines in one process: starting Python anew for each would take most of the test's time."""


@pytest.fixture
def environment(data_folder: Path) -> dict[str, str]:
    """The program's own machine folder, and this checkout."""
    return {
        **os.environ,
        "DANGXIAO_DATA_DIR": str(data_folder),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
        "QT_QPA_PLATFORM": "offscreen",
    }


@pytest.fixture
def dx(environment: dict[str, str], tmp_path: Path) -> Run:
    """Run ``python -m dangxiao_houqin ARGS``."""

    def run(*arguments: object, ok: int | None = 0, **changes: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "dangxiao_houqin", *map(str, arguments)],
            cwd=tmp_path,
            env={**environment, **changes},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        text = f"{arguments}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in text, text
        if ok is not None:
            assert done.returncode == ok, text
        return done

    return run


@pytest.fixture
def dx_many(environment: dict[str, str], tmp_path: Path) -> Many:
    """Run many command lines one after the other in one process of their own."""

    def run(lines: Sequence[Sequence[object]]) -> list[Result]:
        done = subprocess.run(
            [sys.executable, "-c", DRIVER],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            input=json.dumps([[str(argument) for argument in line] for line in lines]),
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return [Result(*entry) for entry in json.loads(done.stdout)]

    return run


@pytest.fixture
def school(dx: Run, engine_name: str, request: pytest.FixtureRequest) -> str:
    """A database with the demo school."""
    if engine_name == "sqlite":
        return str(request.getfixturevalue("demo_db").path)
    url: str = request.getfixturevalue("empty_db_url")
    dx("init", "--db", url, "--demo")
    return url


def new_class(dx: Run, db: str, start: str = "2031-03-03", end: str = "2031-03-20") -> str:
    code = dx("class-create", "--db", db, "--name", "测试班", "--kind", "主体班", "--start", start, "--end", end).stdout
    assert code.endswith("\n")
    assert code.count("\n") == 1
    return code.strip()


def cells(path: Path) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(path)
    try:
        return list(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()


# ------------------------------------------------------------------------------------------ the whole job
def test_from_nothing_to_paper(dx: Run, dx_many: Many, school: str, tmp_path: Path) -> None:
    code = new_class(dx, school)
    roster = ROSTERS / "科级干部进修班花名册.xlsx"

    rehearsal = json.loads(dx("import-roster", "--db", school, code, roster, "--dry-run", "--json").stdout)
    assert rehearsal["written"] is False
    assert rehearsal["added"] == rehearsal["people"] == 56
    result = json.loads(dx("import-roster", "--db", school, code, roster, "--json").stdout)
    assert set(result) == {
        *("rows", "people", "added", "changed", "unchanged", "withdrawn", "skipped", "written", "problems"),
    }
    assert {**rehearsal, "written": True} == result
    again = json.loads(dx("import-roster", "--db", school, code, roster, "--json").stdout)
    assert (again["added"], again["changed"], again["unchanged"], again["withdrawn"]) == (0, 0, 56, 0)

    plan = json.loads(dx("assign", "--db", school, code, "--seed", 3, "--time-limit", 1, "--json").stdout)
    assert set(plan) == {"assigned", "unassigned", "rooms_opened", "objective", "bound", "seconds"}
    assert plan["unassigned"] == []
    assert plan["rooms_opened"] >= plan["assigned"] / 3

    stays = tmp_path / "stays.xlsx"
    dx("export", "--db", school, "stays", code, "--out", stays)
    rows = cells(stays)
    header = next(i for i, row in enumerate(rows) if "姓名" in row)
    wanted = {"姓名", "性别", "单位", "班次", "楼栋", "房号", "床位", "入住日期", "离开日期"}
    assert wanted <= set(rows[header])
    assert len(rows) - header - 1 == plan["assigned"]
    room, sex, bed = (rows[header].index(title) for title in ("房号", "性别", "床位"))
    building = rows[header].index("楼栋")
    sexes: dict[tuple[object, object], set[object]] = {}
    for row in rows[header + 1 :]:
        sexes.setdefault((row[building], row[room]), set()).add(row[sex])
    assert all(len(found) == 1 for found in sexes.values())
    assert len({(row[building], row[room], row[bed]) for row in rows[header + 1 :]}) == plan["assigned"]

    keys = [line.split("\t")[0] for line in dx("print", "--list").stdout.splitlines()]
    files = [tmp_path / f"{key}{ending}" for key in keys for ending in (".pdf", ".xlsx")]
    for result in dx_many([("print", "--db", school, file.stem, code, "--out", file) for file in files]):
        assert result.returncode == 0, result
    assert all(file.read_bytes().startswith(b"%PDF-") for file in files if file.suffix == ".pdf")
    assert all(zipfile.is_zipfile(file) for file in files if file.suffix == ".xlsx")

    backup = tmp_path / "b.zip"
    dx("backup", "--db", school, "--out", backup)
    dx("restore", "--db", tmp_path / "elsewhere.sqlite", backup)
    copy = tmp_path / "copy.xlsx"
    dx("export", "--db", tmp_path / "elsewhere.sqlite", "stays", code, "--out", copy)
    assert cells(copy) == rows
    found = json.loads(dx("doctor", "--db", school, "--json").stdout)
    assert found["level"] != "error"


@pytest.mark.sqlite_only
def test_every_list_can_be_exported(dx: Run, dx_many: Many, school: str, tmp_path: Path) -> None:
    lines = dx("export", "--list").stdout.splitlines()
    keys = [line.split("\t")[0] for line in lines]
    assert {"stays", "roster", "rooms", "classes"} <= set(keys)
    assert len(keys) == len(set(keys))
    for result in dx_many([("export", "--db", school, key, "--out", tmp_path / f"{key}.xlsx") for key in keys]):
        assert result.returncode == 0, result
    assert all(len(cells(tmp_path / f"{key}.xlsx")) >= 2 for key in keys)


# ------------------------------------------------------------------------------------------------- roster
@pytest.mark.sqlite_only
def test_rows_in_error_write_nothing(dx: Run, school: str) -> None:
    code, roster = new_class(dx, school), ROSTERS / "有错误的名单.xlsx"
    done = dx("import-roster", "--db", school, code, roster, "--json", ok=2)
    result = json.loads(done.stdout)
    assert result["written"] is False
    assert "没有写入" in done.stderr
    assert {p["severity"] for p in result["problems"]} <= {"error", "warning"}
    assert all(set(p) == {"row", "column", "severity", "message"} for p in result["problems"])
    assert {p["row"] for p in result["problems"] if p["severity"] == "error"} == set(range(2, 11))
    dx("import-roster", "--db", school, code, roster, ok=2)
    dx("import-roster", "--db", school, code, roster, "--dry-run", ok=2)
    assert json.loads(dx("import-roster", "--db", school, code, roster, "--json", ok=2).stdout)["unchanged"] == 0


@pytest.mark.sqlite_only
def test_bad_rows_are_skipped_when_told(dx: Run, school: str, tmp_path: Path) -> None:
    code, roster = new_class(dx, school), tmp_path / "名单.csv"
    roster.write_text("姓名,性别,单位\n张三,男,甲局\n李四,不详,甲局\n王五,女,乙局\n", encoding="gb18030")
    dx("import-roster", "--db", school, code, roster, ok=2)
    result = json.loads(dx("import-roster", "--db", school, code, roster, "--skip-bad-rows", "--json").stdout)
    assert (result["written"], result["people"], result["added"], result["skipped"]) == (True, 2, 2, 1)


@pytest.mark.sqlite_only
def test_updated_roster_says_what_changes(dx: Run, school: str, tmp_path: Path) -> None:
    code, roster = new_class(dx, school), tmp_path / "名单.csv"
    head = "姓名,性别,单位,联系电话\n"
    people = [f"张{name},男,甲局,1390000{n:04d}" for n, name in enumerate("东南西北春夏秋冬山水")]
    roster.write_text(head + "\n".join(people), encoding="utf-8")
    dx("import-roster", "--db", school, code, roster)
    people[0] = people[0].replace("甲局", "乙局")
    people[1:3] = ["新人,女,丙局,13900009999"]
    roster.write_text(head + "\n".join(people), encoding="utf-8")
    result = json.loads(dx("import-roster", "--db", school, code, roster, "--json").stdout)
    assert (result["added"], result["changed"], result["unchanged"], result["withdrawn"]) == (1, 1, 7, 2)
    roster.write_text(head + people[-1], encoding="utf-8")
    assert "补充名单" in dx("import-roster", "--db", school, code, roster, ok=1).stderr
    kept = json.loads(dx("import-roster", "--db", school, code, roster, "--keep-missing", "--json").stdout)
    assert (kept["unchanged"], kept["withdrawn"]) == (1, 0)
    gone = json.loads(dx("import-roster", "--db", school, code, roster, "--withdraw-missing", "--json").stdout)
    assert (gone["unchanged"], gone["withdrawn"]) == (1, 8)


# ------------------------------------------------------------------------------------------------- help
def test_help_is_chinese_and_quick(dx: Run) -> None:
    names = re.findall(r"^  ([a-z][a-z-]+)  ", dx("--help").stdout, re.MULTILINE)
    assert set(names) >= {
        *("init", "demo", "class-create", "import-roster", "assign", "print", "export", "backup", "restore", "doctor"),
    }
    for name in names:
        text = dx(name, "--help").stdout
        assert text.startswith(f"用法：dangxiao-houqin {name}")
        assert not ENGLISH.search(text), text
        for word in ("Usage", "Options", "Show this", "required", "Commands"):
            assert word not in text


def test_help_imports_nothing_heavy() -> None:
    """The database, Qt and the Excel libraries are loaded by the commands that need them."""
    code = (
        "import sys; from dangxiao_houqin.app.cli import group\n"
        "heavy = {'sqlalchemy', 'alembic', 'PySide6', 'reportlab', 'openpyxl', 'pypinyin', 'numpy', 'highspy'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------------------------------------- misuse
OPENED = ("--db", "{db}")
CREATE = ("class-create", *OPENED, "--name", "班", "--kind", "主体班")
MISUSES: tuple[tuple[Sequence[str], int], ...] = (
    (("frobnicate",), 64),
    (("--frobnicate",), 64),
    (("init",), 64),
    (("init", "--db"), 64),
    (("init", *OPENED, "--demon"), 64),
    (("init", *OPENED, "extra"), 64),
    (("init", *OPENED, "--demo=1"), 64),
    (("init", "--db", ""), 1),
    (("init", "--db", "mysql://x/y"), 1),
    (("init", "--db", "{folder}"), 1),
    (("init", "--db", "//server/share/a.sqlite"), 1),
    (("init", "--db", "{text}"), 1),
    (("class-create", *OPENED), 64),
    ((*CREATE, "--start", "2031-02-30", "--end", "2031-03-20"), 64),
    ((*CREATE, "--start", "三月二日", "--end", "2031-03-20"), 64),
    ((*CREATE, "--start", "2031-03-20", "--end", "2031-03-02"), 1),
    (("class-create", *OPENED, "--name", "", "--kind", "主体班", "--start", "2031-03-02", "--end", "2031-03-03"), 1),
    (("class-create", "--db", "{missing}", *CREATE[3:], "--start", "2031-03-02", "--end", "2031-03-03"), 1),
    (("import-roster", *OPENED), 64),
    (("import-roster", *OPENED, "没有的班", "{roster}"), 1),
    (("import-roster", *OPENED, "{code}", "{missing}"), 64),
    (("import-roster", *OPENED, "{code}", "{folder}"), 64),
    (("import-roster", *OPENED, "{code}", "{text}.xlsx"), 1),
    (("import-roster", "--db", "{text}", "{code}", "{roster}"), 1),
    (("import-roster", "--db", "postgresql://nobody@127.0.0.1:1/x", "{code}", "{roster}"), 1),
    (("assign", *OPENED), 64),
    (("assign", *OPENED, "没有的班"), 1),
    (("assign", *OPENED, "{code}"), 1),
    (("assign", *OPENED, "{code}", "--seed", "七"), 64),
    (("assign", *OPENED, "{code}", "--time-limit", "-1"), 64),
    (("assign", *OPENED, "{code}", "--time-limit", "nan"), 64),
    (("print", *OPENED, "没有的单子", "{code}", "--out", "x.pdf"), 1),
    (("print", *OPENED, "lodging", "没有的班", "--out", "x.pdf"), 1),
    (("print", *OPENED, "lodging", "{code}"), 64),
    (("print", *OPENED, "lodging", "{code}", "--out", "x.docx"), 64),
    (("print", *OPENED, "lodging", "{code}", "--out", "{folder}"), 64),
    (("print", *OPENED, "lodging", "{code}", "--out", "no/such/folder/x.pdf"), 64),
    (("export", *OPENED, "没有的清单", "--out", "x.xlsx"), 1),
    (("export", *OPENED, "staff", "{code}", "--out", "x.xlsx"), 1),
    (("export", *OPENED, "stays", "--out", "x.pdf"), 64),
    (("backup", *OPENED), 64),
    (("backup", *OPENED, "--out", "{db}"), 64),
    (("backup", *OPENED, "--out", "no/such/x.zip"), 64),
    (("backup", "--db", "{missing}", "--out", "x.zip"), 1),
    (("restore", *OPENED), 64),
    (("restore", "--db", "new.sqlite", "{text}"), 1),
    (("restore", "--db", "new.sqlite", "{roster}"), 1),
    (("restore", "--db", "new.sqlite", "{missing}"), 64),
    (("doctor",), 64),
    (("doctor", "--db", "{text}"), 1),
    (("doctor", "--db", "{missing}"), 1),
    (("demo",), 64),
    (("demo", "--out", "{text}"), 1),
)


@pytest.mark.sqlite_only
@pytest.mark.slow
def test_misuse_is_answered_in_one_chinese_sentence(dx: Run, dx_many: Many, empty_db_url: str, tmp_path: Path) -> None:
    dx("init", "--db", empty_db_url)
    code = new_class(dx, empty_db_url)
    (tmp_path / "folder").mkdir()
    for name in ("text", "text.xlsx"):
        (tmp_path / name).write_text("这不是数据库，也不是 Excel。" * 20, encoding="utf-8")
    words = {
        "db": empty_db_url,
        "code": code,
        "folder": str(tmp_path / "folder"),
        "text": str(tmp_path / "text"),
        "missing": str(tmp_path / "missing"),
        "roster": str(ROSTERS / "科级干部进修班花名册.xlsx"),
    }
    before = Path(empty_db_url).read_bytes()
    wrong = []
    lines = [[argument.format(**words) for argument in arguments] for arguments, _ in MISUSES]
    for line, (_, expected), done in zip(lines, MISUSES, dx_many(lines), strict=True):
        said = done.stderr.strip()
        fine = (
            done.returncode == expected
            and said.endswith(("。", "--help。"))
            and "\n" not in said
            and not BUG.search(said)
            and not ENGLISH.search(said)
        )
        if not fine:
            wrong.append(f"{' '.join(line)} -> {done.returncode} (wanted {expected}): {said}")
    assert wrong == []
    assert Path(empty_db_url).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix in {".pdf", ".xlsx", ".zip", ".sqlite"}) == [
        Path(empty_db_url).name,
        "text.xlsx",
    ]


@pytest.mark.sqlite_only
def test_a_bug_has_an_id_and_stays_in_the_log(dx: Run, school: str, data_folder: Path, tmp_path: Path) -> None:
    """Provoked from outside: a table that the program relies on is gone."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(school)) as connection:
        connection.execute("ALTER TABLE training_class RENAME TO elsewhere")
        connection.commit()
    done = dx("export", "--db", school, "classes", "--out", tmp_path / "x.xlsx", ok=1)
    assert "\n" not in done.stderr.strip()
    if found := BUG.search(done.stderr):
        assert f"bug {found[0][-6:]}" in (data_folder / "logs" / "dangxiao-houqin.log").read_text(encoding="utf-8")
    assert not (tmp_path / "x.xlsx").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
def test_without_a_screen_the_window_says_so(dx: Run) -> None:
    for arguments in ((), ("run", "--demo")):
        done = dx(*arguments, ok=1, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
        assert "没有图形界面" in done.stderr


@pytest.mark.sqlite_only
def test_output_survives_a_reader_who_leaves_and_a_poor_console(dx: Run, school: str) -> None:
    done = dx("print", "--list", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert "住宿安排表" in done.stdout
    command = f"{sys.executable} -m dangxiao_houqin export --list | head -n 1"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    piped = subprocess.run(command, shell=True, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert "Traceback" not in piped.stderr
    assert "Exception" not in piped.stderr


def test_restoring_over_data(dx: Run, school: str, tmp_path: Path, engine_name: str) -> None:
    dx("backup", "--db", school, "--out", tmp_path / "b.zip")
    code = new_class(dx, school)
    if engine_name == "postgres":
        assert "--force" in dx("restore", "--db", school, tmp_path / "b.zip", ok=1).stderr
        told = dx("restore", "--db", school, tmp_path / "b.zip", "--force").stdout
    else:
        told = dx("restore", "--db", school, tmp_path / "b.zip").stdout
    kept = re.search(r"恢复前的数据保留在：(.+)", told)
    assert kept
    assert Path(kept[1]).exists()
    assert "找不到" in dx("assign", "--db", school, code, ok=1).stderr
