"""The main job without a display: the demo school, rosters from files, beds, paper, and a picture of every page.

Everything lands in one folder and goes through the same services as the window.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.errors import InvalidInput, Unavailable
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import Progress, no_progress

if TYPE_CHECKING:
    from dangxiao_houqin.core.db import Database
    from dangxiao_houqin.core.uow import Ctx
    from dangxiao_houqin.modules.training.domain import ClassRow

log = logging.getLogger(__name__)

DATABASE = "演示学校.db"
SUMMARY = "说明.txt"
FOLDERS = PRINTS, SHEETS, PICTURES, SCREENS, MACHINE = ("打印PDF", "表格", "打印图片", "界面", "本机数据")
SOLVER_SECONDS = 3.0
PAGE_PATIENCE = 60.0
PICTURE_DPI = 90
CLASS_PAGES = {"training.roster", "accommodation.stays", "accommodation.proposal"}
LAST_PAGES = {"accommodation.proposal"}  # it does not like to be left with an unconfirmed plan
DEMO = Actor.system("演示")


@dataclass
class Report:
    """What was done, for the summary."""

    lines: list[str] = field(default_factory=list)
    people: int = 0
    beds: int = 0
    prints: int = 0
    pages: int = 0
    sheets: int = 0
    screens: int = 0

    def add(self, text: str) -> None:
        self.lines.append(text)


def run_demo(out: Path, *, clock: Clock | None = None, progress: Progress = no_progress) -> str:
    """Do the main job into the folder ``out`` and return the summary (also in ``out/说明.txt``).

    What an earlier demo left in ``out`` is replaced; other files there stay. Raises :class:`AppError`.
    """
    started = time.monotonic()
    out = out.expanduser().absolute()
    _prepare_folder(out)
    clock = clock or SystemClock()
    report = Report()
    with _own_machine_folder(out / MACHINE):
        db = _school(out, clock, report, _part(progress, 0.0, 0.08))
        try:
            classes = _rosters(db, clock, report, _part(progress, 0.08, 0.2))
            _beds(db, clock, classes, report, _part(progress, 0.2, 0.5))
            _paper(db, clock, classes, out, report, _part(progress, 0.5, 0.75))
            _money_paper(db, clock, out, report)
            _lists(db, clock, out, report)
            _examine(db, out, report, _part(progress, 0.75, 0.8))
        finally:
            db.close()
        first = classes[0].id if classes else None
        _screens(out, clock, first, report, _part(progress, 0.8, 1.0))
    summary = _summary(out, report, time.monotonic() - started)
    (out / SUMMARY).write_text(f"{summary}\n", encoding="utf-8")
    progress(1.0, "完成")
    return summary


def _part(progress: Progress, start: float, end: float) -> Progress:
    return lambda fraction, text: progress(start + (end - start) * min(max(fraction, 0.0), 1.0), text)


def _named(progress: Progress, text: str) -> Progress:
    """Say the same words whatever the step itself says."""
    return lambda fraction, _text: progress(fraction, text)


def _prepare_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in (DATABASE, f"{DATABASE}-journal", f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (out / name).unlink(missing_ok=True)
        for name in FOLDERS:
            folder = out / name
            folder.mkdir(exist_ok=True)
            for old in folder.iterdir():
                if old.suffix in {".pdf", ".xlsx", ".png"}:
                    old.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise InvalidInput(f"“{out}”不是文件夹，请换一个位置。", field="out") from error
    except OSError as error:
        raise Unavailable(f"文件夹“{out}”用不了（{error.strerror or error}），请换一个位置。") from error


@contextmanager
def _own_machine_folder(folder: Path) -> Iterator[None]:
    """The demo leaves no trace in this computer's own settings and backups."""
    before = os.environ.get("DANGXIAO_DATA_DIR")
    os.environ["DANGXIAO_DATA_DIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["DANGXIAO_DATA_DIR"]
        else:
            os.environ["DANGXIAO_DATA_DIR"] = before


@contextmanager
def _unit(db: Database, clock: Clock, action: str, *, read_only: bool = False) -> Iterator[Ctx]:
    from dangxiao_houqin.core.uow import unit_of_work

    from .wiring import REACTIONS

    with unit_of_work(db, DEMO, action, clock=clock, handlers=REACTIONS, read_only=read_only) as ctx:
        yield ctx


# ------------------------------------------------------------------------------------------------- the job
def _school(out: Path, clock: Clock, report: Report, progress: Progress) -> Database:
    from dangxiao_houqin.modules.organization.api import get_school
    from dangxiao_houqin.modules.places.api import count_beds
    from dangxiao_houqin.modules.training.api import list_class_choices

    from .database import open_database
    from .demo_data import load_demo

    db = open_database(out / DATABASE, create=True, clock=clock, progress=progress)
    try:
        load_demo(db, clock, progress)
        with _unit(db, clock, "demo.look", read_only=True) as ctx:
            name = get_school(ctx).full_name
            beds, classes = count_beds(ctx).beds, len(list_class_choices(ctx))
    except BaseException:
        db.close()
        raise
    report.add(f"1. 建立数据库，载入虚构的“{name}”：{beds} 张床位，{classes} 个班次。")
    return db


def _rosters(db: Database, clock: Clock, report: Report, progress: Progress) -> list[ClassRow]:
    """Import the roster file of every class that has nobody yet; returns those classes."""
    from dangxiao_houqin.core.paths import resource
    from dangxiao_houqin.modules.training import roster_import
    from dangxiao_houqin.modules.training.queries import find_class
    from dangxiao_houqin.modules.training.roster import read_book

    from .demo_data import class_rosters

    report.add("2. 导入学员名单（Excel 文件）：")
    with _unit(db, clock, "demo.look", read_only=True) as ctx:
        waiting = [(find_class(ctx, code), file) for code, file in class_rosters(ctx)]
    waiting = [(school, file) for school, file in waiting if not school.enrolled]
    done = []
    for number, (school, file) in enumerate(waiting):
        progress(number / len(waiting), f"导入名单：{school.name}")
        with _unit(db, clock, "training.prepare_import", read_only=True) as ctx:
            task = roster_import.prepare_import(ctx, school.id)
        preview = roster_import.review(task, read_book(resource("sample/rosters") / file)).preview
        with _unit(db, clock, "training.apply_roster") as ctx:
            result = roster_import.apply_roster(ctx, roster_import.ApplyRoster(school.id, preview))
        report.people += result.added
        report.add(
            f"   {school.code} {school.name}：{result.added} 人，"
            f"错误 {len(preview.errors)} 处，提醒 {len(preview.warnings)} 处（{file}）"
        )
        done.append(school)
    return done


def _beds(db: Database, clock: Clock, classes: list[ClassRow], report: Report, progress: Progress) -> None:
    from dangxiao_houqin.modules.accommodation.planning import as_command, make_plan, prepare
    from dangxiao_houqin.modules.accommodation.services import confirm_plan

    report.add("3. 自动分床并确认：")
    for number, school in enumerate(classes):
        start, end = number / len(classes), (number + 1) / len(classes)
        with _unit(db, clock, "accommodation.prepare", read_only=True) as ctx:
            task = prepare(ctx, school.id)
        told = _named(_part(progress, start, end), f"分床：{school.name}")
        plan = make_plan(task, time_limit=SOLVER_SECONDS, progress=told)
        with _unit(db, clock, "accommodation.confirm_plan") as ctx:
            confirm_plan(ctx, as_command(task, plan))
        report.beds += len(plan.placements)
        gap = f"，与理论最好结果相差至多 {plan.gap:.1%}" if plan.gap is not None else ""
        report.add(
            f"   {school.code} {school.name}：{len(plan.placements)} 人有床位，{len(plan.unassigned)} 人没有，"
            f"开 {plan.rooms_opened} 间房，用时 {plan.seconds:.1f} 秒{gap}"
        )
        names = {candidate.enrollment_id: candidate.name for candidate in task.people}
        report.lines += [f"      没有床位：{names[int(u.person)]}，{u.reason}" for u in plan.unassigned[:5]]


def _file_name(text: str) -> str:
    return re.sub(r'[\\/:*?"<>|\s]+', "_", text).strip("_")


def _paper(db: Database, clock: Clock, classes: list[ClassRow], out: Path, report: Report, progress: Progress) -> None:
    """Every printout of the first class to arrive and of the largest one, with a picture of each of their pages."""
    from dangxiao_houqin.documents.saving import save_bytes

    from .modules import all_documents

    documents = all_documents()
    chosen = sorted({classes[0].id, max(classes, key=lambda c: c.expected_count).id}) if classes else []
    schools = [school for school in classes if school.id in chosen]
    steps = [(school, document) for school in schools for document in documents]
    for number, (school, document) in enumerate(steps):
        progress(number / len(steps), f"打印：{document.title}")
        with _unit(db, clock, f"print.{document.key}") as ctx:
            data = document.load(ctx, school.id)
        name = f"{school.code}_{_file_name(document.title)}"
        content = document.pdf(data, no_progress)
        save_bytes(out / PRINTS / f"{name}.pdf", content)
        document.xlsx(out / SHEETS / f"{name}.xlsx", data, no_progress)
        report.prints += 1
        report.sheets += 1
        report.pages += _picture(content, out / PICTURES, name)
    report.add(f"4. 打印：{len(schools)} 个班各 {len(documents)} 种，共 {report.prints} 份 PDF、{report.pages} 页。")


def _picture(content: bytes, folder: Path, name: str) -> int:
    """A PNG of each page of a PDF; returns how many."""
    import pypdfium2

    from dangxiao_houqin.documents.saving import save_bytes

    from .demo_invoices import png

    document = pypdfium2.PdfDocument(content)
    try:
        for number in range(len(document)):
            bitmap = document[number].render(scale=PICTURE_DPI / 72)
            save_bytes(folder / f"{name}_{number + 1:02d}.png", png(bitmap))
        return len(document)
    finally:
        document.close()


def _money_paper(db: Database, clock: Clock, out: Path, report: Report) -> None:
    """Slips and forms of documents that bear all their signatures, and the ledger of this month's signatures."""
    from dangxiao_houqin.documents.saving import save_bytes
    from dangxiao_houqin.modules.expenses import printouts
    from dangxiao_houqin.modules.expenses.queries.claims import list_claims
    from dangxiao_houqin.modules.expenses.queries.purchases import list_requests

    approved = ListQuery(filters={"state": "approved"}, limit=2)
    papers: list[tuple[str, bytes]] = []
    with _unit(db, clock, "print.claim-slip", read_only=True) as ctx:
        for row in list_claims(ctx, approved).rows:
            slip = printouts.load_claim_slip(ctx, row.id)
            papers.append((f"报销审批单_{row.code}", printouts.claim_slip_pdf(slip)))
            sheet = printouts.load_voucher_sheet(ctx, row.id)
            papers.append((f"原始凭证粘贴单_{row.code}", printouts.voucher_sheet_pdf(sheet)))
        for request in list_requests(ctx, approved).rows:
            form = printouts.load_purchase_form(ctx, request.id)
            papers.append((f"采购申请审批表_{request.number}", printouts.purchase_form_pdf(form)))
        ledger = printouts.load_signing_ledger(ctx, clock.today())
    papers.append((f"签批台账_{clock.today():%Y-%m}", printouts.signing_ledger_pdf(ledger)))
    printouts.signing_ledger_xlsx(out / SHEETS / f"签批台账_{clock.today():%Y-%m}.xlsx", ledger)
    for name, content in papers:
        save_bytes(out / PRINTS / f"{_file_name(name)}.pdf", content)
        report.pages += _picture(content, out / PICTURES, _file_name(name))
    report.prints += len(papers)
    report.sheets += 1
    report.add(f"   经费：审批单、粘贴单、采购申请审批表和本月签批台账共 {len(papers)} 份 PDF。")


def _lists(db: Database, clock: Clock, out: Path, report: Report) -> None:
    from dangxiao_houqin.documents.xlsx_write import write_list

    from .modules import MODULES

    count = 0
    for spec in (entry for module in MODULES for entry in module.lists):
        with _unit(db, clock, f"export.{spec.key}", read_only=True) as ctx:
            rows = spec.fetch(ctx, ListQuery().everything()).rows
        write_list(out / SHEETS / f"清单_{_file_name(spec.title)}.xlsx", spec.title, spec.columns, rows)
        count += 1
    report.sheets += count
    report.add(f"5. 导出 {count} 张清单为 Excel。")


def _examine(db: Database, out: Path, report: Report, progress: Progress) -> None:
    """Back up, prove the backup, and let the doctor look; an error there is an error of the demo."""
    from .backup import backup, verify_backup
    from .doctor import run_checks

    progress(0.0, "备份并检验")
    info = backup(db, out / "演示学校备份.zip")
    verify_backup(info.path)
    progress(0.5, "自检")
    findings = run_checks(db.path)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise Unavailable(f"自检发现错误：{errors[0].title}：{errors[0].message}{errors[0].advice}")
    report.add(f"6. 备份（{info.total} 条数据，试恢复通过）和自检（{len(findings)} 项，没有错误）。")


# ------------------------------------------------------------------------------------------------- screens
def _screens(out: Path, clock: Clock, class_id: int | None, report: Report, progress: Progress) -> None:
    """A picture of every page of the application, with the data that was just made."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    progress(0.0, "打开程序界面")
    try:
        from .main import Office, make_application
    except ImportError as error:
        raise Unavailable(
            f"界面组件加载不了（{error}），没有截图；其他结果在“{out}”。请按《管理员指南》安装缺少的系统组件。"
        ) from error
    from PySide6.QtCore import qInstallMessageHandler

    handler = qInstallMessageHandler(_qt_message)
    app = make_application([sys.argv[0]])
    caught: list[BaseException] = []
    before = sys.excepthook
    sys.excepthook = lambda _kind, error, _trace: caught.append(error)
    office = Office(str(out / DATABASE), demo=True, clock=clock)
    try:
        photographer = _Photographer(app, office.runner, caught)
        office.start()
        photographer.wait(lambda: office.shell is not None and bool(office.shell.current_key), "打开数据库")
        shell = office.shell
        assert shell is not None
        shell.resize(1440, 900)
        pages = list(enumerate([page for page in office.pages() if page.key in shell.sidebar.keys], start=1))
        pages.sort(key=lambda numbered: numbered[1].key in LAST_PAGES)
        for done, (number, page) in enumerate(pages, start=1):
            progress(done / (len(pages) + 1), f"截图：{page.title}")
            shell.go(page.key, {"class_id": class_id} if page.key in CLASS_PAGES and class_id is not None else None)
            photographer.wait(partial(_shows, shell, page.key), page.title)
            photographer.take(shell, out / SCREENS / f"{number:02d}_{_file_name(page.title)}.png")
        report.screens = len(pages)
    finally:
        office.close()
        for window in app.topLevelWidgets():
            window.close()
            window.deleteLater()
        app.processEvents()
        sys.excepthook = before
        qInstallMessageHandler(handler)
    report.add(f"7. 程序界面截图 {report.screens} 张。")


def _qt_message(_kind: Any, _context: Any, text: str | None) -> None:
    """What Qt says (the offscreen platform chatters) goes to the log."""
    log.info("qt: %s", text)


def _shows(shell: Any, key: str) -> bool:
    return bool(shell.current_key == key)


class _Photographer:
    """Waits until a page has all its data, then takes its picture."""

    def __init__(self, app: Any, runner: Any, caught: list[BaseException]) -> None:
        self._app, self._runner, self._caught = app, runner, caught

    def wait(self, arrived: Callable[[], bool], what: str) -> None:
        """Let events run until ``arrived`` and nothing is being read for a moment; raises :class:`Unavailable`."""
        patience = time.monotonic() + PAGE_PATIENCE
        quiet_since = time.monotonic()
        while time.monotonic() < patience:
            self._app.processEvents()
            if self._caught:
                raise self._caught[0]
            dialog = self._app.activeModalWidget()
            if dialog is not None:
                text = getattr(dialog, "message", None) or dialog.windowTitle()
                raise Unavailable(f"打开“{what}”时程序报告：{text if isinstance(text, str) else dialog.windowTitle()}")
            if not arrived() or self._runner.tasks():
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > 0.25:
                return
            time.sleep(0.01)
        raise Unavailable(f"“{what}”在 {PAGE_PATIENCE:g} 秒内没有准备好，没有截图。")

    def take(self, widget: Any, path: Path) -> None:
        from dangxiao_houqin.documents.saving import saving

        picture = widget.grab()
        with saving(path) as part:
            if not picture.save(str(part), "PNG"):
                raise OSError(f"Qt could not write {part}")


# ------------------------------------------------------------------------------------------------- summary
def _summary(out: Path, report: Report, seconds: float) -> str:
    head = (
        f"演示完成，用时 {seconds:.0f} 秒：导入 {report.people} 人，分配 {report.beds} 张床位，"
        f"PDF {report.prints} 份（{report.pages} 页），Excel {report.sheets} 份，界面截图 {report.screens} 张。"
    )
    files = [
        "",
        f"文件都在“{out}”：",
        f"  {PRINTS}/      各种打印件（PDF）",
        f"  {PICTURES}/     打印件每一页的图片",
        f"  {SHEETS}/         打印件的 Excel 版和各种清单",
        f"  {SCREENS}/         程序每个页面的图片",
        f"  {DATABASE}    演示数据库，可用“dangxiao-houqin run --demo --db 文件”打开",
        f"  {SUMMARY}      本说明",
        "学校、单位、人员、电话都是虚构的。",
    ]
    return "\n".join([head, "", *report.lines, *files])
