"""The roles a new school starts with; the office changes them as it likes (except the administrators')."""

from __future__ import annotations

from dangxiao_houqin.modules.organization.api import ADMIN_ROLE, EVERYTHING, BuiltinRole

_LOOK = (
    "inbox.view",
    "places.view",
    "training.view",
    "accommodation.view",
    "housekeeping.view",
    "organization.staff_view",
)

BUILTIN_ROLES: tuple[BuiltinRole, ...] = (
    BuiltinRole(ADMIN_ROLE, frozenset({EVERYTHING})),
    BuiltinRole(
        "后勤办主任",
        frozenset(
            {
                *_LOOK,
                "inbox.manage",
                "places.edit",
                "training.edit",
                "training.import",
                "training.desk",
                "accommodation.assign",
                "accommodation.rules",
                "accommodation.desk",
                "housekeeping.work",
                "housekeeping.inspect",
                "housekeeping.lost",
                "housekeeping.rules",
                "organization.settings",
                "organization.staff_edit",
                "organization.audit",
                "core.reveal_personal",
            }
        ),
    ),
    BuiltinRole(
        "住宿管理员",
        frozenset(
            {
                *_LOOK,
                "places.edit",
                "training.import",
                "training.desk",
                "accommodation.assign",
                "accommodation.desk",
                "housekeeping.work",
                "housekeeping.inspect",
                "housekeeping.lost",
                "core.reveal_personal",
            }
        ),
    ),
    BuiltinRole(
        "班主任", frozenset({*_LOOK, "training.edit", "training.import", "training.desk", "core.reveal_personal"})
    ),
    BuiltinRole("客房服务", frozenset({"inbox.view", "places.view", "housekeeping.view", "housekeeping.work"})),
    BuiltinRole("领导（只看）", frozenset(_LOOK)),
)
