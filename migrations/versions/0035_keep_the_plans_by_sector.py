"""Keep the plans by sector

Revision: 0035
Follows: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

CLASSES = (
    "duty_system", "training", "emergency", "related_parties", "equipment", "electrical", "fire", "hazchem", "dust",
    "confined_space", "special_equipment", "work_behaviour", "building", "occupational", "other",
)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=40, create_constraint=True)


def upgrade() -> None:
    op.create_table(
        "sector_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "sector", _words("sector", "hazchem", "industry", "fire", "crowded", "other"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reach", _words("planreach", "sector", "crowded", "every"), nullable=False),
        sa.Column("hazard_class", _words("hazardclass", *CLASSES), nullable=True),
        sa.Column("checklist_id", sa.Integer(), nullable=True),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("coverage_goal", sa.Integer(), nullable=True),
        sa.Column("rate_goal", sa.Integer(), nullable=True),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["checklist_id"], ["checklists.id"], name=op.f("fk_sector_plans_checklist_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["users.id"], name=op.f("fk_sector_plans_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector_plans")),
    )
    op.create_index(op.f("ix_sector_plans_from_on"), "sector_plans", ["from_on"])


def downgrade() -> None:
    op.drop_table("sector_plans")
