"""A new user with mouse and keyboard: from the first start to the accommodation list of 300 people on paper."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation.queries import list_class_stays
from dangxiao_houqin.modules.training.queries import find_class, list_roster
from tests.support.paper import pdf_pages, squeezed

ROOT = Path(__file__).parents[2]
ROSTER = ROOT / "tests" / "data" / "rosters" / "全区干部轮训花名册（300人）.xlsx"
TOOLS = ("Xvfb", "openbox", "xdotool")
MINUTES = 5


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """An X server of 1366×768 with a window manager, on a display that nobody uses."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        if os.environ.get("DANGXIAO_REQUIRE_XVFB") == "1":
            pytest.fail(f"required here, but not installed: {', '.join(missing)}", pytrace=False)
        pytest.skip(f"not installed: {', '.join(missing)}")
    reading, writing = os.pipe()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        **quiet,  # type: ignore[call-overload]
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    name = f":{number}"
    manager = subprocess.Popen(
        ["openbox"],
        env={**os.environ, "DISPLAY": name, "HOME": str(tmp_path)},
        **quiet,  # type: ignore[call-overload]
    )
    yield name
    for process in (manager, server):
        process.terminate()
        process.wait(10)


@pytest.mark.story
@pytest.mark.slow
def test_from_first_start_to_the_printed_list(display: str, tmp_path: Path) -> None:
    pictures = Path(os.environ.get("DANGXIAO_STORY_PICTURES") or tmp_path / "story")
    pictures.mkdir(parents=True, exist_ok=True)
    roster = tmp_path / ROSTER.name
    shutil.copyfile(ROSTER, roster)
    data = tmp_path / "data"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("WAYLAND", "XMODIFIERS", "QT_IM"))},
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "HOME": str(tmp_path),
        "DANGXIAO_DATA_DIR": str(data),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
    }
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.stories.first_day", str(pictures), str(roster)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=MINUTES * 60,
        check=False,
    )
    told = pictures / "story.json"
    assert told.exists(), done.stderr[-3000:]
    story = json.loads(told.read_text(encoding="utf-8"))
    assert not story["failure"], story
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begun < MINUTES * 60

    db = Database(data / "houqin.db")
    try:
        with unit_of_work(db, Actor.system("测试员"), "test.look", read_only=True) as ctx:
            school = find_class(ctx, "全区干部轮训班")
            roster_rows = list_roster(ctx, school.id)
            stays = list_class_stays(ctx, school.id)
    finally:
        db.close()
    names = [row.name for row in roster_rows if row.lodging]
    assert (len(roster_rows), len(names), len(stays)) == (300, 268, 268)
    assert len({stay.bed_id for stay in stays}) == 268
    sexes: dict[int, set[str]] = {}
    for stay in stays:
        sexes.setdefault(stay.room_id, set()).add(stay.sex)
    assert all(len(each) == 1 for each in sexes.values())
    text = squeezed("".join(pdf_pages((pictures / "住宿安排表.pdf").read_bytes())))
    assert [name for name in names if squeezed(name) not in text] == []
    assert "中共岚溪县委党校" in text
