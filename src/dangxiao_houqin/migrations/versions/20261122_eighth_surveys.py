"""Surveys: questionnaires, campaigns, the ballot box, results, entry of papers, suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_eighth_surveys"
down_revision = "20261122_seventh_rights"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("name", name=op.f("uq_questionnaire_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "survey_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("term", sa.String(length=10), nullable=False),
        sa.Column("group_key", sa.String(length=40), nullable=False),
        sa.Column("group_title", sa.String(length=40), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("formula", sa.String(length=2), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("rate_bp BETWEEN 0 AND 10000", name=op.f("ck_survey_history_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_history")),
        sa.UniqueConstraint(
            "year", "term", "group_key", "source", name=op.f("uq_survey_history_year_term_group_key_source")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "questionnaire_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_questionnaire_version_questionnaire_id_questionnaire"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint(
            "questionnaire_id", "number", name=op.f("uq_questionnaire_version_questionnaire_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "survey_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject_text", sa.String(length=120), nullable=False),
        sa.Column("class_kind", sa.String(length=40), nullable=False),
        sa.Column("anonymity", sa.String(length=10), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=400), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_survey_campaign_dates")),
        sa.CheckConstraint("expected >= 0", name=op.f("ck_survey_campaign_expected")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_survey_campaign_version_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_campaign")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("survey_campaign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_campaign_held_on"), ["held_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_campaign_state"), ["state"], unique=False)
        batch_op.create_index("ix_survey_campaign_subject", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_campaign_version_id"), ["version_id"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.SmallInteger(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("first_contact_id", sa.Integer(), nullable=True),
        sa.Column("first_contact", sa.String(length=40), nullable=False),
        sa.Column("from_whom", sa.String(length=40), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("content", sa.String(length=1000), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("result", sa.String(length=1000), nullable=False),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("feedback", sa.String(length=12), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("search_key", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["survey_campaign.id"], name=op.f("fk_suggestion_campaign_id_survey_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_suggestion_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["first_contact_id"], ["staff_member.id"], name=op.f("fk_suggestion_first_contact_id_staff_member")
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["user_account.id"], name=op.f("fk_suggestion_handler_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("number", name=op.f("uq_suggestion_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index("ix_suggestion_campaign_id", ["campaign_id", "question"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_first_contact_id"), ["first_contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_handler_id"), ["handler_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_received_on"), ["received_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_state"), ["state"], unique=False)

    op.create_table(
        "survey_code",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["survey_campaign.id"],
            name=op.f("fk_survey_code_campaign_id_survey_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "code_hash", name=op.f("pk_survey_code")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_entry_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["survey_campaign.id"],
            name=op.f("fk_survey_entry_batch_campaign_id_survey_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["user_account.id"], name=op.f("fk_survey_entry_batch_first_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["user_account.id"], name=op.f("fk_survey_entry_batch_second_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_entry_batch")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("survey_entry_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_entry_batch_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "survey_response",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["survey_campaign.id"],
            name=op.f("fk_survey_response_campaign_id_survey_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_response", schema=None) as batch_op:
        batch_op.create_index("ix_survey_response_campaign_id", ["campaign_id"], unique=False)

    op.create_table(
        "survey_text",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["survey_campaign.id"],
            name=op.f("fk_survey_text_campaign_id_survey_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_text")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_text", schema=None) as batch_op:
        batch_op.create_index("ix_survey_text_campaign_id", ["campaign_id"], unique=False)

    op.create_table(
        "survey_choice",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("response_id", sa.BigInteger(), nullable=False),
        sa.Column("option", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["survey_response.id"],
            name=op.f("fk_survey_choice_response_id_survey_response"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "question", "response_id", "option", name=op.f("pk_survey_choice")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_entry_sheet",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("turn", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["survey_entry_batch.id"],
            name=op.f("fk_survey_entry_sheet_batch_id_survey_entry_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "sheet", "turn", name=op.f("pk_survey_entry_sheet")),
    )
    op.create_table(
        "survey_paper",
        sa.Column("paper_id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint("length(answers) <= 30000", name=op.f("ck_survey_paper_size")),
        sa.CheckConstraint("length(paper_id) = 32", name=op.f("ck_survey_paper_paper_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "code_hash"],
            ["survey_code.campaign_id", "survey_code.code_hash"],
            name=op.f("fk_survey_paper_campaign_id_code_hash_survey_code"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["survey_campaign.id"],
            name=op.f("fk_survey_paper_campaign_id_survey_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_survey_paper")),
        sa.UniqueConstraint("campaign_id", "code_hash", name=op.f("uq_survey_paper_campaign_id_code_hash")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_paper", schema=None) as batch_op:
        batch_op.create_index("ix_survey_paper_campaign_id", ["campaign_id"], unique=False)

    op.create_table(
        "survey_rating",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("response_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 5", name=op.f("ck_survey_rating_value")),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["survey_response.id"],
            name=op.f("fk_survey_rating_response_id_survey_response"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "question", "response_id", name=op.f("pk_survey_rating")),
        sqlite_with_rowid=False,
    )
