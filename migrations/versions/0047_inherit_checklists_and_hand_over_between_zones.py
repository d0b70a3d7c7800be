"""Inherit checklists and laws from the province; keep tickets of its readers, what was handed over, and who signs files

Revision: 0047
Follows: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("items", "laws"):
        op.add_column(table, sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.add_column("checklist_versions", sa.Column("edition", sa.Integer(), nullable=True))
    op.create_table(
        "province_tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("reader_name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_tickets")),
        sa.UniqueConstraint("digest", name=op.f("uq_province_tickets_digest")),
    )
    op.create_table(
        "handed_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("in", "out", name="direction", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum("edition", "figures", name="content", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_over")),
        sa.UniqueConstraint(
            "direction", "kind", "partner", "number", name=op.f("uq_handed_over_direction_kind_partner_number")
        ),
    )
    op.create_table(
        "exchange_partners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_partners")),
        sa.UniqueConstraint("key", name=op.f("uq_exchange_partners_key")),
        sa.UniqueConstraint("public_key", name=op.f("uq_exchange_partners_public_key")),
    )


def downgrade() -> None:
    for table in ("exchange_partners", "handed_over", "province_tickets"):
        op.drop_table(table)
    op.drop_column("checklist_versions", "edition")
    for table in ("laws", "items"):
        op.drop_column(table, "source")
