"""Numbers on documents: gap-free within a committed sequence, one counter row per kind and period."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base


class Counter(Base):
    """Last number given for ``kind`` in ``period`` (a year, a day, or empty)."""

    __tablename__ = "counter"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int]


def next_number(session: Session, kind: str, period: str) -> int:
    """The next number (from 1); the counter row stays locked until the transaction ends."""
    query = select(Counter).where(Counter.kind == kind, Counter.period == period).with_for_update()
    counter = session.scalars(query).one_or_none()
    if counter is None:
        counter = Counter(kind=kind, period=period, value=0)
        session.add(counter)
    counter.value += 1
    session.flush()
    return counter.value
