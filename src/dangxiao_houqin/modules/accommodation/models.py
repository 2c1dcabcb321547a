"""Tables of accommodation.

``room_night`` and ``bed_night`` hold the two hard truths on both engines: the key of ``bed_night`` lets one person into
a bed per night, and its foreign key to ``room_night(room, night, sex)`` lets one sex into a room per night.
"""

from __future__ import annotations

from datetime import date, datetime

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
    :class:`~dangxiao_houqin.modules.accommodation.domain.StayState`; ``kind`` tells trainees from external guests.
    ``arrived_at`` stays set when a person in the house is parked, so that he comes back into the house, not to the
    desk. ``late_until``: said to come later, nobody need ask after him before that day. ``planned_arrive`` and
    ``planned_leave`` keep what was planned where reporting in early or leaving early or late changed the nights, so
    that it can be taken back exactly; None: as planned. A cancelled stay with ``left_at`` is the rest of the nights of
    somebody who left before them; with ``planned_leave`` too it was parked when he left.
    """

    __tablename__ = "stay"
    __table_args__ = (
        CheckConstraint("leave > arrive", name="order", info={"sentence": "离开日期必须晚于入住日期。"}),
        CheckConstraint("sex IN ('男', '女')", name="sex", info={"sentence": "性别只能是男或女。"}),
        Index("ix_stay_arrive_leave", "arrive", "leave"),
        Index("ix_stay_leave", "leave"),
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
    kind: Mapped[str] = mapped_column(String(12), default="trainee", server_default="trainee")
    pinned: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(200), default="")
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("stay.id"), index=True)
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    late_until: Mapped[date | None]
    late_note: Mapped[str] = mapped_column(String(100), default="", server_default="")
    end_reason: Mapped[str] = mapped_column(String(100), default="", server_default="")
    planned_arrive: Mapped[date | None]
    planned_leave: Mapped[date | None]

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


class BedMove(Entity):
    """调房登记: somebody was moved from one bed to another on ``on_day``, why, and whether it was taken back."""

    __tablename__ = "bed_move"
    __table_args__ = (Index("ix_bed_move_on_day", "on_day"),)

    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"), index=True)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("training_class.id"), index=True)
    guest_name: Mapped[str] = mapped_column(String(80))
    from_bed_id: Mapped[int] = mapped_column(ForeignKey("bed.id"))
    to_bed_id: Mapped[int] = mapped_column(ForeignKey("bed.id"))
    on_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    handler: Mapped[str] = mapped_column(String(80), default="")
    undone: Mapped[bool] = mapped_column(default=False)

    @property
    def label(self) -> str:
        return self.guest_name


class KeyCard(Entity):
    """房卡(钥匙) handed to a guest: ``copies`` cards of one number, until they come back or are lost."""

    __tablename__ = "key_card"
    __table_args__ = (
        CheckConstraint("copies > 0", name="copies", info={"sentence": "领卡数至少是 1。"}),
        Index("ix_key_card_state", "state"),
    )

    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), default="", index=True)
    copies: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12), default="out")
    issued_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return self.number


class Compensation(Entity):
    """赔偿 for a lost card or damage in a room; ``amount`` in fen, 0 means noted without charge."""

    __tablename__ = "compensation"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount", info={"sentence": "赔偿金额不能小于 0。"}),)

    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    kind: Mapped[str] = mapped_column(String(12))
    item: Mapped[str] = mapped_column(String(100))
    amount: Mapped[int]
    on_day: Mapped[date]
    settled: Mapped[bool] = mapped_column(default=False)
    receipt_no: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return self.item


class MoveRequest(Entity):
    """调房申请: what a guest asks for in the evening, and what became of it."""

    __tablename__ = "move_request"
    __table_args__ = (Index("ix_move_request_state", "state"),)

    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"), index=True)
    asked_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(60))
    wish: Mapped[str] = mapped_column(String(200), default="")
    with_stay_id: Mapped[int | None] = mapped_column(ForeignKey("stay.id"))
    state: Mapped[str] = mapped_column(String(12), default="open")
    answer: Mapped[str] = mapped_column(String(200), default="")
    closed_on: Mapped[date | None]


class HeadCount(Entity):
    """夜间查寝 of one floor: how many should sleep there, how many were there, who was not."""

    __tablename__ = "head_count"
    __table_args__ = (
        UniqueConstraint("floor_id", "night"),
        CheckConstraint("present >= 0", name="present", info={"sentence": "在寝人数不能小于 0。"}),
    )

    floor_id: Mapped[int] = mapped_column(ForeignKey("floor.id"))
    night: Mapped[date] = mapped_column(index=True)
    expected: Mapped[int]
    present: Mapped[int]
    counted_at: Mapped[datetime]
    counter: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(300), default="")


class HeadCountAbsence(Entity):
    """Somebody who was not in his bed at the head-count: ``leave`` (请假) or ``absent`` (未归)."""

    __tablename__ = "head_count_absence"
    __table_args__ = (UniqueConstraint("head_count_id", "stay_id"),)

    head_count_id: Mapped[int] = mapped_column(ForeignKey("head_count.id", ondelete="CASCADE"))
    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(200), default="")


class GuestRegistration(Entity):
    """What the office registers of an external guest; ID fields only where the setting asks for them."""

    __tablename__ = "guest_registration"
    __table_args__ = (UniqueConstraint("stay_id"),)

    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id"))
    unit_name: Mapped[str] = mapped_column(String(150), default="")
    phone: Mapped[str] = mapped_column(String(40), default="", info={"personal": True})
    id_kind: Mapped[str] = mapped_column(String(20), default="")
    id_number: Mapped[str] = mapped_column(String(30), default="", info={"personal": True})
    plate: Mapped[str] = mapped_column(String(20), default="")
    host: Mapped[str] = mapped_column(String(60), default="")
    purpose: Mapped[str] = mapped_column(String(100), default="")
    price: Mapped[int] = mapped_column(default=0)
