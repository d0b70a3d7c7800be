"""The `flask` commands that offices and scripts use."""

from __future__ import annotations

import errno
import os
import socket
from datetime import timedelta

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import with_appcontext

from . import config, serving
from .accounts.commands import users
from .accounts.models import User
from .core.clock import local_day, utcnow
from .core.db import commit, db, keep_statistics
from .core.paths import running_app
from .core.schema_version import needs_tables
from .demo.commands import demo
from .doctor import doctor
from .enterprises.assignments import apply_due_assignments
from .hazards.commands import escalate_all, hazards
from .hazards.follow_up import look_backs
from .jobs.commands import jobs
from .office.commands import zone_map
from .operations.commands import backup, restore, upgrade
from .operations.move_command import move
from .operations.opening import CannotOpen, open_zone, ready_to_fork
from .photos.commands import photos, scrub
from .photos.likeness import print_new
from .reminders.commands import prepare_all, reminders
from .reports.commands import document
from .schedule.actions import open_month
from .schedule.commands import report_gaps, schedule
from .search.commands import search
from .stats.commands import figures
from .sync.commands import cert
from .watching.commands import send_alarms


@click.command("serve")
@click.option(
    "--demo", is_flag=True, help="Load the demo zone when the database is empty, and print its sign-ins."
)
@with_appcontext
def serve(demo: bool) -> None:
    """Bring the database up to date and serve until stopped."""
    host, port = config.read("HOST"), int(config.read("PORT"))
    sockets = bound(host, port)
    try:
        open_zone()
    except CannotOpen as problem:
        raise click.ClickException(str(problem)) from None
    if demo:
        _demo()
    ready_to_fork()
    click.echo(f"Xuncha: http://{host}:{port}  (stop with Ctrl-C)")
    serving.serve(running_app(), sockets)


def bound(host: str, port: int) -> list[socket.socket]:
    """The addresses to listen on. Raises ClickException."""
    try:
        return serving.bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(f"port {port} is taken; choose another: PORT=8001 make run") from None
        raise click.ClickException(f"cannot listen on {host}, port {port}: {error.strerror}") from None


def _demo() -> None:
    from .demo.commands import load_into_empty, print_sign_ins

    if db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0:
        load_into_empty()
    print_sign_ins()


@click.command("nightly")
@with_appcontext
@needs_tables
def nightly() -> None:
    """What a night brings: handovers, tasks of this month and of one a week away, look-backs, escalations, digests."""
    now = utcnow()
    handed_over = apply_due_assignments(now=now)
    today = local_day(now)
    months = sorted({(day.year, day.month) for day in (today, today + timedelta(days=7))})
    opened = sum(open_month(year, month, actor=None, now=now) for year, month in months)
    drawn = look_backs.draw(now=now)
    keep_statistics()
    commit()
    click.echo(f"{handed_over} sites handed over, {opened} tasks opened")
    click.echo(f"{drawn} hazards drawn to look back at")
    click.echo(f"{print_new()} photos compared with earlier ones")
    click.echo(f"{escalate_all(now=now)} hazards escalated")
    click.echo(f"{prepare_all(now=now)} digests prepared")
    for year, month in months:
        report_gaps(year, month, today)


def _refuse(**_given: object) -> None:
    raise click.ClickException("; ".join(config.faults()))


def demand_settings(environment: config.Environment = os.environ) -> None:
    """Refuse to work on settings that do not fit, on the wrong database least of all. Raises ClickException.

    While `flask` looks up its command, that may be the doctor, who names them: there each of the others refuses itself.
    """
    context = click.get_current_context(silent=True)
    looking_up = context is not None and context.parent is None
    if (faults := config.faults(environment)) and not looking_up:
        raise click.ClickException("; ".join(faults))


def set_up(app: Flask) -> None:
    """Register every command."""
    for command in (
        users,
        schedule,
        figures,
        hazards,
        photos,
        reminders,
        jobs,
        document,
        nightly,
        serve,
        demo,
        doctor,
        cert,
        zone_map,
        search,
        backup,
        restore,
        upgrade,
        scrub,
        move,
        send_alarms,
    ):
        app.cli.add_command(command)
    if config.faults():
        for command in app.cli.commands.values():
            command.callback = command.callback if command is doctor else _refuse
