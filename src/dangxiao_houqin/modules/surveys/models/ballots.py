"""The sealed ballot box: finished papers nobody reads before it is opened, and the one-time codes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Base


class SurveyCode(Base):
    """A one-time code, by its hash; ``used`` once its paper has been counted.  Which paper was its own is not kept."""

    __tablename__ = "survey_code"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("survey_campaign.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used: Mapped[bool] = mapped_column(default=False)

    __table_args__ = ({"sqlite_with_rowid": False},)


class SurveyPaper(Base):
    """A finished paper.  Opening the box takes ``answers`` and ``code_hash`` away; the bare row stays as the receipt.

    The receipt is what makes a paper that is sent again harmless, also years later.  Keyed by a random name and stored
    in its order, so the table does not tell who came first.
    """

    __tablename__ = "survey_paper"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code_hash", info={"sentence": "这个一次性码已经用过。"}),
        ForeignKeyConstraint(["campaign_id", "code_hash"], ["survey_code.campaign_id", "survey_code.code_hash"]),
        CheckConstraint("length(answers) <= 30000", name="size", info={"sentence": "这份答卷太长。"}),
        CheckConstraint("length(paper_id) = 32", name="paper_id", info={"sentence": "这份答卷的编号不对。"}),
        Index("ix_survey_paper_campaign_id", "campaign_id"),
        {"sqlite_with_rowid": False},
    )

    paper_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("survey_campaign.id", ondelete="CASCADE"))
    day: Mapped[date]
    answers: Mapped[str | None] = mapped_column(Text)
    code_hash: Mapped[str | None] = mapped_column(String(64))
