"""Index the hazards that are or may be major: the list counts them at each opening

Revision: 0052
Follows: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

MAJOR = sa.text("grade != 'general'")


def upgrade() -> None:
    op.create_index("ix_hazards_major", "hazards", ["state"], sqlite_where=MAJOR, postgresql_where=MAJOR)


def downgrade() -> None:
    op.drop_index("ix_hazards_major", table_name="hazards")
