"""Chinese words of all tables, columns and actions for the audit viewer (a test finds what is missing).

One file for each module with its ``TABLES`` and ``ACTIONS``; ``house`` has what belongs to none.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from dangxiao_houqin.modules.organization.api import EVERYTHING, AuditWords, TableWords

from . import accommodation, expenses, house, housekeeping, inbox, organization, places, surveys, training


@cache
def audit_words() -> AuditWords:
    """Words of every module, with the titles of all settings sections."""
    from dangxiao_houqin.app.modules import MODULES

    sections = surveys.SECTIONS | {section.section: section for module in MODULES for section in module.settings}
    rights = {permission.key: permission.title for module in MODULES for permission in module.permissions}
    tables: dict[str, TableWords] = {}
    actions = dict(house.ACTIONS)
    for words in (organization, places, inbox, expenses, surveys, training, housekeeping, accommodation):
        tables.update(words.TABLES)
        actions.update(words.ACTIONS)
    tables["role"] = replace(tables["role"], values={"permissions": {EVERYTHING: "全部权限", **rights}})
    return AuditWords(tables, actions, sections)
