"""`flask jobs`: look at the queue, try again, stop, and work it off."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from ..core import maintenance, request_log
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.paths import running_app
from ..core.schema_version import needs_tables
from . import actions, queries
from .models import Job, JobState
from .worker import LAST_S, Worker

jobs = AppGroup("jobs", help="Work outside requests: what waits, runs and was given up.")
LOOK_S = 5.0


@jobs.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in JobState]), help="Only those in this state."
)
@needs_tables
def show(state: str | None) -> None:
    """Show what was given up, runs and waits: number, kind, state, attempts, progress, when due, error."""
    for job in queries.jobs([JobState(state)] if state else queries.SHOWN):
        due = job.run_after.strftime("%Y-%m-%dT%H:%M:%SZ")
        told = (
            f"{job.id} {job.kind} {job.state} {job.attempts}/{job.most_attempts} {job.done}/{job.total} {due}"
        )
        click.echo(f"{told} {job.error}".rstrip())
    found = queries.standing(utcnow())
    click.echo(f"{found.waiting} waiting, {found.running} running, {found.dead} given up")


@jobs.command("retry")
@click.argument("numbers", nargs=-1, type=int)
@click.option("--dead", is_flag=True, help="All that were given up.")
@needs_tables
def retry(numbers: tuple[int, ...], dead: bool) -> None:
    """Have jobs tried again at once that were given up or pause."""
    _each(numbers, dead, actions.retry, "will be tried again")


@jobs.command("cancel")
@click.argument("numbers", nargs=-1, type=int)
@click.option("--dead", is_flag=True, help="All that were given up.")
@needs_tables
def cancel(numbers: tuple[int, ...], dead: bool) -> None:
    """Stop jobs that wait, run or were given up."""
    _each(numbers, dead, actions.cancel, "cancelled")


def _each(numbers: tuple[int, ...], dead: bool, act: Callable[..., bool], said: str) -> None:
    now: datetime = utcnow()
    chosen = [*numbers, *(job.id for job in queries.jobs([JobState.DEAD]) if dead)]
    if not numbers and not dead:
        raise click.UsageError("name jobs by number, or all that were given up by --dead")
    refused = []
    for number in chosen:
        if not act(number, now=now):
            job = db.session.get(Job, number)
            refused.append(f"job {number} is {job.state}" if job else f"there is no job {number}")
    commit()
    click.echo(f"{len(chosen) - len(refused)} {said}")
    if refused:
        raise click.ClickException("; ".join(refused))


@jobs.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@needs_tables
def work(once: bool) -> None:
    """Work the queue off until stopped. Several may run at once, on one machine or many; each does one job at a time."""
    db.session.remove()
    worker = Worker(running_app())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    if once:
        click.echo(f"{worker.run_due()} jobs tried")
        return
    request_log.to_standard_error(current_app.config["LOG"])
    worker.start()
    click.echo(f"working as {worker.who} (stop with Ctrl-C)")
    while not worker.wait(LOOK_S) and not maintenance.is_on():
        pass  # after an upgrade this program may not know the tables: the service manager starts the new one
    worker.finish(LAST_S)
