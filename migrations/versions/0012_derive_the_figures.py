"""Keep how hazards stood in which days, and how much figures changed on which day

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = (
    "draft", "open", "in_progress", "extension_pending", "reported_done", "verified", "sent_back", "closed",
    "referred", "void",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "hazard_spans",
        sa.Column("hazard_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in (
                "due", "past_due", "fixed_on_spot", "major", "undecided", "looked_at", "reported", "done_in_time",
            )
        ),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazards.id"], name=op.f("fk_hazard_spans_hazard_id")),
        sa.PrimaryKeyConstraint("hazard_id", "from_on", name=op.f("pk_hazard_spans")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_hazard_spans_void",
        "hazard_spans",
        ["from_on", "hazard_id"],
        sqlite_where=sa.text("state = 'void'"),
        postgresql_where=sa.text("state = 'void'"),
    )
    op.create_index("ix_hazard_spans_closed", "hazard_spans", ["closed_on"])
    op.create_table(
        "figure_changes",
        sa.Column("figure", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column(
            "grain",
            sa.Enum("day", "month", name="grain", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("cohort", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "figure", "by", "grain", "since", "cohort", "key", name=op.f("pk_figure_changes")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figure_editions",
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_figure_editions")),
    )


def downgrade() -> None:
    op.drop_table("figure_editions")
    op.drop_table("figure_changes")
    op.drop_table("hazard_spans")
