"""Front door of the inbox.

* ``assign``, ``close``, ``close_prefix``: a higher room tells a role or a user what to do, and that it is settled;
* ``count_mine``: the bell, the dashboard and the navigation show how much waits.
"""

from __future__ import annotations

from .domain import MANAGE, VIEW, Assign, Waiting
from .queries import count_mine
from .services import assign, close, close_prefix

__all__ = ["MANAGE", "VIEW", "Assign", "Waiting", "assign", "close", "close_prefix", "count_mine"]
