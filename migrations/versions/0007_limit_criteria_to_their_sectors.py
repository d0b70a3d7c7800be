"""Limit the criteria for major hazards to the sectors in their scope

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Order 10 binds industry and trade, never sites of dangerous chemicals; AQ 3067 and the criteria before it only those.
SECTORS = {
    "order-10-major-hazard-criteria": "industry fire crowded other",
    "aq-3067-2026": "hazchem",
}


def upgrade() -> None:
    op.add_column("laws", sa.Column("sectors", sa.Text(), nullable=False, server_default=""))
    laws = sa.table("laws", sa.column("code", sa.String), sa.column("sectors", sa.String))
    for code, sectors in SECTORS.items():
        op.execute(laws.update().where(laws.c.code == code).values(sectors=sectors))
    with op.batch_alter_table("laws") as table:
        table.alter_column("sectors", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("laws") as table:
        table.drop_column("sectors")
