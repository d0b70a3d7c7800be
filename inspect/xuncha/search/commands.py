"""`flask search`: what the search keeps beside the names."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ..core import pinyin
from ..core.db import commit, db
from ..core.schema_version import needs_tables

search = AppGroup("search", help="The search over the zone.")


@search.command("rebuild")
@needs_tables
def rebuild() -> None:
    """Write the Pinyin beside all names anew (after rows were written past the program)."""
    written = pinyin.write_all(db.session.connection())
    commit()
    click.echo(f"{written} names written anew")
