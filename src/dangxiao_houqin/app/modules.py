"""All rooms of the house: one explicit tuple, lowest first."""

from __future__ import annotations

from dangxiao_houqin.core.module_spec import DocumentSpec, ModuleSpec
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.modules.accommodation.module import MODULE as ACCOMMODATION
from dangxiao_houqin.modules.expenses.module import MODULE as EXPENSES
from dangxiao_houqin.modules.housekeeping.module import MODULE as HOUSEKEEPING
from dangxiao_houqin.modules.inbox.module import MODULE as INBOX
from dangxiao_houqin.modules.organization.module import MODULE as ORGANIZATION
from dangxiao_houqin.modules.places.module import MODULE as PLACES
from dangxiao_houqin.modules.surveys.module import MODULE as SURVEYS
from dangxiao_houqin.modules.training.module import MODULE as TRAINING

MODULES: tuple[ModuleSpec, ...] = (
    ORGANIZATION,
    PLACES,
    INBOX,
    EXPENSES,
    SURVEYS,
    TRAINING,
    HOUSEKEEPING,
    ACCOMMODATION,
)


def all_permissions() -> tuple[tuple[str, tuple[Permission, ...]], ...]:
    """(module title, its permissions) for the roles page."""
    return tuple((module.title, module.permissions) for module in MODULES)


def all_documents() -> tuple[DocumentSpec, ...]:
    """The printouts of a class, of every module; imports their queries and reports."""
    return tuple(document for module in MODULES for document in module.documents())
