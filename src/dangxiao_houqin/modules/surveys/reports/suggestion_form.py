"""意见建议处理单 (domain/3-forms.md C.36): one case on A4 upright, to file and to sign.

What was raised, done and answered may be long: such a text goes on over the page and its caption says 续.  The row of
what he who raised it says, the signatures and the last lines above them are never torn apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from dangxiao_houqin.core.columns import chinese_date, show
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.painter import PT, Align, Painter
from dangxiao_houqin.documents.paper import A4
from dangxiao_houqin.documents.sheet_layout import Fitted, draw_foot, fit
from dangxiao_houqin.documents.wrapping import clean, wrap
from dangxiao_houqin.modules.surveys.domain.suggestions import Feedback, SuggestionRow, SuggestionSource

TITLE: Final = "意见建议处理单"
CAPTION: Final = 26.0
"""mm; width of the captions, the texts take the rest of 165."""

_ROW: Final = 9.0
_SIGNATURE: Final = 26.0
_SIZE: Final = 10.5
_LEADING: Final = 1.45
_STEP: Final = _SIZE * _LEADING / PT
_PADDING: Final = 2.0
_OUTER, _INNER = 1.2, 0.5
_KEEP: Final = 3
"""So many lines of the last text go over together with the signatures, and no fewer begin or end a part."""


@dataclass(frozen=True)
class SuggestionForm:
    """What stands on the paper; ``leader`` is what the school calls its 分管领导."""

    row: SuggestionRow
    school: str = ""
    leader: str = "分管领导"
    printed_at: datetime | None = None


@dataclass(frozen=True)
class _Part:
    """Something that is not divided, or (``lines``) some lines of a long text under its caption."""

    height: float
    draw: Callable[[float, float], None] | None = None
    caption: str = ""
    lines: tuple[str, ...] = ()
    least: float = 0.0


@dataclass
class _Page:
    parts: list[_Part] = field(default_factory=list)

    @property
    def used(self) -> float:
        return sum(part.height for part in self.parts)


def suggestion_form_pdf(form: SuggestionForm, progress: Progress = no_progress) -> bytes:
    """The case as PDF bytes."""
    progress(0.0, "正在排版")
    painter = Painter(f"{TITLE} {form.row.number}")
    _FormPrinter(painter, form).draw()
    progress(1.0, "正在写入文件")
    return painter.finish()


class _FormPrinter:
    """Lays one case out and draws it."""

    def __init__(self, painter: Painter, form: SuggestionForm) -> None:
        self.painter, self.form, self.row = painter, form, form.row
        self.left, self.width = A4.left, A4.usable_width
        self.room = (self.width - CAPTION - 2 * _PADDING) * PT

    # ------------------------------------------------------------------ parts
    def parts(self) -> list[_Part]:
        """All that stands above the row of feedback and the signatures."""
        row = self.row
        received = ("收到时间", _day(row.received_on)), ("首问责任人", row.first_contact)
        return [
            self._boxes("来　　源", [(each.label, each is row.source) for each in SuggestionSource]),
            self._pairs(*received),
            self._pairs(("反 映 人", row.who), ("联系方式", row.contact)),
            self._long("反映内容", self._content(), 50.0),
            self._pairs(("承办部门", row.department), ("承 办 人", row.handler)),
            self._pairs(("办理期限", _day(row.due_on)), ("类　　别", row.category)),
            self._long("处理结果", row.result, 44.0),
            self._long("答　　复", row.reply, 36.0),
        ]

    def _content(self) -> str:
        origin = f"（{self.row.origin}）" if self.row.campaign else ""
        return f"{self.row.content}\n{origin}" if origin else self.row.content

    def tail(self) -> _Part:
        """Feedback and signatures, one block."""
        row = self.row
        replied = self._pairs(("回复时间", _day(row.replied_on)), ("办结时间", _day(row.closed_on)))
        feedback = self._boxes("满 意 度", [(each.label, each is row.feedback) for each in Feedback])

        def draw(y: float, _tall: float) -> None:
            for part in (replied, feedback):
                assert part.draw is not None
                part.draw(y, part.height)
                y += part.height
            half = self.width / 2
            for place, title in enumerate(("承办人", self.form.leader)):
                self._signature(self.left + place * half, y, half, title)

        return _Part(replied.height + feedback.height + _SIGNATURE, draw)

    def _signature(self, x: float, y: float, width: float, title: str) -> None:
        painter = self.painter
        painter.rect(x, y, width, _SIGNATURE, _INNER)
        painter.text(x + _PADDING, y + 5.6, f"{title}（签字）：", _SIZE)
        painter.text(x + width - _PADDING, y + _SIGNATURE - 3.0, "年　　　月　　　日", _SIZE, "serif", "right")

    def _pairs(self, *pairs: tuple[str, str]) -> _Part:
        """Captions with short texts side by side."""
        half = self.width / len(pairs)
        fitted = [(title, self._fit(text, half - CAPTION)) for title, text in pairs]
        tall = max([_ROW, *(len(each.lines) * each.size * 1.25 / PT + 3.0 for _, each in fitted)])

        def draw(y: float, height: float) -> None:
            for place, (title, text) in enumerate(fitted):
                x = self.left + place * half
                self._cell(x, y, CAPTION, height, Fitted(_SIZE, [title]), "center")
                self._cell(x + CAPTION, y, half - CAPTION, height, text)

        return _Part(tall, draw)

    def _boxes(self, title: str, choices: Sequence[tuple[str, bool]]) -> _Part:
        """Choices with the one that holds ticked: the tick is drawn over the box, fonts have no ticked one."""
        painter = self.painter

        def draw(y: float, height: float) -> None:
            self._cell(self.left, y, CAPTION, height, Fitted(_SIZE, [title]), "center")
            painter.rect(self.left + CAPTION, y, self.width - CAPTION, height, _INNER)
            x, base = self.left + CAPTION + _PADDING, y + height / 2 + 0.38 * _SIZE / PT
            for text, ticked in choices:
                painter.text(x, base, f"□{text}", _SIZE)
                if ticked:
                    painter.text(x, base, "√", _SIZE, "sans_bold")
                x += painter.width(f"□{text}", _SIZE) + 5.0

        return _Part(_ROW, draw)

    def _long(self, caption: str, text: str, least: float) -> _Part:
        lines = tuple(wrap(clean(text), self.room, _SIZE, "serif")) if text else ()
        return _Part(_tall(lines, least), None, caption, lines, least)

    def _fit(self, text: str, width: float) -> Fitted:
        return fit(text, width - 2 * _PADDING, _SIZE, "serif", self.painter)

    def _cell(self, x: float, y: float, width: float, tall: float, fitted: Fitted, align: Align = "left") -> None:
        self.painter.rect(x, y, width, tall, _INNER)
        self.painter.lines(x, y, width, tall, fitted.lines, fitted.size, "serif", align, padding=_PADDING, leading=1.25)

    # ------------------------------------------------------------------ dividing
    def pages(self) -> list[_Page]:
        """Parts page by page, the tail last and never alone."""
        tail = self.tail()
        first, rest = A4.usable_height - self._top_height(), A4.usable_height
        pages = [_Page()]
        for part in self.parts():
            while True:
                free = (first if len(pages) == 1 else rest) - pages[-1].used
                if part.height <= free + 0.01:
                    pages[-1].parts.append(part)
                    break
                here, part = _divided(part, free)
                if here is not None:
                    pages[-1].parts.append(here)
                pages.append(_Page())
        room = first if len(pages) == 1 else rest
        if pages[-1].used + tail.height > room + 0.01:
            pages.append(_Page([self._carried(pages[-1])]))
        pages[-1].parts.append(tail)
        return pages

    def _carried(self, page: _Page) -> _Part:
        """What goes over to the page of the signatures: the last lines of the last text, or all of it."""
        last = page.parts.pop()
        if len(last.lines) < 2 * _KEEP:
            return last
        stay, go = last.lines[:-_KEEP], last.lines[-_KEEP:]
        page.parts.append(_Part(_tall(stay, 0.0), None, last.caption, stay))
        return _Part(_tall(go, 0.0), None, _again(last.caption), go)

    # ------------------------------------------------------------------ drawing
    def draw(self) -> None:
        pages = self.pages()
        for number, page in enumerate(pages, 1):
            self.painter.page(A4.width, A4.height)
            y = self._draw_top() if number == 1 else self._draw_running_title()
            top = y
            for part in page.parts:
                if part.draw is not None:
                    part.draw(y, part.height)
                else:
                    self._draw_long(part, y)
                y += part.height
            self.painter.rect(self.left, top, self.width, y - top, _OUTER)
            printed = f"打印时间：{show(self.form.printed_at)}" if self.form.printed_at else ""
            draw_foot(self.painter, A4, number, len(pages), printed)

    def _draw_long(self, part: _Part, y: float) -> None:
        caption = part.caption.split("\n")
        self._cell(self.left, y, CAPTION, part.height, Fitted(_SIZE, caption), "center")
        x, width = self.left + CAPTION, self.width - CAPTION
        self.painter.rect(x, y, width, part.height, _INNER)
        self.painter.lines(
            x,
            y,
            width,
            part.height,
            list(part.lines),
            _SIZE,
            padding=_PADDING,
            leading=_LEADING,
            valign="top",
        )

    def _top_height(self) -> float:
        return (9.0 if self.form.school else 0.0) + 20.0

    def _draw_top(self) -> float:
        y, middle = A4.top, self.left + self.width / 2
        if self.form.school:
            school = fit(self.form.school, self.width, 15.0, "fangsong", self.painter)
            self.painter.text(middle, y + 5.5, school.lines[0], school.size, "fangsong", "center")
            y += 9.0
        self.painter.text(middle, y + 8.0, TITLE, 20.0, "serif_bold", "center")
        self.painter.text(self.left + self.width, y + 17.5, f"编号：{self.row.number}", _SIZE, "fangsong", "right")
        return y + 20.0

    def _draw_running_title(self) -> float:
        middle = self.left + self.width / 2
        self.painter.text(middle, A4.top - 3.0, f"{TITLE} {self.row.number}（续）", _SIZE, "fangsong", "center")
        return A4.top


def _divided(part: _Part, free: float) -> tuple[_Part | None, _Part]:
    """(what of a text still has room, the rest); all of it goes over where too little has."""
    fits = int((free - 2 * _PADDING) / _STEP)
    fits = min(fits, len(part.lines) - _KEEP)
    if part.draw is not None or fits < _KEEP:
        return None, part
    here = _Part(free, None, part.caption, part.lines[:fits])
    rest = part.lines[fits:]
    return here, _Part(_tall(rest, 0.0), None, _again(part.caption), rest)


def _again(caption: str) -> str:
    return caption if caption.endswith("（续）") else f"{caption}\n（续）"


def _tall(lines: Sequence[str], least: float) -> float:
    return max(len(lines) * _STEP + 2 * _PADDING, least, _ROW + 3.0)


def _day(day: date | None) -> str:
    return chinese_date(day) if day is not None else ""
