"""Sizes and colours of everything a respondent touches, for one screen.

Drawn for 1920×1080 (upright 1080×1920) and scaled from there.  Whatever the scale, nothing that can be touched is
smaller than 15 mm, by the screen's own density.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QScreen
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.theme import TOKENS

TARGET_MM = 15
USUAL_DPI = 96.0
_SANE_DPI = (USUAL_DPI, 400.0)  # a television's 40 would make 24 px of 15 mm, a screen without data says anything
_SMALLEST_TEXT = 18
_LARGE = 1.25


@dataclass(frozen=True)
class Colours:
    """Colours of one look, ``#RRGGBB``; ``moods`` are those of the levels from best to worst."""

    ground: str = "#F3F5F8"
    card: str = "#FFFFFF"
    line: str = "#C3CBD7"
    text: str = TOKENS.text
    second: str = TOKENS.text_second
    accent: str = TOKENS.party_red
    accent_pressed: str = "#931B21"
    on_accent: str = "#FFFFFF"
    on_accent_second: str = "#FFE3E1"
    chosen: str = TOKENS.primary
    chosen_tint: str = TOKENS.primary_tint
    track: str = "#D3DAE3"
    disabled: str = "#8A94A1"
    warning: str = "#8F4F00"
    warning_tint: str = "#FDF1DC"
    error: str = TOKENS.error
    error_tint: str = TOKENS.error_tint
    success: str = TOKENS.success
    moods: tuple[tuple[str, str], ...] = (
        ("#1B7347", "#E4F4EB"),
        ("#3F7A22", "#EBF4E3"),
        ("#8A6300", "#FBF3DC"),
        ("#A94B0C", "#FCEBDD"),
        ("#B3261E", "#FCE9E7"),
    )


USUAL = Colours()
CONTRAST = Colours(
    ground="#FFFFFF",
    line="#000000",
    text="#000000",
    second="#000000",
    accent="#000000",
    accent_pressed="#333333",
    on_accent_second="#FFFFFF",
    chosen="#000000",
    chosen_tint="#FFE600",
    track="#9A9A9A",
    disabled="#6A6A6A",
    warning="#000000",
    warning_tint="#FFE600",
    error="#A00000",
    error_tint="#FFFFFF",
    success="#000000",
    moods=(("#000000", "#FFE600"),) * 5,
)


@dataclass(frozen=True)
class Look:
    """How things look on a screen of ``size`` px: ask :meth:`px` for lengths, :meth:`font` for type."""

    size: QSize
    scale: float
    upright: bool
    large: bool
    contrast: bool
    target: int
    """Smallest width and height in px of what can be touched."""

    @classmethod
    def of(cls, size: QSize, dpi: float, rules: KioskRules) -> Look:
        """The look for a screen of ``size`` logical px at ``dpi`` logical px per inch."""
        upright = size.height() > size.width()
        design = (1080, 1920) if upright else (1920, 1080)
        scale = min(size.width() / design[0], size.height() / design[1])
        target = math.ceil(sane_dpi(dpi) * TARGET_MM / 25.4)
        return cls(QSize(size), max(scale, 0.5), upright, rules.large_text, rules.high_contrast, target)

    @property
    def colours(self) -> Colours:
        return CONTRAST if self.contrast else USUAL

    @property
    def button(self) -> int:
        """Height of a button: 96 px at full scale."""
        return max(self.px(96), self.target)

    @property
    def margin(self) -> int:
        return self.px(64 if not self.upright else 48)

    @property
    def border(self) -> int:
        return max(2, self.px(4 if self.contrast else 2))

    def px(self, length: float) -> int:
        """A length drawn for 1920×1080."""
        return max(1, round(length * self.scale))

    def text(self, px: float) -> int:
        """A size of type drawn for 1920×1080; never too small to read, and larger where large text is asked for."""
        return round(max(_SMALLEST_TEXT, px * self.scale) * (_LARGE if self.large else 1.0))

    def font(self, px: float, *, bold: bool = False) -> QFont:
        """The screen font at ``px`` of the design."""
        return theme.font(self.text(px), bold=bold)


def sane_dpi(dpi: float) -> float:
    """``dpi`` where a screen can have it, else the usual 96, which also is the least."""
    lowest, highest = _SANE_DPI
    return dpi if lowest <= dpi <= highest else USUAL_DPI


def screen_dpi(widget: QWidget) -> float:
    """The physical density of the screen that ``widget`` is on, in logical px per inch."""
    screen: QScreen | None = widget.screen()
    return sane_dpi(screen.physicalDotsPerInch()) if screen is not None else USUAL_DPI
