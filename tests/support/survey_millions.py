"""Survey answers in bulk, straight into the result tables: many classes, one questionnaire, invented ratings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.surveys.domain.campaigns import CampaignState
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup
from dangxiao_houqin.modules.surveys.models import Questionnaire, QuestionnaireVersion, SurveyCampaign

QUESTIONS = 20
PAPERS = 250
"""Papers of a class: with 20 questions, 200 classes give a million ratings."""

LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
KINDS = ("主体班", "专题班", "任职班", "委托班")
_FIRST_DAY = date(2016, 3, 1)


def fill_ratings(db: Database, ratings: int, *, seed: int = 7) -> int:
    """Write at least ``ratings`` ratings, class by class, and return how many; each class has one campaign."""
    chance = random.Random(seed)
    classes = -(-ratings // (QUESTIONS * PAPERS))
    with unit_of_work(db, Actor.system(), "bench.prepare") as ctx:
        campaigns = _campaigns(ctx, classes)
    responses: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    for campaign in campaigns:
        papers = sorted(chance.getrandbits(62) for _ in range(PAPERS))
        responses += [(paper, campaign, 1, _FIRST_DAY, True) for paper in papers]
        rows += _ratings(chance, campaign, papers)
    responses.sort()
    _write(db, {"survey_response": responses, "survey_rating": rows})
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return len(rows)


def _content() -> Content:
    groups = tuple(
        QuestionGroup(
            key, title, tuple(Question(start + i, f"{key}_{i}", f"{title}的第 {i + 1} 个方面") for i in range(5))
        )
        for key, title, start in (
            ("lodging", "住宿", 1),
            ("canteen", "餐饮", 6),
            ("teaching", "教学", 11),
            ("all", "总体", 16),
        )
    )
    return Content("满意度测评表（虚构）", LEVELS, groups)


def _campaigns(ctx: Ctx, number: int) -> list[int]:
    questionnaire = ctx.add(Questionnaire(name=f"大数据问卷{number}"))
    version = ctx.add(
        QuestionnaireVersion(questionnaire_id=questionnaire.id, number=1, content=_content().to_plain(), frozen=True)
    )
    found = []
    for index in range(number):
        day = _FIRST_DAY + timedelta(days=index * 3800 // max(number, 1))
        campaign = SurveyCampaign(
            title=f"第 {index + 1} 期虚构班后勤测评",
            version_id=version.id,
            subject_kind="training_class",
            subject_id=index + 1,
            subject_text=f"第 {index + 1} 期虚构班",
            class_kind=KINDS[index % len(KINDS)],
            anonymity="free",
            opens_at=ctx.now(),
            closes_at=ctx.now() + timedelta(hours=2),
            held_on=day,
            expected=PAPERS,
            state=CampaignState.CLOSED.value,
            rounds=1,
        )
        ctx.session.add(campaign)
        found.append(campaign)
    ctx.session.flush()
    return [campaign.id for campaign in found]


def _ratings(chance: random.Random, campaign: int, papers: list[int]) -> Iterator[tuple[Any, ...]]:
    for question in range(1, QUESTIONS + 1):
        values = chance.choices((5, 4, 3, 2, 1, 0), (52, 30, 10, 4, 1, 3), k=len(papers))
        for paper, value in zip(papers, values, strict=True):
            yield campaign, question, paper, 1, value, True


def _write(db: Database, tables: dict[str, list[tuple[Any, ...]]]) -> None:
    """In one transaction in the order of the keys, past the ORM: the benchmark waits for this."""
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        if db.is_sqlite:
            cursor.execute("BEGIN")
        for table, rows in tables.items():
            if db.is_sqlite:
                data = [tuple(str(item) if isinstance(item, date) else item for item in row) for row in rows]
                marks = ", ".join("?" * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} ({_COLUMNS[table]}) VALUES ({marks})", data)
                continue
            with cursor.copy(f"COPY {table} ({_COLUMNS[table]}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        connection.commit()
    finally:
        connection.close()


_COLUMNS = {
    "survey_response": "id, campaign_id, round, day, valid",
    "survey_rating": "campaign_id, question, response_id, round, value, counted",
}
