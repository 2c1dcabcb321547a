"""空床: the beds free on a night; a double click opens the room."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.columns import FREE_BED_COLUMNS
from dangxiao_houqin.modules.accommodation.domain import FreeBedRow, NightFigures
from dangxiao_houqin.modules.accommodation.queries import list_free_beds_on, list_overstayers, night_figures
from dangxiao_houqin.modules.places.api import list_buildings
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.date_field import spoken
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage

NIGHTS = 14
CONTEXT = "停用和不参与分配的床位不在内；双击打开房间"


def _coming_nights(ctx: Ctx) -> tuple[NightFigures, ...]:
    return night_figures(ctx, ctx.today(), ctx.today() + timedelta(days=NIGHTS))


def _context(ctx: Ctx) -> str:
    """What the list leaves out, with who lies in a bed that should be free tonight."""
    late = list_overstayers(ctx)
    some = "、".join(f"{each.place} {each.sentence}" for each in late[:3])
    more = f"等 {len(late)} 张" if len(late) > 3 else ""
    return f"{CONTEXT}；今晚不算空床：{some}{more}" if late else CONTEXT


def _buildings(ctx: Ctx) -> tuple[tuple[int, str], ...]:
    return tuple((row.id, row.name) for row in list_buildings(ctx))


class FreeBedsPage(TablePage):
    """The list behind the free beds of the dashboard; tonight unless another night is chosen."""

    title = "空床"
    context = CONTEXT
    watches = frozenset({"bed_night", "room_night", "stay", "room", "bed", "room_outage"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "accommodation.free_beds",
            FREE_BED_COLUMNS,
            list_free_beds_on,
            _id,
            search="房号 / 房型 / 楼栋",
            filters=(
                Filter("night", "夜晚", all_text="今晚"),
                Filter("building_id", "楼栋"),
                Filter("sex", "可住", (("男", "可住男"), ("女", "可住女")), all_text="男女不限"),
                Filter("reserve", "机动房", ((False, "不含机动房"), (True, "只看机动房")), all_text="含机动房"),
            ),
            unit="张",
            empty=Empty("没有空床", "这一晚的床位都住满了或已停用。", icon="bed-double"),
        )
        self._desk = desk
        self._nights: list[tuple[date, str]] = []

    def reload(self) -> None:
        self.query(_context, ok=self.set_context)
        self.query(_coming_nights, ok=self._have_nights)
        self.query(_buildings, ok=self._have_buildings)
        super().reload()

    @Slot(object)
    def _have_nights(self, nights: tuple[NightFigures, ...]) -> None:
        self._nights = [(night.night, f"{spoken(night.night)}　空 {night.free} 张") for night in nights]
        chosen = self.table.filters.values().get("night")
        self._offer_nights(chosen)

    def _offer_nights(self, chosen: date | None) -> None:
        known = {night for night, _ in self._nights}
        more = [(chosen, spoken(chosen))] if chosen is not None and chosen not in known else []
        self.table.set_filter_choices("night", [*more, *self._nights])

    @Slot(object)
    def _have_buildings(self, buildings: tuple[tuple[int, str], ...]) -> None:
        self.table.set_filter_choices("building_id", buildings)

    def open_target(self, target: Any) -> None:
        """``{"night": date}``; other filters are let go."""
        self.table.set_search("")
        for key in ("building_id", "sex", "reserve"):
            self.table.set_filter(key, None)
        self._offer_nights(target.get("night"))
        self.table.set_filter("night", target.get("night"))

    def open_row(self, row: FreeBedRow) -> None:
        self._desk.open(Ref("room", row.room_id))

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) == 1:
            menu.addAction(icons.icon("door-open"), "打开房间", self._open_current)

    @Slot()
    def _open_current(self) -> None:
        self.open_row(self.table.selected_rows()[0])


def _id(row: FreeBedRow) -> int:
    return row.bed_id
