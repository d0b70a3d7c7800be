"""Keep what people draw over photos; a version that was saved is never changed

Revision: 0020
Follows: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    op.create_table(
        "photo_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("shapes", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_photo_marks_photo_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_photo_marks_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_marks")),
    )
    op.create_index(op.f("ix_photo_marks_photo_id"), "photo_marks", ["photo_id"])
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER photo_marks_no_{change.lower()} BEFORE {change} ON photo_marks {body}")


def downgrade() -> None:
    op.drop_table("photo_marks")
