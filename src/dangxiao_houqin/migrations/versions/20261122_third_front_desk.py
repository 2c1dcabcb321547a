"""The front desk: inbox, job leases, calendar, housekeeping, cards, compensation, head-counts, guests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_third_front_desk"
down_revision = "20261122_second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job_lease",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.Column("served", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_lease")),
    )
    op.create_table(
        "head_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("floor_id", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counter", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("present >= 0", name=op.f("ck_head_count_present")),
        sa.ForeignKeyConstraint(["floor_id"], ["floor.id"], name=op.f("fk_head_count_floor_id_floor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head_count")),
        sa.UniqueConstraint("floor_id", "night", name=op.f("uq_head_count_floor_id_night")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("head_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_head_count_night"), ["night"], unique=False)

    op.create_table(
        "inbox_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("ref_kind", sa.String(length=40), nullable=False),
        sa.Column("ref_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(role_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_inbox_item_assignee")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_inbox_item_role_id_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_inbox_item_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_item")),
        sa.UniqueConstraint("key", name=op.f("uq_inbox_item_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inbox_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_item_role_id"), ["role_id"], unique=False)
        batch_op.create_index("ix_inbox_item_state_due_on", ["state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbox_item_user_id"), ["user_id"], unique=False)

    op.create_table(
        "floor_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reporter", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        sa.Column("resolution", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("people >= 0", name=op.f("ck_floor_report_people")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_floor_report_room_id_room"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_report")),
        sa.UniqueConstraint("room_id", "on_day", name=op.f("uq_floor_report_room_id_on_day")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("floor_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_floor_report_on_day"), ["on_day"], unique=False)

    op.create_table(
        "handover_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checker", sa.String(length=60), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_class.id"], name=op.f("fk_handover_check_class_id_training_class")
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_handover_check_room_id_room"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_check")),
        sa.UniqueConstraint("class_id", "room_id", name=op.f("uq_handover_check_class_id_room_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("handover_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_check_room_id"), ["room_id"], unique=False)

    op.create_table(
        "housekeeping_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("linen", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_housekeeping_task_room_id_room"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_housekeeping_task")),
        sa.UniqueConstraint("room_id", "kind", "due_on", name=op.f("uq_housekeeping_task_room_id_kind_due_on")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("housekeeping_task", schema=None) as batch_op:
        batch_op.create_index("ix_housekeeping_task_state_due_on", ["state", "due_on"], unique=False)

    op.create_table(
        "lost_property",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=20), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("finder", sa.String(length=60), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("owner_phone", sa.String(length=40), nullable=False),
        sa.Column("kept_at", sa.String(length=60), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_lost_property_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lost_property")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("lost_property", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lost_property_room_id"), ["room_id"], unique=False)
        batch_op.create_index("ix_lost_property_state_keep_until", ["state", "keep_until"], unique=False)

    op.create_table(
        "room_care",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("cleaned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleaned_by", sa.String(length=60), nullable=False),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspected_by", sa.String(length=60), nullable=False),
        sa.Column("linen_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_care_room_id_room"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_care")),
        sa.UniqueConstraint("room_id", name=op.f("uq_room_care_room_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "bed_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stay_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.Column("guest_name", sa.String(length=80), nullable=False),
        sa.Column("from_bed_id", sa.Integer(), nullable=False),
        sa.Column("to_bed_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("handler", sa.String(length=80), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_bed_move_class_id_training_class")),
        sa.ForeignKeyConstraint(["from_bed_id"], ["bed.id"], name=op.f("fk_bed_move_from_bed_id_bed")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_bed_move_stay_id_stay")),
        sa.ForeignKeyConstraint(["to_bed_id"], ["bed.id"], name=op.f("fk_bed_move_to_bed_id_bed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_move")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("bed_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bed_move_class_id"), ["class_id"], unique=False)
        batch_op.create_index("ix_bed_move_on_day", ["on_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_bed_move_stay_id"), ["stay_id"], unique=False)

    op.create_table(
        "compensation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stay_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("receipt_no", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_compensation_amount")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_compensation_room_id_room")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_compensation_stay_id_stay")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("compensation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_compensation_stay_id"), ["stay_id"], unique=False)

    op.create_table(
        "guest_registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stay_id", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=150), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("id_kind", sa.String(length=20), nullable=False),
        sa.Column("id_number", sa.String(length=30), nullable=False),
        sa.Column("plate", sa.String(length=20), nullable=False),
        sa.Column("host", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=100), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_guest_registration_stay_id_stay")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_registration")),
        sa.UniqueConstraint("stay_id", name=op.f("uq_guest_registration_stay_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "head_count_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("head_count_id", sa.Integer(), nullable=False),
        sa.Column("stay_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["head_count_id"],
            ["head_count.id"],
            name=op.f("fk_head_count_absence_head_count_id_head_count"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_head_count_absence_stay_id_stay")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head_count_absence")),
        sa.UniqueConstraint("head_count_id", "stay_id", name=op.f("uq_head_count_absence_head_count_id_stay_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("head_count_absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_head_count_absence_stay_id"), ["stay_id"], unique=False)

    op.create_table(
        "key_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stay_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("copies > 0", name=op.f("ck_key_card_copies")),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_key_card_stay_id_stay")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_card")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("key_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_key_card_number"), ["number"], unique=False)
        batch_op.create_index("ix_key_card_state", ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_key_card_stay_id"), ["stay_id"], unique=False)

    op.create_table(
        "move_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stay_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("wish", sa.String(length=200), nullable=False),
        sa.Column("with_stay_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name=op.f("fk_move_request_stay_id_stay")),
        sa.ForeignKeyConstraint(["with_stay_id"], ["stay.id"], name=op.f("fk_move_request_with_stay_id_stay")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_request")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("move_request", schema=None) as batch_op:
        batch_op.create_index("ix_move_request_state", ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_move_request_stay_id"), ["stay_id"], unique=False)

    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.create_index("ix_enrollment_leave_on", ["leave_on"], unique=False)

    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="trainee", nullable=False))
        batch_op.add_column(sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("late_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("late_note", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("end_reason", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("planned_arrive", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("planned_leave", sa.Date(), nullable=True))
        batch_op.create_index("ix_stay_leave", ["leave"], unique=False)
        batch_op.create_index(batch_op.f("ix_stay_moved_from_id"), ["moved_from_id"], unique=False)
