"""Reads about things that guests left behind."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, func, select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import VIEW, LostRow, LostState
from dangxiao_houqin.modules.housekeeping.models import LostProperty
from dangxiao_houqin.modules.places.api import building, room


def _statement() -> AnySelect:
    return (
        select(LostProperty, func.coalesce(building.c.name + room.c.number, "").label("room"))
        .outerjoin(room, room.c.id == LostProperty.room_id)
        .outerjoin(building, building.c.id == room.c.building_id)
    )


def _row(row: Any, today: date) -> LostRow:
    lost: LostProperty = row[0]
    return LostRow(
        id=lost.id,
        version=lost.version,
        tag=lost.tag,
        item=lost.item,
        room_id=lost.room_id,
        room=row.room,
        place=lost.place,
        found_on=lost.found_on,
        finder=lost.finder,
        owner=lost.owner,
        owner_phone=lost.owner_phone,
        kept_at=lost.kept_at,
        keep_until=lost.keep_until,
        state=LostState(lost.state),
        closed_on=lost.closed_on,
        closed_note=lost.closed_note,
        days_left=(lost.keep_until - today).days,
    )


def list_lost(ctx: Ctx, query: ListQuery) -> Listing[LostRow]:
    """Found things, the latest first.

    Filters: ``state`` (kept | expired: kept too long | returned | disposed), ``year`` in which it was found.
    """
    ctx.require(VIEW)
    today = ctx.today()
    kept = LostProperty.state == LostState.KEPT.value
    return fetch_listing(
        ctx.session,
        _statement(),
        query,
        lambda row: _row(row, today),
        search=(
            LostProperty.tag.expression,
            LostProperty.item.expression,
            LostProperty.owner.expression,
            LostProperty.finder.expression,
            LostProperty.place.expression,
            func.coalesce(building.c.name + room.c.number, ""),
        ),
        filters={
            "state": lambda value: (
                and_(kept, LostProperty.keep_until < today) if value == "expired" else LostProperty.state == value
            ),
            "year": lambda value: and_(
                LostProperty.found_on >= date(int(value), 1, 1), LostProperty.found_on <= date(int(value), 12, 31)
            ),
        },
        sorts={
            "tag": LostProperty.tag.expression,
            "item": LostProperty.item.expression,
            "where": building.c.name,
            "found_on": LostProperty.found_on.expression,
            "finder": LostProperty.finder.expression,
            "owner": LostProperty.owner.expression,
            "kept_at": LostProperty.kept_at.expression,
            "keep_until": LostProperty.keep_until.expression,
            "days_left": LostProperty.keep_until.expression,
            "state": LostProperty.state.expression,
            "closed_on": LostProperty.closed_on.expression,
        },
        order=(LostProperty.found_on.desc(), LostProperty.id.desc()),
    )


def get_lost(ctx: Ctx, lost_id: int) -> LostRow:
    """One found thing; raises :class:`NotFound`."""
    ctx.require(VIEW)
    row = ctx.session.execute(_statement().where(LostProperty.id == lost_id)).one_or_none()
    if row is None:
        raise NotFound("这条遗留物品登记不存在，请刷新列表。")
    return _row(row, ctx.today())


def list_rooms_to_choose(ctx: Ctx, text: str, limit: int = 20) -> tuple[tuple[int, str, str], ...]:
    """(room id, 明德楼305, room type) of rooms whose building or number contains every word of ``text``."""
    ctx.require(VIEW)
    name = building.c.name + room.c.number
    statement = select(room.c.id, name, room.c.room_type).join(building, building.c.id == room.c.building_id)
    for word in text.split():
        statement = statement.where(name.contains(word, autoescape=True))
    statement = statement.order_by(building.c.sort_order, building.c.id, room.c.sort_key).limit(limit)
    return tuple((room_id, title, kind) for room_id, title, kind in ctx.session.execute(statement))
