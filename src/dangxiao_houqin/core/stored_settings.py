"""Where the settings of the organisation are kept: one row per section."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Entity
from .settings import SECRET_SECTIONS, check, from_payload, to_payload

S = TypeVar("S")


class Setting(Entity):
    """The stored values of one section."""

    __tablename__ = "setting"

    section: Mapped[str] = mapped_column(String(60), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def label(self) -> str:
        return self.section

    @property
    def secret_keys(self) -> frozenset[str]:
        return frozenset({"payload"}) if self.section in SECRET_SECTIONS else frozenset()


def load_settings(session: Session, cls: type[S]) -> S:
    """The stored section, or its defaults."""
    section: str = cls.section  # type: ignore[attr-defined]
    payload = session.scalars(select(Setting.payload).where(Setting.section == section)).one_or_none()
    return from_payload(cls, payload) if payload is not None else cls()


def save_settings(session: Session, value: Any) -> None:
    """Store a section after checking its limits."""
    check(value)
    row = session.scalars(select(Setting).where(Setting.section == value.section).with_for_update()).one_or_none()
    payload = to_payload(value)
    if row is None:
        session.add(Setting(section=value.section, payload=payload))
    elif row.payload != payload:
        row.payload = payload
