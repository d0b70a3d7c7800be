"""Whether the database has the tables of this release. Commands set an empty one up and refuse an older one in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
import sqlalchemy as sa
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade

from .db import db

P = ParamSpec("P")
R = TypeVar("R")


def revisions() -> tuple[str | None, str | None]:
    """The revision of the database (None when it is empty), and the newest one."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    # The session's own connection: another one would wait for it, where a transaction is open.
    connection = db.session.connection()
    return MigrationContext.configure(connection).get_current_revision(), script.get_current_head()


def bring_up_to_date() -> None:
    """Create or migrate the tables; nothing may be pending."""
    db.session.rollback()
    upgrade()


def migrate_engine(engine: sa.Engine) -> None:
    """Create or migrate the tables of another database than the application's own."""
    extension = current_app.extensions["migrate"]
    config = extension.migrate.get_config(extension.directory)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def needs_tables(callback: Callable[P, R]) -> Callable[P, R]:
    """A command that works on the data. Raises ClickException when the database is of another release."""

    @wraps(callback)
    def run(*given: P.args, **named: P.kwargs) -> R:
        now, newest = revisions()
        if now is None:
            bring_up_to_date()
        elif now != newest:
            raise click.ClickException(
                f"the database is at revision {now}, this program needs {newest}: "
                "back it up, stop the server, then run `flask db upgrade` (or start `flask serve`, which does it)."
            )
        return callback(*given, **named)

    return run
