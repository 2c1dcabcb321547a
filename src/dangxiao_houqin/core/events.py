"""Notify up: an event class belongs to the publisher, its handlers are listed in ``app/wiring.py``.

Handlers run at once, in the same transaction; an error in one rolls everything back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Handlers = Mapping[type[Any], tuple[Callable[..., None], ...]]
"""Event type -> functions called with ``(ctx, event)``."""

NO_HANDLERS: Handlers = {}
