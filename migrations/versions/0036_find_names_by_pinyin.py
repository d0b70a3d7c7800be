"""Find names by Pinyin

Revision: 0036
Follows: 0035

The columns are filled once the newest migration has run (migrations/env.py).
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NAMED = ("sites", "contacts", "users", "items")


def upgrade() -> None:
    for table in NAMED:
        op.add_column(table, sa.Column("pinyin", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table in NAMED:
        # Without copying the table: a copy would lose the triggers of its search table.
        op.drop_column(table, "pinyin")
