"""`flask figures`: the figures of a period for scripts and for a quick look."""

from __future__ import annotations

import json
from datetime import datetime

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from ..core.click_types import DAY
from ..core.clock import today
from ..core.db import commit, db
from ..core.i18n import use_language, write_rate
from ..core.schema_version import needs_tables
from .figures import FIGURES, RATES, Figures, as_data
from .period import Period
from .totals import rebuild


@click.group("figures", invoke_without_command=True)
@click.option("--from", "first", type=DAY, help="First day of the period, for example 2026-01-01.")
@click.option("--to", "last", type=DAY, help="Last day of the period, inclusive.")
@click.option(
    "--as-of",
    type=DAY,
    help="Tell them as they stood at the end of this day; by default the period's last day, or today while it runs.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON object; rates are shares of one (0.7926), null without base.",
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the table.")
@click.pass_context
@with_appcontext
@needs_tables
def figures(
    context: click.Context,
    first: datetime | None,
    last: datetime | None,
    as_of: datetime | None,
    as_json: bool,
    lang: str,
) -> None:
    """Print every figure of a period for the whole zone."""
    if context.invoked_subcommand:
        return
    if first is None or last is None:
        raise click.UsageError("give the first and the last day of the period: --from and --to")
    if last < first:
        raise click.BadParameter("the period ends before it begins", param_hint="--to")
    if as_of is not None and as_of < first:
        raise click.BadParameter("the day lies before the period", param_hint="--as-of")
    # Nobody knows what will be done by then: all that is open would count as overdue.
    if first.date() > today():
        raise click.BadParameter("the period has not begun", param_hint="--from")
    if as_of is not None and as_of.date() > today():
        raise click.BadParameter("the day lies in the future", param_hint="--as-of")
    period = Period.between(first.date(), last.date(), as_of.date() if as_of else None, today=today())
    counted = Figures(period)
    if as_json:
        click.echo(json.dumps(as_data(counted), indent=2))
        return
    with use_language(lang):
        _table(counted)


@figures.command("rebuild")
@with_appcontext
@needs_tables
def rebuild_figures() -> None:
    """Make the derived rows of the figures anew from rows and events, and print every difference.

    Leaves with 1 when there were any: what the figures said was wrong until then.
    """
    found = 0
    for difference in rebuild.rebuild(db.session.connection()):
        click.echo(difference)
        found += 1
    commit()
    click.echo(f"{found} differences")
    if found:
        raise SystemExit(1)


def _table(counted: Figures) -> None:
    period = counted.period
    click.echo(
        gettext(
            "%(first)s to %(last)s, as of %(as_of)s",
            first=period.first.isoformat(),
            last=period.last.isoformat(),
            as_of=period.as_of.isoformat(),
        )
    )
    for name, figure in FIGURES.items():
        click.echo(f"{counted.number(name):>8}  {gettext(figure.label)}")
    for name, rate in RATES.items():
        share = counted.share(name)
        click.echo(f"{write_rate(share.value):>8}  {gettext(rate.label)} ({share})")
