"""Front door of the inbox.

* ``assign``, ``close``, ``close_prefix``: a higher room tells a role or a user what to do, and that it is settled;
* ``has_open``: whether something of a kind waits, before it is told anew;
* ``count_mine``: the bell, the dashboard and the navigation show how much waits.
"""

from __future__ import annotations

from .domain import MANAGE, VIEW, Assign, Waiting
from .queries import count_mine
from .services import assign, close, close_prefix, has_open

__all__ = ["MANAGE", "VIEW", "Assign", "Waiting", "assign", "close", "close_prefix", "count_mine", "has_open"]
