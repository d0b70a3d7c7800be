"""Take decisions on reported rectifications from phones, each once

Revision: 0021
Follows: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["hazard_events.id"], name=op.f("fk_verifications_event_id_hazard_events")
        ),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_verifications")),
        sa.UniqueConstraint("event_id", name=op.f("uq_verifications_event_id")),
    )


def downgrade() -> None:
    op.drop_table("verifications")
