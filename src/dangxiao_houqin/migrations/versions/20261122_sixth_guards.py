"""Signatures, what was signed and attached bytes are never changed: the database itself refuses."""

from __future__ import annotations

from alembic import op

revision = "20261122_sixth_guards"
down_revision = "20261122_fifth_expenses"
branch_labels = None
depends_on = None

GUARDED = {
    "signature_record": ("UPDATE", "DELETE"),
    "signed_content": ("UPDATE", "DELETE"),
    "attachment_content": ("UPDATE",),
}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verbs in GUARDED.items():
        sentence = f"{table} is append-only"
        if sqlite:
            for verb in verbs:
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
                )
            continue
        op.execute(
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{sentence}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {' OR '.join(verbs)} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
        )
