"""Breaking Chinese text into lines: no punctuation at a line's start, no opening bracket at its end, nothing lost."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from .embedding import CANNOT_END_LINE, CANNOT_START_LINE
from .fonts import Role, book

_GOOD_AFTER = frozenset("·•・‧ ")  # parts of a minority name stay whole where the line is long enough
_MAY_BREAK_AFTER = frozenset(" -/\\_@&=+,;|") | _GOOD_AFTER
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def clean(text: str) -> str:
    """Make ``text`` printable: tabs become spaces, every line end ``\\n``; what shows nothing is left out.

    Left out are control and format characters and variation selectors; half a surrogate pair becomes U+FFFD.
    """
    if text.isprintable() and not any(map(_SELECTORS.__contains__, text)):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\v", "\n")
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category == "Cs":
            kept.append("\ufffd")
        elif char == "\n" or (category not in ("Cc", "Cf") and char not in _SELECTORS):
            kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _joins(char: str) -> bool:
    """Whether ``char`` belongs to the character before it (combining marks, variation selectors, joiners)."""
    return unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf")


def _may_break(before: str, after: str) -> bool:
    if after in CANNOT_START_LINE or before in CANNOT_END_LINE or after == " " or _joins(after):
        return False
    return ord(before) >= 0x2E80 or ord(after) >= 0x2E80 or before in _MAY_BREAK_AFTER


def wrap(text: str, width: float, size: float, role: Role = "serif") -> list[str]:
    """Cut ``text`` into lines of at most ``width`` points set in ``size`` points.

    ``\\n`` always ends a line and is the only character left out: joined, the lines are ``text`` without ``\\n``.
    Spaces at a line's end may stick out.  A word longer than the line is cut; a line holds at least one character.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrap_paragraph(paragraph, width, size, role)
    return lines


def _wrap_paragraph(text: str, width: float, size: float, role: Role) -> list[str]:
    table = book().tables[role]
    limit = width / size + 1e-6
    widths = [table[char].width for char in text]
    if sum(widths) <= limit:
        return [text]
    lines: list[str] = []
    start = 0
    while start < len(text):
        used = 0.0
        possible = good = 0
        at = start
        while at < len(text):
            used += widths[at]
            if used > limit and text[at] != " " and at > start and not _joins(text[at]):
                break
            at += 1
            if at < len(text) and _may_break(text[at - 1], text[at]):
                possible = at
                if text[at - 1] in _GOOD_AFTER:
                    good = at
        if at >= len(text):
            lines.append(text[start:])
            break
        end = possible if possible > start else _cut(text, start, at)
        if good > start + (end - start) // 2:
            end = good
        lines.append(text[start:end])
        start = end
    return lines


def _cut(text: str, start: int, end: int) -> int:
    """Where to cut a word longer than the line: at ``end``, or before it where punctuation would stand wrong."""
    for at in range(end, start, -1):
        if text[at] not in CANNOT_START_LINE and text[at - 1] not in CANNOT_END_LINE and not _joins(text[at]):
            return at
    return end
