"""Commands of the papers about one enterprise, one hazard or one supervisor."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa

from ..accounts.models import User
from ..core.click_types import DAY
from ..core.clock import today
from ..core.db import db
from ..core.schema_version import needs_tables
from ..enterprises.models import Site
from ..enterprises.responsibility import held
from ..hazards.models import Hazard
from ..hazards.rounds import stops
from ..schedule.lifecycle import window_of
from ..stats.profile import Profile
from . import printing
from .command_options import (
    document,
    one_of,
    output_option,
    print_paper,
    site_of,
    supervisor_of,
)
from .papers import (
    case_file,
    enterprise_profile,
    hazard_ledger,
    plaque,
    responsibility_list,
    task_list,
    visit_plan,
)


@document.command(printing.Kind.HAZARD_FILE.value)
@click.option("--number", required=True, help="Full number of the hazard.")
@output_option
@needs_tables
def hazard_file(number: str, out: Path, lang: str) -> None:
    """The file of a hazard: all its papers in one PDF, with contents and bookmarks."""
    hazard = one_of(sa.select(Hazard).where(Hazard.number == number.strip()), "--number", number)
    print_paper(case_file.order_of_hazard(hazard, hazard_ledger.anybody()), out, lang)


@document.command(printing.Kind.SITE_FILE.value)
@click.option("--site", required=True, help="Name, credit code or id of an enterprise or site.")
@click.option("--year", type=click.IntRange(2000, 2099), help="Only the papers of this year.")
@output_option
@needs_tables
def site_file(site: str, year: int | None, out: Path, lang: str) -> None:
    """The file of an enterprise or site: all its papers in one PDF, with contents and bookmarks."""
    found = db.session.get_one(Site, site_of(site))
    print_paper(case_file.order_of_site(found, hazard_ledger.anybody(), year), out, lang)


@document.command(printing.Kind.PROFILE.value)
@click.option("--site", required=True, help="Name, credit code or id of an enterprise or site.")
@output_option
@needs_tables
def profile(site: str, out: Path, lang: str) -> None:
    """The profile of an enterprise on one sheet, as of today."""
    found = db.session.get_one(Site, site_of(site))
    print_paper(enterprise_profile.order(Profile(found, today(), None)), out, lang)


@document.command(printing.Kind.PLAQUE.value)
@click.option("--site", required=True, help="Name, credit code or id of an enterprise.")
@output_option
@needs_tables
def plaque_of_site(site: str, out: Path, lang: str) -> None:
    """The plaque at the gate of an enterprise."""
    print_paper(plaque.order(db.session.get_one(Site, site_of(site))), out, lang)


@document.command(printing.Kind.RESPONSIBILITY.value)
@click.option("--all", "every", is_flag=True, help="All enterprises, not only the key ones.")
@output_option
@needs_tables
def responsibility(every: bool, out: Path, lang: str) -> None:
    """Which enterprise is held by whom, since when, as of today."""
    lines = held(hazard_ledger.anybody(), today(), key_only=not every)
    print_paper(responsibility_list.order(lines, today()), out, lang)


@document.command(printing.Kind.TASKS.value)
@click.option("--supervisor", required=True, help="Sign-in name or name of a supervisor.")
@click.option("--half", type=DAY, help="A day of the half-month; without it today.")
@output_option
@needs_tables
def tasks(supervisor: str, half: datetime | None, out: Path, lang: str) -> None:
    """The half-month of a supervisor: where to go by when, what is open there, whom to call."""
    person, window = (
        db.session.get_one(User, supervisor_of(supervisor)),
        window_of(half.date() if half else today()),
    )
    found = stops(hazard_ledger.anybody(), person, window, today())
    print_paper(task_list.order(person, window, found, today()), out, lang)


@document.command(printing.Kind.VISITS.value)
@click.option("--supervisor", required=True, help="Sign-in name or name of a supervisor.")
@click.option("--day", type=DAY, help="The day of the visits; without it today.")
@output_option
@needs_tables
def visits(supervisor: str, day: datetime | None, out: Path, lang: str) -> None:
    """The visits that a supervisor put into a day: in which order, what to do there, whom to call."""
    person = db.session.get_one(User, supervisor_of(supervisor))
    print_paper(visit_plan.order(person, day.date() if day else today(), today()), out, lang)
