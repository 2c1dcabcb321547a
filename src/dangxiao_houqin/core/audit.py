"""The append-only audit log: who changed what from what to what.

Written by a session listener in the same transaction as the change itself; the database refuses to update or delete
its rows (triggers in the migrations).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, insert, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, Entity
from .plain import plain

_BOOKKEEPING = {"version", "created_at", "created_by", "updated_at", "updated_by"}


class AuditEntry(Base):
    """One changed (or revealed) thing.

    ``changes`` maps a column to ``[old, new]``; ``kind`` is insert, update, delete or event.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_entity_entity_id", "entity", "entity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    entity: Mapped[str] = mapped_column(String(60))
    entity_id: Mapped[int | None]
    label: Mapped[str] = mapped_column(String(200))
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)


def _cells(entity: Entity) -> Iterable[tuple[str, Any, Any]]:
    state = inspect(entity)
    for attribute in state.mapper.column_attrs:
        key = attribute.key
        if key in _BOOKKEEPING or key == "id":
            continue
        if attribute.columns[0].info.get("secret") or key in entity.secret_keys:
            history = state.attrs[key].history
            if history.has_changes():
                yield key, "***", "***"
            continue
        history = state.attrs[key].history
        if history.has_changes():
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            if plain(old) != plain(new):
                yield key, plain(old), plain(new)


def collect(session: Session) -> list[tuple[Entity, str, dict[str, list[Any]]]]:
    """What the pending flush is about to change, before histories are reset."""
    found: list[tuple[Entity, str, dict[str, list[Any]]]] = []
    for kind, members in (("insert", session.new), ("update", session.dirty), ("delete", session.deleted)):
        for entity in members:
            if not isinstance(entity, Entity) or not entity.audited:
                continue
            if kind == "update" and not session.is_modified(entity):
                continue
            changes = {key: [old, new] for key, old, new in _cells(entity)} if kind != "delete" else {}
            if kind == "delete":
                changes = {
                    a.key: [plain(getattr(entity, a.key)), None]
                    for a in inspect(entity).mapper.column_attrs
                    if a.key not in (*_BOOKKEEPING, *entity.secret_keys) and not a.columns[0].info.get("secret")
                }
            if changes or kind == "insert":
                found.append((entity, kind, changes))
    return found


def write(session: Session, rows: list[dict[str, Any]]) -> None:
    """Append ``rows`` (columns of :class:`AuditEntry`)."""
    if rows:
        session.execute(insert(AuditEntry), rows)
