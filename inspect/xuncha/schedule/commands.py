"""`flask schedule`: opening the tasks of a month from a script."""

from __future__ import annotations

from datetime import date, datetime

import click
from flask.cli import AppGroup

from ..core.click_types import MONTH
from ..core.clock import local_day, utcnow
from ..core.db import commit
from ..core.errors import Refused
from ..core.schema_version import needs_tables
from . import actions, queries, workdays
from .lifecycle import windows_of

schedule = AppGroup("schedule", help="The half-months' tasks.")


@schedule.command("open")
@click.option("--month", required=True, type=MONTH, help="The month, for example 2026-11.")
@needs_tables
def open_month(month: datetime) -> None:
    """Open a month's tasks that are missing; running it again adds nothing."""
    now = utcnow()
    try:
        opened = actions.open_month(month.year, month.month, actor=None, now=now)
    except Refused as problem:
        raise click.BadParameter(str(problem), param_hint="--month") from None
    commit()
    click.echo(f"{opened} opened")
    report_gaps(month.year, month.month, local_day(now))


def report_gaps(year: int, month: int, today: date) -> None:
    """Say what the tasks of a month lack: enterprises that nobody holds, holidays that are not announced."""
    nobodys = {
        site.name for window in windows_of(year, month) for site in queries.without_holder(window, today)
    }
    for name in sorted(nobodys):
        click.echo(f"{year}-{month:02}: no task for {name}, it has no supervisor", err=True)
    if not workdays.year_known(year):
        click.echo(f"{year}-{month:02}: holidays not announced, due days go by Monday to Friday", err=True)
