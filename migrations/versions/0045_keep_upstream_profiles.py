"""Keep the profiles that an office writes for outer platforms

Revision: 0045
Follows: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upstream_profiles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_upstream_profiles_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upstream_profiles")),
        sa.UniqueConstraint("name", name=op.f("uq_upstream_profiles_name")),
    )


def downgrade() -> None:
    op.drop_table("upstream_profiles")
