"""意见建议处理单: what somebody said, who handles it, what became of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity


class Suggestion(Entity):
    """One case.  ``question`` is set where a low score raised it; of whom it came is only known if he said so."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_campaign_id", "campaign_id", "question"),)

    number: Mapped[str] = mapped_column(String(30), unique=True)
    source: Mapped[str] = mapped_column(String(12))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("survey_campaign.id"))
    question: Mapped[int | None] = mapped_column(SmallInteger)
    received_on: Mapped[date] = mapped_column(index=True)
    first_contact_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    first_contact: Mapped[str] = mapped_column(String(40), default="")
    from_whom: Mapped[str] = mapped_column(String(40), default="")
    contact: Mapped[str] = mapped_column(String(60), default="")
    category: Mapped[str] = mapped_column(String(40), default="")
    content: Mapped[str] = mapped_column(String(1000))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), index=True)
    result: Mapped[str] = mapped_column(String(1000), default="")
    reply: Mapped[str] = mapped_column(String(1000), default="")
    replied_on: Mapped[date | None]
    feedback: Mapped[str] = mapped_column(String(12), default="")
    closed_on: Mapped[date | None]
    search_key: Mapped[str] = mapped_column(String(2000), default="")

    @property
    def label(self) -> str:
        return self.number
