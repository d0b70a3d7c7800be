"""`flask reminders`: what scripts and the nightly run do with digests."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from ..core.clock import local_day, utcnow
from ..core.db import commit, db
from ..core.schema_version import needs_tables
from . import channels, deliveries, queries

reminders = AppGroup("reminders", help="Digests of what waits for people.")


@reminders.command("prepare")
@needs_tables
def prepare() -> None:
    """Write today's digests that are missing, without sending them (flask nightly does it too)."""
    click.echo(f"{prepare_all(now=utcnow())} digests prepared")


@reminders.command("send")
@needs_tables
def send() -> None:
    """Send today's digests outside the quiet hours; safe to run often, and by several at once."""
    now = utcnow()
    quiet = deliveries.is_quiet(now)
    prepare_all(now=now)
    if quiet:
        click.echo("quiet hours: nothing is sent")
        return
    sent, failed = send_all(now=now)
    click.echo(f"{sent} digests sent, {failed} wait for their channel")


def prepare_all(*, now: datetime) -> int:
    """Write the digests of the day, each in a transaction of its own; how many have something to tell."""
    missing = deliveries.unprepared(list(queries.recipients()), now)
    db.session.rollback()
    prepared = 0
    for user_id, channel_id in missing:
        prepared += deliveries.prepare(user_id, channel_id, now=now)
        commit()
        db.session.expunge_all()
    return prepared


def send_all(*, now: datetime) -> tuple[int, int]:
    """Send what waits, a message for each channel; how many digests were sent, and how many could not be."""
    deliveries.drop_old(local_day(now))
    waiting = deliveries.due_channels(now)
    commit()
    sent = failed = 0
    for channel_id in waiting:
        message = deliveries.claim(channel_id, now=now)
        commit()
        if message is None:
            continue
        outcome = channels.send(message.secret, message.title, message.text)
        deliveries.settle(message, outcome, now=now)
        commit()
        if outcome.fault is None:
            sent += message.digests
        else:
            failed += message.digests
    return sent, failed
