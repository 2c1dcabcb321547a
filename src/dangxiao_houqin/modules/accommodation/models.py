"""Tables of accommodation.

``room_night`` and ``bed_night`` hold the two hard truths on both engines: the key of ``bed_night`` lets one person into
a bed per night, and its foreign key to ``room_night(room, night, sex)`` lets one sex into a room per night.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Base, Entity


class Stay(Entity):
    """One person in one bed for the nights ``[arrive, leave)``.

    A change of room with a date ends one stay and begins the next (``moved_from_id``). ``state`` is one of
    :class:`~dangxiao_houqin.modules.accommodation.domain.StayState`.
    """

    __tablename__ = "stay"
    __table_args__ = (
        CheckConstraint("leave > arrive", name="order", info={"sentence": "离开日期必须晚于入住日期。"}),
        CheckConstraint("sex IN ('男', '女')", name="sex", info={"sentence": "性别只能是男或女。"}),
        Index("ix_stay_arrive_leave", "arrive", "leave"),
    )

    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), index=True)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("training_class.id"), index=True)
    guest_name: Mapped[str] = mapped_column(String(80))
    sex: Mapped[str] = mapped_column(String(1))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), index=True)
    bed_id: Mapped[int] = mapped_column(ForeignKey("bed.id"), index=True)
    arrive: Mapped[date]
    leave: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="assigned")
    pinned: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(200), default="")
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("stay.id"))

    @property
    def label(self) -> str:
        return self.guest_name

    @property
    def nights(self) -> int:
        return (self.leave - self.arrive).days


class RoomNight(Base):
    """The sex a room is given to on a night; exists exactly while somebody sleeps there."""

    __tablename__ = "room_night"
    __table_args__ = (
        PrimaryKeyConstraint("room_id", "night", info={"sentence": "这个房间刚被其他人占用，请重新选择房间。"}),
        UniqueConstraint("room_id", "night", "sex"),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    night: Mapped[date]
    sex: Mapped[str] = mapped_column(String(1))


class BedNight(Base):
    """One person in one bed on one night."""

    __tablename__ = "bed_night"
    __table_args__ = (
        PrimaryKeyConstraint("bed_id", "night", info={"sentence": "这张床位刚被其他人占用，请重新选择床位。"}),
        ForeignKeyConstraint(["room_id", "night", "sex"], ["room_night.room_id", "room_night.night", "room_night.sex"]),
        ForeignKeyConstraint(["bed_id", "room_id"], ["bed.id", "bed.room_id"]),
        UniqueConstraint("enrollment_id", "night", info={"sentence": "这位学员在同一晚已有床位，请先取消原来的床位。"}),
        Index("ix_bed_night_night_room_id", "night", "room_id"),
    )

    bed_id: Mapped[int]
    night: Mapped[date]
    room_id: Mapped[int]
    sex: Mapped[str] = mapped_column(String(1))
    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"), index=True)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))


class RoommateRule(Entity):
    """Two people who wish to share (together), should not (apart) or must not (forbidden) share a room."""

    __tablename__ = "roommate_rule"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id", info={"sentence": "这两位学员之间已有约定，请修改原有的约定。"}),
        CheckConstraint("first_id < second_id", name="order"),
    )

    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"), index=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200), default="")
