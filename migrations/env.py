"""Alembic's environment: migrations run on the application's own engine and name only SQLAlchemy's types."""

import warnings
from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from xuncha.core import pinyin
from xuncha.stats.totals import rebuild

migrate = current_app.extensions["migrate"]
# A table that is copied is read with those it refers to; the indexes of 0011 stand on none that is copied.
warnings.filterwarnings("ignore", message="Skipped unsupported reflection of expression-based index")


def plain_type(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write the database's type of a column, not the application's: a migration must outlive the code."""
    if kind == "type" and isinstance(thing, sa.types.TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def is_modelled(_thing: Any, name: str | None, kind: str, reflected: bool, twin: Any) -> bool:
    """Leave out of a comparison what migration 0011 alone knows: tables and indexes of the search, orders by an expression."""
    unknown = reflected and twin is None
    searching = (
        "_search" in (name or "") if kind == "table" else (name or "").startswith(("search_", "order_"))
    )
    return not (unknown and searching)


def run() -> None:
    """Apply the migrations to the application's database, or through the connection that a command gives."""
    given = context.config.attributes.get("connection")
    with nullcontext(given) if given is not None else migrate.db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            render_item=plain_type,
            include_object=is_modelled,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        if context.get_context().get_current_revision() == context.script.get_current_head():
            rebuild.make_if_outdated(connection)
            pinyin.write_all(connection, missing=True)
        connection.commit()


run()
