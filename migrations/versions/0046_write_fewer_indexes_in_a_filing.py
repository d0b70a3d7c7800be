"""Write fewer indexes in a filing: of links and posters only the photos that have one, of days of visits one instead of two

Revision: 0046
Follows: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

OF_FEW = ("link_id", "poster_id")


def upgrade() -> None:
    for column in OF_FEW:
        has = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_photos_{column}", "photos")
        op.create_index(f"ix_photos_{column}", "photos", [column], sqlite_where=has, postgresql_where=has)
    op.drop_index("ix_checks_visited", "checks")  # ix_checks_visited_id begins with the day too


def downgrade() -> None:
    op.create_index("ix_checks_visited", "checks", ["visited_on", "kind"])
    for column in OF_FEW:
        op.drop_index(f"ix_photos_{column}", "photos")
        op.create_index(f"ix_photos_{column}", "photos", [column])
