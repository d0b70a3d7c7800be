"""Keep records that were found false with what the person said and the decision: points are deducted for them

Revision: 0050
Follows: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

STATES = ("hearing", "imposed", "dropped", "withdrawn")
APPEALS = ("waiting", "accepted", "declined")


def choice(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    people = ("person_id", "recorded_by_id", "decided_by_id", "appeal_decided_by_id", "withdrawn_by_id")
    others = {"check_id": "checks.id", "hazard_id": "hazards.id", "evidence_photo_id": "photos.id"}
    keys = others | dict.fromkeys(people, "users.id")
    op.create_table(
        "deductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.Column("hazard_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_on", sa.Date(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_photo_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hear_until", sa.Date(), nullable=False),
        sa.Column("state", choice("deductionstate", STATES), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("appeal_reason", sa.Text(), nullable=False),
        sa.Column("appeal_evidence", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_state", choice("appealstate", APPEALS), nullable=True),
        sa.Column("appeal_note", sa.Text(), nullable=False),
        sa.Column("appeal_decided_by_id", sa.Integer(), nullable=True),
        sa.Column("appeal_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(check_id IS NULL) <> (hazard_id IS NULL)", name=op.f("ck_deductions_one_record")
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_deductions_{column}"))
            for column, target in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deductions")),
    )
    op.create_index("ix_deductions_record_on", "deductions", ["record_on"])
    live = sa.text("state IN ('hearing', 'imposed')")
    for column in ("check_id", "hazard_id"):
        op.create_index(
            f"uq_deductions_live_{column}",
            "deductions",
            ["person_id", column],
            unique=True,
            sqlite_where=live,
            postgresql_where=live,
        )


def downgrade() -> None:
    op.drop_table("deductions")
