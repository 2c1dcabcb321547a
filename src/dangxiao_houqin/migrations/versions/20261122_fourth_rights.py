"""The roles the program brought along get the rights of the front desk, the rooms and the inbox.

Roles are rows: those of a school that was set up before keep what they had and get what is new. The names and keys are
written out, because the program's own list moves on and this step must not. Roles made by hand are not touched.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_fourth_rights"
down_revision = "20261122_third_front_desk"
branch_labels = None
depends_on = None

_LOOK = ("inbox.view", "housekeeping.view")
NEW = {
    "后勤办主任": (
        *_LOOK,
        "inbox.manage",
        "training.desk",
        "accommodation.desk",
        "housekeeping.work",
        "housekeeping.inspect",
        "housekeeping.lost",
        "housekeeping.rules",
    ),
    "住宿管理员": (
        *_LOOK,
        "training.desk",
        "accommodation.desk",
        "housekeeping.work",
        "housekeeping.inspect",
        "housekeeping.lost",
    ),
    "班主任": (*_LOOK, "training.desk"),
    "领导（只看）": _LOOK,
}


def upgrade() -> None:
    role = sa.table(
        "role",
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("permissions", sa.JSON),
        sa.column("builtin", sa.Boolean),
        sa.column("version", sa.Integer),
    )
    connection = op.get_bind()
    builtin = connection.execute(sa.select(role).where(role.c.builtin, role.c.name.in_(NEW))).all()
    for found in builtin:
        keys = sorted({*found.permissions, *NEW[found.name]})
        if keys != sorted(found.permissions):
            changed = sa.update(role).where(role.c.id == found.id)
            connection.execute(changed.values(permissions=keys, version=found.version + 1))
