"""A questionnaire while it is being written: groups and questions that can be moved, and what is still wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    LONGEST_TEXT,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Content,
    Question,
    QuestionGroup,
    QuestionKind,
)
from dangxiao_houqin.modules.surveys.question_codes import sense_of

LONGEST_QUESTION = 100
LONGEST_OPTION = 40


class Place(NamedTuple):
    """Where something stands: a group, and in it a question; -1 is the group itself, group -1 the questionnaire."""

    group: int = -1
    question: int = -1

    @property
    def is_question(self) -> bool:
        return self.group >= 0 and self.question >= 0

    @property
    def is_group(self) -> bool:
        return self.group >= 0 and self.question < 0


HEAD = Place()


class Flaw(NamedTuple):
    """What is wrong, where, and in which field."""

    place: Place
    field: str
    sentence: str


@dataclass
class DraftGroup:
    title: str
    key: str = ""
    questions: list[Question] = field(default_factory=list)


class Removed(NamedTuple):
    """Something taken out, to be put back where it stood."""

    place: Place
    thing: Question | DraftGroup

    @property
    def words(self) -> str:
        if isinstance(self.thing, Question):
            return f"题目“{_short(self.thing.text)}”"
        return f"分组“{_short(self.thing.title)}”和其中 {len(self.thing.questions)} 道题"


class Draft:
    """The questionnaire that the editor works on; ``saved`` is what was last stored."""

    def __init__(
        self, content: Content, name: str = "", note: str = "", compared: frozenset[str] = frozenset()
    ) -> None:
        self.name, self.note = name, note
        self.title, self.intro, self.thanks = content.title, content.intro, content.thanks
        self.levels = list(content.levels)
        self.groups = [DraftGroup(group.title, group.key, list(group.questions)) for group in content.groups]
        self.compared = compared
        self.reworded: set[str] = set()
        self.removed: list[Removed] = []
        self._first = {question.code: question for question in content.questions if question.code}
        self._saved = self._state()

    # ------------------------------------------------------------------ as a whole
    def content(self) -> Content:
        """What it says now, numbered from 1."""
        number = 0
        groups = []
        for group in self.groups:
            questions = []
            for question in group.questions:
                number += 1
                questions.append(replace(question, number=number))
            groups.append(QuestionGroup(group.key, group.title, tuple(questions)))
        return Content(self.title, tuple(self.levels), tuple(groups), self.intro, self.thanks)

    def _state(self) -> tuple[Any, ...]:
        return self.content(), self.name, self.note, frozenset(self.reworded)

    @property
    def is_dirty(self) -> bool:
        return self._state() != self._saved

    def never_saved(self) -> None:
        """Nothing of it is stored yet: it counts as changed."""
        self._saved = ()

    def take_origin(self, other: Draft) -> None:
        """Compare with the questions that ``other`` was opened with."""
        self._first = other._first

    @property
    def count(self) -> int:
        return sum(len(group.questions) for group in self.groups)

    def number_of(self, place: Place) -> int:
        """The number that the question at ``place`` has now."""
        return sum(len(group.questions) for group in self.groups[: place.group]) + place.question + 1

    def places(self) -> Iterator[Place]:
        """Every group and question in order."""
        for at, group in enumerate(self.groups):
            yield Place(at)
            for number in range(len(group.questions)):
                yield Place(at, number)

    # ------------------------------------------------------------------ one thing
    def question(self, place: Place) -> Question:
        return self.groups[place.group].questions[place.question]

    def set_question(self, place: Place, **values: Any) -> None:
        """Change fields of a question."""
        questions = self.groups[place.group].questions
        questions[place.question] = replace(questions[place.question], **values)

    def comparable(self, place: Place) -> str:
        """How the question stands to earlier ones: ``same``, ``reworded`` (words changed), ``other`` (new), or ""."""
        question = self.question(place)
        first = self._first.get(question.code)
        if first is None or question.code not in self.compared:
            return ""
        if sense_of(first) == sense_of(question):
            return "same"
        return "reworded" if first.kind is question.kind else "other"

    def first_words(self, place: Place) -> str:
        """The words that the question had when it was opened."""
        first = self._first.get(self.question(place).code)
        return first.text if first is not None else ""

    def keep_comparable(self, place: Place, keep: bool) -> None:
        """Say that the question, though worded anew, asks the same as before."""
        code = self.question(place).code
        if keep:
            self.reworded.add(code)
        else:
            self.reworded.discard(code)

    # ------------------------------------------------------------------ adding, moving, removing
    def add_group(self, after: Place) -> Place:
        """A new empty group behind the one at ``after``."""
        at = after.group + 1 if after.group >= 0 else len(self.groups)
        self.groups.insert(at, DraftGroup(""))
        return Place(at)

    def add_question(self, after: Place, like: Question | None = None) -> Place:
        """A new question behind ``after`` (a group: at its end), made like another; a first group is made too."""
        if not self.groups:
            self.groups.append(DraftGroup("总体"))
        group = after.group if after.group >= 0 else len(self.groups) - 1
        questions = self.groups[group].questions
        at = after.question + 1 if after.question >= 0 else len(questions)
        questions.insert(at, replace(like, code="", number=0) if like is not None else Question(0, "", ""))
        return Place(group, at)

    def remove(self, place: Place) -> Removed:
        """Take a question or a whole group out."""
        if place.is_question:
            removed = Removed(place, self.groups[place.group].questions.pop(place.question))
        else:
            removed = Removed(place, self.groups.pop(place.group))
        self.removed.append(removed)
        return removed

    def restore(self) -> Place | None:
        """Put back what was taken out last, as near to its old place as there still is."""
        if not self.removed:
            return None
        place, thing = self.removed.pop()
        if isinstance(thing, DraftGroup):
            at = min(place.group, len(self.groups))
            self.groups.insert(at, thing)
            return Place(at)
        if not self.groups:
            self.groups.append(DraftGroup("总体"))
        group = min(place.group, len(self.groups) - 1)
        questions = self.groups[group].questions
        at = min(place.question, len(questions))
        questions.insert(at, thing)
        return Place(group, at)

    def step(self, place: Place, by: int) -> Place | None:
        """One up or down; a question at the end of its group goes over into the next.  ``None``: no further."""
        if place.is_group:
            target = place.group + by
            if not 0 <= target < len(self.groups):
                return None
            self.groups.insert(target, self.groups.pop(place.group))
            return Place(target)
        if not place.is_question:
            return None
        questions = self.groups[place.group].questions
        if 0 <= place.question + by < len(questions):
            questions.insert(place.question + by, questions.pop(place.question))
            return Place(place.group, place.question + by)
        group = place.group + by
        if not 0 <= group < len(self.groups):
            return None
        at = len(self.groups[group].questions) if by < 0 else 0
        self.groups[group].questions.insert(at, questions.pop(place.question))
        return Place(group, at)

    def move(self, place: Place, before: Place) -> Place:
        """Put a question before ``before`` (its ``question`` may be the end of the group), a group before a group."""
        if place.is_group:
            group = self.groups.pop(place.group)
            at = before.group - (1 if before.group > place.group else 0)
            self.groups.insert(at, group)
            return Place(at)
        question = self.groups[place.group].questions.pop(place.question)
        at = before.question
        if before.group == place.group and at > place.question:
            at -= 1
        self.groups[before.group].questions.insert(at, question)
        return Place(before.group, at)

    # ------------------------------------------------------------------ what is wrong
    def flaws(self) -> list[Flaw]:
        """Everything that keeps it from being saved, in order of appearance."""
        found = list(self._head_flaws())
        titles: set[str] = set()
        for at, group in enumerate(self.groups):
            place, title = Place(at), group.title.strip()
            if not title:
                found.append(Flaw(place, "title", "请填写分组名称"))
            elif title in titles:
                found.append(Flaw(place, "title", "已有同名的分组"))
            titles.add(title)
            if not group.questions:
                found.append(Flaw(place, "title", "这个分组还没有题目，请加题，或删去分组"))
            for number, question in enumerate(group.questions):
                found += [Flaw(Place(at, number), *flaw) for flaw in question_flaws(question)]
        return found

    def _head_flaws(self) -> Iterator[Flaw]:
        if not self.name.strip():
            yield Flaw(HEAD, "name", "请填写问卷名称，用它在列表里找到这份问卷")
        if not self.title.strip():
            yield Flaw(HEAD, "title", "请填写标题，它印在测评表上，也显示在自助终端上")
        levels = [level.strip() for level in self.levels]
        if len(levels) not in (4, 5):
            yield Flaw(HEAD, "levels", f"量表要有 4 级或 5 级，现在是 {len(levels)} 级")
        elif not all(levels) or len(set(levels)) != len(levels):
            yield Flaw(HEAD, "levels", "各级的说法不能为空，也不能相同")
        if not self.groups:
            yield Flaw(HEAD, "", "问卷里还没有题目，请先“加题目”")
        elif self.count > MOST_QUESTIONS:
            yield Flaw(HEAD, "", f"题目最多 {MOST_QUESTIONS} 道，现在有 {self.count} 道，请删减")


def question_flaws(question: Question) -> Iterator[tuple[str, str]]:
    """Field and sentence of everything that is wrong with one question."""
    text = question.text.strip()
    if not text:
        yield "text", "请填写题目"
    elif len(text) > LONGEST_QUESTION:
        yield "text", f"最多 {LONGEST_QUESTION} 个字，现在有 {len(text)} 个"
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        options = [option.strip() for option in question.options]
        long = next((option for option in options if len(option) > LONGEST_OPTION), "")
        twice = next((option for at, option in enumerate(options) if option in options[:at]), "")
        if not 2 <= len(options) <= MOST_OPTIONS:
            yield "options", f"要有 2 到 {MOST_OPTIONS} 个选项，现在有 {len(options)} 个"
        elif long:
            yield "options", f"选项“{_short(long)}”太长，最多 {LONGEST_OPTION} 个字"
        elif twice:
            yield "options", f"选项“{_short(twice)}”写了两次"
        elif question.kind is QuestionKind.MULTIPLE and question.limit > len(options):
            yield "limit", f"不能超过选项数 {len(options)}"
    if question.kind is QuestionKind.TEXT and not 1 <= question.length <= LONGEST_TEXT:
        yield "length", f"请填 1 到 {LONGEST_TEXT}"


def _short(text: str) -> str:
    return text if len(text) <= 16 else f"{text[:15]}…"
