"""What one person answered: a finished paper on its way to the ballot box."""

from __future__ import annotations

import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from dangxiao_houqin.core.errors import InvalidInput

from .questionnaires import NOT_EXPERIENCED, Content, Question, QuestionKind, rating_questions

LONGEST_PAPER = 30_000
"""Characters of a paper as it lies in the ballot box."""

_NONE: Mapping[int, Any] = MappingProxyType({})

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of Unicode that no remark needs."""


@dataclass(frozen=True)
class Answers:
    """By the number of the question: ratings (0 is 未体验), chosen positions from 1 in ascending order, texts."""

    ratings: Mapping[int, int] = field(default_factory=lambda: _NONE)
    choices: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: _NONE)
    texts: Mapping[int, str] = field(default_factory=lambda: _NONE)

    def has(self, question: Question) -> bool:
        """Whether ``question`` has been answered."""
        if question.kind is QuestionKind.SCALE:
            return question.number in self.ratings
        if question.kind is QuestionKind.TEXT:
            return bool(self.texts.get(question.number, "").strip())
        return bool(self.choices.get(question.number))

    def dump(self) -> str:
        """The JSON text that is stored; equal answers give equal texts."""
        payload = {
            "ratings": {str(number): self.ratings[number] for number in sorted(self.ratings)},
            "choices": {str(number): list(self.choices[number]) for number in sorted(self.choices)},
            "texts": {str(number): self.texts[number] for number in sorted(self.texts)},
        }
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Answers:
        """Inverse of :meth:`dump`; raises :class:`InvalidInput` for anything else."""
        try:
            payload = json.loads(text)
            return cls(
                {int(number): _whole(score) for number, score in payload["ratings"].items()},
                {int(number): tuple(map(_whole, chosen)) for number, chosen in payload["choices"].items()},
                {int(number): _text(words) for number, words in payload["texts"].items()},
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InvalidInput("这份答卷的内容读不出来。") from error


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


@dataclass(frozen=True)
class FinishedPaper:
    """A paper somebody finished on ``day``.

    ``paper_id`` is drawn at random when it is finished and makes sending it twice harmless; ``code`` is the one-time
    code where the campaign asks for one.
    """

    paper_id: str
    campaign_id: int
    day: date
    answers: Answers
    code: str = ""


def readable(text: str) -> str:
    """``text`` on one line and without signs that cannot be stored, printed or seen (NUL, half surrogates, bidi)."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in _UNSEEN).strip()


def new_paper_id() -> str:
    """A random name for a paper: 32 hexadecimal digits that say nothing."""
    return secrets.token_hex(16)


def check_answers(content: Content, answers: Answers) -> None:
    """Whether ``answers`` fit the questionnaire at all; raises :class:`InvalidInput` naming the question."""
    for number in (*answers.ratings, *answers.choices, *answers.texts):
        if number not in content.by_number:
            raise InvalidInput(f"问卷里没有第 {number} 题。")
    for number, score in answers.ratings.items():
        question = content.by_number[number]
        lowest = NOT_EXPERIENCED if question.not_experienced else 1
        if question.kind is not QuestionKind.SCALE or not lowest <= score <= content.top:
            raise InvalidInput(f"第 {number} 题的评分不对。")
    for number, chosen in answers.choices.items():
        question = content.by_number[number]
        most = question.limit or len(question.choices)
        if question.kind is not QuestionKind.MULTIPLE:
            most = 1
        if not question.choices or list(chosen) != sorted(set(chosen)) or len(chosen) > most:
            raise InvalidInput(f"第 {number} 题最多选 {most} 项。")
        if any(not 1 <= position <= len(question.choices) for position in chosen):
            raise InvalidInput(f"第 {number} 题没有这个选项。")
    for number, words in answers.texts.items():
        question = content.by_number[number]
        if question.kind is not QuestionKind.TEXT or len(words) > question.length:
            raise InvalidInput(f"第 {number} 题最多写 {question.length} 个字。")
    if len(answers.dump()) > LONGEST_PAPER:
        raise InvalidInput("这份答卷的文字太长，请缩短。")


def unanswered(content: Content, answers: Answers) -> tuple[Question, ...]:
    """Required questions that are still blank."""
    return tuple(question for question in content.questions if question.required and not answers.has(question))


def is_valid(content: Content, answers: Answers, percent: int) -> bool:
    """Whether a paper counts: at least ``percent`` of its questions on the scale are answered (未体验 is an answer).

    A questionnaire without a scale counts when anything is answered.
    """
    asked = [question.number for _, question in rating_questions(content)]
    if not asked:
        return any(answers.has(question) for question in content.questions)
    given = sum(1 for number in asked if number in answers.ratings)
    return given * 100 >= percent * len(asked)
