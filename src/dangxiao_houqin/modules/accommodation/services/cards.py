"""房卡(钥匙): handed out, brought back, lost."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    DESK,
    CardState,
    CompensationInput,
    CompensationKind,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import KeyCard, Stay

from .compensation import charge
from .desk_legs import leg_of, lock_person, refuse_unless
from .reminders import settle_class

MOST_COPIES = 9
"""More cards of one room for one guest is a slip of the finger."""


def issue_card(ctx: Ctx, stay_id: int, number: str = "", copies: int = 1) -> int:
    """Give a guest in the house another card; returns its id."""
    ctx.require(DESK)
    stay, legs = lock_person(ctx, stay_id, None)
    refuse_unless(stay, StayState.IN_HOUSE, "领取房卡")
    return hand_out(ctx, leg_of(legs, ctx.today()), number, copies)


# house: open - the caller has asked for the right
def hand_out(ctx: Ctx, stay: Stay, number: str, copies: int) -> int:
    """Write down the card; a number that is still out in another room is asked about."""
    number = number.strip()
    if not 1 <= copies <= MOST_COPIES:
        raise InvalidInput(f"房卡张数要在 1 到 {MOST_COPIES} 之间。", field="copies")
    if number:
        holder = ctx.session.scalars(
            select(Stay.guest_name)
            .join(KeyCard, KeyCard.stay_id == Stay.id)
            .where(KeyCard.number == number, KeyCard.state == CardState.OUT.value, Stay.room_id != stay.room_id)
            .limit(1)
        ).first()
        if holder is not None:
            ctx.confirm("card_elsewhere", f"房卡 {number} 登记在{holder}名下还没有归还，仍要发给{stay.guest_name}吗？")
    return ctx.add(new_card(ctx, stay, number, copies)).id


def new_card(ctx: Ctx, stay: Stay, number: str, copies: int) -> KeyCard:
    """A line of the register, not added yet."""
    return KeyCard(stay_id=stay.id, number=number, copies=copies, state=CardState.OUT.value, issued_at=ctx.now())


def return_card(ctx: Ctx, card_id: int, version: int | None) -> None:
    """The cards of this line are back."""
    ctx.require(DESK)
    _close(ctx, ctx.get(KeyCard, card_id, version=version, lock=True), CardState.RETURNED)


def lose_card(ctx: Ctx, card_id: int, version: int | None, amount: int, settled: bool = False) -> None:
    """The cards of this line are lost; ``amount`` (fen) is what the guest pays, 0 nothing."""
    ctx.require(DESK)
    card = ctx.get(KeyCard, card_id, version=version, lock=True)
    _close(ctx, card, CardState.LOST)
    item = f"房卡 {card.number}".strip()
    line = CompensationInput(CompensationKind.CARD, item, amount, settled)
    charge(ctx, ctx.get(Stay, card.stay_id), line)


def reopen_card(ctx: Ctx, card_id: int, version: int | None) -> None:
    """Take back that a card was returned or lost; what was charged for a lost one stays until it is deleted."""
    ctx.require(DESK)
    card = ctx.get(KeyCard, card_id, version=version, lock=True)
    if card.state == CardState.OUT.value:
        raise Conflict("这张房卡已是“未还”，请刷新列表。")
    card.state, card.closed_at = CardState.OUT.value, None
    ctx.session.flush()


def _close(ctx: Ctx, card: KeyCard, state: CardState) -> None:
    if card.state != CardState.OUT.value:
        raise Conflict(f"这张房卡已登记为“{CardState(card.state).label}”，请刷新列表。")
    card.state, card.closed_at = state.value, ctx.now()
    settle_class(ctx, ctx.get(Stay, card.stay_id).class_id or 0)
