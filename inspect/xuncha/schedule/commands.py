"""`flask schedule`: opening the tasks of a month from a script."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from ..core.clock import utcnow
from ..core.db import commit
from ..core.errors import Refused
from ..core.options import MONTH
from ..core.tables import needs_tables
from . import actions

schedule = AppGroup("schedule", help="The half-months' tasks.")


@schedule.command("open")
@click.option("--month", required=True, type=MONTH, help="The month, for example 2026-11.")
@needs_tables
def open_month(month: datetime) -> None:
    """Open a month's tasks that are missing; running it again adds nothing."""
    try:
        opened = actions.open_month(month.year, month.month, actor=None, now=utcnow())
    except Refused as problem:
        raise click.BadParameter(str(problem), param_hint="--month") from None
    commit()
    click.echo(f"{opened} opened")
