"""调房申请: what guests ask for, and what became of it."""

from __future__ import annotations

from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    CURRENT,
    DESK,
    AnswerMove,
    AskMove,
    DeskRules,
    MoveStay,
    RequestState,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import MoveRequest, Stay
from dangxiao_houqin.modules.inbox.api import Assign, assign, close

from .desk_legs import leg_of, lock_person
from .stays import exchange, move_stay


def ask_move(ctx: Ctx, cmd: AskMove) -> int:
    """Note a wish for another room; returns its id. Raises :class:`InvalidInput` without a reason."""
    ctx.require(DESK)
    stay, legs = lock_person(ctx, cmd.stay_id, None)
    if stay.state not in CURRENT:
        raise Conflict(f"{stay.guest_name}现在是“{StayState(stay.state).label}”，不能申请调房。")
    if not cmd.reason.strip():
        raise InvalidInput("请填写调房原因。", field="reason")
    if cmd.with_stay_id is not None and cmd.with_stay_id in {leg.id for leg in legs}:
        raise InvalidInput("请选择另外一位住客对调。", field="with_stay_id")
    found = MoveRequest(
        stay_id=leg_of(legs, ctx.today()).id,
        asked_on=ctx.today(),
        reason=cmd.reason.strip(),
        wish=cmd.wish.strip(),
        with_stay_id=cmd.with_stay_id,
        state=RequestState.OPEN.value,
    )
    ctx.add(found)
    remind_of(ctx, found, stay)
    return found.id


def answer_move(ctx: Ctx, cmd: AnswerMove) -> None:
    """Refuse a wish, or do it: move him to the bed, or let him change places with the person he named.

    Raises what moving raises (:class:`Conflict` with who has the bed), nothing is answered then.
    """
    ctx.require(DESK)
    found = ctx.get(MoveRequest, cmd.request_id, version=cmd.version, lock=True)
    if found.state != RequestState.OPEN.value:
        raise Conflict(f"这条申请已是“{RequestState(found.state).label}”，请刷新列表。")
    if cmd.refused:
        found.state = RequestState.REFUSED.value
    else:
        stay, legs = lock_person(ctx, found.stay_id, None)
        current = leg_of(legs, ctx.today())
        if cmd.bed_id is not None:
            move_stay(ctx, MoveStay(current.id, current.version, cmd.bed_id, reason=found.reason))
        elif found.with_stay_id is not None:
            other, others = lock_person(ctx, found.with_stay_id, None)
            for one in (stay, other):
                if one.state not in CURRENT:
                    raise Conflict(f"{one.guest_name}现在是“{StayState(one.state).label}”，不能对调，请刷新列表。")
            exchange(ctx, current, leg_of(others, ctx.today()), found.reason)
        else:
            raise RuleViolation("请选择要调到的床位，或者登记为不同意。")
        found.state = RequestState.DONE.value
    found.answer, found.closed_on = cmd.answer.strip(), ctx.today()
    close(ctx, request_key(found.id), RequestState(found.state).label)
    ctx.session.flush()


# house: open - asking for a room and the daily job call it under their own right
def remind_of(ctx: Ctx, found: MoveRequest, stay: Stay) -> str:
    """Put an open wish into the inbox of those who decide; returns the key of the item."""
    key = request_key(found.id)
    text = f"{stay.guest_name}申请调房：{found.reason}" + (f"，{found.wish}" if found.wish else "") + "。"
    role = ctx.settings(DeskRules).role
    assign(ctx, Assign(key, "调房申请", text, Ref("stay", stay.id), role=role, due_on=found.asked_on))
    return key


def request_key(request_id: int) -> str:
    """The key of a wish in the inbox."""
    return f"accommodation.request:{request_id}"
