"""Colours, sizes and type as tokens, and the one style sheet made from them.

Everything drawn by hand (delegates, charts, room board) takes its colours from :data:`TOKENS` and :func:`tone`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import Template
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from dangxiao_houqin.core.paths import resource


@dataclass(frozen=True)
class Tokens:
    """The look of the whole program; colours ``#RRGGBB``, sizes in px."""

    primary: str = "#1F5BA8"
    primary_hover: str = "#2A6BBD"
    primary_pressed: str = "#174A8B"
    primary_tint: str = "#E8F0FA"
    party_red: str = "#B4232A"
    navigation: str = "#14233A"
    navigation_hover: str = "#1E3150"
    navigation_text: str = "#B9C6D8"
    ground: str = "#F3F5F8"
    card: str = "#FFFFFF"
    head: str = "#F7F8FA"
    row_hover: str = "#F5F8FC"
    line: str = "#E1E6ED"
    line_strong: str = "#CBD3DE"
    scrollbar: str = "#C4CEDA"
    text: str = "#1D2733"
    text_second: str = "#55606E"
    text_hint: str = "#667180"  # a shade under the design's #6B7683, which has 4.2 on the ground
    text_disabled: str = "#98A2AE"
    on_primary: str = "#FFFFFF"
    success: str = "#1B7347"
    success_tint: str = "#E4F4EB"
    warning: str = "#A15C00"
    warning_tint: str = "#FDF1DC"
    error: str = "#B3261E"
    error_tint: str = "#FCE9E7"
    violet: str = "#6A4FB3"
    violet_tint: str = "#EFEAFB"
    teal: str = "#0B6F78"  # likewise: #0F7C86 has 4.3 on its tint
    teal_tint: str = "#E0F3F4"
    neutral: str = "#4A5563"
    neutral_tint: str = "#EBEEF2"
    radius: int = 6
    radius_card: int = 8
    control: int = 36
    row: int = 42
    row_compact: int = 32
    top_bar: int = 56
    navigation_width: int = 212
    px_label: int = 12
    px_second: int = 13
    px_body: int = 14
    px_navigation: int = 15
    px_card_title: int = 16
    px_page_title: int = 22
    px_figure: int = 30


TOKENS = Tokens()


class Tone(NamedTuple):
    """Foreground and tint of one state."""

    foreground: str
    background: str


_TONES = {
    "neutral": Tone(TOKENS.neutral, TOKENS.neutral_tint),
    "primary": Tone(TOKENS.primary, TOKENS.primary_tint),
    "success": Tone(TOKENS.success, TOKENS.success_tint),
    "warning": Tone(TOKENS.warning, TOKENS.warning_tint),
    "error": Tone(TOKENS.error, TOKENS.error_tint),
    "violet": Tone(TOKENS.violet, TOKENS.violet_tint),
    "teal": Tone(TOKENS.teal, TOKENS.teal_tint),
}


def tone(name: str) -> Tone:
    """Colours of a state: neutral, primary, success, warning, error, violet or teal."""
    return _TONES[name]


def text_pairs() -> tuple[tuple[str, str, str], ...]:
    """Every (name, text colour, ground) the style uses; a test holds each to a contrast of 4.5."""
    t = TOKENS
    pairs = [
        (f"{name} on {ground}", colour, getattr(t, ground))
        for name, colour in (("text", t.text), ("second", t.text_second), ("hint", t.text_hint))
        for ground in ("ground", "card", "head", "row_hover")
    ]
    pairs += [(f"tone {name}", pair.foreground, pair.background) for name, pair in _TONES.items()]
    pairs += [(f"tone {name} on card", pair.foreground, t.card) for name, pair in _TONES.items()]
    pairs += [
        ("text on primary tint", t.text, t.primary_tint),
        ("second on primary tint", t.text_second, t.primary_tint),
        ("button", t.on_primary, t.primary),
        ("button hover", t.on_primary, t.primary_hover),
        ("button pressed", t.on_primary, t.primary_pressed),
        ("navigation", t.navigation_text, t.navigation),
        ("navigation hover", t.navigation_text, t.navigation_hover),
        ("party red", t.on_primary, t.party_red),
        ("danger button", t.on_primary, t.error),
    ]
    return tuple(pairs)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1, 0 for black to 1 for white."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.1, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


_PREFERRED_FAMILIES = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC")


@cache
def _families() -> tuple[str, ...]:
    """Screen families, best first; bundled ones are loaded once per process."""
    folder = resource("fonts")
    if folder.is_dir():
        for path in (*sorted(folder.glob("NotoSansSC-*.ttf")), *sorted(folder.glob("HouqinRare-*.ttf"))):
            QFontDatabase.addApplicationFont(str(path))
    known = set(QFontDatabase.families())
    chosen = [family for family in _PREFERRED_FAMILIES if family in known][:1]
    chosen += [family for family in ("Houqin Rare",) if family in known]  # characters of rare names
    return tuple(chosen or ["Sans Serif"])


def font(px: int = TOKENS.px_body, *, bold: bool = False) -> QFont:
    """The screen font at ``px``; bold is weight 600."""
    result = QFont()
    result.setFamilies(list(_families()))
    result.setPixelSize(px)
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return result


def apply(app: QApplication) -> None:
    """Fusion, palette, fonts and style sheet; call before the first window.  Called again it does nothing."""
    if app.property("dressed"):
        return
    app.setProperty("dressed", True)
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette())
    app.setFont(font())
    app.setStyleSheet(stylesheet())


def restyle(widget: QWidget) -> None:
    """Re-read the style sheet after a dynamic property of ``widget`` changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def _palette() -> QPalette:
    t = TOKENS
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, t.ground),
        (role.WindowText, t.text),
        (role.Base, t.card),
        (role.AlternateBase, t.head),
        (role.Text, t.text),
        (role.Button, t.card),
        (role.ButtonText, t.text),
        (role.BrightText, t.error),
        (role.Highlight, t.primary),
        (role.HighlightedText, t.on_primary),
        (role.ToolTipBase, t.navigation),
        (role.ToolTipText, "#FFFFFF"),
        (role.PlaceholderText, t.text_hint),
        (role.Link, t.primary),
        (role.LinkVisited, t.primary),
        (role.Accent, t.primary),
        (role.Mid, t.line_strong),
        (role.Midlight, t.line),
        (role.Dark, t.text_hint),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(t.text_disabled))
    palette.setColor(QPalette.ColorGroup.Inactive, role.Highlight, QColor(t.primary))
    return palette


def stylesheet(tokens: Tokens = TOKENS) -> str:
    """The program's style sheet with every token filled in."""
    values: dict[str, object] = dict(vars(tokens))
    values["control_inner"] = tokens.control - 2  # the border lies outside the height of Qt's box model
    for name in ("check", "check_disabled", "dash", "dot", "chevron_down", "chevron_up", "calendar"):
        values[f"svg_{name}"] = resource(f"themes/{name}.svg").as_posix()
    return Template(resource("themes/app.qss").read_text("utf-8")).substitute(values)


def focus_policy_for_tools() -> Qt.FocusPolicy:
    """Tool and navigation buttons take focus by Tab only: QSS knows no ``:focus-visible``."""
    return Qt.FocusPolicy.TabFocus
