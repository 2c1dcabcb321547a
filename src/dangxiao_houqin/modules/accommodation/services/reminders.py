"""待办 about people and cards: raised in the morning, closed at the moment the thing is settled.

The words of an item name everybody it is still about, so a step at the desk writes the item of the class anew. A step
never raises an item by itself: that is the morning's work, and what was taken back is told then if it still applies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import AnySelect
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import CardState, DeskPerson, DeskRules, StayState
from dangxiao_houqin.modules.accommodation.models import KeyCard, Stay
from dangxiao_houqin.modules.inbox.api import Assign, assign, close_prefix, has_open
from dangxiao_houqin.modules.training.api import enrollment, training_class

AWAITED, OVERRUN, CARDS = "accommodation.awaited:", "accommodation.overrun:", "accommodation.cards:"


# house: open - the desk's services call it under their own right
def settle(ctx: Ctx, legs: Iterable[Stay]) -> None:
    """Something was done about the people of these stays (flushed): close or reword what is asked because of them."""
    ctx.session.flush()
    legs = list(legs)
    today = ctx.today()
    for leg in legs:
        if leg.state != StayState.IN_HOUSE.value or leg.leave >= today:
            close_prefix(ctx, f"{OVERRUN}{leg.id}:", note="已处理", again=True)
    for class_id in sorted({leg.class_id or 0 for leg in legs}):
        settle_class(ctx, class_id)


# house: open - the desk's services call it under their own right
def settle_class(ctx: Ctx, class_id: int) -> None:
    """Close or reword what is asked about people of a class (0: guests from outside) who did not come, and cards."""
    ctx.session.flush()
    if has_open(ctx, f"{AWAITED}{class_id}:"):
        tell_awaited(ctx, class_id)
    if has_open(ctx, f"{CARDS}{class_id}:"):
        tell_cards(ctx, class_id)


# house: open - the desk's services and the morning's work call it under their own right
def tell_awaited(ctx: Ctx, class_id: int | None = None) -> None:
    """Who should have come before today and did not say he comes later; of one class or of all."""
    today, later = ctx.today(), aliased(Stay)
    due = func.coalesce(Stay.late_until, Stay.arrive)
    same = or_(later.enrollment_id == Stay.enrollment_id, later.moved_from_id == Stay.id)
    more_nights = select(later.id).where(same, later.state == StayState.ASSIGNED.value, later.leave > today).exists()
    statement = (
        select(Stay.class_id, training_class.c.name, Stay.guest_name, due)
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .where(
            Stay.state == StayState.ASSIGNED.value,
            Stay.moved_from_id.is_(None),
            due < today,
            or_(Stay.leave > today, more_nights),
        )
        .order_by(training_class.c.start, Stay.class_id, enrollment.c.seq_no, Stay.id)
    )
    found: dict[int, list[tuple[str, str, date]]] = {}
    for of_class, name, guest, day in ctx.session.execute(_of_class(statement, class_id)):
        found.setdefault(of_class or 0, []).append((name or "临时住客", guest, day))
    keys = []
    for key_class, lines in found.items():
        last = max(day for *_, day in lines)
        who = some_of([guest for _, guest, _ in lines])
        text = f"{lines[0][0]}有 {len(lines)} 人到期未报到（{who}），请联系后登记报到、晚到或未报到。"
        keys.append(put(ctx, f"{AWAITED}{key_class}:{last}", "逾期未到", text, class_ref(key_class), last))
    close_prefix(ctx, AWAITED + _part(class_id), keep=keys, note="已处理", again=True)


# house: open - the morning's work calls it under its own right
def tell_overruns(ctx: Ctx, people: Sequence[DeskPerson]) -> None:
    """Who should have left before today and is still here."""
    keys = []
    for p in people:
        if p.overrun(ctx.today()) and p.stay_id is not None:
            unit = f"（{p.unit_name}）" if p.unit_name else ""
            text = f"{p.name}{unit}住{p.place}，应于{chinese_date(p.leave, year=False)}退房，还没有办理，请退房或续住。"
            keys.append(
                put(ctx, f"{OVERRUN}{p.stay_id}:{p.leave}", "超期未退房", text, Ref("stay", p.stay_id), p.leave)
            )
    close_prefix(ctx, OVERRUN, keep=keys, note="已处理", again=True)


# house: open - the desk's services and the morning's work call it under their own right
def tell_cards(ctx: Ctx, class_id: int | None = None) -> None:
    """Cards that are still out although their guest has left, by class; of one class or of all."""
    statement = (
        select(Stay.class_id, training_class.c.name, Stay.guest_name, Stay.left_at, KeyCard.copies)
        .join(Stay, Stay.id == KeyCard.stay_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .where(KeyCard.state == CardState.OUT.value, Stay.left_at.is_not(None))
        .order_by(Stay.class_id, Stay.guest_name, KeyCard.id)
    )
    found: dict[int, list[tuple[str, str, date, int]]] = {}
    for of_class, name, guest, left_at, copies in ctx.session.execute(_of_class(statement, class_id)):
        assert left_at is not None
        found.setdefault(of_class or 0, []).append((name or "临时住客", guest, left_at.date(), copies))
    keys = []
    for key_class, lines in found.items():
        last = max(left for _, _, left, _ in lines)
        who = list(dict.fromkeys(guest for _, guest, _, _ in lines))
        text = f"{lines[0][0]}离校后还有 {sum(n for *_, n in lines)} 张房卡未还（{some_of(who)}），请追回或登记丢失。"
        keys.append(put(ctx, f"{CARDS}{key_class}:{last}", "房卡未还", text, class_ref(key_class), last))
    close_prefix(ctx, CARDS + _part(class_id), keep=keys, note="已归还", again=True)


def _of_class(statement: AnySelect, class_id: int | None) -> AnySelect:
    if class_id is None:
        return statement
    wanted: ColumnElement[bool] = Stay.class_id == class_id if class_id else Stay.class_id.is_(None)
    return statement.where(wanted)


def _part(class_id: int | None) -> str:
    return "" if class_id is None else f"{class_id}:"


# house: open - the morning's work calls it under its own right
def put(ctx: Ctx, key: str, kind: str, text: str, ref: Ref | None, due_on: date) -> str:
    """Raise or reword an item for the role of the settings; gives its key."""
    assign(ctx, Assign(key, kind, text, ref, role=ctx.settings(DeskRules).role, due_on=due_on))
    return key


def class_ref(class_id: int) -> Ref | None:
    """The class an item opens; guests from outside have none."""
    return Ref("training_class", class_id) if class_id else None


def some_of(names: Sequence[str], most: int = 6) -> str:
    """张三、李四等."""
    return "、".join(names[:most]) + ("等" if len(names) > most else "")
