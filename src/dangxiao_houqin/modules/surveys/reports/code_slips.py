"""一次性码纸条: slips to cut apart and draw from a bag, three across and six down on A4.

A slip bears nothing of a person, and neither the order nor a number of its own: the codes come shuffled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.painter import Painter
from dangxiao_houqin.documents.paper import A4
from dangxiao_houqin.documents.sheet_layout import Fitted, fit
from dangxiao_houqin.modules.surveys.domain.campaigns import DrawnCodes, default_title, printed_code

ACROSS: Final = 3
DOWN: Final = 6
PER_PAGE: Final = ACROSS * DOWN

_MARGIN = 9.0
_TOP = 8.0
_FOOT = 9.0
_WIDTH = (A4.width - 2 * _MARGIN) / ACROSS
_HEIGHT = (A4.height - _TOP - _FOOT) / DOWN
_DASH = "3 2.5"
_CODE_SIZE = 22.0
_TITLE_SIZE = 10.5
_WORDS: Final = (
    "在自助终端选本次测评，输入这 9 位数。",
    "填纸质问卷的，把本纸条订在答卷上。",
    "一码一份，与姓名无关，请勿转给他人。",
)
_SMALL = 8.4


@dataclass(frozen=True)
class CodeSlips:
    """What stands on the slips of one drawing; ``codes`` in the order in which they are laid out."""

    title: str
    closes_at: datetime
    codes: Sequence[str]

    @classmethod
    def of(cls, drawn: DrawnCodes) -> CodeSlips:
        return cls(drawn.title, drawn.closes_at, drawn.codes)


def code_slips_pdf(slips: CodeSlips, progress: Progress = no_progress) -> bytes:
    """The pages, with dashed lines to cut along."""
    painter = Painter(f"一次性码纸条：{slips.title}")
    pages = max(1, -(-len(slips.codes) // PER_PAGE))
    title = _title(painter, slips.title)
    until = f"{show(slips.closes_at)} 前有效"
    for page in range(pages):
        progress(page / pages, f"第 {page + 1} 页")
        painter.page(A4.width, A4.height)
        for place, code in enumerate(slips.codes[page * PER_PAGE : (page + 1) * PER_PAGE]):
            row, column = divmod(place, ACROSS)
            _slip(painter, _MARGIN + column * _WIDTH, _TOP + row * _HEIGHT, title, code, until)
        _cut_lines(painter)
        foot = "沿虚线剪开、对折后放进不透明的袋子，由学员自己抽取；没有发完的请当场销毁。"
        painter.text(_MARGIN, A4.height - 4.6, foot, 8.5, "sans", grey=0.35)
        numbers = f"第 {page + 1} 页 共 {pages} 页"
        painter.text(A4.width - _MARGIN, A4.height - 4.6, numbers, 8.5, "sans", "right", grey=0.35)
    return painter.finish()


def _title(painter: Painter, text: str) -> Fitted:
    """On at most two lines, broken before the usual ending; a longer one is cut, for the kiosk shows it whole."""
    room = _WIDTH - 5
    ending = default_title("")
    if painter.width(text, _TITLE_SIZE, "sans_bold") > room and text.endswith(ending):
        own = text.removesuffix(ending)
        if painter.width(own, _TITLE_SIZE, "sans_bold") <= room:
            return Fitted(_TITLE_SIZE, [own, ending])
    fitted = fit(text, room, _TITLE_SIZE, "sans_bold", painter, smallest=9.0)
    if len(fitted.lines) <= 2:
        return fitted
    second = fitted.lines[1]
    while second and painter.width(second + "…", fitted.size, "sans_bold") > room:
        second = second[:-1]
    return Fitted(fitted.size, [fitted.lines[0], f"{second}…"])


def _slip(painter: Painter, x: float, y: float, title: Fitted, code: str, until: str) -> None:
    middle = x + _WIDTH / 2
    painter.lines(x + 1.3, y + 2.4, _WIDTH - 2.6, 10.0, title.lines, title.size, "sans_bold", "center")
    painter.text(middle, y + 22.4, printed_code(code), _CODE_SIZE, "sans_bold", "center")
    for place, line in enumerate((*_WORDS, until)):
        painter.text(middle, y + 29.2 + place * 4.2, line, _SMALL, "sans", "center", grey=0.1)


def _cut_lines(painter: Painter) -> None:
    """Along every edge of the slips, also the outer ones: all come out equally large."""
    bottom = _TOP + DOWN * _HEIGHT
    for column in range(ACROSS + 1):
        x = _MARGIN + column * _WIDTH
        painter.line(x, _TOP, x, bottom, 0.5, _DASH)
    for row in range(DOWN + 1):
        y = _TOP + row * _HEIGHT
        painter.line(_MARGIN, y, A4.width - _MARGIN, y, 0.5, _DASH)
