"""Page lists by key over covering indexes, and search text by an index

Revision: 0011
Follows: 0010

Whoever rebuilds a searched table later (batch_alter_table on SQLite) makes its triggers again.
"""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SEARCHED = {
    "hazards": ("number", "description", "place"),
    "checks": ("number",),
    "sites": ("name", "uscc", "address"),
    "users": ("name", "username", "phone"),
    "trainings": ("topic", "place", "organiser", "lecturer", "content"),
    "audiences": ("group_name",),
    "illegal_cases": ("place", "description", "department"),
}
# What the filters of the list of hazards ask most: known from the index, without the row.
LISTED = ("state", "grade", "hazard_class", "source", "found_by_id")
INDEXES = {
    "ix_hazards_found": ("hazards", ["found_on", "id", *LISTED]),
    "ix_hazards_site_found": ("hazards", ["site_id", "found_on", "id", *LISTED]),
    "ix_checks_visited_id": ("checks", ["visited_on", "id", "kind", "site_id", "inspector_id"]),
    "ix_sites_by_name": ("sites", ["kind", "name", "id"]),
    "ix_sites_by_area": ("sites", ["kind", "area", "name", "id"]),
}
REPLACED = {"ix_hazards_found_on": ("hazards", ["found_on"])}
# Unsettled hazards by their due date, those without one behind them, the settled ones last.
UNSETTLED = (
    "'draft', 'open', 'in_progress', 'extension_pending', 'reported_done', 'verified', 'sent_back', 'referred'"
)
QUEUE = (
    f"(CASE WHEN state IN ({UNSETTLED}) THEN coalesce(due_on, '9998-12-31') ELSE '9999-12-31' END), "
    "found_on DESC, id DESC, " + ", ".join((*LISTED, "site_id"))
)
RISK = "(CASE risk WHEN 'red' THEN 0 WHEN 'orange' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END)"


def _text(columns: tuple[str, ...], row: str) -> str:
    """In small letters, two line ends behind each column: every character begins a trigram of its own column."""
    return " || ".join(f"lower(coalesce({row}.{name}, '')) || char(10, 10)" for name in columns)


def _search_in_sqlite(table: str, columns: tuple[str, ...]) -> None:
    search = f"{table}_search"
    put = f"INSERT INTO {search} (rowid, text) VALUES (new.id, {_text(columns, 'new')});"
    take = f"INSERT INTO {search} ({search}, rowid, text) VALUES ('delete', old.id, {_text(columns, 'old')});"
    op.execute(
        f"CREATE VIRTUAL TABLE {search} USING fts5"
        "(text, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')"
    )
    op.execute(f"CREATE VIRTUAL TABLE {search}_terms USING fts5vocab({search}, 'instance')")
    op.execute(f"INSERT INTO {search} (rowid, text) SELECT id, {_text(columns, table)} FROM {table}")
    op.execute(f"CREATE TRIGGER {search}_insert AFTER INSERT ON {table} BEGIN {put} END")
    op.execute(f"CREATE TRIGGER {search}_update AFTER UPDATE OF {', '.join(columns)} ON {table} BEGIN {take} {put} END")
    op.execute(f"CREATE TRIGGER {search}_delete AFTER DELETE ON {table} BEGIN {take} END")


def _search_in_postgresql() -> None:
    bind = op.get_bind()
    try:
        with bind.begin_nested():
            bind.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError as problem:
        logging.getLogger("alembic").warning(
            "pg_trgm cannot be created (%s): searching reads every row. Let the database's owner create the extension, "
            "then downgrade to 0010 and upgrade again.",
            problem.orig,
        )
        return
    for table, columns in SEARCHED.items():
        parts = ", ".join(f"{name} gin_trgm_ops" for name in columns)
        op.execute(f"CREATE INDEX search_{table} ON {table} USING gin ({parts})")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    for name, (table, _columns) in REPLACED.items():
        op.drop_index(name, table)
    op.execute(f"CREATE INDEX order_hazards_queue ON hazards ({QUEUE})")
    op.execute(f"CREATE INDEX order_sites_risk ON sites (kind, {RISK}, name, id)")
    if sqlite:
        for table, columns in SEARCHED.items():
            _search_in_sqlite(table, columns)
        # A sample of each index: without it the planner takes all of them for alike.
        op.execute("PRAGMA analysis_limit = 1000")
        op.execute("ANALYZE")
    else:
        _search_in_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in SEARCHED:
            for event in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_search_{event}")
            op.execute(f"DROP TABLE {table}_search_terms")
            op.execute(f"DROP TABLE {table}_search")
    else:
        for table in SEARCHED:
            op.execute(f"DROP INDEX IF EXISTS search_{table}")
    op.execute("DROP INDEX order_sites_risk")
    op.execute("DROP INDEX order_hazards_queue")
    for name, (table, columns) in REPLACED.items():
        op.create_index(name, table, columns)
    for name, (table, _columns) in INDEXES.items():
        op.drop_index(name, table)
