"""External guests: lecturers and others who are on no roster; off by default (settings of the desk)."""

from __future__ import annotations

from datetime import timedelta

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    DESK,
    DeskRules,
    GuestRow,
    RegisterGuest,
    StayKind,
    StayRow,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import GuestRegistration, Stay
from dangxiao_houqin.modules.accommodation.queries import get_stay
from dangxiao_houqin.modules.accommodation.queries.desk_registers import get_guest

from .nights import lock_rooms, place_of, places_by_bed, take_nights

LONGEST_VISIT = timedelta(days=180)
"""Longer is a mistyped year."""

HIGHEST_PRICE = 1_000_000
"""10 000 yuan a night in fen: more is a mistyped number."""


def register_guest(ctx: Ctx, cmd: RegisterGuest) -> StayRow:
    """Give an external guest a bed for ``[arrive, leave)``; he reports in at the desk like everybody.

    Raises :class:`RuleViolation` where the office takes no guests, :class:`Conflict` with who has the bed. ID kind and
    number are kept only where the setting asks for them.
    """
    ctx.require(DESK)
    rules = ctx.settings(DeskRules)
    if not rules.guests:
        raise RuleViolation("没有开启接待临时住客，请管理员在系统设置“报到与退房”里打开。")
    _check(ctx, cmd, ids=rules.guest_ids)
    places = places_by_bed(ctx)
    place = place_of(places, cmd.bed_id)
    lock_rooms(ctx, {place.room_id})
    stay = ctx.add(
        Stay(
            guest_name=cmd.name.strip(),
            sex=cmd.sex,
            room_id=place.room_id,
            bed_id=place.bed_id,
            arrive=cmd.arrive,
            leave=cmd.leave,
            state=StayState.ASSIGNED.value,
            kind=cmd.kind.value,
        )
    )
    take_nights(ctx, [stay], places)
    ctx.add(
        GuestRegistration(
            stay_id=stay.id,
            unit_name=cmd.unit_name.strip(),
            phone=cmd.phone.strip(),
            id_kind=cmd.id_kind.strip() if rules.guest_ids else "",
            id_number=cmd.id_number.strip().upper() if rules.guest_ids else "",
            plate=cmd.plate.strip().upper(),
            host=cmd.host.strip(),
            purpose=cmd.purpose.strip(),
            price=cmd.price,
        )
    )
    return get_stay(ctx, stay.id)


def reveal_guest(ctx: Ctx, stay_id: int) -> GuestRow:
    """One guest with full phone and ID number; who looked is logged."""
    ctx.require(REVEAL_PERSONAL)
    found = get_guest(ctx, stay_id, reveal=True)
    ctx.record("accommodation.reveal_guest", entity="stay", entity_id=stay_id, label=found.name)
    return found


def _check(ctx: Ctx, cmd: RegisterGuest, *, ids: bool) -> None:
    if not cmd.name.strip():
        raise InvalidInput("请填写姓名。", field="name")
    if cmd.sex not in ("男", "女"):
        raise InvalidInput("请选择性别：男或女。", field="sex")
    if cmd.kind is StayKind.TRAINEE:
        raise InvalidInput("学员请在班次名单里登记，这里登记授课教师和其他住客。", field="kind")
    if cmd.arrive < ctx.today():
        raise InvalidInput("入住日期不能早于今天，请重新选择。", field="arrive")
    if not cmd.arrive < cmd.leave <= cmd.arrive + LONGEST_VISIT:
        raise InvalidInput(f"离开日期要晚于入住日期，最长住 {LONGEST_VISIT.days} 天，请核对日期。", field="leave")
    if not 0 <= cmd.price <= HIGHEST_PRICE:
        raise InvalidInput(f"每晚价格要在 0 到 {HIGHEST_PRICE // 100:,} 元之间，请核对。", field="price")
    if ids and not cmd.id_number.strip():
        raise InvalidInput("请登记证件号码。", field="id_number")
