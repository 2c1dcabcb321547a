"""Drawing the 满意度测评表: blocks in the order of the questions, divided into pages, then drawn.

Measures are mm, type sizes points.  Imports the PDF library: only :mod:`.paper_form` imports this file, late.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.documents.fonts import Role
from dangxiao_houqin.documents.painter import PT, Align, Painter
from dangxiao_houqin.documents.paper import A4
from dangxiao_houqin.documents.sheet_layout import Fitted, fit
from dangxiao_houqin.documents.wrapping import clean, wrap
from dangxiao_houqin.modules.surveys.domain.questionnaires import Question, QuestionGroup, QuestionKind

from .paper_form import LEVEL_WIDTH, NUMBER_WIDTH, PaperForm

_ROW: Final = 8.0
_HEADER: Final = 11.0
_GROUP: Final = 8.0
_GAP: Final = 3.0
_LINE: Final = 10.0
"""Between two lines to write on."""
_WRITING: Final = 40.0
_TITLE_SIZE: Final = 18.0
_TEXT_SIZE: Final = 10.5
_NOTE_SIZE: Final = 9.0
_OUTER, _INNER = 1.2, 0.5
_LEADING: Final = 1.25
_TOGETHER: Final = 0.45
"""Share of a page that a group may take and still not be divided."""
_NUMERALS: Final = "一二三四五六七八九十"


@dataclass(frozen=True)
class _Block:
    """Something that is not divided; ``of_grid`` blocks join to one grid under a header, ``group`` counts from 0."""

    height: float
    draw: Callable[[float, float], None]
    of_grid: bool
    group: int
    heading: bool = False


@dataclass
class _Page:
    blocks: list[_Block] = field(default_factory=list)
    used: float = 0.0

    @property
    def in_grid(self) -> bool:
        return bool(self.blocks) and self.blocks[-1].of_grid


class _FormPrinter:
    """Lays one form out and draws it."""

    def __init__(self, painter: Painter, form: PaperForm) -> None:
        self.painter, self.form, self.content = painter, form, form.content
        self.left, self.width = A4.left, A4.usable_width
        ticks = len(form.columns) * LEVEL_WIDTH
        self.edges = [self.left, self.left + NUMBER_WIDTH, self.left + self.width - ticks]
        for _ in form.columns:
            self.edges.append(self.edges[-1] + LEVEL_WIDTH)
        self.title_lines = wrap(clean(form.title), self.width * PT, _TITLE_SIZE, "serif_bold")
        self.thanks = wrap(clean(self.content.thanks), self.width * PT, _TEXT_SIZE, "fangsong")
        self.intro_lines = wrap(clean(form.intro), self.width * PT, _TEXT_SIZE, "fangsong")

    # ------------------------------------------------------------------ blocks
    def blocks(self) -> Iterator[_Block]:
        for place, group in enumerate(self.content.groups):
            scaled = any(question.kind is QuestionKind.SCALE for question in group.questions)
            numeral = _NUMERALS[place] if place < len(_NUMERALS) else str(place + 1)
            head = f"{numeral}、{group.title}"
            yield self._group_row(head, place) if scaled else self._heading(head, place)
            yield from self._questions(group, place, scaled)

    def _questions(self, group: QuestionGroup, place: int, scaled: bool) -> Iterator[_Block]:
        for question in group.questions:
            if question.kind is QuestionKind.SCALE:
                yield self._scale_row(question, place)
            elif question.kind is QuestionKind.YES_NO and scaled:
                yield self._yes_no_row(question, place)
            elif question.kind is QuestionKind.TEXT:
                yield self._writing(question, place)
            else:
                yield self._choices(question, place)

    def _text_row(self, question: Question, place: int, boxes: Callable[[float, float], None]) -> _Block:
        wide = self.edges[2] - self.edges[1]
        fitted = fit(question.text, wide - 2.4, _TEXT_SIZE, "serif", self.painter)
        height = max(_ROW, _height(fitted) + 2.0)

        def draw(y: float, tall: float) -> None:
            self._cell(0, 1, y, tall, Fitted(_TEXT_SIZE, [str(question.number)]), "center")
            self._cell(1, 2, y, tall, fitted)
            boxes(y, tall)

        return _Block(height, draw, True, place)

    def _scale_row(self, question: Question, place: int) -> _Block:
        def boxes(y: float, tall: float) -> None:
            last = len(self.form.columns) + 1
            for at in range(2, last + 1):
                closed = self.form.with_not_experienced and at == last and not question.not_experienced
                self._cell(at, at + 1, y, tall, Fitted(_TEXT_SIZE, ["／"] if closed else []), "center")

        return self._text_row(question, place, boxes)

    def _yes_no_row(self, question: Question, place: int) -> _Block:
        words = "　　　　".join(f"□ {choice}" for choice in question.choices)

        def boxes(y: float, tall: float) -> None:
            self._cell(2, len(self.edges) - 1, y, tall, Fitted(_TEXT_SIZE, [words]), "center")

        return self._text_row(question, place, boxes)

    def _group_row(self, text: str, place: int) -> _Block:
        fitted = fit(text, self.width - 2.4, 11.0, "sans_bold", self.painter)

        def draw(y: float, tall: float) -> None:
            self.painter.rect(self.left, y, self.width, tall, 0, 0.93)
            self._cell(0, len(self.edges) - 1, y, tall, fitted, "left", "sans_bold")

        return _Block(_GROUP, draw, True, place, heading=True)

    def _heading(self, text: str, place: int) -> _Block:
        def draw(y: float, _tall: float) -> None:
            self.painter.text(self.left, y + 6.5, text, 11.0, "sans_bold")

        return _Block(_GROUP + 1.0, draw, False, place, heading=True)

    def _choices(self, question: Question, place: int) -> _Block:
        asked = self._asked(question)
        lines = self._flow([f"□ {choice}" for choice in question.choices])
        step = 6.5

        def draw(y: float, _tall: float) -> None:
            at = self._draw_asked(asked, y)
            for line in lines:
                self.painter.text(self.left + 6.0, at + 4.6, line, _TEXT_SIZE)
                at += step

        return _Block(_GAP + len(asked) * 5.5 + len(lines) * step + 0.5, draw, False, place)

    def _writing(self, question: Question, place: int) -> _Block:
        asked = self._asked(question)
        room = min(_WRITING, max(_LINE, math.ceil(question.length / 50) * _LINE))

        def draw(y: float, _tall: float) -> None:
            at = self._draw_asked(asked, y)
            for number in range(1, round(room / _LINE) + 1):
                line = at + number * _LINE
                self.painter.line(self.left, line, self.left + self.width, line, 0.4)

        return _Block(_GAP + len(asked) * 5.5 + room + 1.0, draw, False, place)

    def _asked(self, question: Question) -> list[str]:
        """The question with what may be done, on as many lines as it takes."""
        most = f"最多选 {question.limit} 项" if question.limit else "可选多项"
        how = {
            QuestionKind.YES_NO: "在□内打“√”",
            QuestionKind.SINGLE: "只选一项，在□内打“√”",
            QuestionKind.MULTIPLE: f"{most}，在□内打“√”",
            QuestionKind.TEXT: f"{question.length} 字以内",
        }[question.kind]
        text = f"{question.number}. {question.text}（{how}）"
        return wrap(clean(text), self.width * PT, _TEXT_SIZE, "sans_bold")

    def _draw_asked(self, lines: list[str], y: float) -> float:
        at = y + _GAP
        for line in lines:
            self.painter.text(self.left, at + 4.0, line, _TEXT_SIZE, "sans_bold")
            at += 5.5
        return at

    def _flow(self, parts: list[str]) -> list[str]:
        """Choices side by side in columns of equal width, long ones over several columns."""
        room = self.width - 6.0
        lines: list[str] = []
        for part in parts:
            joined = f"{lines[-1]}　　{part}" if lines else part
            if lines and self.painter.width(joined, _TEXT_SIZE) <= room:
                lines[-1] = joined
            else:
                lines += wrap(clean(part), room * PT, _TEXT_SIZE, "serif")
        return lines

    # ------------------------------------------------------------------ dividing
    def pages(self) -> list[_Page]:
        """Blocks page by page; a heading stays with what it heads, a small group is not divided."""
        room = A4.usable_height - 6.0
        pages = [_Page(used=self._top_height())]
        blocks = list(self.blocks())
        for at, block in enumerate(blocks):
            page = pages[-1]
            wanted = self._wanted(page, block)
            if block.heading and at + 1 < len(blocks):
                rows = [each for each in blocks[at:] if each.group == block.group and each.of_grid == block.of_grid]
                together = sum(each.height for each in rows)
                small = together <= _TOGETHER * room
                wanted += together - block.height if small else blocks[at + 1].height
            if at + 1 == len(blocks):
                wanted += 10.0 + len(self.thanks) * 5.5
            if page.blocks and page.used + wanted > room + 0.01:
                page = _Page()
                pages.append(page)
            page.used += self._wanted(page, block)
            page.blocks.append(block)
        return pages

    def _wanted(self, page: _Page, block: _Block) -> float:
        """What ``block`` adds to ``page``, with the header where a grid begins."""
        begins = block.of_grid and not page.in_grid
        return block.height + (_HEADER if begins else 0.0) + (_GAP if begins and page.blocks else 0.0)

    def _top_height(self) -> float:
        return len(self.title_lines) * 9.0 + 4.0 + len(self.intro_lines) * 5.5 + 2.5

    # ------------------------------------------------------------------ drawing
    def draw(self, progress: Progress) -> None:
        pages = self.pages()
        for number, page in enumerate(pages):
            progress(number / len(pages), f"正在生成第 {number + 1} 页")
            self.painter.page(A4.width, A4.height)
            y = self._draw_top() if number == 0 else A4.top
            y = self._draw_blocks(page, y)
            if number + 1 == len(pages):
                self._draw_foot(y)
            self._draw_margin(number + 1, len(pages))

    def _draw_top(self) -> float:
        y = A4.top
        for line in self.title_lines:
            self.painter.text(self.left + self.width / 2, y + 6.5, line, _TITLE_SIZE, "serif_bold", "center")
            y += 9.0
        y += 4.0
        for line in self.intro_lines:
            self.painter.text(self.left, y + 4.0, line, _TEXT_SIZE, "fangsong")
            y += 5.5
        return y + 2.5

    def _draw_blocks(self, page: _Page, y: float) -> float:
        frame: float | None = None
        for block in page.blocks:
            if block.of_grid and frame is None:
                y += _GAP if block is not page.blocks[0] else 0.0
                frame = y
                y = self._draw_header(y)
            elif not block.of_grid and frame is not None:
                self.painter.rect(self.left, frame, self.width, y - frame, _OUTER)
                frame = None
            block.draw(y, block.height)
            y += block.height
        if frame is not None:
            self.painter.rect(self.left, frame, self.width, y - frame, _OUTER)
        return y

    def _draw_header(self, y: float) -> float:
        for at, title in enumerate(("序号", "测评内容", *self.form.columns)):
            wide = self.edges[at + 1] - self.edges[at]
            size = 10.0 if at > 1 else 11.0
            shown = _broken(title) if at > 1 else title
            lines = wrap(clean(shown), (wide - 1.2) * PT, size, "sans_bold")
            self._cell(at, at + 1, y, _HEADER, Fitted(size, lines), "center", "sans_bold")
        return y + _HEADER

    def _cell(
        self, first: int, end: int, y: float, tall: float, fitted: Fitted, align: Align = "left", role: Role = "serif"
    ) -> None:
        x = self.edges[first]
        wide = self.edges[end] - x
        self.painter.rect(x, y, wide, tall, _INNER)
        self.painter.lines(x, y, wide, tall, fitted.lines, fitted.size, role, align, leading=_LEADING)

    def _draw_foot(self, y: float) -> None:
        right = self.left + self.width
        self.painter.text(right, y + 8.0, "填表日期：　　　　年　　　月　　　日", _TEXT_SIZE, "serif", "right")
        at = y + 15.0
        for line in self.thanks:
            self.painter.text(self.left + self.width / 2, at, line, _TEXT_SIZE, "fangsong", "center")
            at += 5.5

    def _draw_margin(self, number: int, count: int) -> None:
        base = A4.height - 12.0
        if count > 1:
            middle = self.left + self.width / 2
            self.painter.text(middle, base, f"第{number}页 共{count}页", _NOTE_SIZE, "serif", "center")
            if number < count:
                self.painter.text(self.left + self.width, base, "请继续填写下一页", _NOTE_SIZE, "serif", "right")
        if self.form.edition:
            self.painter.text(self.left, base, self.form.edition, _NOTE_SIZE, "serif", grey=0.35)


def _broken(title: str) -> str:
    """The word of a level on two lines that make sense: ``基本`` ``满意``, ``非常`` ``不满意``."""
    return f"{title[: len(title) // 2]}\n{title[len(title) // 2 :]}" if 4 <= len(title) <= 6 else title


def _height(fitted: Fitted) -> float:
    return len(fitted.lines) * fitted.size * _LEADING / PT


def draw_paper_form(form: PaperForm, progress: Progress) -> bytes:
    """The form as PDF bytes."""
    painter = Painter(form.title)
    _FormPrinter(painter, form).draw(progress)
    return painter.finish()
