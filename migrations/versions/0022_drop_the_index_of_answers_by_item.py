"""Drop the index of answers by item: no query uses it, and a filing of 20 answers wrote 20 pages more for it

Revision: 0022
Follows: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_answers_item", table_name="answers")


def downgrade() -> None:
    op.create_index("ix_answers_item", "answers", ["item_id", "result"])
