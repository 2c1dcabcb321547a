"""Money is an integer number of fen; only its display has a decimal point."""

from __future__ import annotations


def yuan(fen: int) -> str:
    """``123450`` -> ``"¥1,234.50"``; negative amounts keep their sign before the symbol."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}¥{whole:,}.{rest:02d}"
