"""How long work reports how far it is, and learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""``progress(fraction, text)``: fraction in 0..1, text says in Chinese what is being done.

Raises :class:`~dangxiao_houqin.core.errors.Cancelled` when the user pressed cancel.
"""


def no_progress(_fraction: float, _text: str) -> None:
    """Report to nobody and never cancel."""
