"""Codes that name the same question through all versions, so that years can be compared; nobody types one.

A question keeps its code while its words and kind stay the same, or while the editor says that only the wording
changed; the same question in the same group of another questionnaire shares it; a code is never given twice.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace

from .domain.default_questionnaire import GROUP_KEYS
from .domain.questionnaires import Content, Question, QuestionGroup, QuestionKind

NextNumber = Callable[[str], int]
"""The next number, from 1, for codes that begin with a word."""

_Sense = tuple[QuestionKind, str]


def sense_of(question: Question) -> _Sense:
    """What makes two questions the same one: kind and words, blanks and width of characters aside."""
    return question.kind, "".join(unicodedata.normalize("NFKC", question.text).split())


class CodeBook:
    """Codes and keys in use: ``others`` are all versions but the draft that is written, ``draft`` what it said."""

    def __init__(self, others: Iterable[Content], draft: Content | None = None) -> None:
        self._senses: dict[str, set[_Sense]] = {}
        self._codes: dict[tuple[str, QuestionKind, str], str] = {}
        self._keys: dict[str, str] = {}
        self._taken: set[str] = set()
        for content in others:
            for group in content.groups:
                self._keys.setdefault(group.title, group.key)
                self._taken.add(group.key)
                for question in group.questions:
                    self._senses.setdefault(question.code, set()).add(sense_of(question))
                    self._codes.setdefault((group.key, *sense_of(question)), question.code)
        self.fixed = frozenset(self._senses)
        for question in draft.questions if draft is not None else ():
            self._senses.setdefault(question.code, set()).add(sense_of(question))

    def fill(self, content: Content, reworded: frozenset[str], next_number: NextNumber) -> Content:
        """``content`` with numbers from 1, keys of groups and codes."""
        keys = self._group_keys(content, next_number)
        codes: dict[int, str] = {}
        asked = [(keys[place], question) for place, group in enumerate(content.groups) for question in group.questions]
        used: set[str] = set()
        for rule in (self._own, self._shared, self._drafted):
            for place, (key, question) in enumerate(asked):
                if place not in codes and (code := rule(key, question, reworded)) and code not in used:
                    codes[place] = code
                    used.add(code)
        for place, (key, _) in enumerate(asked):
            if place not in codes:
                codes[place] = self._new(key, used, next_number)
                used.add(codes[place])
        groups: list[QuestionGroup] = []
        at = 0
        for key, group in zip(keys, content.groups, strict=True):
            questions = []
            for question in group.questions:
                questions.append(replace(question, number=at + 1, code=codes[at]))
                at += 1
            groups.append(replace(group, key=key, questions=tuple(questions)))
        return replace(content, groups=tuple(groups))

    def _own(self, _key: str, question: Question, reworded: frozenset[str]) -> str:
        known = self._senses.get(question.code, set())
        same = sense_of(question) in known
        if not same and question.code in reworded:
            same = any(kind is question.kind for kind, _ in known)
        return question.code if same else ""

    def _shared(self, key: str, question: Question, _reworded: frozenset[str]) -> str:
        return self._codes.get((key, *sense_of(question)), "")

    def _drafted(self, _key: str, question: Question, _reworded: frozenset[str]) -> str:
        """A code that only the draft itself has: nothing was ever answered under it."""
        return question.code if question.code not in self.fixed else ""

    def _new(self, key: str, used: set[str], next_number: NextNumber) -> str:
        while True:
            code = f"{key}_{next_number(key)}"
            if code not in self.fixed and code not in used:
                return code

    def _group_keys(self, content: Content, next_number: NextNumber) -> list[str]:
        kept = [group.key for group in content.groups]
        keys: list[str] = []
        for place, group in enumerate(content.groups):
            key = group.key if group.key not in kept[:place] else ""
            if not key:
                wanted = GROUP_KEYS.get(group.title) or self._keys.get(group.title, "")
                key = wanted if wanted not in kept and wanted not in keys else ""
            while not key or (key in keys):
                key = f"group_{next_number('group')}"
                if key in self._taken or key in kept:
                    key = ""
            keys.append(key)
        return keys
