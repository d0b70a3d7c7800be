"""Keep the outline of the zone for its map; rows are only added

Revision: 0027
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    op.create_table(
        "outlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rings", sa.JSON(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_outlines_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlines")),
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    body = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER outlines_no_{change.lower()} BEFORE {change} ON outlines {body}")


def downgrade() -> None:
    op.drop_table("outlines")  # and its triggers with it
