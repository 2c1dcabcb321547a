"""What every school begins with, beside its administrator: roles and the categories of spending.

Chains of signatures need no rows to begin with: without one, the usual three signatures are asked for.
"""

from __future__ import annotations

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.queries.budgets import list_category_choices
from dangxiao_houqin.modules.expenses.services import ensure_categories
from dangxiao_houqin.modules.organization.api import ensure_builtin_roles

from .roles import BUILTIN_ROLES


def ensure_beginnings(ctx: Ctx) -> None:
    """Add what is missing; categories only where there are none, for an office may have deleted what it never uses."""
    ensure_builtin_roles(ctx, BUILTIN_ROLES)
    if not list_category_choices(ctx, all=True):
        ensure_categories(ctx)
