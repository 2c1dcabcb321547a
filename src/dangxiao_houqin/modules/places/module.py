"""What places plugs into the house.  Light on purpose: queries, services and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.columns import Tone
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Figure, Found, ListSpec, ModuleSpec, PageSpec
from dangxiao_houqin.core.refs import Ref

from .columns import ROOM_COLUMNS
from .domain import EDIT, VIEW, PlaceRules, RoomRow

if TYPE_CHECKING:
    from dangxiao_houqin.core.uow import Ctx


def _rooms_page(desk: Any) -> Any:
    from .ui.rooms_page import RoomsPage

    return RoomsPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec(
            "places.rooms", "房间与床位", "door-open", _rooms_page, VIEW, order=155, opens=("room",), group="培训住宿"
        ),
    )


def _list_rooms(ctx: Ctx, query: ListQuery) -> Listing[RoomRow]:
    from .queries import list_rooms

    return list_rooms(ctx, query)


def _find_rooms(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """Rooms by building and number for the search for anything."""
    if not ctx.can(VIEW):
        return ()
    rows = _list_rooms(ctx, ListQuery(search=text, limit=limit)).rows
    return [
        Found(f"{row.building_name}{row.number}", f"{row.room_type} · {row.beds} 床", Ref("room", row.id), "bed-double")
        for row in rows
    ]


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .queries import count_beds, count_closed_rooms

    if not ctx.can(VIEW):
        return ()
    stock, closed = count_beds(ctx), count_closed_rooms(ctx)
    note = f"{stock.out_of_service} 床，" if closed else ""
    note += f"共 {stock.rooms} 间 {stock.beds} 床"
    tone: Tone = "warning" if closed else "neutral"
    args = {"state": "touched"}
    return (Figure("停用房间", str(closed), "间", note, "wrench", tone, "places.rooms", order=170, args=args),)


MODULE = ModuleSpec(
    key="places",
    title="房间与床位",
    permissions=(VIEW, EDIT),
    settings=(PlaceRules,),
    pages=_pages,
    lists=(ListSpec("rooms", "房间一览", ROOM_COLUMNS, _list_rooms),),
    opens=("room",),
    search=(_find_rooms,),
    figures=(_figures,),
)
