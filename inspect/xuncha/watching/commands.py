"""`flask alarms`: looks at every condition and tells the administrators, once a thing and day."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from ..core.clock import utcnow
from . import alarms
from .conditions import Condition


@click.command("alarms")
@with_appcontext
def send_alarms() -> None:
    """Send alarms of what must be looked at; for a timer, safe to run often and twice. Status 1 when one was not taken."""
    now = utcnow()
    with alarms.alone() as alone:
        if not alone:
            click.echo("another run is at work")
            return
        found = alarms.sounding(now)
        alarms.keep_moment(now)
        for name, condition in found.items():
            click.echo(f"{name}: {condition.told}")
        known = alarms.sent_today(now)
        fresh = {name: condition for name, condition in found.items() if name not in known}
        if fresh and not _sent(fresh):
            raise SystemExit(1)
        if fresh:
            alarms.note(known | set(fresh), now)
        click.echo(f"{len(fresh)} alarms sent, {len(found) - len(fresh)} were sent before")


def _sent(fresh: dict[str, Condition]) -> bool:
    """Whether a channel took them; where none did, the next run tries again."""
    try:
        where = alarms.addresses()
    except sa.exc.SQLAlchemyError:
        where = []
    alarms.end_transaction()
    if not where:
        click.echo("no channel leads to an administrator", err=True)
        return False
    faults = alarms.send(fresh, where)
    for fault in faults:
        click.echo(f"a channel did not take the alarms: {fault.value}", err=True)
    return len(faults) < len(where)
