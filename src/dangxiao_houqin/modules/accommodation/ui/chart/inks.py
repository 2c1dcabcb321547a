"""Colours and patterns of the chart's bars: no state is told by colour alone."""

from __future__ import annotations

from typing import NamedTuple

from dangxiao_houqin.ui.theme import TOKENS

from .words import Look


class Ink(NamedTuple):
    """How one kind of bar is drawn. ``hatch`` lines, ``dots`` and a broken ``outline`` still differ in grey print."""

    edge: str
    fill: str
    text: str
    second: str
    outline: str = ""
    broken: bool = False
    hatch: str = ""
    dots: str = ""
    icon: str = ""


OUTAGE = Ink(TOKENS.error, "#FCE9E7", "#8E1B15", "#8E1B15", hatch="#F0B5B0", icon="wrench")

INKS: dict[Look, Ink] = {
    Look.ASSIGNED: Ink("#C0800F", "#FFF9EC", "#5F3B00", "#7A4E08", outline="#DDB05C"),
    Look.OVERDUE: Ink(
        "#A15C00", "#FDEBC8", "#5F3B00", "#7A4E08", outline="#C0800F", hatch="#EFC57A", icon="clock-alert"
    ),
    Look.IN_HOUSE: Ink(TOKENS.primary, "#CFE0F5", "#0E3564", "#1E4A80"),
    Look.OVERRUN: Ink(TOKENS.error, "#CFE0F5", "#0E3564", "#8E1B15", hatch="#E4A09B", icon="triangle-alert"),
    Look.LEFT: Ink("#8A95A3", "#ECEFF3", "#414B58", "#4A5563", dots="#BCC6D2"),
    Look.MOVED: Ink("#8A95A3", "#ECEFF3", "#414B58", "#4A5563", dots="#BCC6D2", icon="arrow-right"),
    Look.PARKED: Ink(TOKENS.violet, TOKENS.violet_tint, "#45308A", "#5A41A0", outline=TOKENS.violet, broken=True),
}

GRID = "#E8ECF1"
ROW_LINE = TOKENS.line
REST_TINT = "#F2F4F8"
TODAY_TINT = "#E9F0FA"
FREE_TINT = "#2E9E63"
SWAP_TINT = TOKENS.violet
NO_TINT = TOKENS.error
