"""Keep the facts of checks compressed on SQLite

Revision: 0049
Follows: 0048

Only new checks are compressed; the text of earlier ones stays and is read as well. The number of this migration keeps a
program that cannot read compressed facts away from them.
"""

import zlib

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

PORTION = 500


def upgrade() -> None:
    pass


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        return
    guard = str(bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'checks_no_update'")))
    op.execute("DROP TRIGGER checks_no_update")
    packed = sa.text("SELECT id, facts FROM checks WHERE typeof(facts) = 'blob' LIMIT :most")
    unpacked = sa.text("UPDATE checks SET facts = :text WHERE id = :id")
    while rows := bind.execute(packed, {"most": PORTION}).all():
        bind.execute(
            unpacked, [{"id": number, "text": zlib.decompress(facts).decode()} for number, facts in rows]
        )
    op.execute(guard)
