"""P1 and P14: from process start to a usable main window, and memory with every page opened, ten years of data.

The baseline is a bare PySide6 window with one label in the same interpreter, measured in turn with the program. The
login is skipped as the demo does it; everything else is the real way in, from ``dangxiao-houqin run``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dangxiao_houqin.core.db import Database

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.bench_table_format import BenchRow

ROUNDS = 7
YEARS, CLASSES_AT_ONCE, PEOPLE, NIGHTS = 10, 4, 50, 10
DEADLINE_MS = 120_000


# ------------------------------------------------------------------------- what runs in the measured process
def _report(**figures: float) -> None:
    print(" ".join(f"{key}={value}" for key, value in figures.items()), flush=True)


def _peak_mb() -> float:
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would carry over the peak of the process that started us
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def probe_bare() -> None:
    """A window with one label: the least that Qt asks for."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.setCentralWidget(QLabel("党校后勤"))
    window.show()

    def ready() -> None:
        _report(ready=time.monotonic(), memory=_peak_mb())
        app.quit()

    QTimer.singleShot(0, ready)
    app.exec()


def probe_program(every_page: bool) -> None:
    """The program; ready when the main window is shown, its first page filled and nothing is under way."""
    import dangxiao_houqin.app.main as program
    from dangxiao_houqin.app.cli import main

    make_application = program.make_application

    def make_and_watch(arguments: list[str]) -> Any:
        from PySide6.QtCore import QTimer

        app = make_application(arguments)
        timer = QTimer(app)
        pages: list[str] | None = None
        began = time.monotonic()

        def look() -> None:
            nonlocal pages
            office = app.findChild(program.Office)
            if (time.monotonic() - began) * 1000 > DEADLINE_MS:
                os._exit(3)
            shell = office.shell if office is not None else None
            if shell is None or not shell.isVisible() or not shell.current_key or office.runner.tasks():
                return
            if pages is None:
                _report(ready=time.monotonic())
                pages = list(shell.sidebar.keys) if every_page else []
            if pages:
                shell.show_page(pages.pop(0))
                return
            _report(memory=_peak_mb())
            timer.stop()
            office.quit()

        timer.timeout.connect(look)
        timer.start(2)
        return app

    program.make_application = make_and_watch
    main(["run", "--demo"])


# ---------------------------------------------------------------------------------------------- ten years
def ten_years(db: Database) -> int:
    """Add ten years of finished classes with their people and nights to the demo school; returns the rows added."""
    from datetime import date, timedelta

    from sqlalchemy import insert, select

    from dangxiao_houqin.core.clock import FixedClock
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.pinyin import search_key
    from dangxiao_houqin.core.uow import unit_of_work
    from dangxiao_houqin.modules.accommodation.models import BedNight, RoomNight, Stay
    from dangxiao_houqin.modules.places.models import Bed
    from dangxiao_houqin.modules.training.models import Enrollment, TrainingClass

    names = [a + b for a in "王李张刘陈杨赵黄周吴" for b in ("伟", "芳", "秀英", "建国", "敏")]
    keys = {name: search_key(name) for name in names}
    rows: dict[Any, list[dict[str, Any]]] = {TrainingClass: [], Enrollment: [], Stay: [], RoomNight: [], BedNight: []}
    clock = FixedClock()
    with unit_of_work(db, Actor.system("benchmark"), "bench.fill", clock=clock) as ctx:
        stamp = {"version": 1, "created_at": ctx.now(), "updated_at": ctx.now(), "created_by": None, "updated_by": None}
        beds = ctx.session.execute(select(Bed.id, Bed.room_id).order_by(Bed.room_id, Bed.id)).all()
        room_sex = {room: "男" if number % 2 else "女" for number, room in enumerate(sorted({b.room_id for b in beds}))}
        class_id = person = 10_000
        for year in range(clock.today().year - YEARS, clock.today().year):
            for turn in range(10):
                start = date(year, 1, 5) + timedelta(days=30 * turn)
                leave = start + timedelta(days=NIGHTS)
                used: set[int] = set()
                for place in range(CLASSES_AT_ONCE):
                    class_id += 1
                    title = f"{year}年第{turn * CLASSES_AT_ONCE + place + 1}期轮训班"
                    rows[TrainingClass].append(
                        {
                            **stamp, "id": class_id, "code": f"H{year}-{class_id}", "name": title, "search_key": title,
                            "kind": "轮训班", "status": "finished", "start": start, "end": leave, "arrive_on": start,
                            "leave_on": leave, "lodging": True, "expected_count": PEOPLE, "organizer_unit": "",
                            "class_teacher": "", "note": "",
                        }
                    )  # fmt: skip
                    for number in range(PEOPLE):
                        bed = beds[place * PEOPLE + number]
                        sex, name = room_sex[bed.room_id], names[(person * 7) % len(names)]
                        person += 1
                        used.add(bed.room_id)
                        rows[Enrollment].append(
                            {
                                **stamp, "id": person, "class_id": class_id, "seq_no": number + 1, "group_name": "",
                                "name": name, "search_key": keys[name], "sort_key": keys[name], "sex": sex,
                                "ethnicity": "汉族", "birth": "", "political_status": "", "education": "",
                                "unit_name": "某乡人民政府", "position": "", "rank": "", "phone": "", "id_number": "",
                                "plate": "", "lodging": True, "needs": [], "note": "", "extra": {},
                                "status": "enrolled",
                            }
                        )  # fmt: skip
                        rows[Stay].append(
                            {
                                **stamp, "id": person, "enrollment_id": person, "class_id": class_id,
                                "guest_name": name, "sex": sex, "room_id": bed.room_id, "bed_id": bed.id,
                                "arrive": start, "leave": leave, "state": "left", "pinned": False, "reason": "",
                            }
                        )  # fmt: skip
                        rows[BedNight] += [
                            {
                                "bed_id": bed.id, "night": start + timedelta(days=night), "room_id": bed.room_id,
                                "sex": sex, "stay_id": person, "enrollment_id": person,
                            }
                            for night in range(NIGHTS)
                        ]  # fmt: skip
                rows[RoomNight] += [
                    {"room_id": room, "night": start + timedelta(days=night), "sex": room_sex[room]}
                    for room in used
                    for night in range(NIGHTS)
                ]
        for model, values in rows.items():
            ctx.session.execute(insert(model.__table__), values)
    return sum(len(values) for values in rows.values())


