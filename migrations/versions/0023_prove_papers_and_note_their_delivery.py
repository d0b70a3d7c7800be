"""Prove papers by a public page and note how notices were delivered

Revision: 0023
Follows: 0022
"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _create_deliveries() -> None:
    manner = sa.Enum(
        "paper", "link", "refused", name="manner", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "deliveries",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("manner", manner, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_deliveries_issued_by_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_deliveries_notice_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_deliveries_photo_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_deliveries_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_deliveries_year_serial")),
    )
    for column in ("notice_id", "number", "photo_id", "site_id"):
        op.create_index(op.f(f"ix_deliveries_{column}"), "deliveries", [column])


def upgrade() -> None:
    _create_deliveries()
    keys = op.create_table(
        "proof_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_keys")),
    )
    # Papers live longer than the key of sessions: the zone's own key makes their codes, so that they open for ever.
    op.bulk_insert(keys, [{"key": secrets.token_hex(32), "made_at": datetime.now(UTC)}])


def downgrade() -> None:
    op.drop_table("proof_keys")
    op.drop_table("deliveries")
