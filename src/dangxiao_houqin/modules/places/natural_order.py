"""Room numbers are text, but people expect 201 < 201甲 < 202 < 1001 and 8-1 < 8-10."""

from __future__ import annotations

import re
import unicodedata

_PIECES = re.compile(r"[0-9]+|[^0-9]")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_NUMERALS = "〇一二三四五六七八九十"
_RANK = {char: rank for chars in (_STEMS, _NUMERALS) for rank, char in enumerate(chars)}


def normal_number(text: str) -> str:
    """A room number as it is kept: full-width digits and letters narrowed, no blanks inside, capital letters."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(narrow.split()).replace("—", "-").replace("–", "-").replace("－", "-").upper()


def natural_key(text: str) -> str:
    """A key whose plain text order is the natural order of room numbers.

    It holds decimal digits only, so that every database collation sorts it alike.  A run of digits becomes ``1``, its
    length (2 places) and itself without leading zeros; any other character ``2``, then its rank among 甲乙丙 or 一二三
    or its code point.  A number with leading zeros sorts right after the one without.
    """
    key, zeros = [], 0
    for piece in _PIECES.findall(normal_number(text)):
        if piece.isascii() and piece.isdigit():
            digits = piece.lstrip("0")
            zeros += len(piece) - len(digits)
            key.append(f"1{len(digits):02d}{digits}")
        else:
            rank = _RANK.get(piece)
            # Stems and numerals stand by rank behind every code point (those start with 0 or 1).
            key.append(f"2{ord(piece):07d}" if rank is None else f"29{_group(piece)}{rank:05d}")
    return "".join(key) + (f"0{zeros:02d}" if zeros else "")


def _group(char: str) -> int:
    return 1 if char in _STEMS else 2
