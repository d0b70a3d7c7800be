"""`flask hazards`: what a script does to hazards."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from ..core.clock import utcnow
from ..core.db import commit
from ..core.schema_version import needs_tables
from . import look_backs

hazards = AppGroup("hazards", help="Hazards.")


@hazards.command("sample-lookbacks")
@needs_tables
def sample_lookbacks() -> None:
    """Draw closed hazards to be looked back at; running it again adds nothing (flask nightly does it too)."""
    drawn = look_backs.draw(now=utcnow())
    commit()
    click.echo(f"{drawn} hazards drawn")
