"""Let hazards be found again, merged and looked back at, and count repeats when they are found

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

from xuncha.core.allowed_words import change_allowed_words

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ACTS = ("found_again", "merge", "look_back", "relapse")
# What the release before calls them: it reads no other names.
BEFORE = {"found_again": "remind", "look_back": "remind", "relapse": "remind", "merge": "void"}
UPDATES = "hazard_events_no_update"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _year_before(day: str) -> str:
    return f"date({day}, '-1 year')" if _is_sqlite() else f"({day} - interval '1 year')::date"


def upgrade() -> None:
    change_allowed_words("hazard_events", "act", "ck_hazard_events_act", add=ACTS)
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
    change_allowed_words("hazard_events", "act", "ck_hazard_events_act", remove=ACTS)
