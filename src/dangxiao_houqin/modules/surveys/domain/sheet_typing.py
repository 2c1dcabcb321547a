"""Typing one sheet with a few keys: digits answer and move on, so that a class is entered in minutes.

Pure: no widget, no database.  Scales take their score (5 非常满意 … 1, 0 未体验), choices the key printed beside them.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from .answers import Answers
from .campaigns import CODE_DIGITS, is_code, plain_code
from .entry import TypedSheet
from .questionnaires import NOT_EXPERIENCED, Content, Question, QuestionKind

CHOICE_KEYS = "123456789abcdefghijk"
"""What is pressed for the choices of a question, the first choice first."""
AT_CODE = -1


class Step(enum.Enum):
    """What a key did."""

    DONE = "done"
    """Answered or moved; nothing more to say."""
    REFUSED = "refused"
    """The key means nothing here; :attr:`SheetTyping.said` tells why."""
    ASKED = "asked"
    """The sheet is not complete; once more Enter keeps it as it is.  :attr:`SheetTyping.said` tells what is missing."""
    FINISHED = "finished"
    """The sheet is to be kept."""


class SheetTyping:
    """The answers of one sheet while they are typed, and the question whose turn it is.

    ``position`` counts questions from 0; :data:`AT_CODE` is the one-time code before them, ``len(questions)`` the end.
    """

    def __init__(self, content: Content, *, asks_code: bool = False, typed: TypedSheet | None = None) -> None:
        self.content = content
        self.questions: Sequence[Question] = content.questions
        self.asks_code = asks_code
        begun = typed or TypedSheet()
        self.ratings = dict(begun.answers.ratings)
        self.choices = {number: set(chosen) for number, chosen in begun.answers.choices.items()}
        self.texts = dict(begun.answers.texts)
        self.code = begun.code
        self.left_out = begun.left_out
        self.position = AT_CODE if asks_code else 0
        self.said = ""
        self._asked = False

    # ------------------------------------------------------------------ what it says now
    @property
    def current(self) -> Question | None:
        """The question whose turn it is; ``None`` at the code and at the end."""
        return self.questions[self.position] if 0 <= self.position < len(self.questions) else None

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.questions)

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was typed."""
        return not (self.ratings or any(self.choices.values()) or any(self.texts.values()) or self.code)

    def answers(self) -> Answers:
        return Answers(
            dict(self.ratings),
            {number: tuple(sorted(chosen)) for number, chosen in self.choices.items() if chosen},
            {number: words.strip() for number, words in self.texts.items() if words.strip()},
        )

    def typed(self) -> TypedSheet:
        """The sheet as it is to be kept."""
        if self.left_out:
            return TypedSheet(left_out=True)
        return TypedSheet(self.answers(), plain_code(self.code))

    def missing(self) -> tuple[int, ...]:
        """Places (from 1) of the questions still blank that everybody should answer."""
        answers = self.answers()
        return tuple(place for place, each in enumerate(self.questions, 1) if each.required and not answers.has(each))

    def keys_of(self, question: Question) -> tuple[tuple[str, str], ...]:
        """(key, word) of what can be pressed for a question; empty for texts."""
        if question.kind is QuestionKind.SCALE:
            top = self.content.top
            found = [(str(top - place), level) for place, level in enumerate(self.content.levels)]
            return (*found, ("0", "未体验")) if question.not_experienced else tuple(found)
        return tuple(zip(CHOICE_KEYS, question.choices, strict=False))

    # ------------------------------------------------------------------ keys
    def press(self, key: str) -> Step:
        """A digit or letter for the question whose turn it is."""
        self._asked = False
        question = self.current
        if question is None or question.kind is QuestionKind.TEXT:
            return self._refuse("")
        if question.kind is QuestionKind.SCALE:
            return self._rate(question, key)
        return self._choose(question, key)

    def _rate(self, question: Question, key: str) -> Step:
        allowed = [each for each, _ in self.keys_of(question)]
        if key not in allowed:
            if key == str(NOT_EXPERIENCED):
                return self._refuse("这道题没有“未体验”；没有填的按空格跳过。")
            return self._refuse(
                f"这道题请按 {self.content.top}–1（{self.content.levels[0]}…{self.content.levels[-1]}）。"
            )
        self.ratings[question.number] = int(key)
        return self._go(self.position + 1)

    def _choose(self, question: Question, key: str) -> Step:
        place = CHOICE_KEYS.find(key.lower()) + 1 if key else 0
        if not 1 <= place <= len(question.choices):
            return self._refuse(f"这道题只有 {len(question.choices)} 个选项。")
        if question.kind is not QuestionKind.MULTIPLE:
            self.choices[question.number] = {place}
            return self._go(self.position + 1)
        chosen = self.choices.setdefault(question.number, set())
        most = question.limit or len(question.choices)
        if place in chosen:
            chosen.discard(place)
        elif len(chosen) >= most:
            return self._refuse(f"这道题最多选 {most} 项；多选了的先再按一次取消。")
        else:
            chosen.add(place)
            if len(chosen) == most:
                return self._go(self.position + 1)
        self.said = ""
        return Step.DONE

    def write(self, text: str) -> Step:
        """The words of the text question whose turn it is."""
        self._asked = False
        question = self.current
        if question is None or question.kind is not QuestionKind.TEXT:
            return self._refuse("")
        if len(text.strip()) > question.length:
            return self._refuse(f"这道题最多 {question.length} 个字，现在有 {len(text.strip())} 个。")
        self.texts[question.number] = text
        self.said = ""
        return Step.DONE

    def write_code(self, text: str) -> Step:
        """The one-time code as far as it is typed; whole and right it moves on."""
        self._asked = False
        before, self.code = plain_code(self.code), text
        if len(plain_code(text)) < CODE_DIGITS:
            self.said = ""
            return Step.DONE
        if not is_code(text):
            return self._refuse("一次性码不对，请核对纸条上的 9 位数字。")
        return self._go(0) if plain_code(text) != before else Step.DONE

    def skip(self) -> Step:
        """On to the next question, leaving this one as it is."""
        return self._go(self.position + 1)

    def back(self) -> Step:
        """To the question before."""
        return self._go(self.position - 1)

    def clear(self) -> Step:
        """Blank the question whose turn it is."""
        question = self.current
        if question is None:
            return self._refuse("")
        for part in (self.ratings, self.choices, self.texts):
            part.pop(question.number, None)
        return self._go(self.position)

    def go(self, position: int) -> Step:
        """To a question, by mouse."""
        return self._go(position)

    def enter(self) -> Step:
        """After several choices and texts on to the next question, else the sheet is finished.

        A sheet with blanks is asked about once.
        """
        question = self.current
        last = self.position >= len(self.questions) - 1
        several = question is not None and question.kind in (QuestionKind.MULTIPLE, QuestionKind.TEXT)
        if several and not last and not self._asked:
            return self._go(self.position + 1)
        return self.finish()

    def finish(self) -> Step:
        """Keep the sheet; asks once when something is missing."""
        if self.left_out:
            return Step.FINISHED
        if self.asks_code and not is_code(self.code):
            self._go(AT_CODE)
            return self._refuse("请先输入订在答卷上的一次性码；没有纸条的按 F8 不计入。")
        for place, question in enumerate(self.questions):
            if len(self.texts.get(question.number, "").strip()) > question.length:
                self._go(place)
                return self._refuse(f"这道题最多 {question.length} 个字。")
        missing = self.missing()
        if missing and not self._asked:
            self._asked = True
            if len(missing) == sum(1 for each in self.questions if each.required):
                self.said = "这一份一题也没有填；再按一次 Enter 作为空白卷存下。"
            else:
                shown = "、".join(map(str, missing[:8])) + ("等" if len(missing) > 8 else "")
                self.said = f"还有 {len(missing)} 题没有填（第 {shown} 题）；再按一次 Enter 就这样存下。"
            return Step.ASKED
        self.said = ""
        return Step.FINISHED

    def leave_out(self) -> Step:
        """The sheet does not count, or counts again."""
        self.left_out = not self.left_out
        return self._go(self.position)

    def _go(self, position: int) -> Step:
        first = AT_CODE if self.asks_code else 0
        self.position = max(first, min(position, len(self.questions)))
        self.said, self._asked = "", False
        return Step.DONE

    def _refuse(self, sentence: str) -> Step:
        self.said = sentence
        return Step.REFUSED
