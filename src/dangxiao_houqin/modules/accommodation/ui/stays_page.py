"""Who sleeps where: the list of stays, and changes of single beds."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.columns import STAY_COLUMNS
from dangxiao_houqin.modules.accommodation.domain import ASSIGN, StayRow, StayState
from dangxiao_houqin.modules.accommodation.queries import get_stay, list_stays
from dangxiao_houqin.modules.training.api import ClassRow, list_class_choices
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.document_menu import DocumentMenu
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage

from .move_dialog import MoveDialog


class StaysPage(TablePage):
    """All beds given out, of one class or of all."""

    title = "学员住宿"
    context = "一人一床、同房同性别由数据库保证；双击可以换床"
    watches = frozenset({"stay", "bed_night", "training_class", "enrollment"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "accommodation.stays",
            STAY_COLUMNS,
            list_stays,
            _id,
            search="姓名 / 拼音 / 单位 / 房号",
            filters=(
                Filter("class_id", "班次", all_text="全部班次", anchor=True),
                Filter("state", "状态", tuple((s.value, s.label) for s in StayState if s.value in _SHOWN)),
            ),
            unit="人",
            empty=Empty("还没有安排床位", "选择班次后可以自动分房。", "去自动分房", "bed-double"),
        )
        self._desk = desk
        self._classes: dict[int, ClassRow] = {}
        self._may = desk.can(ASSIGN)
        self.documents = DocumentMenu(desk)
        self.action_row.addWidget(self.documents)
        self.add_action("自动分房", self.propose, icon="wand-sparkles", primary=True, enabled=self._may)
        self.table.filters.changed.connect(self._filtered)

    def reload(self) -> None:
        self.query(list_class_choices, ok=self._have_classes)
        super().reload()

    @Slot(object)
    def _have_classes(self, classes: tuple[ClassRow, ...]) -> None:
        self._classes = {row.id: row for row in classes}
        self.table.set_filter_choices("class_id", [(row.id, f"{row.code} {row.name}") for row in classes])
        self._show_class()

    @Slot(dict)
    def _filtered(self, _values: dict[str, Any]) -> None:
        self._show_class()

    def _show_class(self) -> None:
        school = self._classes.get(self.table.filters.values().get("class_id", -1))
        self.documents.set_class(school.id if school else None, school.name if school else "")

    def open_target(self, target: Any) -> None:
        """One stay, or ``{"class_id": …}``."""
        if isinstance(target, Ref):
            self.query(get_stay, target.id, ok=self._open_stay)
        elif target.get("class_id"):
            self.table.set_filter("class_id", target["class_id"])

    @Slot(object)
    def _open_stay(self, row: StayRow) -> None:
        self.table.set_filter("class_id", row.class_id)
        self.table.set_search(row.name)

    @Slot()
    def propose(self) -> None:
        chosen = self.table.filters.values().get("class_id")
        if chosen is None:
            self._desk.go("accommodation.proposal")
        else:
            self._desk.go("accommodation.proposal", class_id=chosen)

    def first_step(self) -> None:
        if self._may:
            self.propose()

    def open_row(self, row: StayRow) -> None:
        if self._may and row.state in (StayState.ASSIGNED, StayState.IN_HOUSE):
            MoveDialog(self.runner, self, row).open()

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if not self._may or not rows:
            return
        if len(rows) == 1:
            menu.addAction(icons.icon("move"), "换到其他床位", self._move)
            pinned = rows[0].pinned
            menu.addAction(icons.icon("lock-open" if pinned else "lock"), "解锁" if pinned else "锁定", self._pin)
            menu.addAction(icons.icon("user-x"), "取消床位", self._release)
        if len(rows) == 2:
            menu.addAction(icons.icon("arrow-left-right"), f"{rows[0].name}和{rows[1].name}互换床位", self._swap)

    @Slot()
    def _move(self) -> None:
        self.open_row(self.table.selected_rows()[0])

    @Slot()
    def _pin(self) -> None:
        row: StayRow = self.table.selected_rows()[0]
        self.command(services.pin_stay, row.id, row.version, not row.pinned, ok=self._pinned)

    @Slot(object)
    def _pinned(self, row: StayRow) -> None:
        self.toast(f"{row.name}的床位已{'锁定，自动分房时不动' if row.pinned else '解锁'}")

    @Slot()
    def _release(self) -> None:
        row: StayRow = self.table.selected_rows()[0]
        self.command(services.release_stay, row.id, row.version, ok=self._released)

    @Slot(object)
    def _released(self, _nothing: object) -> None:
        self.toast("已取消床位")

    @Slot()
    def _swap(self) -> None:
        a, b = self.table.selected_rows()
        self.command(services.swap_stays, a.id, a.version, b.id, b.version, ok=self._swapped)

    @Slot(object)
    def _swapped(self, _nothing: object) -> None:
        self.toast("已互换床位")


_SHOWN = {StayState.ASSIGNED.value, StayState.IN_HOUSE.value, StayState.LEFT.value}


def _id(row: StayRow) -> int:
    return row.id
