"""Tables of the organization."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dangxiao_houqin.core.db import Base, Entity


class Department(Entity):
    """部门/科室; ``sort_order`` is the office's fixed order."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("name", info={"sentence": "已有同名的部门，请换一个名称。"}),)

    name: Mapped[str] = mapped_column(String(60))
    sort_order: Mapped[int] = mapped_column(default=0)

    @property
    def label(self) -> str:
        return self.name


class StaffMember(Entity):
    """教职工 and outsourced workers; ``employment_type`` 在编/编外/借用/外包."""

    __tablename__ = "staff_member"

    name: Mapped[str] = mapped_column(String(60))
    search_key: Mapped[str] = mapped_column(String(2000))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    employment_type: Mapped[str] = mapped_column(String(10))
    post: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="", info={"personal": True})
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        return self.name


user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Entity):
    """角色: a named set of permission keys; builtin roles cannot be deleted."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("name", info={"sentence": "已有同名的角色，请换一个名称。"}),)

    name: Mapped[str] = mapped_column(String(40))
    permissions: Mapped[list[str]] = mapped_column(JSON)
    builtin: Mapped[bool] = mapped_column(default=False)

    @property
    def label(self) -> str:
        return self.name


class UserAccount(Entity):
    """A login; its rights are read anew in every unit of work."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("login", info={"sentence": "这个登录名已被使用，请换一个。"}),)

    login: Mapped[str] = mapped_column(String(40))
    display_name: Mapped[str] = mapped_column(String(60))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200), info={"secret": True})
    must_change_password: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    roles: Mapped[list[Role]] = relationship(secondary=user_role, order_by=Role.id)

    @property
    def label(self) -> str:
        return self.display_name


class CalendarDay(Entity):
    """A day on which the school's calendar differs from the ordinary week or the bundled one.

    ``workday`` False: a day off called ``name``; True: worked although it falls on a weekend (调休上班).
    """

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("day", info={"sentence": "这一天已经登记过，请修改原有的一行。"}),)

    day: Mapped[date]
    workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40), default="")

    @property
    def label(self) -> str:
        return f"{self.day:%Y-%m-%d}"
