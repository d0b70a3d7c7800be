"""Keep marks drawn over a photo by whoever opened the link of a notice

Revision: 0041
Follows: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

RULE = "(author_id IS NULL) <> (link_id IS NULL)"


def upgrade() -> None:
    # Both databases change the table where it stands: a copy would lose the triggers that guard evidence.
    op.execute(
        "ALTER TABLE photo_marks ADD COLUMN link_id INTEGER "
        "CONSTRAINT fk_photo_marks_link_id_notice_links REFERENCES notice_links (id)"
    )
    op.execute("ALTER TABLE photo_marks ADD COLUMN author_name TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE photo_marks ALTER COLUMN author_id DROP NOT NULL")
    op.execute(f"ALTER TABLE photo_marks ADD CONSTRAINT ck_photo_marks_one_author CHECK ({RULE})")


def downgrade() -> None:
    op.execute("ALTER TABLE photo_marks DROP CONSTRAINT ck_photo_marks_one_author")
    guard = _lift_guard()
    # What came by a link counts as drawn by whoever made the link.
    maker = "(SELECT made_by_id FROM notice_links WHERE id = link_id)"
    op.execute(f"UPDATE photo_marks SET author_id = {maker} WHERE author_id IS NULL")
    op.execute("ALTER TABLE photo_marks ALTER COLUMN author_id SET NOT NULL")
    op.execute("ALTER TABLE photo_marks DROP COLUMN author_name")
    op.execute("ALTER TABLE photo_marks DROP COLUMN link_id")
    op.execute(guard)


def _lift_guard() -> str:
    """Take away the trigger that refuses changes; what puts it back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE photo_marks DISABLE TRIGGER USER")
        return "ALTER TABLE photo_marks ENABLE TRIGGER USER"
    query = sa.text("SELECT sql FROM sqlite_master WHERE name = 'photo_marks_no_update'")
    kept = str(op.get_bind().scalar(query))
    op.execute("DROP TRIGGER photo_marks_no_update")
    return kept
