"""Numbers on documents: gap-free within a committed sequence, one counter row per kind and period."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, insert_absent


class Counter(Base):
    """Last number given for ``kind`` in ``period`` (a year, a day, or empty)."""

    __tablename__ = "counter"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int]


def hold_counter(session: Session, kind: str, period: str = "") -> Counter:
    """The counter row, made when it is missing, locked until the transaction ends."""
    query = select(Counter).where(Counter.kind == kind, Counter.period == period).with_for_update()
    counter = session.scalars(query).one_or_none()
    if counter is None:  # two desks may need the first number of a year at once: one makes the row, the other waits
        insert_absent(session, Counter, kind=kind, period=period, value=0)
        counter = session.scalars(query).one()
    return counter


def next_number(session: Session, kind: str, period: str) -> int:
    """The next number (from 1); the counter row stays locked until the transaction ends."""
    counter = hold_counter(session, kind, period)
    counter.value += 1
    session.flush()
    return counter.value
