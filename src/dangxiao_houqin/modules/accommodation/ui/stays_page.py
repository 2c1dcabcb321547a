"""Who sleeps where: the list of stays, and changes of single beds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.columns import STAY_COLUMNS
from dangxiao_houqin.modules.accommodation.domain import ASSIGN, StayRow, StayState
from dangxiao_houqin.modules.accommodation.queries import get_stay, list_stays
from dangxiao_houqin.modules.accommodation.reports.statistics import period_words
from dangxiao_houqin.modules.places.api import list_beds_for_assignment
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
                Filter("when", "日期", all_text="不限日期"),
                Filter("building_id", "楼栋"),
            ),
            unit="人",
            empty=Empty("还没有安排床位", "选择班次后可以自动分房。", "去自动分房", "bed-double"),
        )
        self._desk = desk
        self._classes: dict[int, ClassRow] = {}
        self._today: date | None = None
        self._may = desk.can(ASSIGN)
        self.documents = DocumentMenu(desk)
        self.action_row.addWidget(self.documents)
        self.add_action("自动分房", self.propose, icon="wand-sparkles", primary=True, enabled=self._may)
        self.table.filters.changed.connect(self._filtered)

    def reload(self) -> None:
        self.query(list_class_choices, ok=self._have_classes)
        self.query(_today, ok=self._have_today)
        self.query(_buildings, ok=self._have_buildings)
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

    @Slot(object)
    def _have_today(self, today: date) -> None:
        self._today = today
        self._offer_days(self.table.filters.values().get("when"))

    @Slot(object)
    def _have_buildings(self, buildings: tuple[tuple[int, str], ...]) -> None:
        self.table.set_filter_choices("building_id", buildings)

    def _offer_days(self, chosen: When | None) -> None:
        """Today and tomorrow, and the day that is chosen whichever it is."""
        days = (self._today, self._today + timedelta(days=1)) if self._today is not None else ()
        offered: list[When] = [(what, day) for day in days for what in _WHEN]
        if chosen is not None and chosen not in offered:
            offered.insert(0, chosen)
        self.table.set_filter_choices("when", [(when, self._when_words(*when)) for when in offered])

    def _when_words(self, what: str, day: Any) -> str:
        if what == "nights":
            return period_words(*day)
        near = {self._today: "今天", self._today + timedelta(days=1): "明天"} if self._today is not None else {}
        return _WHEN[what].format(near.get(day, f"{day:%m-%d} "))

    def open_target(self, target: Any) -> None:
        """One stay, ``{"class_id": …}``, or ``{"when": ("on" | "arrive" | "leave", day), "state": …}``.

        ``when`` may also be ``("nights", (start, end))``, and ``building_id`` may go with it.
        """
        if isinstance(target, Ref):
            self.query(get_stay, target.id, ok=self._open_stay)
            return
        if target.get("when"):
            self._offer_days(target["when"])
        self._narrow(target.get("class_id"), target.get("state"), target.get("when"), target.get("building_id"))

    def _narrow(
        self,
        class_id: int | None,
        state: str | None = None,
        when: When | None = None,
        building_id: int | None = None,
    ) -> None:
        """These conditions and no others: somebody followed a link and wants what it counted."""
        self.table.set_search("")
        wanted = {"class_id": class_id, "state": state, "when": when, "building_id": building_id}
        for key, value in wanted.items():
            self.table.set_filter(key, value)

    @Slot(object)
    def _open_stay(self, row: StayRow) -> None:
        self._narrow(row.class_id)
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


When = tuple[str, Any]
_WHEN = {"on": "{}在住", "arrive": "{}报到", "leave": "{}离校"}
_SHOWN = {StayState.ASSIGNED.value, StayState.IN_HOUSE.value, StayState.LEFT.value}


def _buildings(ctx: Ctx) -> tuple[tuple[int, str], ...]:
    return tuple(dict.fromkeys((place.building_id, place.building_name) for place in list_beds_for_assignment(ctx)))


def _today(ctx: Ctx) -> date:
    return ctx.today()


def _id(row: StayRow) -> int:
    return row.id
