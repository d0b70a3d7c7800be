"""Keep what each handover of sites moved, so that it can be undone; rows are only added

Revision: 0040
Follows: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

WORDS = "filed rows are evidence: they are corrected by new rows"


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("moves", sa.JSON(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_handovers_actor_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["handovers.id"], name=op.f("fk_handovers_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_handovers_undoes_id")),
    )
    op.create_index("ix_handovers_actor_id", "handovers", ["actor_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    body = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER handovers_no_{change.lower()} BEFORE {change} ON handovers {body}")


def downgrade() -> None:
    op.drop_table("handovers")  # and its triggers with it
