"""Keep the zone's settings with who set them and when; rows are only added

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_settings_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("key", "edition", name=op.f("uq_settings_key_edition")),
    )
    # refuse_change() of PostgreSQL comes with 0002.
    postgresql = op.get_bind().dialect.name == "postgresql"
    body = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER settings_no_{change.lower()} BEFORE {change} ON settings {body}")


def downgrade() -> None:
    op.drop_table("settings")  # and its triggers with it
