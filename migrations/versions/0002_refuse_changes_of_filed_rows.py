"""Refuse changes of filed rows: what was filed, photographed or recorded is evidence; corrections are new rows

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("answers", "check_photos", "signatures", "photos", "hazard_events", "hazard_photos", "history")
WORDS = "filed rows are evidence: they are corrected by new rows"
FLAGS = "flags"  # marks that a later part of the same filing, or a manager, sets on a check


def _columns(table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]


def upgrade() -> None:
    checks = ", ".join(name for name in _columns("checks") if name != FLAGS)
    guards = [(table, "UPDATE") for table in TABLES] + [("checks", f"UPDATE OF {checks}")]
    guards += [(table, "DELETE") for table in (*TABLES, "checks")]
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for table, change in guards:
        name = f"{table}_no_{change.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {body}")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in (*TABLES, "checks"):
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{change}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION refuse_change()")
