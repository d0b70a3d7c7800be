"""Draw closed hazards into a sample that is looked back at

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look_backs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("relapse_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazards.id"], name=op.f("fk_look_backs_hazard_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["users.id"], name=op.f("fk_look_backs_done_by_id")),
        sa.ForeignKeyConstraint(["relapse_id"], ["hazards.id"], name=op.f("fk_look_backs_relapse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_backs")),
        sa.UniqueConstraint("hazard_id", name=op.f("uq_look_backs_hazard_id")),
    )
    op.create_index(op.f("ix_look_backs_done_on"), "look_backs", ["done_on"])


def downgrade() -> None:
    op.drop_table("look_backs")
