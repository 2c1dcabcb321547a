"""待分床位: everybody who needs a bed and holds none, of all classes; a double click opens the class's allocation."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.columns import UNASSIGNED_COLUMNS
from dangxiao_houqin.modules.accommodation.domain import ASSIGN, UnassignedRow, WaitingClass
from dangxiao_houqin.modules.accommodation.queries import list_unassigned, list_waiting_classes
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage


def _fetch(ctx: Ctx, query: ListQuery) -> Listing[UnassignedRow]:
    """Those of classes that are over need no bed any more."""
    return list_unassigned(ctx, _from_today(query, ctx.today()))


def _from_today(query: ListQuery, today: date) -> ListQuery:
    filters = {**query.filters, "from_day": today}
    return ListQuery(query.search, filters, query.sort, query.descending, query.offset, query.limit)


def _classes(ctx: Ctx) -> tuple[WaitingClass, ...]:
    return list_waiting_classes(ctx, ctx.today())


class UnassignedPage(TablePage):
    """The list behind the number on the dashboard."""

    title = "待分床位"
    context = "需要住宿但还没有床位的学员；双击进入这个班的自动分房"
    watches = frozenset({"stay", "bed_night", "training_class", "enrollment"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "accommodation.unassigned",
            UNASSIGNED_COLUMNS,
            _fetch,
            _id,
            search="姓名 / 拼音 / 单位",
            filters=(Filter("class_id", "班次", all_text="全部班次"),),
            unit="人",
            empty=Empty("都有床位了", "没有等待安排床位的学员。", icon="circle-check"),
        )
        self._desk = desk
        self._may = desk.can(ASSIGN)
        self.add_action("自动分房", self.propose, icon="wand-sparkles", primary=True, enabled=self._may)

    def reload(self) -> None:
        self.query(_classes, ok=self._have_classes)
        super().reload()

    @Slot(object)
    def _have_classes(self, classes: tuple[WaitingClass, ...]) -> None:
        choices = [(row.class_id, f"{row.class_name}（{row.people} 人）") for row in classes]
        self.table.set_filter_choices("class_id", choices)

    def open_target(self, target: Any) -> None:
        """``{"class_id": …}``."""
        self.table.set_search("")
        self.table.set_filter("class_id", target.get("class_id"))

    @Slot()
    def propose(self) -> None:
        """Beds for the class of the chosen row, else of the filter, else of the page's own choice."""
        rows: list[UnassignedRow] = self.table.selected_rows()
        chosen = rows[0].class_id if rows else self.table.filters.values().get("class_id")
        if chosen is None:
            self._desk.go("accommodation.proposal")
        else:
            self._desk.go("accommodation.proposal", class_id=chosen)

    def open_row(self, row: UnassignedRow) -> None:
        if self._may:
            self._desk.go("accommodation.proposal", class_id=row.class_id)
        else:
            self._desk.open(Ref("training_class", row.class_id))

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) == 1:
            if self._may:
                menu.addAction(icons.icon("wand-sparkles"), "自动分房", self.propose)
            menu.addAction(icons.icon("users"), "查看名单", self._open_roster)

    @Slot()
    def _open_roster(self) -> None:
        self._desk.open(Ref("training_class", self.table.selected_rows()[0].class_id))


def _id(row: UnassignedRow) -> int:
    return row.enrollment_id
