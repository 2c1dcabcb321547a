"""Surveys of the demo school: classes that have answered, one that is answering, earlier years, cases (all invented).

The papers go through the ballot box like any other; the days are those of the classes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.paths import resource
from dangxiao_houqin.core.subjects import NO_SUBJECT, Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import department_choices
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.answers import Answers, FinishedPaper, new_paper_id
from dangxiao_houqin.modules.surveys.domain.campaigns import SaveCampaign, default_title
from dangxiao_houqin.modules.surveys.domain.questionnaires import NOT_EXPERIENCED, Content, Question, QuestionKind
from dangxiao_houqin.modules.surveys.domain.results import SaveHistoryFigure
from dangxiao_houqin.modules.surveys.domain.rules import Formula
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    AnswerSuggestion,
    AssignSuggestion,
    CloseSuggestion,
    Feedback,
    SaveSuggestion,
    SuggestionSource,
)
from dangxiao_houqin.modules.surveys.queries.campaigns import get_campaign, list_campaigns
from dangxiao_houqin.modules.surveys.queries.questionnaires import get_version
from dangxiao_houqin.modules.surveys.queries.suggestions import get_suggestion, list_suggestions
from dangxiao_houqin.modules.training.domain import ClassRow
from dangxiao_houqin.modules.training.queries import list_classes

REMARKS_EVERY = 4
"""One paper in so many has a remark."""

OTHER_SCHOOL = (("lodging", "住宿", 9600), ("canteen", "餐饮", 9100))
"""Published by another school for 2014, without n or formula (domain/1-sources.md 418); real, not invented."""


def load_surveys(ctx: Ctx, _data: Any) -> None:
    """Nothing where the school has any campaign already."""
    if list_campaigns(ctx, ListQuery(limit=1)).total:
        return
    told = json.loads(resource("sample/surveys.json").read_text(encoding="utf-8"))
    _School(ctx, told).live()


class _School:
    """Tells what happened, day by day."""

    def __init__(self, ctx: Ctx, told: Any) -> None:
        self.ctx = ctx
        self.told = told
        self.now = ctx.now()
        self.version = services.ensure_questionnaire(ctx)
        self.content = get_version(ctx, self.version.version_id).content
        self.classes = {int(row.code[-2:]): row for row in list_classes(ctx, ListQuery().everything()).rows}

    def live(self) -> None:
        self._history()
        for entry in self.told["classes"]:
            found = self.classes[entry["class"]]
            campaign = self._open(found, found.end)
            self._answer(campaign, found.end, entry["answered"], entry["mood"], random.Random(found.id))
            with self._at(found.end, time(10, 30)):
                self._close(campaign)
            if "handled" in entry:
                self._handle_low_scores(campaign, found.end, entry["handled"])
        self._small(self.told["small"])
        running = self.told["running"]
        today = self.now.astimezone(CHINA).date()
        campaign = self._open(self.classes[running["class"]], today, days=7)
        self._answer(campaign, today, running["answered"], 0.1, random.Random(2))
        for entry in self.told["suggestions"]:
            self._suggestion(entry)

    @contextmanager
    def _at(self, day: date, hour: time) -> Iterator[None]:
        """Something that happened then, or just now where that lies ahead."""
        self.ctx.clock = FixedClock(min(datetime.combine(day, hour, CHINA), self.now - timedelta(minutes=1)))
        try:
            yield
            self.ctx.session.flush()
        finally:
            self.ctx.clock = FixedClock(self.now)

    # -------------------------------------------------------------------------------------------- campaigns
    def _open(self, found: ClassRow, day: date, *, days: int = 0) -> int:
        subject = Subject("training_class", found.id, found.name, found.kind)
        expected = found.enrolled or found.expected_count
        return self._plan(subject, default_title(subject.text), expected, day, days=days)

    def _plan(self, subject: Subject, title: str, expected: int, day: date, *, days: int = 0) -> int:
        opens = datetime.combine(day, time(8, 0), CHINA)
        closes = datetime.combine(day + timedelta(days), time(18, 0), CHINA)
        form = SaveCampaign(title, self.version.version_id, opens, closes, expected, subject, held_on=day)
        with self._at(day, time(8, 0)):
            campaign = services.save_campaign(self.ctx, form)
            services.open_campaign(self.ctx, campaign, get_campaign(self.ctx, campaign).version)
        return campaign

    def _answer(self, campaign: int, day: date, people: int, mood: float, luck: random.Random) -> None:
        for number in range(people):
            remark = luck.choice(self.told["remarks"]) if number % REMARKS_EVERY == 0 else ""
            answers = _answers(self.content, mood + luck.gauss(0, 0.35), remark, self.told, luck)
            services.submit_paper(self.ctx, FinishedPaper(new_paper_id(), campaign, day, answers))

    def _close(self, campaign: int) -> None:
        services.close_campaign(self.ctx, campaign, get_campaign(self.ctx, campaign).version)

    def _small(self, entry: Any) -> None:
        """Fewer than may be shown."""
        day = self.now.astimezone(CHINA).date() - timedelta(entry["ago"])
        campaign = self._plan(NO_SUBJECT, entry["title"], entry["expected"], day)
        self._answer(campaign, day, entry["answered"], 0.0, random.Random(4))
        with self._at(day, time(18, 30)):
            self._close(campaign)

    # --------------------------------------------------------------------------------- earlier years, cases
    def _history(self) -> None:
        source, this_year = self.told["history_source"], self.now.year
        for key, group in self.told["history"].items():
            rates = group["rates"]
            for back, percent in zip(range(len(rates), 0, -1), rates, strict=True):
                figure = SaveHistoryFigure(
                    this_year - back, key, group["title"], round(percent * 100), source=source, formula=Formula.F1
                )
                services.save_history_figure(self.ctx, figure)
        for key, title, rate_bp in OTHER_SCHOOL:
            published = SaveHistoryFigure(2014, key, title, rate_bp, own=False, source="网上公开材料")
            services.save_history_figure(self.ctx, published)

    def _handle_low_scores(self, campaign: int, day: date, handled: Any) -> None:
        """What the counting raised is given away, answered and closed."""
        for row in list_suggestions(self.ctx, ListQuery(filters={"campaign_id": campaign}).everything()).rows:
            self._handle(row.id, day, {**handled, "until": "closed", "feedback": "unknown"})

    def _suggestion(self, entry: Any) -> None:
        ctx = self.ctx
        day = self.now.astimezone(CHINA).date() - timedelta(entry["ago"])
        with self._at(day, time(9, 0)):
            form = SaveSuggestion(
                SuggestionSource(entry["source"]),
                entry["content"],
                day,
                entry["category"],
                entry.get("from_whom", ""),
                entry.get("contact", ""),
            )
            case = services.save_suggestion(ctx, form)
        if entry["until"] != "received":
            self._handle(case, day, entry)

    def _handle(self, case: int, day: date, entry: Any) -> None:
        """分办 on ``day``, answered the day after, closed the day after that, as far as ``until`` says."""
        ctx = self.ctx
        with self._at(day, time(14, 0)):
            department = next(number for number, name in department_choices(ctx) if "后勤" in name)
            services.assign_suggestion(ctx, AssignSuggestion(case, get_suggestion(ctx, case).version, department))
        if entry["until"] == "assigned":
            return
        with self._at(day + timedelta(1), time(16, 0)):
            version = get_suggestion(ctx, case).version
            services.answer_suggestion(
                ctx, AnswerSuggestion(case, version, entry["result"], entry["reply"], ctx.today())
            )
        if entry["until"] == "closed":
            with self._at(day + timedelta(2), time(9, 0)):
                version = get_suggestion(ctx, case).version
                services.close_suggestion(ctx, CloseSuggestion(case, version, Feedback(entry["feedback"])))


def _answers(content: Content, mood: float, remark: str, told: Any, luck: random.Random) -> Answers:
    """One person's paper: everybody has a mood, every question its weakness."""
    ratings: dict[int, int] = {}
    choices: dict[int, tuple[int, ...]] = {}
    texts: dict[int, str] = {}
    for question in content.questions:
        if question.kind is QuestionKind.SCALE:
            score = _score(question, mood, told, luck, content.top)
            if score is not None:
                ratings[question.number] = score
        elif question.kind is QuestionKind.YES_NO:
            choices[question.number] = (1 if luck.random() < 0.95 + mood / 10 else 2,)
        elif question.kind is QuestionKind.TEXT:
            if remark:
                texts[question.number] = remark
        else:
            most = min(question.limit or len(question.options), len(question.options))
            number = 1 if question.kind is QuestionKind.SINGLE else luck.randint(1, most)
            choices[question.number] = tuple(sorted(luck.sample(range(1, len(question.options) + 1), number)))
    return Answers(ratings, choices, texts)


def _score(question: Question, mood: float, told: Any, luck: random.Random, top: int) -> int | None:
    if not question.required and luck.random() < 0.9:  # only who has such a need answers
        return None
    if question.not_experienced and luck.random() < 0.04:
        return NOT_EXPERIENCED
    pull = mood + told["strong"].get(question.text, 0) - told["weak"].get(question.text, 0)
    return max(1, min(top, round(top - 0.3 + pull + luck.gauss(0, 0.45))))
