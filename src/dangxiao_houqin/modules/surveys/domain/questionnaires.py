"""A questionnaire as a document: groups of questions, kept whole as JSON and frozen once it is used.

``number`` tells questions of one version apart (answers carry it); ``code`` names the same question through all
versions, so that years can be compared.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.settings import from_payload, to_payload

MOST_QUESTIONS = 60
MOST_OPTIONS = 20
LONGEST_TEXT = 500
MOST_WORDS = 12_000
"""Characters that all texts of a paper may have together: the ballot box takes 30,000, and signs may count double."""
NOT_EXPERIENCED = 0
"""The rating 未体验: an answer, but not a judgement."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class QuestionKind(enum.StrEnum):
    """What can be answered."""

    SCALE = "scale"
    YES_NO = "yes_no"
    SINGLE = "single"
    MULTIPLE = "multiple"
    TEXT = "text"

    @property
    def label(self) -> str:
        return {"scale": "评分", "yes_no": "是否", "single": "单选", "multiple": "多选", "text": "文字"}[self.value]


YES_NO = ("是", "否")


@dataclass(frozen=True)
class Question:
    """One question.

    ``options`` are the choices of single and multiple choice; ``limit`` is how many may be chosen (0: any number);
    ``length`` the most characters of a text; ``not_experienced`` offers 未体验 beside the levels.
    """

    number: int
    code: str
    text: str
    kind: QuestionKind = QuestionKind.SCALE
    required: bool = True
    not_experienced: bool = True
    options: tuple[str, ...] = ()
    limit: int = 0
    length: int = 200

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen, position 1 first; empty for scales and texts."""
        return YES_NO if self.kind is QuestionKind.YES_NO else self.options


@dataclass(frozen=True)
class QuestionGroup:
    """Questions about one service; ``key`` names it through all versions (``lodging``), ``title`` in words."""

    key: str
    title: str
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Content:
    """All a version says.  ``levels`` are the words of the scale, best first: the first is worth ``len(levels)``."""

    title: str
    levels: tuple[str, ...]
    groups: tuple[QuestionGroup, ...] = ()
    intro: str = "本问卷匿名填写，请按真实感受作答。"
    thanks: str = "感谢您的评价！"

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order of appearance."""
        return tuple(question for group in self.groups for question in group.questions)

    @cached_property
    def by_number(self) -> dict[int, Question]:
        return {question.number: question for question in self.questions}

    @property
    def top(self) -> int:
        """The best score."""
        return len(self.levels)

    def label_of(self, score: int) -> str:
        """The word of a rating, also of 未体验."""
        return "未体验" if score == NOT_EXPERIENCED else self.levels[self.top - score]

    def to_plain(self) -> dict[str, Any]:
        """The JSON form."""
        return to_payload(self)

    @classmethod
    def from_plain(cls, payload: dict[str, Any]) -> Content:
        """Inverse of :meth:`to_plain`; raises :class:`InvalidInput` for what does not fit."""
        return from_payload(cls, payload)


def check_content(content: Content) -> None:
    """What every version must satisfy before it is saved; raises :class:`InvalidInput`."""
    if not content.title.strip():
        raise InvalidInput("问卷还没有标题，请填写。", field="title")
    if len(content.levels) not in (4, 5) or len({level.strip() for level in content.levels}) != len(content.levels):
        raise InvalidInput("量表要有 4 级或 5 级，各级的说法不能相同或为空。", field="levels")
    if not all(level.strip() for level in content.levels):
        raise InvalidInput("量表每一级都要有说法，请补上。", field="levels")
    if not content.questions:
        raise InvalidInput("问卷里还没有题目，请至少加一道。", field="groups")
    if len(content.questions) > MOST_QUESTIONS:
        raise InvalidInput(
            f"题目最多 {MOST_QUESTIONS} 道，现在有 {len(content.questions)} 道，请删减。", field="groups"
        )
    words = sum(question.length for question in content.questions if question.kind is QuestionKind.TEXT)
    if words > MOST_WORDS:
        raise InvalidInput(
            f"文字题的字数上限合计最多 {MOST_WORDS} 个字，现在是 {words} 个，请减少文字题或改小字数。", field="groups"
        )
    for what, names in (
        ("分组的名称", [group.title.strip() for group in content.groups]),
        ("分组代号", [group.key for group in content.groups]),
        ("题号", [str(question.number) for question in content.questions]),
        ("题目代号", [question.code for question in content.questions]),
    ):
        if twice := _twice(names):
            raise InvalidInput(f"{what}“{twice}”用了两次，请改成不同的。", field="groups")
    for group in content.groups:
        if not group.title.strip():
            raise InvalidInput("有一个分组没有名称，请填写。", field="groups")
        if not _CODE.fullmatch(group.key):
            raise InvalidInput(f"分组“{group.title}”的代号只能用小写字母、数字和下划线。", field="groups")
        if not group.questions:
            raise InvalidInput(f"分组“{group.title}”里没有题目，请加题或删去分组。", field="groups")
        for question in group.questions:
            _check_question(question)


