"""Let items be measured within limits, ask for a photo and show how to look; keep who asked for a version

Revision: 0044
Follows: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

NEW = {
    "items": (
        "quantity_zh", "quantity_en", "unit", "lower", "upper", "guidance_zh", "guidance_en", "right_example",
        "wrong_example",
    ),
    "checklist_versions": ("asked_by",),
    "answers": ("reading", "reading_reason", "no_photo"),
}  # fmt: skip


def upgrade() -> None:
    for table, names in NEW.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "items", sa.Column("photo_required", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("items", sa.Column("decimals", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for name in ("photo_required", "decimals"):
        op.drop_column("items", name)
    for table, names in NEW.items():
        for name in names:
            op.drop_column(table, name)
