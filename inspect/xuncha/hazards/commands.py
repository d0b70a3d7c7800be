"""`flask hazards`: what scripts and the nightly run do with hazards."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.schema_version import needs_tables
from .follow_up import escalation, look_backs

hazards = AppGroup("hazards", help="Hazards that are not rectified in time, and those to look back at.")


@hazards.command("escalate")
@needs_tables
def escalate() -> None:
    """Take the steps of the escalation that hazards have reached; running it again takes none twice."""
    click.echo(f"{escalate_all(now=utcnow())} hazards escalated")


def escalate_all(*, now: datetime) -> int:
    """Take every step that is reached, a portion in each transaction; how many were taken."""
    taken = 0
    due = escalation.portions(now)
    db.session.rollback()
    for portion in due:
        taken += escalation.escalate(portion, now=now)
        commit()
        db.session.expunge_all()
    return taken


@hazards.command("sample-lookbacks")
@needs_tables
def sample_lookbacks() -> None:
    """Draw closed hazards to be looked back at; running it again adds nothing (flask nightly does it too)."""
    drawn = look_backs.draw(now=utcnow())
    commit()
    click.echo(f"{drawn} hazards drawn")
