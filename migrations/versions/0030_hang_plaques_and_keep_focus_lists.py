"""Hang plaques with public facts and keep focus lists by rule

Revision: 0030
Follows: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plaques",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_plaques_site_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_plaques_made_by_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["users.id"], name=op.f("fk_plaques_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaques")),
        sa.UniqueConstraint("digest", name=op.f("uq_plaques_digest")),
    )
    op.create_index(op.f("ix_plaques_site_id"), "plaques", ["site_id"])
    op.create_table(
        "focus_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focus_lists")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_focus_lists_name_zh")),
    )


def downgrade() -> None:
    op.drop_table("focus_lists")
    op.drop_index(op.f("ix_plaques_site_id"), "plaques")
    op.drop_table("plaques")
