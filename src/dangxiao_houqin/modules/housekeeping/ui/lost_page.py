"""遗留物品: what guests left behind, how long it is kept, who took it back."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping import services
from dangxiao_houqin.modules.housekeeping.columns import LOST_COLUMNS
from dangxiao_houqin.modules.housekeeping.domain import LOST, LostRow, LostState
from dangxiao_houqin.modules.housekeeping.printouts import load_register, load_slip
from dangxiao_houqin.modules.housekeeping.queries import get_lost, list_lost, list_workers
from dangxiao_houqin.modules.housekeeping.reports import LostRegister, LostSlip, register_pdf, slip_pdf
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.table import Empty, TablePage

from .lost_dialogs import DisposeDialog, LostDialog, ReturnDialog

_STATES = (("kept", "保管中"), ("expired", "已到期"), ("returned", "已领回"), ("disposed", "已处置"))


def _id(lost: LostRow) -> int:
    return lost.id


def _before(ctx: Ctx) -> tuple[date, tuple[str, ...]]:
    return ctx.today(), list_workers(ctx)


class LostPage(TablePage):
    """Register, give back with a slip to sign, dispose of when the time is over."""

    title = "遗留物品"
    context = "拾到的物品登记保管，失主领回时签字；保管期满后处置"
    watches = frozenset({"lost_property", "room"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "housekeeping.lost",
            LOST_COLUMNS,
            list_lost,
            _id,
            search="编号 / 物品 / 失主 / 房号",
            filters=(Filter("state", "状态", _STATES, inline=True),),
            unit="件",
            empty=Empty(
                "还没有登记遗留物品",
                "退房查房时拾到的物品在这里登记，自动编号并计算保管期。",
                "登记遗留物品",
                "package",
            ),
        )
        self.desk = desk
        self._may = desk.can(LOST)
        self._today: date | None = None
        self._workers: tuple[str, ...] = ()
        self._last: int | None = None
        self.register_button = self.add_action(
            "登记簿", self.print_register, icon="printer", tooltip="打印现在显示的物品"
        )
        self.return_button = self.add_action("归还失主…", self.give_back, icon="user-check", enabled=False)
        self.dispose_button = self.add_action("处置…", self.dispose, icon="trash-2", enabled=False)
        self.add_button = self.add_action(
            "登记物品", self.first_step, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self._may
        )

        self.table.selection_changed.connect(self._selected)
        self.table.loaded.connect(self._selected)

    @Slot()
    def _selected(self) -> None:
        lost = self._one()
        kept = self._may and lost is not None and lost.state is LostState.KEPT
        self.return_button.setEnabled(kept)
        self.dispose_button.setEnabled(kept)

    def reload(self) -> None:
        self.query(_before, ok=self._know)
        super().reload()

    @Slot(object)
    def _know(self, found: tuple[date, tuple[str, ...]]) -> None:
        self._today, self._workers = found

    def open_target(self, target: Any) -> None:
        """One thing, or ``{"state": …}``."""
        if isinstance(target, Ref):
            self.query(get_lost, target.id, ok=self._show_one)
        elif isinstance(target, dict):
            self.table.set_filter("state", target.get("state"))

    @Slot(object)
    def _show_one(self, lost: LostRow) -> None:
        self.table.set_filter("state", None)
        self.table.set_search(lost.tag)

    # ------------------------------------------------------------------ doing
    def first_step(self) -> None:
        if self._may and self._today is not None:
            dialog = LostDialog(self.runner, self, self._today, self._workers)
            dialog.saved.connect(self._saved)
            dialog.open()

    @Slot(object)
    def _saved(self, lost_id: int) -> None:
        self.query(get_lost, lost_id, ok=self._tell)

    @Slot(object)
    def _tell(self, lost: LostRow) -> None:
        self.toast(f"{lost.tag}已登记，保管到 {lost.keep_until}；请把编号贴在物品上")

    def open_row(self, lost: LostRow) -> None:
        if self._may and lost.state is LostState.KEPT and self._today is not None:
            LostDialog(self.runner, self, self._today, self._workers, lost).open()
        elif lost.state is LostState.RETURNED:
            self.print_slip(lost.id)

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        lost: LostRow = rows[0]
        if self._may and lost.state is LostState.KEPT:
            menu.addAction(icons.icon("user-check"), "归还失主…", self.give_back)
            menu.addAction(icons.icon("trash-2"), "处置…", self.dispose)
            menu.addAction(icons.icon("pencil"), "修改", self._edit)
        menu.addAction(icons.icon("printer"), "打印领取单", self._print_selected)
        if self._may and lost.state is not LostState.KEPT:
            menu.addAction(icons.icon("undo-2"), f"撤回“{lost.state.label}”", self._reopen_selected)

    def _one(self) -> LostRow | None:
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _edit(self) -> None:
        if (lost := self._one()) is not None:
            self.open_row(lost)

    @Slot()
    def give_back(self) -> None:
        if (lost := self._one()) is not None:
            dialog = ReturnDialog(self.runner, self, lost)
            dialog.saved.connect(self._given_back)
            dialog.open()

    @Slot(object)
    def _given_back(self, lost_id: int) -> None:
        self._last = lost_id
        self.toast("已登记归还，请失主在领取单上签字", undo=self.reopen)
        self.print_slip(lost_id)

    @Slot()
    def dispose(self) -> None:
        if (lost := self._one()) is not None:
            dialog = DisposeDialog(self.runner, self, lost)
            dialog.saved.connect(self._disposed)
            dialog.open()

    @Slot(object)
    def _disposed(self, lost_id: int) -> None:
        self._last = lost_id
        self.toast("已登记处置", undo=self.reopen)

    @Slot()
    def _reopen_selected(self) -> None:
        if (lost := self._one()) is not None:
            self._last = lost.id
            self.reopen()

    @Slot()
    def reopen(self) -> None:
        """撤销: the thing is kept on."""
        if self._last is not None:
            self.command(services.reopen_lost, self._last, ok=self._reopened)

    @Slot(object)
    def _reopened(self, _nothing: object) -> None:
        self.toast("已撤回，物品继续保管", tone="primary")

    # ------------------------------------------------------------------ paper
    @Slot()
    def _print_selected(self) -> None:
        if (lost := self._one()) is not None:
            self.print_slip(lost.id)

    def print_slip(self, lost_id: int) -> None:
        """遗留物品领取单 with the line to sign."""
        self.query(load_slip, lost_id, ok=self._have_slip)

    @Slot(object)
    def _have_slip(self, data: LostSlip) -> None:
        preview(self.window(), "遗留物品领取单", partial(slip_pdf, data), self.runner, document="lost-slip")

    @Slot()
    def print_register(self) -> None:
        self.query(load_register, self.table.query, ok=self._have_register)

    @Slot(object)
    def _have_register(self, data: LostRegister) -> None:
        preview(self.window(), "遗留物品登记簿", partial(register_pdf, data), self.runner, document="lost-register")
