"""Text as it is stored: no blanks around it, no control characters, not too long."""

from __future__ import annotations

import re
import unicodedata

from dangxiao_houqin.core.errors import InvalidInput

_BLANKS = re.compile(r"\s+")


def one_line(text: str, what: str, field: str, longest: int) -> str:
    """``text`` on one line; raises :class:`InvalidInput` naming ``what`` when it is longer than ``longest``."""
    return _short(_BLANKS.sub(" ", _visible(text)).strip(), what, field, longest)


def lines(text: str, what: str, field: str, longest: int) -> str:
    """``text`` with its line ends kept; else as :func:`one_line`."""
    rows = (_BLANKS.sub(" ", row).strip() for row in _visible(text).splitlines())
    return _short("\n".join(rows).strip(), what, field, longest)


def _visible(text: str) -> str:
    return "".join(c for c in text if c in "\n\t\r" or unicodedata.category(c) != "Cc")


def _short(text: str, what: str, field: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidInput(f"{what}最多 {longest} 个字，现在是 {len(text)} 个，请缩短。", field=field)
    return text
