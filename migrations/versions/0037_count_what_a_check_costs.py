"""Count what a check costs who files it: minutes and taps, without content and without a person

Revision: 0037
Follows: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_burdens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("abandoned", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("taps", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_burdens")),
        sa.UniqueConstraint("uuid", "abandoned", name=op.f("uq_visit_burdens_uuid_abandoned")),
    )
    op.create_index(op.f("ix_visit_burdens_counted_on"), "visit_burdens", ["counted_on"])


def downgrade() -> None:
    op.drop_table("visit_burdens")
