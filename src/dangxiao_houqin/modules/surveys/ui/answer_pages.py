"""The pages of a questionnaire: one question each, or as many short ones of a group as fit, and the handing in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.modules.surveys.domain.answers import Answers, unanswered
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    NOT_EXPERIENCED,
    Content,
    Question,
    QuestionGroup,
    QuestionKind,
)
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules

from .answer_cards import LevelCard, OptionTile
from .answer_face import mood_of
from .answer_grid import PagedGrid
from .answer_look import Look
from .answer_parts import CENTRE, BigButton, Words, words_size
from .answer_text import TextBox, joined
from .pinyin_input import ready_sentences

FILL_IN, ANYWAY = "去补答", "就这样交卷"

_TREMBLE = 0.4
"""Seconds in which a second touch of the same tile is a trembling finger, not a change of mind."""


@dataclass
class Draft:
    """The answers while they are given."""

    ratings: dict[int, int] = field(default_factory=dict)
    choices: dict[int, tuple[int, ...]] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    def answers(self) -> Answers:
        """A copy that no longer changes; empty texts are left out."""
        texts = {number: words.strip() for number, words in self.texts.items() if words.strip()}
        return Answers(dict(self.ratings), {number: chosen for number, chosen in self.choices.items() if chosen}, texts)


@dataclass(frozen=True)
class Sheet:
    """What one page asks."""

    group: QuestionGroup
    questions: tuple[Question, ...]


def sheets_of(content: Content, rules: KioskRules, look: Look, room: tuple[int, int]) -> tuple[Sheet, ...]:
    """The pages for an area of ``room`` (width, height) px.

    One question a page; or, by group, the judgements of a group together as far as they fit, and what needs the whole
    page (choices, words) alone.
    """
    found: list[Sheet] = []
    for group in content.groups:
        waiting: list[Question] = []
        for question in group.questions:
            if rules.page == "question" or question.kind not in (QuestionKind.SCALE, QuestionKind.YES_NO):
                found += _spread(group, waiting, look, room)
                waiting = []
                found.append(Sheet(group, (question,)))
            else:
                waiting.append(question)
        found += _spread(group, waiting, look, room)
    return tuple(found)


def _spread(group: QuestionGroup, questions: Sequence[Question], look: Look, room: tuple[int, int]) -> list[Sheet]:
    """Short questions dealt evenly over as few pages as they need."""
    if not questions:
        return []
    width, height = room
    tallest = max(block_height(question, look, width) for question in questions)
    each = max(1, (height + look.px(18)) // (tallest + look.px(18)))
    pages = -(-len(questions) // each)
    share, more = divmod(len(questions), pages)
    found, start = [], 0
    for page in range(pages):
        end = start + share + (1 if page < more else 0)
        found.append(Sheet(group, tuple(questions[start:end])))
        start = end
    return found


def block_height(question: Question, look: Look, width: int) -> int:
    """Height of a short question on a page of several."""
    return words_size(_asked(question), look.text(32), width, bold=True).height() + look.px(10) + look.button


def _asked(question: Question) -> str:
    return question.text if question.required else f"{question.text}（可不答）"


class AnswerPage(QWidget):
    """Base of the pages; ``touched`` whenever something was marked."""

    touched = Signal()
    write = Signal(int)

    def __init__(self, sheet: Sheet, content: Content, draft: Draft, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet, self.content, self.draft, self.look = sheet, content, draft, look

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(question.number for question in self.sheet.questions)


class LevelRow(QWidget):
    """The levels of one question, and 未体验 set apart."""

    touched = Signal()

    def __init__(
        self,
        question: Question,
        content: Content,
        draft: Draft,
        look: Look,
        *,
        small: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.question, self.draft = question, draft
        self._cards: dict[int, LevelCard] = {}
        self._longest = max(content.levels, key=len)
        stacked = look.upright and not small
        box = QVBoxLayout(self) if stacked or not small else QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.px(20 if not small else 14))
        levels = box if stacked or small else QHBoxLayout()
        for place, label in enumerate(content.levels):
            card = self._card(content.top - place, label, mood_of(place, content.top), look, flat=stacked, small=small)
            levels.addWidget(card, 2)
        if levels is not box:
            levels.setSpacing(look.px(24))
            box.addLayout(levels, 3)
        if question.not_experienced:
            card = self._card(NOT_EXPERIENCED, "未体验", None, look, flat=not small, small=small)
            if small:
                box.addSpacing(look.px(20))
                box.addWidget(card, 2)
            else:
                self._alone(box, card, look, stacked=stacked)
        self._show()

    def _alone(self, box: QVBoxLayout | QHBoxLayout, card: LevelCard, look: Look, *, stacked: bool) -> None:
        """未体验 below the levels with a gap, narrower: no level of satisfaction."""
        card.setText("没有体验过（未体验）")
        card.setFixedHeight(look.button)
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if not stacked:
            card.setMaximumWidth(max(look.px(680), look.text(34) * 14))
        box.addSpacing(look.px(16))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 4)
        row.addStretch(1)
        box.addLayout(row)

    def _card(self, score: int, label: str, mood: int | None, look: Look, *, flat: bool, small: bool) -> LevelCard:
        card = LevelCard(label, mood, look, flat=flat, small=small)
        card.setObjectName(f"level_{self.question.number}_{score}")
        card.clicked.connect(partial(self._mark, score))
        card.longest = self._longest
        if small:
            card.setFixedHeight(look.button)
        else:
            card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            card.setMaximumHeight(look.px(180 if flat else 340))
        self._cards[score] = card
        return card

    def _mark(self, score: int, _checked: bool = False) -> None:
        self.draft.ratings[self.question.number] = score
        self._show()
        self.touched.emit()

    def _show(self) -> None:
        chosen = self.draft.ratings.get(self.question.number)
        for score, card in self._cards.items():
            card.setChecked(score == chosen)


class OptionGrid(PagedGrid):
    """The options of one question: one of them, or several up to its limit."""

    touched = Signal()

    def __init__(self, question: Question, draft: Draft, look: Look, parent: QWidget | None = None) -> None:
        many = question.kind is QuestionKind.MULTIPLE
        tiles = [OptionTile(words, look, many=many) for words in question.choices]
        longest = max(len(words) for words in question.choices)
        columns = _columns(len(tiles), longest, look)
        tall = look.px(220 if question.kind is QuestionKind.YES_NO else 150)
        super().__init__(tiles, look, columns=columns, tall=tall, least=look.button, parent=parent)
        self.question, self.draft, self._tiles_by_place = question, draft, tiles
        self._last: tuple[int, float] = (0, 0.0)
        for position, tile in enumerate(tiles, start=1):
            tile.setObjectName(f"option_{question.number}_{position}")
            tile.clicked.connect(partial(self._mark, position))
        self._show()

    def chosen(self) -> tuple[int, ...]:
        return self.draft.choices.get(self.question.number, ())

    def _mark(self, position: int, _checked: bool = False) -> None:
        now = time.monotonic()
        before, when = self._last
        self._last = (position, now)
        if self.question.kind is not QuestionKind.MULTIPLE:
            chosen: tuple[int, ...] = (position,)
        elif position == before and now - when < _TREMBLE:
            chosen = self.chosen()
        elif position in self.chosen():
            chosen = tuple(place for place in self.chosen() if place != position)
        else:
            chosen = tuple(sorted({*self.chosen(), position}))
        self.draft.choices[self.question.number] = chosen
        self._show()
        self.touched.emit()

    def _show(self) -> None:
        chosen = self.chosen()
        most = self.question.limit if self.question.kind is QuestionKind.MULTIPLE else 0
        full = bool(most) and len(chosen) >= most
        for position, tile in enumerate(self._tiles_by_place, start=1):
            tile.setChecked(position in chosen)
            tile.setEnabled(not full or position in chosen)


def _columns(count: int, longest: int, look: Look) -> int:
    """Columns in which ``longest`` characters still stand in two lines at most."""
    if look.upright:
        return 2 if count > 8 and longest <= 12 else 1
    most = 4 if longest <= 8 else 3 if longest <= 14 else 2
    return max(1, min(most, 2 if count <= 4 and longest > 5 else most, count))


class SinglePage(AnswerPage):
    """One question with the whole page for itself."""

    def __init__(self, sheet: Sheet, content: Content, draft: Draft, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(sheet, content, draft, look, parent)
        question = sheet.questions[0]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.px(20))
        layout.addStretch(2)
        tallest = round(look.size.height() * 0.2)
        layout.addWidget(Words(question.text, 48, look, bold=True, align=CENTRE, tallest=tallest))
        self.note = Words(self._note(question), 28, look, colour=look.colours.second, align=CENTRE)
        self.note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.note.setFixedHeight(look.text(28) * 3 // 2)
        self.note.setVisible(bool(self._note(question)))
        layout.addWidget(self.note)
        layout.addSpacing(look.px(14))
        if question.kind is QuestionKind.SCALE:
            levels = LevelRow(question, content, draft, look, small=False)
            levels.touched.connect(self.touched)
            layout.addWidget(levels, 12)
            layout.addStretch(2)
        elif question.kind is QuestionKind.TEXT:
            self._ask_words(layout, question)
        else:
            self.grid = OptionGrid(question, draft, look)
            self.grid.touched.connect(self._counted)
            self.grid.setMaximumHeight(self.grid.sizeHint().height())
            layout.addWidget(self.grid, 40)
            layout.addStretch(3)

    def _note(self, question: Question) -> str:
        optional = "" if question.required else "可不答"
        if question.kind is QuestionKind.TEXT:
            return "可以点下面的常用语，也可以打字" + ("；可不答" if optional else "")
        if question.kind is not QuestionKind.MULTIPLE:
            return optional
        chosen = len(self.draft.choices.get(question.number, ()))
        most = question.limit or len(question.choices)
        words = f"最多选 {most} 项，已选 {chosen} 项" if question.limit else f"可选多项，已选 {chosen} 项"
        if question.limit and chosen >= most:
            words += "；要换一项，请先点掉一项"
        return "；".join(part for part in (words, optional) if part)

    @Slot()
    def _counted(self) -> None:
        self.note.say(self._note(self.sheet.questions[0]))
        self.touched.emit()

    # ---------------------------------------------------------------------------------------------- words
    def _ask_words(self, layout: QVBoxLayout, question: Question) -> None:
        look = self.look
        row = QHBoxLayout()
        row.setSpacing(look.px(20))
        self.box = TextBox(look, question.length, "点这里打字")
        self.box.setObjectName(f"text_{question.number}")
        self.box.clicked.connect(self._open)
        row.addWidget(self.box, 1)
        tight = look.button > look.px(110)  # a small screen where 15 mm are many px
        buttons = QHBoxLayout() if look.upright or tight else QVBoxLayout()
        buttons.setSpacing(look.px(16))
        type_ = BigButton("打字", look, self._open, icon="keyboard")
        type_.setObjectName("type")
        self._wipe = BigButton("清空", look, self._clear, icon="x")
        for button in (type_, self._wipe):
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            button.setMinimumHeight(look.button)
            buttons.addWidget(button)
        if look.upright:
            layout.addLayout(row, 8)
            layout.addLayout(buttons)
        else:
            row.addLayout(buttons)
            layout.addLayout(row, 5)
        sentences = ready_sentences()
        tiles = [BigButton(words, look, partial(self._take, words)) for words in sentences]
        for place, tile in enumerate(tiles):
            tile.setObjectName(f"phrase_{place}")
            tile.px_text = 28
        columns = 2 if look.upright else 4
        layout.addWidget(PagedGrid(tiles, look, columns=columns, tall=look.button, least=look.button), 12)
        self._show()

    @Slot()
    def _open(self) -> None:
        self.write.emit(self.numbers[0])

    @Slot()
    def _clear(self) -> None:
        self._set("")

    def _take(self, sentence: str, _checked: bool = False) -> None:
        longer = joined(self.draft.texts.get(self.numbers[0], ""), sentence)
        if len(longer) <= self.sheet.questions[0].length:
            self._set(longer)

    def _set(self, text: str) -> None:
        self.draft.texts[self.numbers[0]] = text
        self._show()
        self.touched.emit()

    def _show(self) -> None:
        text = self.draft.texts.get(self.numbers[0], "")
        self.box.show_words(text)
        self._wipe.setEnabled(bool(text))


class SeveralPage(AnswerPage):
    """Several short questions of one group."""

    def __init__(self, sheet: Sheet, content: Content, draft: Draft, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(sheet, content, draft, look, parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.px(10))
        layout.addStretch(1)
        for question in sheet.questions:
            layout.addWidget(Words(_asked(question), 32, look, bold=True))
            layout.addWidget(self._answers(question))
            layout.addStretch(2)

    def _answers(self, question: Question) -> QWidget:
        if question.kind is QuestionKind.SCALE:
            row = LevelRow(question, self.content, self.draft, self.look, small=True)
            row.touched.connect(self.touched)
            return row
        grid = OptionGrid(question, self.draft, self.look)
        grid.setFixedHeight(self.look.button)
        grid.touched.connect(self.touched)
        return grid


def page_for(sheet: Sheet, content: Content, draft: Draft, look: Look) -> AnswerPage:
    """The page that asks ``sheet``."""
    kind = SinglePage if len(sheet.questions) == 1 else SeveralPage
    return kind(sheet, content, draft, look)


class HandInPage(QWidget):
    """The end: one big button 交卷; or what is still missing by name, to be answered or to be left blank.

    Nobody is forced: required questions are asked for once more and the paper is handed in all the same.  ``anyway``
    is the question that stands before that.
    """

    submit = Signal()
    ask = Signal()
    go = Signal(int)

    def __init__(
        self, content: Content, draft: Draft, look: Look, parent: QWidget | None = None, *, anyway: bool = False
    ) -> None:
        super().__init__(parent)
        self.look = look
        answers = draft.answers()
        self.missing = unanswered(content, answers)
        given = sum(1 for question in content.questions if answers.has(question))
        self._places = {question.number: place for place, question in enumerate(content.questions, start=1)}
        blanks = f"还有 {len(self.missing)} 道必答题没有答"
        if not self.missing:
            title, note = "都答完了，请交卷", f"共 {len(content.questions)} 题，答了 {given} 题。交卷后不能再改。"
        elif anyway:
            title, note = f"{ANYWAY}吗？", f"{blanks}，可以空着。交卷后不能再改。"
        else:
            title, note = blanks, "点题目可以去补答；不想答的可以空着"
        listed = bool(self.missing) and not anyway
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.px(24))
        if not listed:
            layout.addStretch(3)
        layout.addWidget(Words(title, 48, look, bold=True, align=CENTRE))
        self.note = Words(note, 30, look, colour=look.colours.second, align=CENTRE)
        layout.addWidget(self.note)
        self._words = ANYWAY if self.missing else "交卷"
        self.button = BigButton(self._words, look, self._submit, kind="plain" if self.missing else "primary")
        self.button.setObjectName("submit")
        self.fill_in: BigButton | None = None
        if listed:
            layout.addWidget(self._list(), 20)
            self.button.hide()
            last = BigButton(ANYWAY, look, self._ask)
            last.setObjectName("hand_in_anyway")
            layout.addLayout(self._side_by_side(last, look.button))
            return
        tall = max(look.px(150), look.target)
        layout.addSpacing(look.px(24))
        if self.missing:
            layout.addLayout(self._side_by_side(self.button, tall))
        else:
            self.button.px_text = 44
            self.button.setFixedSize(max(look.px(560), look.target), tall)
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(5)

    def _side_by_side(self, plain: BigButton, tall: int) -> QHBoxLayout:
        """The large way back to the first blank question, and the plain one out."""
        look = self.look
        self.fill_in = BigButton(FILL_IN, look, partial(self._jump, self.missing[0].number), kind="primary")
        self.fill_in.setObjectName("fill_in")
        self.fill_in.setFixedSize(max(look.px(480), look.target), tall)
        plain.setFixedSize(max(look.px(300), look.target, look.text(32) * 6 + look.px(32)), tall)
        line = QHBoxLayout()
        line.setSpacing(look.px(36))
        line.addStretch(1)
        line.addWidget(self.fill_in)
        line.addWidget(plain)
        line.addStretch(1)
        return line

    def _list(self) -> PagedGrid:
        tiles = []
        for question in self.missing:
            words = f"第 {self._places[question.number]} 题　{question.text}"
            tile = BigButton(words, self.look, partial(self._jump, question.number))
            tile.setObjectName(f"missing_{question.number}")
            tile.px_text = 28
            tiles.append(tile)
        columns = 1 if self.look.upright or len(tiles) <= 3 else 2
        return PagedGrid(tiles, self.look, columns=columns, tall=self.look.px(130), least=self.look.button)

    def set_busy(self, busy: bool) -> None:
        """While the paper is written the button says so and nothing can be pressed."""
        self.button.setText("正在保存…" if busy else self._words)
        self.button.setEnabled(not busy)
        if self.fill_in is not None:
            self.fill_in.setEnabled(not busy)

    def _jump(self, number: int, _checked: bool = False) -> None:
        self.go.emit(number)

    @Slot()
    def _submit(self) -> None:
        self.submit.emit()

    @Slot()
    def _ask(self) -> None:
        self.ask.emit()
