"""The `flask` commands that offices and scripts use."""

from __future__ import annotations

import errno
import socket
from datetime import timedelta

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import with_appcontext

from . import config, serving
from .accounts.commands import users
from .accounts.models import User
from .checklists.loading import load_seed
from .core import maintenance
from .core.clock import local_day, utcnow
from .core.db import commit, db, keep_statistics, limit_statements
from .core.paths import running_app
from .core.schema_version import bring_up_to_date, needs_tables
from .demo.commands import demo
from .doctor import doctor
from .enterprises.assignments import apply_due_assignments
from .hazards.commands import escalate_all, hazards
from .hazards.follow_up import look_backs
from .office.commands import zone_map
from .operations.commands import backup, restore, upgrade
from .operations.move import CannotMove, accept
from .operations.move_command import move
from .photos.commands import photos, scrub
from .photos.likeness import print_new
from .reminders.commands import prepare_all, reminders
from .reports.commands import document
from .schedule.actions import open_month
from .schedule.commands import report_gaps, schedule
from .schedule.loading import load_calendar
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
    sockets = _bound(host, port)
    try:
        maintenance.end()
    except maintenance.Running:
        raise click.ClickException("an upgrade is under way; start the server when it has ended") from None
    bring_up_to_date()
    _accept_moved()
    load_seed(now=utcnow())
    load_calendar()
    commit()
    if demo:
        _demo()
    db.session.remove()
    for engine in db.engines.values():
        limit_statements(engine, running_app().config["DB_TIMEOUT_S"])
        engine.dispose()  # no connection may be open when processes are forked
    click.echo(f"Xuncha: http://{host}:{port}  (stop with Ctrl-C)")
    serving.serve(running_app(), sockets)


def _accept_moved() -> None:
    try:
        accept()
    except CannotMove as problem:
        raise click.ClickException(str(problem)) from None


def _bound(host: str, port: int) -> list[socket.socket]:
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


def demand_settings() -> None:
    """Refuse to work on settings that do not fit, on the wrong database least of all. Raises ClickException.

    While `flask` looks up its command, that may be the doctor, who names them: there each of the others refuses itself.
    """
    context = click.get_current_context(silent=True)
    looking_up = context is not None and context.parent is None
    if config.faults() and not looking_up:
        _refuse()


def set_up(app: Flask) -> None:
    """Register every command."""
    for command in (
        users,
        schedule,
        figures,
        hazards,
        photos,
        reminders,
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
