"""The roles the program brought along get the rights of surveys.

As in the seventh step: written out here, roles made by hand stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_tenth_rights"
down_revision = "20261122_ninth_ballot_box"
branch_labels = None
depends_on = None

_LOOK = ("surveys.view", "surveys.suggestions_view")

NEW = {
    "后勤办主任": (
        *_LOOK,
        "surveys.edit",
        "surveys.run",
        "surveys.enter",
        "surveys.comments",
        "surveys.export",
        "surveys.kiosk",
        "surveys.suggestions",
    ),
    "住宿管理员": (*_LOOK, "surveys.enter", "surveys.suggestions"),
    "班主任": (*_LOOK, "surveys.run", "surveys.kiosk"),
    "分管领导": _LOOK,
    "主要领导": _LOOK,
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
    for found in connection.execute(sa.select(role).where(role.c.builtin, role.c.name.in_(NEW))).all():
        keys = sorted({*found.permissions, *NEW[found.name]})
        if keys != sorted(found.permissions):
            changed = sa.update(role).where(role.c.id == found.id)
            connection.execute(changed.values(permissions=keys, version=found.version + 1))
