"""The roles the program brought along get the rights of expenses; roles a school has never got are created.

Roles are rows: those of a school that was set up before keep what they had and get what is new. The names and keys are
written out, because the program's own list moves on and this step must not. Roles made by hand are not touched, also
where they bear the name of one of the program's. A database without any role is not a school yet and stays so.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "20261122_seventh_rights"
down_revision = "20261122_sixth_guards"
branch_labels = None
depends_on = None

_LOOK = (
    "accommodation.view",
    "housekeeping.view",
    "inbox.view",
    "organization.staff_view",
    "places.view",
    "training.view",
)
_LOOK_AT_MONEY = ("expenses.view", "expenses.budget_view", "expenses.income_view")

NEW = {
    "后勤办主任": (
        *_LOOK_AT_MONEY,
        "expenses.claim",
        "expenses.sign",
        "expenses.purchase",
        "expenses.procurement",
        "expenses.procurement_rules",
        "expenses.register_paper",
        "expenses.verify",
    ),
    "住宿管理员": ("expenses.claim", "expenses.purchase"),
    "班主任": ("expenses.claim",),
    "领导（只看）": _LOOK_AT_MONEY,
}
CREATED = {
    "客房服务": ("inbox.view", "places.view", "housekeeping.view", "housekeeping.work"),
    "经办人": ("inbox.view", "expenses.claim", "expenses.purchase"),
    "分管领导": (*_LOOK, *_LOOK_AT_MONEY, "expenses.sign", "expenses.verify"),
    "主要领导": (*_LOOK, *_LOOK_AT_MONEY, "expenses.sign", "expenses.override", "expenses.verify"),
    "财务": (
        "inbox.view",
        *_LOOK_AT_MONEY,
        "expenses.pay",
        "expenses.void",
        "expenses.register_paper",
        "expenses.procurement",
        "expenses.budget",
        "expenses.income",
        "expenses.verify",
    ),
}


def upgrade() -> None:
    role = sa.table(
        "role",
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("permissions", sa.JSON),
        sa.column("builtin", sa.Boolean),
        sa.column("version", sa.Integer),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    connection = op.get_bind()
    known = set(connection.scalars(sa.select(role.c.name)))
    builtin = connection.execute(sa.select(role).where(role.c.builtin, role.c.name.in_(NEW))).all()
    for found in builtin:
        keys = sorted({*found.permissions, *NEW[found.name]})
        if keys != sorted(found.permissions):
            changed = sa.update(role).where(role.c.id == found.id)
            connection.execute(changed.values(permissions=keys, version=found.version + 1))
    if not known:
        return
    now = datetime.now(UTC)
    if connection.dialect.name == "sqlite":
        now = now.replace(tzinfo=None)  # SQLite keeps UTC without saying so
    else:  # rows that came in with their numbers (a copy between servers) leave the counter of numbers behind
        connection.execute(sa.text("SELECT setval(pg_get_serial_sequence('role', 'id'), (SELECT max(id) FROM role))"))
    for name, permissions in CREATED.items():
        if name not in known:
            fresh = {"name": name, "permissions": sorted(permissions), "builtin": True, "version": 1}
            connection.execute(sa.insert(role).values(**fresh, created_at=now, updated_at=now))
