"""Remember how many checks a phone lost before they were sent

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_reports", sa.Column("lost", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("device_reports") as table:
        table.alter_column("lost", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("device_reports") as table:
        table.drop_column("lost")