# ------------------------------------------------------------------------------------------------ measuring
def _run(kind: str, folder: Path) -> dict[str, float]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "DANGXIAO_DATA_DIR": str(folder)}
    began = time.monotonic()
    answer = subprocess.run(
        [sys.executable, __file__, "--probe", kind], env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise RuntimeError(f"{kind}: exit {answer.returncode}: {answer.stderr[-2000:]}")
    found = dict(part.split("=") for line in answer.stdout.splitlines() if "=" in line for part in line.split())
    return {"seconds": float(found["ready"]) - began, "memory": float(found["memory"])}


def main() -> list[BenchRow]:
    """Measure in turn, after one warm-up of each."""
    with tempfile.TemporaryDirectory(prefix="dxbench") as name:
        folder = Path(name)
        os.environ["DANGXIAO_DATA_DIR"] = name
        from dangxiao_houqin.app.machine import demo_database
        from dangxiao_houqin.app.main import open_target
        from dangxiao_houqin.core.clock import SystemClock
        from dangxiao_houqin.core.progress import no_progress

        opened = open_target(no_progress, str(demo_database()), True, SystemClock())
        rows = ten_years(opened.db)
        opened.db.close()
        for kind in ("bare", "program"):
            _run(kind, folder)
        bare, program = [], []
        for _ in range(ROUNDS):
            bare.append(_run("bare", folder))
            program.append(_run("program", folder))
        pages = _run("pages", folder)
    b, p = (statistics.median(run["seconds"] for run in runs) for runs in (bare, program))
    bare_memory = statistics.median(run["memory"] for run in bare)
    return [
        BenchRow(
            "P1",
            f"从启动到主窗口可用（十年数据，{rows / 10_000:.0f} 万行）",
            f"{p:.2f} s",
            f"只有一行字的 PySide6 窗口 {b:.2f} s",
            p / b,
            "≤ 2.0 ×",
            p / b <= 2.0,
        ),
        BenchRow(
            "P14",
            "每个页面都打开过之后的内存峰值（十年数据）",
            f"{pages['memory']:.0f} MB",
            f"只有一行字的 PySide6 窗口 {bare_memory:.0f} MB",
            pages["memory"] / bare_memory,
            "≤ 3 ×",
            pages["memory"] / bare_memory <= 3.0,
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--probe"]:
        probe = sys.argv[2]
        probe_bare() if probe == "bare" else probe_program(every_page=probe == "pages")
    else:
        for row in main():
            print(row)
