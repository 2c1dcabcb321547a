"""Papers on paper, typed in twice by two clerks before they go into the ballot box."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Base, Entity


class EntryBatch(Entity):
    """A stack of papers of one campaign; the sheets carry pencil numbers 1 to ``sheets`` until the batch is done."""

    __tablename__ = "survey_entry_batch"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("survey_campaign.id", ondelete="CASCADE"), index=True)
    sheets: Mapped[int]
    day: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return f"{self.sheets} 份纸质答卷"


class EntrySheet(Base):
    """One sheet as one clerk typed it (``turn`` 1 or 2); gone as soon as the batch is in the ballot box."""

    __tablename__ = "survey_entry_sheet"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("survey_entry_batch.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sheet: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    turn: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    answers: Mapped[str] = mapped_column(Text)
