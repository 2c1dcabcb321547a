"""待办: what waits for somebody; a double click opens the thing it is about."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.inbox import services
from dangxiao_houqin.modules.inbox.columns import ITEM_COLUMNS
from dangxiao_houqin.modules.inbox.domain import MANAGE, ItemRow, ItemState, Scope
from dangxiao_houqin.modules.inbox.queries import get_item, list_items, list_kinds
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage

from .item_dialogs import FinishDialog, ReassignDialog


class InboxPage(TablePage):
    """Mine, everybody's, and what is done."""

    title = "待办"
    context = "双击一条打开它说的人、房间或班次；办完后点“办结”"
    watches = frozenset({"inbox_item", "role", "user_account"})

    def __init__(self, desk: Desk) -> None:
        self._may_manage = desk.can(MANAGE)
        others = ((Scope.ALL.value, "全部"),) if self._may_manage else ()
        super().__init__(
            desk.runner,
            "inbox.items",
            ITEM_COLUMNS,
            list_items,
            _id,
            search="内容 / 事项 / 交给谁",
            filters=(
                Filter(
                    "scope", "范围", (*others, (Scope.DONE.value, "已办")), inline=True, all_text="我的", anchor=True
                ),
                Filter("kind", "事项", all_text="全部事项"),
                Filter("late", "期限", ((True, "已逾期"), (False, "未逾期")), all_text="全部期限"),
            ),
            unit="件",
            empty=_NOTHING,
        )
        self._desk = desk
        self._finished: tuple[int, ...] = ()
        self.hand_on = self.add_action("转交", self.reassign, icon="user-plus", tooltip="把选中的一条交给别的角色或人")
        if not self._may_manage:
            self.hand_on.hide()
        self.finish_button = self.add_action(
            "办结", self.finish, icon="check", primary=True, tooltip="选中的待办已经办好"
        )
        self.table.selection_changed.connect(self._selected)
        self.table.filters.changed.connect(self._filtered)
        self._selected()

    def reload(self) -> None:
        self.query(list_kinds, ok=self._have_kinds)
        super().reload()

    @Slot(object)
    def _have_kinds(self, kinds: tuple[str, ...]) -> None:
        chosen = self.table.filters.values().get("kind")
        shown = kinds if chosen is None or chosen in kinds else (*kinds, chosen)
        self.table.set_filter_choices("kind", [(kind, kind) for kind in shown])

    @Slot(dict)
    def _filtered(self, values: dict[str, Any]) -> None:
        self.table.set_empty(_NOTHING_DONE if values.get("scope") == Scope.DONE else _NOTHING)

    def open_target(self, target: Any) -> None:
        """One item (``Ref``), or ``{"scope": …, "kind": …, "late": …}``."""
        if isinstance(target, Ref):
            self.query(get_item, target.id, ok=self._show_item)
            return
        scope = target.get("scope")
        self.table.set_filter("scope", None if scope == Scope.MINE else scope)
        for key in ("kind", "late"):
            self.table.set_filter(key, target.get(key))

    @Slot(object)
    def _show_item(self, row: ItemRow) -> None:
        self._finish_rows([row]) if row.state is ItemState.OPEN else self._show_done()

    def _show_done(self) -> None:
        self.table.set_filter("scope", Scope.DONE.value)

    # ------------------------------------------------------------------ one row
    def open_row(self, row: ItemRow) -> None:
        if row.ref is not None:
            self._desk.open(row.ref)
        elif row.state is ItemState.OPEN:
            self._finish_rows([row])

    @Slot()
    def _open_current(self) -> None:
        self.open_row(self.table.selected_rows()[0])

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if not rows:
            return
        if len(rows) == 1 and rows[0].ref is not None:
            menu.addAction(icons.icon("external-link"), "打开", self._open_current)
        if self._open_ones(rows):
            menu.addAction(icons.icon("check"), "办结…", self.finish)
        if self._may_manage and len(rows) == 1 and self._open_ones(rows):
            menu.addAction(icons.icon("user-plus"), "转交…", self.reassign)
        if len(self._open_ones(rows)) < len(rows):
            menu.addAction(icons.icon("rotate-ccw"), "恢复为待办", self.reopen)

    @staticmethod
    def _open_ones(rows: list[ItemRow]) -> list[ItemRow]:
        return [row for row in rows if row.state is ItemState.OPEN]

    @Slot()
    def _selected(self) -> None:
        chosen = self._open_ones(self.table.selected_rows())
        self.finish_button.setEnabled(bool(chosen))
        self.hand_on.setEnabled(len(chosen) == 1)

    # ------------------------------------------------------------------ done, not done, somebody else
    @Slot()
    def finish(self) -> None:
        """Tick off what is selected."""
        self._finish_rows(self._open_ones(self.table.selected_rows()))

    def _finish_rows(self, rows: list[ItemRow]) -> None:
        if not rows:
            return
        self._finished = tuple(row.id for row in rows)
        dialog = FinishDialog(self.runner, self, rows)
        dialog.saved.connect(self._finish_done)
        dialog.open()

    @Slot(object)
    def _finish_done(self, count: int) -> None:
        self.toast(f"已办结 {count} 件", undo=self._undo_finish)

    @Slot()
    def _undo_finish(self) -> None:
        self.command(services.reopen_items, self._finished, ok=self._reopened)

    @Slot()
    def reopen(self) -> None:
        """Take the ticks of what is selected back."""
        rows = [row for row in self.table.selected_rows() if row.state is ItemState.CLOSED]
        self.command(services.reopen_items, tuple(row.id for row in rows), ok=self._reopened)

    @Slot(object)
    def _reopened(self, count: int) -> None:
        self.toast(f"已恢复 {count} 件待办")

    @Slot()
    def reassign(self) -> None:
        """Hand the selected item on."""
        rows = self._open_ones(self.table.selected_rows())
        if len(rows) == 1:
            ReassignDialog(self.runner, self, rows[0]).open()


_NOTHING = Empty("没有待办", "需要您处理的事会自动列在这里，例如超期未退房、该报到没报到的人。", icon="coffee")
_NOTHING_DONE = Empty("还没有办结的事", "办结的待办连同办理说明留在这里，可以恢复。", icon="list-checks")


def _id(row: ItemRow) -> int:
    return row.id
