"""What the sheets of a claim and of a purchase request are put together from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from dangxiao_houqin.ui.widgets import label

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_TOP = Qt.AlignmentFlag.AlignTop

_SHORT = 18
_CAPTION_WIDTH = 66


def selectable(part: QLabel) -> QLabel:
    """The label, with text that can be marked and copied."""
    part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return part


def facts_grid(facts: Iterable[tuple[str, str]]) -> QGridLayout:
    """Captions with their texts: short ones two in a row, a long one across."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    at, beside = 0, False
    for title, text in facts:
        short = len(text) <= _SHORT
        if beside and not short:
            at, beside = at + 1, False
        caption = label(title, "second")
        caption.setFixedWidth(_CAPTION_WIDTH)
        grid.addWidget(caption, at, 2 if beside else 0, _TOP)
        words = selectable(label(text, wrap=True))
        grid.addWidget(words, at, 3 if beside else 1, 1, 1 if short else 3)
        at, beside = (at, True) if short and not beside else (at + 1, False)
    return grid
