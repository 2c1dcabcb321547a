"""Results: answers by question, free text apart, and the figures of earlier years."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Base, Entity


class SurveyResponse(Base):
    """答卷: that a paper was counted, in which round and whether it is valid; its number is drawn at random."""

    __tablename__ = "survey_response"
    __table_args__ = (Index("ix_survey_response_campaign_id", "campaign_id"), {"sqlite_with_rowid": False})

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("survey_campaign.id", ondelete="CASCADE"))
    round: Mapped[int] = mapped_column(SmallInteger)
    day: Mapped[date]
    valid: Mapped[bool]


class SurveyRating(Base):
    """One rating; ``value`` 0 is 未体验.  ``counted`` repeats that the paper is valid, for sums over millions."""

    __tablename__ = "survey_rating"
    __table_args__ = (CheckConstraint("value BETWEEN 0 AND 5", name="value"), {"sqlite_with_rowid": False})

    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    response_id: Mapped[int] = mapped_column(ForeignKey("survey_response.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger)
    value: Mapped[int] = mapped_column(SmallInteger)
    counted: Mapped[bool]


class SurveyChoice(Base):
    """One chosen option, positions from 1 (1 and 2 are 是 and 否)."""

    __tablename__ = "survey_choice"
    __table_args__ = ({"sqlite_with_rowid": False},)

    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    response_id: Mapped[int] = mapped_column(ForeignKey("survey_response.id", ondelete="CASCADE"), primary_key=True)
    option: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    round: Mapped[int] = mapped_column(SmallInteger)
    counted: Mapped[bool]


class SurveyText(Base):
    """A remark in somebody's own words, tied to no paper; ``category`` is what the office files it under."""

    __tablename__ = "survey_text"
    __table_args__ = (Index("ix_survey_text_campaign_id", "campaign_id"), {"sqlite_with_rowid": False})

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("survey_campaign.id", ondelete="CASCADE"))
    question: Mapped[int] = mapped_column(SmallInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(String(500))
    category: Mapped[str] = mapped_column(String(40), default="")


class HistoryFigure(Entity):
    """历年数据: a rate typed in from old papers, or published by another school (``own`` false).

    ``rate_bp`` is in hundredths of a percent (9120 is 91.20 %); ``formula`` is empty where the old paper does not say.
    """

    __tablename__ = "survey_history"
    __table_args__ = (
        UniqueConstraint(
            "year",
            "term",
            "group_key",
            "source",
            info={"sentence": "这一年（学期）这个项目已有数据，请改原来的那一条。"},
        ),
        CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="rate", info={"sentence": "满意率要在 0 到 100 之间。"}),
    )

    year: Mapped[int] = mapped_column(SmallInteger)
    term: Mapped[str] = mapped_column(String(10), default="")
    group_key: Mapped[str] = mapped_column(String(40))
    group_title: Mapped[str] = mapped_column(String(40))
    own: Mapped[bool]
    source: Mapped[str] = mapped_column(String(80), default="")
    rate_bp: Mapped[int]
    answers: Mapped[int | None]
    formula: Mapped[str] = mapped_column(String(2), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    @property
    def label(self) -> str:
        return f"{self.year}年{self.term} {self.group_title}"
