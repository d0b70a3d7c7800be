"""Keep papers of illegal cases, and what was decided on proposed holiday patrols

Revision: 0029
Follows: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=40, create_constraint=True)


def upgrade() -> None:
    op.add_column("illegal_cases", sa.Column("reply_by", sa.Date(), nullable=True))
    op.create_table(
        "case_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("casepaperkind", "record", "referral"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["illegal_cases.id"], name=op.f("fk_case_papers_case_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_case_papers_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_papers")),
        sa.UniqueConstraint("kind", "year", "serial", name=op.f("uq_case_papers_kind_year_serial")),
    )
    for column in ("case_id", "number"):
        op.create_index(op.f(f"ix_case_papers_{column}"), "case_papers", [column])
    op.create_table(
        "proposed_patrols",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holiday_on", sa.Date(), nullable=False),
        sa.Column("phase", _words("phase", "before", "during", "after"), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_proposed_patrols_campaign_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_proposed_patrols_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_patrols")),
        sa.UniqueConstraint("holiday_on", "phase", name=op.f("uq_proposed_patrols_holiday_on_phase")),
    )


def downgrade() -> None:
    op.drop_table("proposed_patrols")
    op.drop_table("case_papers")
    op.drop_column("illegal_cases", "reply_by")
