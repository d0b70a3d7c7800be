"""Print long ledgers outside the request too, and let a person stop a print job

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = ("records", "ledger")
STATES = ("running", "done", "failed")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _held_to(*states: str) -> None:
    with op.batch_alter_table("print_jobs") as table:
        table.drop_constraint(op.f("ck_print_jobs_jobstate"), type_="check")
        table.create_check_constraint(op.f("ck_print_jobs_jobstate"), sa.column("state").in_(states))


def upgrade() -> None:
    with op.batch_alter_table("print_jobs") as table:
        table.add_column(
            sa.Column("kind", _one_of("jobkind", *KINDS), nullable=False, server_default="records")
        )
        table.add_column(sa.Column("asked", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("print_jobs") as table:
        table.alter_column("kind", server_default=None)
        table.alter_column("asked", server_default=None)
    _held_to(*STATES, "cancelled")


def downgrade() -> None:
    op.execute("DELETE FROM print_jobs WHERE kind <> 'records'")
    op.execute("UPDATE print_jobs SET state = 'failed' WHERE state = 'cancelled'")
    _held_to(*STATES)
    with op.batch_alter_table("print_jobs") as table:
        table.drop_constraint(op.f("ck_print_jobs_jobkind"), type_="check")
        table.drop_column("asked")
        table.drop_column("kind")
