"""Words across a sheet: 草稿, 作废, and what does not agree with the signatures.  Imported by layouts only."""

from __future__ import annotations

from collections.abc import Sequence

from dangxiao_houqin.documents.painter import PT, Painter
from dangxiao_houqin.documents.paper import Paper
from dangxiao_houqin.documents.wrapping import clean, wrap

_SHOWN = 3
_SIZE = 11.0
_STEP = _SIZE * 1.25 / PT


def draw_stamp(painter: Painter, paper: Paper, text: str) -> None:
    """Large grey words from corner to corner, drawn before the form so that everything stays readable."""
    size = min(96.0, 0.62 * min(paper.width, paper.height * 1.4) * PT / max(len(text), 2))
    x, y = paper.width / 2, paper.height / 2
    with painter.turned(x, y, 24):
        painter.text(x, y + size * 0.35 / PT, text, size, "sans_bold", "center", 0.82)


def _lines(flaws: Sequence[str], width: float) -> list[str]:
    sentences = list(flaws[:_SHOWN])
    if len(flaws) > _SHOWN:
        sentences.append(f"……共 {len(flaws)} 处，详见“核对签名”。")
    lines: list[str] = []
    for number, sentence in enumerate(sentences):
        text = f"签名核对不符：{sentence}" if number == 0 else sentence
        lines += wrap(clean(text), (width - 6) * PT, _SIZE, "sans_bold")
    return lines


def flaws_height(flaws: Sequence[str], width: float) -> float:
    """mm of the frame; 0 without flaws."""
    return len(_lines(flaws, width)) * _STEP + 4.0 if flaws else 0.0


def draw_flaws(painter: Painter, x: float, y: float, width: float, flaws: Sequence[str]) -> float:
    """A thick frame that names what does not agree; gives the y below."""
    if not flaws:
        return y
    lines = _lines(flaws, width)
    height = len(lines) * _STEP + 2.4
    painter.rect(x, y, width, height, 2.0, 1.0)
    at = y + 1.0
    for line in lines:
        at += _STEP
        painter.text(x + 3, at - 0.8, line, _SIZE, "sans_bold")
    return y + height + 1.6