def _check_question(question: Question) -> None:
    name = f"第 {question.number} 题"
    if question.number < 1:
        raise InvalidInput("题号要从 1 开始。", field="groups")
    if not question.text.strip():
        raise InvalidInput(f"{name}没有题目文字，请填写。", field="groups")
    if len(question.text) > 100:
        raise InvalidInput(f"{name}太长：题目最多 100 个字，现在有 {len(question.text)} 个。", field="groups")
    if not _CODE.fullmatch(question.code):
        raise InvalidInput(f"{name}的代号只能用小写字母、数字和下划线。", field="groups")
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        if len(question.options) < 2 or len(question.options) > MOST_OPTIONS:
            raise InvalidInput(f"{name}要有 2 到 {MOST_OPTIONS} 个选项。", field="groups")
        if any(not option.strip() for option in question.options) or _twice(list(question.options)):
            raise InvalidInput(f"{name}的选项不能为空，也不能重复。", field="groups")
    if question.kind is QuestionKind.MULTIPLE and not 0 <= question.limit <= len(question.options):
        raise InvalidInput(f"{name}最多可选的个数不能超过选项数 {len(question.options)}。", field="groups")
    if question.kind is QuestionKind.TEXT and not 1 <= question.length <= LONGEST_TEXT:
        raise InvalidInput(f"{name}的字数上限要在 1 到 {LONGEST_TEXT} 之间。", field="groups")


def _twice(names: list[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def rating_questions(content: Content) -> Iterator[tuple[QuestionGroup, Question]]:
    """The questions answered on the scale, with their groups."""
    return (
        (group, question)
        for group in content.groups
        for question in group.questions
        if question.kind is QuestionKind.SCALE
    )


# ------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class SaveVersion:
    """Create a questionnaire (``questionnaire_id`` None) or write its newest version; after a frozen one a new one.

    ``based_on`` is the version that was shown and ``version`` its row's; numbers, codes and keys of groups are made
    when it is saved.  ``reworded`` are codes of questions that stay comparable although their words changed.
    """

    name: str
    content: Content
    questionnaire_id: int | None = None
    version: int | None = None
    note: str = ""
    based_on: int | None = None
    reworded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SavedVersion:
    """Where a saved version went."""

    questionnaire_id: int
    version_id: int
    number: int


# --------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True)
class VersionRow:
    """One version of a questionnaire as lists show it; ``used`` counts the campaigns that ask it."""

    id: int
    questionnaire_id: int
    version: int
    name: str
    number: int
    title: str
    questions: int
    groups: str
    frozen: bool
    retired: bool
    used: int
    updated_at: datetime
    note: str = ""

    @property
    def pill(self) -> Pill:
        if self.retired:
            return Pill("已停用", "neutral")
        return Pill("已定稿", "success") if self.frozen else Pill("可修改", "primary")


@dataclass(frozen=True)
class VersionView:
    """A version opened: its row and all it says.

    ``history`` has every version of its questionnaire, newest first; ``compared`` the codes that other versions ask
    too, so that changing their words changes what can be compared.
    """

    row: VersionRow
    content: Content
    history: tuple[VersionRow, ...] = field(default=())
    compared: frozenset[str] = frozenset()
