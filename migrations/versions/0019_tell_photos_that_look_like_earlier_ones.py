"""Tell which photos look like earlier ones

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _photo(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["photos.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "photo_prints",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=16), nullable=False),
        _photo("photo_prints", "photo_id"),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_prints")),
    )
    op.create_table(
        "photo_likenesses",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        _photo("photo_likenesses", "photo_id"),
        _photo("photo_likenesses", "earlier_id"),
        sa.PrimaryKeyConstraint("photo_id", "earlier_id", name=op.f("pk_photo_likenesses")),
    )
    op.create_index(op.f("ix_photo_likenesses_earlier_id"), "photo_likenesses", ["earlier_id"])


def downgrade() -> None:
    op.drop_table("photo_likenesses")
    op.drop_table("photo_prints")
