"""Tables of training."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity


class HomeUnit(Entity):
    """学员所在单位; ``rank_order`` is the fixed order in which units appear on every list."""

    __tablename__ = "home_unit"
    __table_args__ = (UniqueConstraint("name", info={"sentence": "已有同名的单位，请勿重复添加。"}),)

    name: Mapped[str] = mapped_column(String(100))
    search_key: Mapped[str] = mapped_column(String(2000), default="")
    rank_order: Mapped[int] = mapped_column(default=0, index=True)

    @property
    def label(self) -> str:
        return self.name


class TrainingClass(Entity):
    """培训班: lessons ``start`` to ``end`` (both days included), lodging the nights ``[arrive_on, leave_on)``."""

    __tablename__ = "training_class"
    __table_args__ = (
        UniqueConstraint("code", info={"sentence": "这个班次编号已被使用，请换一个编号。"}),
        CheckConstraint(
            '"end" >= start AND leave_on >= arrive_on', name="dates", info={"sentence": "结束日期不能早于开始日期。"}
        ),
        Index("ix_training_class_dates", "arrive_on", "leave_on"),
    )

    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(120))
    search_key: Mapped[str] = mapped_column(String(2000), default="")
    kind: Mapped[str] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(12), default="planned")
    start: Mapped[date]
    end: Mapped[date]
    arrive_on: Mapped[date]
    leave_on: Mapped[date]
    lodging: Mapped[bool] = mapped_column(default=True)
    expected_count: Mapped[int] = mapped_column(default=0)
    organizer_unit: Mapped[str] = mapped_column(String(100), default="")
    class_teacher: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(500), default="")

    @property
    def label(self) -> str:
        return self.name


class Enrollment(Entity):
    """One person on the roster of one class, as the sending unit wrote it.

    ``seq_no`` keeps the roster order; ``needs`` are structured from the remark, whose text stays in ``note``;
    ``arrive_on``/``leave_on`` differ from the class only for those who come late or leave early.
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        Index("ix_enrollment_class_id_seq_no", "class_id", "seq_no"),
        Index("ix_enrollment_leave_on", "leave_on"),
        CheckConstraint("sex IN ('男', '女')", name="sex", info={"sentence": "性别只能是男或女。"}),
    )

    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    seq_no: Mapped[int]
    group_name: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(80), index=True)
    search_key: Mapped[str] = mapped_column(String(2000), default="")
    sort_key: Mapped[str] = mapped_column(String(300), default="")
    sex: Mapped[str] = mapped_column(String(1))
    ethnicity: Mapped[str] = mapped_column(String(20), default="")
    birth: Mapped[str] = mapped_column(String(10), default="")
    political_status: Mapped[str] = mapped_column(String(30), default="")
    education: Mapped[str] = mapped_column(String(30), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("home_unit.id"), index=True)
    unit_name: Mapped[str] = mapped_column(String(150), default="")
    position: Mapped[str] = mapped_column(String(150), default="")
    rank: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(40), default="", index=True, info={"personal": True})
    id_number: Mapped[str] = mapped_column(String(20), default="", index=True, info={"personal": True})
    plate: Mapped[str] = mapped_column(String(20), default="")
    lodging: Mapped[bool] = mapped_column(default=True)
    arrive_on: Mapped[date | None]
    leave_on: Mapped[date | None]
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(String(1000), default="")
    extra: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[str] = mapped_column(String(12), default="enrolled")

    @property
    def label(self) -> str:
        return self.name


class RosterMapping(Entity):
    """The header mapping a user corrected, remembered per sender's layout."""

    __tablename__ = "roster_mapping"
    __table_args__ = (UniqueConstraint("fingerprint"),)

    fingerprint: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
