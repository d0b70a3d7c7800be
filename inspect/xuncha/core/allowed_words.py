"""For migrations: the words that a column's check constraint allows, changed where the constraint is written."""

from __future__ import annotations

import re
from collections.abc import Collection

import sqlalchemy as sa
from alembic import op


def change_allowed_words(
    table: str, column: str, constraint: str, *, add: Collection[str] = (), remove: Collection[str] = ()
) -> None:
    """Let a column hold more or fewer words than its constraint names now, whatever other migrations added to it."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    said = next(check["sqltext"] for check in checks if check["name"] == constraint)
    words = [word for word in re.findall(r"'(\w+)'", said) if word not in {*add, *remove}]
    allowed = f"{column} IN ({', '.join(repr(word) for word in (*words, *add))})"
    if op.get_bind().dialect.name == "sqlite":
        _restate_in_sqlite(table, constraint, allowed)
    else:
        op.drop_constraint(op.f(constraint), table, type_="check")
        op.create_check_constraint(op.f(constraint), table, sa.text(allowed))


def _restate_in_sqlite(table: str, constraint: str, allowed: str) -> None:
    """Change the constraint in the schema: a copied table could not take the place of one that other rows refer to, and
    would lose its triggers. SQLite allows this for constraints that say nothing of how rows are stored
    (lang_altertable.html, section 7)."""
    bind = op.get_bind()
    where = {"table": table}
    query = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table")
    written, changes = re.subn(
        rf"(CONSTRAINT \"?{constraint}\"? CHECK) \(.*?\)\)",
        rf"\1 ({allowed})",
        bind.execute(query, where).scalar_one(),
    )
    if changes != 1:
        raise RuntimeError(f"{table} has no constraint {constraint} as SQLAlchemy writes it")
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        where | {"sql": written},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
