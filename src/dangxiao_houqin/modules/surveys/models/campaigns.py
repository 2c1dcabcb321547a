"""Questionnaires, their versions, and the campaigns that ask them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dangxiao_houqin.core.db import Entity


class Questionnaire(Entity):
    """问卷: a name under which versions follow each other."""

    __tablename__ = "questionnaire"
    __table_args__ = (UniqueConstraint("name", info={"sentence": "已有同名的问卷，请换一个名称。"}),)

    name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(200), default="")
    retired: Mapped[bool] = mapped_column(default=False)

    @property
    def label(self) -> str:
        return self.name


class QuestionnaireVersion(Entity):
    """One version; ``content`` is the JSON of a :class:`~.domain.questionnaires.Content`, fixed once ``frozen``."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id", ondelete="CASCADE"))
    number: Mapped[int]
    frozen: Mapped[bool] = mapped_column(default=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def label(self) -> str:
        return f"第 {self.number} 版"


class SurveyCampaign(Entity):
    """满意度测评: one version asked of one class or of the whole school.

    ``rounds`` counts how often the ballot box has been opened; ``held_on`` says to which term and year it belongs.
    """

    __tablename__ = "survey_campaign"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="dates", info={"sentence": "结束时间要晚于开始时间。"}),
        CheckConstraint("expected >= 0", name="expected", info={"sentence": "应收份数不能是负数。"}),
        Index("ix_survey_campaign_subject", "subject_kind", "subject_id"),
    )

    title: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    subject_text: Mapped[str] = mapped_column(String(120), default="")
    class_kind: Mapped[str] = mapped_column(String(40), default="")
    anonymity: Mapped[str] = mapped_column(String(10))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    held_on: Mapped[date] = mapped_column(index=True)
    expected: Mapped[int]
    most: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), index=True)
    rounds: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(200), default="")
    search_key: Mapped[str] = mapped_column(String(400), default="")

    @property
    def label(self) -> str:
        return self.title
