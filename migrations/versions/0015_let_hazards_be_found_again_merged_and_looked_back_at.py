"""Let hazards be found again, merged and looked back at, and count repeats when they are found

Revision: 0015
Follows: 0013
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

ACTS = ("found_again", "merge", "look_back", "relapse")
# What the release before calls them: it reads no other names.
BEFORE = {"found_again": "remind", "look_back": "remind", "relapse": "remind", "merge": "void"}
HELD = "ck_hazard_events_act"
UPDATES = "hazard_events_no_update"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _hold_acts(*, added: tuple[str, ...] = (), removed: tuple[str, ...] = ()) -> None:
    """Change which acts the check constraint allows, whatever other migrations added to it."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("hazard_events")
    text = next(check["sqltext"] for check in checks if check["name"] == HELD)
    acts = [act for act in (*re.findall(r"'([a-z_]+)'", text), *added) if act not in removed]
    if not _is_sqlite():
        op.drop_constraint(op.f(HELD), "hazard_events", type_="check")
        op.create_check_constraint(op.f(HELD), "hazard_events", sa.column("act").in_(acts))
        return
    # A copy of the table would break the references of photos and lose the triggers that guard the evidence; rows of a
    # wider constraint lie in the file as before (sqlite.org/lang_altertable.html, "other kinds of table schema changes").
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema=ON")
    schema = sa.table("sqlite_master", sa.column("sql"), sa.column("name"))
    held = "act IN (" + ", ".join(f"'{act}'" for act in acts) + ")"
    op.execute(
        schema.update()
        .where(schema.c.name == "hazard_events")
        .values(sql=sa.func.replace(schema.c.sql, text, held))
    )
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=RESET")


def _year_before(day: str) -> str:
    return f"date({day}, '-1 year')" if _is_sqlite() else f"({day} - interval '1 year')::date"


def upgrade() -> None:
    _hold_acts(added=ACTS)
    op.add_column("hazards", sa.Column("occurrence", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        "UPDATE hazards SET occurrence = 1 + (SELECT count(*) FROM hazards AS earlier WHERE earlier.site_id = hazards.site_id"
        " AND earlier.item_code = hazards.item_code AND earlier.state <> 'void' AND earlier.found_on < hazards.found_on"
        f" AND earlier.found_on >= {_year_before('hazards.found_on')})"
        " WHERE repeat_of_id IS NOT NULL AND item_code <> ''"
    )
    op.execute("UPDATE hazards SET occurrence = 2 WHERE repeat_of_id IS NOT NULL AND occurrence = 1")


def _rename_acts() -> None:
    events = sa.table("hazard_events", sa.column("act", sa.String))
    named = sa.case(*((events.c.act == act, old) for act, old in BEFORE.items()))
    rename = events.update().where(events.c.act.in_(ACTS)).values(act=named)
    if not _is_sqlite():
        op.execute(f"ALTER TABLE hazard_events DISABLE TRIGGER {UPDATES}")
        op.execute(rename)
        op.execute(f"ALTER TABLE hazard_events ENABLE TRIGGER {UPDATES}")
        return
    master = sa.table("sqlite_master", sa.column("sql"), sa.column("name"))
    guard = op.get_bind().scalars(sa.select(master.c.sql).where(master.c.name == UPDATES)).one()
    op.execute(f"DROP TRIGGER {UPDATES}")
    op.execute(rename)
    op.execute(sa.text(guard.replace(":", "\\:")))


def downgrade() -> None:
    if _is_sqlite():
        op.execute("ALTER TABLE hazards DROP COLUMN occurrence")
    else:
        op.drop_column("hazards", "occurrence")
    _rename_acts()
    _hold_acts(removed=ACTS)
