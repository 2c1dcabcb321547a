"""房态核对: rooms of which the floor staff and the desk say different things, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QWidget

from dangxiao_houqin.core.columns import Column, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import Discrepancy
from dangxiao_houqin.modules.accommodation.queries.discrepancies import list_discrepancies
from dangxiao_houqin.modules.housekeeping.api import WORK, reopen_report, resolve_report
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import spoken
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage

DAYS = 14
OUTCOMES = ("已补办报到", "已补办退房", "学员外宿，已登记", "请假离校", "报数有误，已更正", "访客已离开")

DISCREPANCY_COLUMNS: tuple[Column[Discrepancy], ...] = (
    Column("building", "楼栋", lambda r: r.building_name, width=84, paper_mm=22),
    Column("floor", "楼层", lambda r: r.floor_name, width=62, paper_mm=16),
    Column("number", "房号", lambda r: r.number, width=68, paper_mm=18),
    Column("state", "差异", lambda r: r.pill, kind="pill", width=136, paper_mm=30),
    Column("desk", "前台登记", lambda r: r.desk_says, width=200, paper_mm=45),
    Column("found", "楼层报数", lambda r: r.found, kind="int", width=84, paper_mm=18),
    Column("advice", "怎么办 / 核实结果", lambda r: r.advice, width=280, paper_mm=60),
    Column("reporter", "报数人", lambda r: r.reporter, width=84, paper_mm=20),
    Column("note", "报数备注", lambda r: r.note, width=120, hidden=True),
)


@dataclass(frozen=True)
class OpenOnes:
    """The list's fetch: differences of the day in the filter (default today), unless asked for without settled ones."""

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[Discrepancy]:
        day = query.filters.get("day") or ctx.today()
        rows = [row for row in list_discrepancies(ctx, day) if query.filters.get("all") or not row.resolved]
        return list_in_memory(rows, DISCREPANCY_COLUMNS, query)


def _today(ctx: Ctx) -> date:
    return ctx.today()


def _id(row: Discrepancy) -> int:
    return row.report_id


class ResolveDialog(FormDialog):
    """What was found out."""

    def __init__(self, runner: Runner, parent: QWidget | None, row: Discrepancy) -> None:
        super().__init__(
            runner,
            f"核实{row.place}",
            parent,
            subtitle=f"前台：{row.desk_says}；楼层报 {row.found} 人。{row.advice}。",
            primary="核实完毕",
            width=520,
            label_width=80,
        )
        self._row = row
        self.form.add(TextField("note", "核实结果", required=True, max_length=200, suggestions=OUTCOMES))

    def submit(self) -> None:
        self.run(resolve_report, self._row.report_id, self._row.version, self.form.values()["note"])


class DiscrepanciesPage(TablePage):
    """Every difference waits here until somebody writes down what came of it."""

    title = "房态核对"
    context = "楼层报数与前台登记不一致的房间；楼层人数在“客房保洁 · 楼层报数”里填写"
    watches = frozenset({"floor_report", "stay"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "accommodation.discrepancies",
            DISCREPANCY_COLUMNS,
            OpenOnes(),
            _id,
            search="房号 / 姓名",
            filters=(
                Filter("day", "日期", all_text="今天", anchor=True),
                Filter("all", "范围", ((True, "含已核实"),), all_text="未核实", anchor=True),
            ),
            unit="间",
            empty=Empty(
                "没有差异",
                "楼层报数与前台一致，或者这一天还没有报数。",
                "去填楼层报数",
                "circle-check",
            ),
        )
        self.desk = desk
        self._may = desk.can(WORK)
        self._last: int | None = None
        self.resolve_button = self.add_action(
            "核实处理…", self.resolve, icon="check", primary=True, enabled=False, tooltip="写明核实的结果"
        )
        self.table.selection_changed.connect(self._selected)
        self.table.loaded.connect(self._selected)

    def reload(self) -> None:
        self.query(_today, ok=self._offer_days)
        super().reload()

    @Slot(object)
    def _offer_days(self, today: date) -> None:
        days = [today - timedelta(days=n) for n in range(1, DAYS)]
        self.table.set_filter_choices("day", [(day, spoken(day)) for day in days])

    def open_target(self, target: Any) -> None:
        """``{"day": date}``."""
        if isinstance(target, dict):
            self.table.set_filter("day", target.get("day"))

    def first_step(self) -> None:
        self.desk.go("housekeeping.rooms")

    def _one(self) -> Discrepancy | None:
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _selected(self) -> None:
        row = self._one()
        self.resolve_button.setEnabled(self._may and row is not None and not row.resolved)

    def open_row(self, row: Discrepancy) -> None:
        if self._may and not row.resolved:
            self._last = row.report_id
            dialog = ResolveDialog(self.runner, self, row)
            dialog.saved.connect(self._resolved)
            dialog.open()

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        if self._may and not rows[0].resolved:
            menu.addAction(icons.icon("check"), "核实处理…", self.resolve)
        elif self._may:
            menu.addAction(icons.icon("undo-2"), "重新核实", self._reopen_selected)
        menu.addAction(icons.icon("door-open"), "打开房间", self._open_room)

    @Slot()
    def resolve(self) -> None:
        if (row := self._one()) is not None:
            self.open_row(row)

    @Slot(object)
    def _resolved(self, _nothing: object) -> None:
        self.toast("已核实", undo=self.reopen)

    @Slot()
    def _reopen_selected(self) -> None:
        if (row := self._one()) is not None:
            self._last = row.report_id
            self.reopen()

    @Slot()
    def reopen(self) -> None:
        """撤销: the difference waits again."""
        if self._last is not None:
            self.command(reopen_report, self._last, ok=self._reopened)

    @Slot(object)
    def _reopened(self, _nothing: object) -> None:
        self.toast("已恢复为未核实", tone="primary")

    @Slot()
    def _open_room(self) -> None:
        if (row := self._one()) is not None:
            self.desk.open(Ref("room", row.room_id))
