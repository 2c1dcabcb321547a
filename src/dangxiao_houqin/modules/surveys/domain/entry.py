"""Paper answers typed in: a stack of sheets, what a clerk types of each, and where two clerks differ.

The sheets carry pencil numbers from 1 until the stack is done.  Each is typed twice, by two people who do not see
each other's answers, and goes into the ballot box only when both agree.
"""

from __future__ import annotations

import enum
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.errors import InvalidInput

from .answers import Answers
from .questionnaires import Content, Question, QuestionKind

T = TypeVar("T")

MOST_SHEETS = 500
NOTHING = "（空）"
CODE, LEFT_OUT = 0, -1
"""Where two clerks may differ beside the questions, as the number of a :class:`SheetDifference`."""


class BatchState(enum.StrEnum):
    """How far a stack has come."""

    FIRST = "first"
    WAITING = "waiting"
    SECOND = "second"
    CHECK = "check"
    DONE = "done"

    @property
    def pill(self) -> Pill:
        return {
            "first": Pill("第一遍录入中", "primary"),
            "waiting": Pill("待第二遍录入", "warning"),
            "second": Pill("第二遍录入中", "primary"),
            "check": Pill("待核对", "warning"),
            "done": Pill("已投入票箱", "success"),
        }[self.value]


@dataclass(frozen=True)
class BeginBatch:
    """Start a stack of ``sheets`` papers that were filled in on ``day``."""

    campaign_id: int
    sheets: int
    day: date
    note: str = ""


@dataclass(frozen=True)
class TypedSheet:
    """One sheet as typed.

    ``code`` is the one-time code of the slip stapled to it, where the campaign asks for codes.  ``left_out`` means it
    does not count at all (not of this survey, or no slip); a blank or spoiled sheet is typed as it is and counts as
    an invalid paper.
    """

    answers: Answers = field(default_factory=Answers)
    code: str = ""
    left_out: bool = False

    def dump(self) -> str:
        """The text that is stored; equal sheets give equal texts."""
        payload = {"answers": json.loads(self.answers.dump()), "code": self.code, "left_out": self.left_out}
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> TypedSheet:
        """Inverse of :meth:`dump`; raises :class:`InvalidInput` for anything else."""
        try:
            payload = json.loads(text)
            answers = Answers.load(json.dumps(payload["answers"]))
            return cls(answers, str(payload["code"]), bool(payload["left_out"]))
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidInput("这份录入的内容读不出来，请重新录入这一份。") from error


@dataclass(frozen=True)
class EntryBatchRow:
    """A stack as lists show it; ``typed`` sheets of the turn under way, ``first`` and ``second`` the clerks' names."""

    id: int
    version: int
    campaign_id: int
    campaign: str
    sheets: int
    day: date
    state: BatchState
    typed: int
    first_id: int | None
    first: str
    second_id: int | None
    second: str
    note: str = ""

    @property
    def progress(self) -> str:
        """``12 / 50`` while it is typed."""
        return f"{self.typed} / {self.sheets}" if self.state in (BatchState.FIRST, BatchState.SECOND) else ""


@dataclass(frozen=True)
class EntryView:
    """What a clerk works on: the stack, the questionnaire, and the sheets of his own turn, never the other's."""

    row: EntryBatchRow
    content: Content
    asks_code: bool
    turn: int
    sheets: dict[int, TypedSheet]


@dataclass(frozen=True)
class SheetDifference:
    """Where the two clerks differ on a sheet: ``number`` of the question, or :data:`CODE`, :data:`LEFT_OUT`."""

    sheet: int
    number: int
    question: str
    first: str
    second: str


@dataclass(frozen=True)
class CheckView:
    """A stack typed twice: what both typed, for whoever settles the differences with the papers at hand."""

    row: EntryBatchRow
    content: Content
    asks_code: bool
    first: dict[int, TypedSheet]
    second: dict[int, TypedSheet]
    differences: tuple[SheetDifference, ...]


# ------------------------------------------------------------------------------------------------ comparing
def differences(
    content: Content, first: dict[int, TypedSheet], second: dict[int, TypedSheet], *, asks_code: bool
) -> tuple[SheetDifference, ...]:
    """Everything in which two turns differ, by sheet and question; words that differ only in width or spaces do not."""
    found: list[SheetDifference] = []
    for sheet in sorted(first.keys() | second.keys()):
        found += sheet_differences(content, sheet, first.get(sheet), second.get(sheet), asks_code=asks_code)
    return tuple(found)


def sheet_differences(
    content: Content, sheet: int, first: TypedSheet | None, second: TypedSheet | None, *, asks_code: bool
) -> list[SheetDifference]:
    """Where one sheet was typed differently; a sheet typed once only differs as a whole."""
    if first is None or second is None or first.left_out != second.left_out:
        words = [_counts(each) for each in (first, second)]
        return [SheetDifference(sheet, LEFT_OUT, "这一份是否计入", *words)]
    if first.left_out:
        return []
    found = []
    if asks_code and first.code != second.code:
        found.append(SheetDifference(sheet, CODE, "一次性码", first.code or NOTHING, second.code or NOTHING))
    for question in content.questions:
        if _comparable(question, first.answers) != _comparable(question, second.answers):
            words = [words_of(content, question, each.answers) for each in (first, second)]
            found.append(SheetDifference(sheet, question.number, question.text, *words))
    return found


def take(sheet: TypedSheet, other: TypedSheet, number: int) -> TypedSheet:
    """``sheet`` with what ``other`` says where they differ at ``number``."""
    if number == LEFT_OUT:
        return other
    if number == CODE:
        return replace(sheet, code=other.code)
    mine, theirs = sheet.answers, other.answers
    return replace(
        sheet,
        answers=Answers(
            _with(mine.ratings, theirs.ratings, number),
            _with(mine.choices, theirs.choices, number),
            _with(mine.texts, theirs.texts, number),
        ),
    )


def _with(mine: Mapping[int, T], theirs: Mapping[int, T], number: int) -> dict[int, T]:
    found = {key: value for key, value in mine.items() if key != number}
    if number in theirs:
        found[number] = theirs[number]
    return found


def words_of(content: Content, question: Question, answers: Answers) -> str:
    """An answer in the words of the questionnaire; :data:`NOTHING` for a blank."""
    if not answers.has(question):
        return NOTHING
    if question.kind is QuestionKind.SCALE:
        return content.label_of(answers.ratings[question.number])
    if question.kind is QuestionKind.TEXT:
        return answers.texts[question.number].strip()
    return "、".join(question.choices[position - 1] for position in answers.choices[question.number])


def _counts(sheet: TypedSheet | None) -> str:
    if sheet is None:
        return "没有录"
    return "不计入" if sheet.left_out else "计入"


def _comparable(question: Question, answers: Answers) -> object:
    if question.kind is QuestionKind.SCALE:
        return answers.ratings.get(question.number)
    if question.kind is QuestionKind.TEXT:
        text = unicodedata.normalize("NFKC", answers.texts.get(question.number, ""))
        return "".join(text.split()).rstrip("。.")
    return tuple(answers.choices.get(question.number, ()))
