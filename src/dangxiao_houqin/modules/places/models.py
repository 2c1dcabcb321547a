"""Tables of places."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dangxiao_houqin.core.db import Entity


class Site(Entity):
    """校区."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("name", info={"sentence": "已有同名的校区，请换一个名称。"}),)

    name: Mapped[str] = mapped_column(String(60))
    sort_order: Mapped[int] = mapped_column(default=0)

    @property
    def label(self) -> str:
        return self.name


class Building(Entity):
    """楼栋; ``code`` is the letter in bed codes such as A-0203-1."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("site_id", "name", info={"sentence": "这个校区已有同名的楼栋，请换一个名称。"}),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(10), default="")
    has_lift: Mapped[bool] = mapped_column(default=False)
    sort_order: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return self.name


class Floor(Entity):
    """楼层; ``level`` orders floors, ``preferred_sex`` ("男"/"女"/"") is the office's wish, not a law."""

    __tablename__ = "floor"
    __table_args__ = (UniqueConstraint("building_id", "level", info={"sentence": "这栋楼已有这一层，请换一个层号。"}),)

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    level: Mapped[int]
    name: Mapped[str] = mapped_column(String(20))
    preferred_sex: Mapped[str] = mapped_column(String(1), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return self.name


class Room(Entity):
    """房间; its capacity is the number of its beds. ``assignable`` False: duty or staff room, never given out."""

    __tablename__ = "room"
    __table_args__ = (
        UniqueConstraint("building_id", "number", info={"sentence": "这栋楼已有这个房号，请换一个房号。"}),
    )

    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    floor_id: Mapped[int] = mapped_column(ForeignKey("floor.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    sort_key: Mapped[str] = mapped_column(String(200))
    room_type: Mapped[str] = mapped_column(String(20))
    accessible: Mapped[bool] = mapped_column(default=False)
    near_lift: Mapped[bool] = mapped_column(default=False)
    low_floor: Mapped[bool] = mapped_column(default=False)
    assignable: Mapped[bool] = mapped_column(default=True)
    reserve: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(200), default="")
    beds: Mapped[list[Bed]] = relationship(order_by="Bed.id", cascade="all, delete-orphan")

    @property
    def label(self) -> str:
        return self.number


class Bed(Entity):
    """床位; ``name`` is 1 靠窗, 2 靠门 or whatever the office writes on it."""

    __tablename__ = "bed"
    __table_args__ = (
        UniqueConstraint("room_id", "name", info={"sentence": "这个房间已有同名的床位，请换一个床号。"}),
        UniqueConstraint("id", "room_id"),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(20))
    assignable: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        return self.name


class RoomOutage(Entity):
    """停用/维修 of a room (or one bed of it) for the nights ``[start, end)``; ``end`` None = until further notice."""

    __tablename__ = "room_outage"
    __table_args__ = (
        CheckConstraint(
            '"end" IS NULL OR "end" > start', name="order", info={"sentence": "停用的结束日期必须晚于开始日期。"}
        ),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"), index=True)
    bed_id: Mapped[int | None] = mapped_column(ForeignKey("bed.id", ondelete="CASCADE"))
    start: Mapped[date]
    end: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200))

    @property
    def label(self) -> str:
        return self.reason
