"""Let participants of trainings sign in by a code and take exams on the phone, from a bank of questions

Revision: 0033
Follows: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_sheets()
    _create_attendees()
    _create_questions()
    _create_exams()
    _create_attempts()
    _create_answers()


def _create_sheets() -> None:
    op.create_table(
        "sign_in_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name=op.f("fk_sign_in_sheets_training_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_sign_in_sheets_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sheets")),
        sa.UniqueConstraint("training_id", name=op.f("uq_sign_in_sheets_training_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_sheets_digest")),
    )


def _create_attendees() -> None:
    op.create_table(
        "attendees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name=op.f("fk_attendees_training_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_attendees_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendees")),
        sa.UniqueConstraint("training_id", "person_key", name=op.f("uq_attendees_training_id_person_key")),
    )
    op.create_index(op.f("ix_attendees_site_id"), "attendees", ["site_id"])


def _create_questions() -> None:
    kinds = ("single", "multiple", "true_false")
    kind = sa.Enum(*kinds, name="questionkind", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("options_zh", sa.JSON(), nullable=False),
        sa.Column("options_en", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("explanation_zh", sa.Text(), nullable=False),
        sa.Column("explanation_en", sa.Text(), nullable=False),
        sa.Column("law_zh", sa.Text(), nullable=False),
        sa.Column("law_en", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_questions_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_topic"), "questions", ["topic"])


def _create_exams() -> None:
    op.create_table(
        "exams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name=op.f("fk_exams_training_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_exams_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exams")),
        sa.UniqueConstraint("training_id", name=op.f("uq_exams_training_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_exams_digest")),
    )


def _create_attempts() -> None:
    op.create_table(
        "exam_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("right", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_exam_attempts_exam_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_exam_attempts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_attempts")),
        sa.UniqueConstraint(
            "exam_id", "person_key", "number", name=op.f("uq_exam_attempts_exam_id_person_key_number")
        ),
    )
    op.create_index(op.f("ix_exam_attempts_site_id"), "exam_attempts", ["site_id"])


def _create_answers() -> None:
    op.create_table(
        "exam_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=True),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["exam_attempts.id"], name=op.f("fk_exam_answers_attempt_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_exam_answers_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_answers")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_exam_answers_attempt_id_position")),
    )
    op.create_index(op.f("ix_exam_answers_question_id"), "exam_answers", ["question_id"])


def downgrade() -> None:
    tables = ("exam_answers", "exam_attempts", "exams", "questions", "attendees", "sign_in_sheets")
    for table in tables:
        op.drop_table(table)
