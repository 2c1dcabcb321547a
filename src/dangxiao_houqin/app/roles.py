"""The roles a new school starts with; the office changes them as it likes (except the administrators').

Each role has what its work needs and no more. Posts that must not lie in one hand are kept apart (行政事业单位内部控制
规范, 财会〔2012〕21号): who pays neither claims nor signs, and only administrators change chains and keys.
"""

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
_LOOK_AT_MONEY = ("expenses.view", "expenses.budget_view", "expenses.income_view")
_LOOK_AT_SURVEYS = ("surveys.view", "surveys.suggestions_view")

INCOMPATIBLE: tuple[tuple[str, str], ...] = (
    ("expenses.claim", "expenses.pay"),
    ("expenses.sign", "expenses.pay"),
    ("expenses.chains", "expenses.pay"),
    ("expenses.chains", "expenses.sign"),
    ("expenses.override", "expenses.pay"),
)
"""Rights no role the program brings along holds together, the administrators' aside."""

BUILTIN_ROLES: tuple[BuiltinRole, ...] = (
    BuiltinRole(ADMIN_ROLE, frozenset({EVERYTHING})),
    BuiltinRole(
        "后勤办主任",
        frozenset(
            {
                *_LOOK,
                *_LOOK_AT_MONEY,
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
                *_LOOK_AT_SURVEYS,
                "surveys.edit",
                "surveys.run",
                "surveys.enter",
                "surveys.comments",
                "surveys.export",
                "surveys.kiosk",
                "surveys.suggestions",
                "expenses.claim",
                "expenses.sign",
                "expenses.purchase",
                "expenses.procurement",
                "expenses.procurement_rules",
                "expenses.register_paper",
                "expenses.verify",
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
                *_LOOK_AT_SURVEYS,
                "surveys.enter",
                "surveys.suggestions",
                "expenses.claim",
                "expenses.purchase",
                "core.reveal_personal",
            }
        ),
    ),
    BuiltinRole(
        "班主任",
        frozenset(
            {
                *_LOOK,
                *_LOOK_AT_SURVEYS,
                "training.edit",
                "training.import",
                "training.desk",
                "surveys.run",
                "surveys.kiosk",
                "expenses.claim",
                "core.reveal_personal",
            }
        ),
    ),
    BuiltinRole("客房服务", frozenset({"inbox.view", "places.view", "housekeeping.view", "housekeeping.work"})),
    BuiltinRole("经办人", frozenset({"inbox.view", "expenses.claim", "expenses.purchase"})),
    BuiltinRole(
        "分管领导", frozenset({*_LOOK, *_LOOK_AT_MONEY, *_LOOK_AT_SURVEYS, "expenses.sign", "expenses.verify"})
    ),
    BuiltinRole(
        "主要领导",
        frozenset(
            {*_LOOK, *_LOOK_AT_MONEY, *_LOOK_AT_SURVEYS, "expenses.sign", "expenses.override", "expenses.verify"}
        ),
    ),
    BuiltinRole(
        "财务",
        frozenset(
            {
                "inbox.view",
                *_LOOK_AT_MONEY,
                "expenses.pay",
                "expenses.void",
                "expenses.register_paper",
                "expenses.procurement",
                "expenses.budget",
                "expenses.income",
                "expenses.verify",
            }
        ),
    ),
    BuiltinRole("领导（只看）", frozenset({*_LOOK, *_LOOK_AT_MONEY, *_LOOK_AT_SURVEYS})),
)
