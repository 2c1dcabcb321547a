"""Tables of the inbox."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity


class InboxItem(Entity):
    """One thing to do.

    ``key`` says what it is about (``accommodation.overrun:17``) and is unique among all items, so that a job that runs
    twice raises it once; ``ref_kind``/``ref_id`` open the thing itself. Exactly one of role and user is set.
    """

    __tablename__ = "inbox_item"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(
            "(role_id IS NULL) <> (user_id IS NULL)",
            name="assignee",
            info={"sentence": "待办要交给一个角色或者一个人。"},
        ),
        Index("ix_inbox_item_state_due_on", "state", "due_on"),
    )

    key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))
    ref_kind: Mapped[str] = mapped_column(String(40), default="")
    ref_id: Mapped[int | None]
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default="open")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")

    @property
    def label(self) -> str:
        return self.text
