"""One person at the desk: all his stays one after the other, locked and changed together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import AppError, Conflict, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import StayState
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.queries.desk import guest_legs
from dangxiao_houqin.modules.places.api import BedPlace
from dangxiao_houqin.modules.training.api import nights

from .nights import take_nights
from .stays import refuse_forbidden_pairs


def lock_person(ctx: Ctx, stay_id: int, version: int | None) -> tuple[Stay, list[Stay]]:
    """The stay and those of its person in the same state, in order of their nights; see :func:`lock_all`."""
    stay, every = lock_all(ctx, stay_id, version)
    return stay, alike(stay, every)


def alike(stay: Stay, every: Collection[Stay]) -> list[Stay]:
    """Those of ``every`` stay of a person that are where ``stay`` is."""
    return [leg for leg in every if leg.state == stay.state and leg.left_at == stay.left_at]


def parked_of(every: Collection[Stay]) -> list[Stay]:
    """The nights of a person for which he waits in the lane of the room chart."""
    return [leg for leg in every if leg.state == StayState.PARKED.value]


def lock_all(ctx: Ctx, stay_id: int, version: int | None) -> tuple[Stay, list[Stay]]:
    """The stay and all stays its person has or had, in order of their nights.

    All of them are locked in order of their id, as the room chart does, so that two desks queue. Raises
    :class:`NotFound`, and :class:`Conflict` when the stay is not the ``version`` seen.
    """
    stay = ctx.get(Stay, stay_id)
    if stay.enrollment_id is not None:
        whose = Stay.enrollment_id == stay.enrollment_id
    else:
        whose = Stay.id.in_(guest_legs(ctx, stay_id))
    statement = select(Stay).where(whose).order_by(Stay.id).with_for_update()
    every = in_order(ctx.session.scalars(statement.execution_options(populate_existing=True)))
    if version is not None and stay.version != version:
        raise ctx.conflict(stay)
    return stay, every


def in_order(legs: Iterable[Stay]) -> list[Stay]:
    """Stays in order of their nights."""
    return sorted(legs, key=lambda leg: (leg.arrive, leg.id))


def refuse_unless(stay: Stay, state: StayState, doing: str) -> None:
    """Raise :class:`Conflict` with what the stay is by now, or :class:`RuleViolation` for one without a bed."""
    if stay.state == state.value:
        return
    if stay.state == StayState.PARKED.value:
        raise RuleViolation(f"{stay.guest_name}的床位在暂存区，请先在房态图放到一张床上，再{doing}。")
    if stay.state == StayState.NO_SHOW.value:
        raise RuleViolation(f"{stay.guest_name}登记为未报到，请先撤销未报到，再{doing}。")
    label = StayState(stay.state).label
    if stay.state == StayState.CANCELLED.value and stay.left_at is not None:
        label = StayState.LEFT.label
    raise Conflict(f"{stay.guest_name}现在是“{label}”，不能{doing}，请刷新列表。")


def leg_of(legs: Sequence[Stay], day: date) -> Stay:
    """The stay of ``day`` or the one nearest to it."""
    begun = [leg for leg in legs if leg.arrive <= day]
    return begun[-1] if begun else legs[0]


def add_nights(ctx: Ctx, stay: Stay, start: date, end: date, places: dict[int, BedPlace]) -> None:
    """Take the nights ``[start, end)`` of the stay's own bed besides those it has (flushed, room locked).

    Raises what :func:`take_nights` raises; the caller sets ``arrive`` or ``leave`` before.
    """
    take_nights(ctx, [stay], places, only={stay.id: nights(start, end)})
    refuse_forbidden_pairs(ctx, [stay])


def try_nights(
    ctx: Ctx, stays: Sequence[Stay], places: dict[int, BedPlace], only: dict[int, Collection[date]] | None = None
) -> AppError | None:
    """Take nights if they can be had; gives the refusal instead of raising it, nothing taken then."""
    try:
        with ctx.session.begin_nested():
            take_nights(ctx, stays, places, only=only)
            refuse_forbidden_pairs(ctx, stays)
    except (Conflict, RuleViolation) as refusal:
        return refusal
    return None


def short_day(day: date) -> str:
    """3月6日."""
    return chinese_date(day, year=False)
