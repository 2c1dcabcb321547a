"""All rooms of the house: one explicit tuple, lowest first."""

from __future__ import annotations

from dangxiao_houqin.core.module_spec import ModuleSpec
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.modules.organization.module import MODULE as ORGANIZATION

MODULES: tuple[ModuleSpec, ...] = (ORGANIZATION,)


def all_permissions() -> tuple[tuple[str, tuple[Permission, ...]], ...]:
    """(module title, its permissions) for the roles page."""
    return tuple((module.title, module.permissions) for module in MODULES)
