"""Tables of housekeeping."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity


class RoomCare(Entity):
    """How clean a room is and who said so; a room without a row is ready."""

    __tablename__ = "room_care"
    __table_args__ = (UniqueConstraint("room_id"),)

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    condition: Mapped[str] = mapped_column(String(12), default="ready")
    reason: Mapped[str] = mapped_column(String(100), default="")
    cleaned_at: Mapped[datetime | None]
    cleaned_by: Mapped[str] = mapped_column(String(60), default="")
    inspected_at: Mapped[datetime | None]
    inspected_by: Mapped[str] = mapped_column(String(60), default="")
    linen_on: Mapped[date | None]


class HousekeepingTask(Entity):
    """Clean one room by ``due_on``; one task of a kind per room and day, however often it is asked for."""

    __tablename__ = "housekeeping_task"
    __table_args__ = (
        UniqueConstraint("room_id", "kind", "due_on"),
        Index("ix_housekeeping_task_state_due_on", "state", "due_on"),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="open")
    linen: Mapped[bool] = mapped_column(default=False)
    assignee: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(String(60), default="")


class HandoverCheck(Entity):
    """客房交付检查 of one room before a class; ``items`` is ``[{"item", "ok", "note"}]`` in the order of the list."""

    __tablename__ = "handover_check"
    __table_args__ = (UniqueConstraint("class_id", "room_id"),)

    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"), index=True)
    checked_on: Mapped[date]
    checker: Mapped[str] = mapped_column(String(60))
    passed: Mapped[bool]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(200), default="")


class FloorReport(Entity):
    """How many people the floor staff found living in a room on a day."""

    __tablename__ = "floor_report"
    __table_args__ = (
        UniqueConstraint("room_id", "on_day"),
        CheckConstraint("people >= 0", name="people", info={"sentence": "人数不能小于 0。"}),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    on_day: Mapped[date] = mapped_column(index=True)
    people: Mapped[int]
    reporter: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    resolved: Mapped[bool] = mapped_column(default=False)
    resolution: Mapped[str] = mapped_column(String(200), default="")


class LostProperty(Entity):
    """遗留物品 found in a room, kept until ``keep_until`` (settings, three months), then returned or disposed of."""

    __tablename__ = "lost_property"
    __table_args__ = (Index("ix_lost_property_state_keep_until", "state", "keep_until"),)

    tag: Mapped[str] = mapped_column(String(20))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    place: Mapped[str] = mapped_column(String(100), default="")
    item: Mapped[str] = mapped_column(String(200))
    found_on: Mapped[date]
    finder: Mapped[str] = mapped_column(String(60), default="")
    owner: Mapped[str] = mapped_column(String(80), default="")
    owner_phone: Mapped[str] = mapped_column(String(40), default="", info={"personal": True})
    kept_at: Mapped[str] = mapped_column(String(60), default="")
    keep_until: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="kept")
    closed_on: Mapped[date | None]
    closed_note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return f"{self.tag} {self.item}"
