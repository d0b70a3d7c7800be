"""`flask document`: every paper from a script; what cannot be printed is said in a sentence, with exit status 1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ..campaigns.case_papers import CasePaper
from ..campaigns.expert_opinions import ExpertOpinion
from ..campaigns.models import Campaign
from ..checks.models import Check
from ..committee.minutes import CommitteeMinutes
from ..committee.plans import SectorPlan
from ..core.click_types import DAY
from ..core.clock import today
from ..core.db import db
from ..core.schema_version import needs_tables
from ..hazards.models import Letter, Notice, Opinion
from ..hazards.papers.deliveries import Delivery
from ..hazards.public.posters import Poster
from ..stats.period import Period
from ..stats.scope import Scope
from ..trainings.attendance import sheet_of
from ..trainings.exams import exam_of
from ..trainings.models import Training
from . import (
    printing,
    site_commands,
)
from .command_options import (
    NUMBER,
    by_number,
    document,
    output_option,
    print_paper,
    site_of,
    supervisor_of,
)
from .models import Edition

__all__ = ["document", "site_commands"]


@document.command(printing.Kind.RECORD.value)
@NUMBER
@output_option
@needs_tables
def record(number: str, out: Path, lang: str) -> None:
    """The record of a check; of a corrected one the version that holds."""
    print_paper(printing.record(by_number(Check, number)), out, lang)


@document.command(printing.Kind.NOTICE.value)
@NUMBER
@output_option
@needs_tables
def notice(number: str, out: Path, lang: str) -> None:
    """A rectification notice."""
    print_paper(printing.notice(by_number(Notice, number), with_link=True), out, lang)


@document.command(printing.Kind.OPINION.value)
@NUMBER
@output_option
@needs_tables
def opinion(number: str, out: Path, lang: str) -> None:
    """A re-inspection opinion."""
    print_paper(printing.opinion(by_number(Opinion, number)), out, lang)


@document.command(printing.Kind.EXPERT_OPINION.value)
@NUMBER
@output_option
@needs_tables
def expert_opinion(number: str, out: Path, lang: str) -> None:
    """An expert's opinion."""
    print_paper(printing.expert(by_number(ExpertOpinion, number)), out, lang)


@document.command(printing.Kind.DELIVERY.value)
@NUMBER
@output_option
@needs_tables
def delivery(number: str, out: Path, lang: str) -> None:
    """The receipt of a delivery."""
    print_paper(printing.delivery(by_number(Delivery, number)), out, lang)


def _add_letter(kind: printing.Kind) -> None:
    @document.command(kind.value, help=f"{kind.label}.")
    @NUMBER
    @output_option
    @needs_tables
    def letter(number: str, out: Path, lang: str) -> None:
        of = Letter.kind == printing.LETTERS[kind]
        print_paper(printing.letter(by_number(Letter, number, of)), out, lang)


for _kind in printing.LETTERS:
    _add_letter(_kind)


def _add_case_paper(kind: printing.Kind) -> None:
    @document.command(kind.value, help=f"{kind.label}.")
    @NUMBER
    @output_option
    @needs_tables
    def paper(number: str, out: Path, lang: str) -> None:
        of = CasePaper.kind == printing.CASES[kind]
        print_paper(printing.case(by_number(CasePaper, number, of)), out, lang)


for _kind in printing.CASES:
    _add_case_paper(_kind)


@document.command(printing.Kind.CAMPAIGN.value)
@click.option("--campaign", required=True, type=int, help="Number of the campaign, as in its address.")
@output_option
@needs_tables
def campaign_report(campaign: int, out: Path, lang: str) -> None:
    """The report of a campaign."""
    found = db.session.get(Campaign, campaign)
    if found is None:
        raise click.ClickException(f"there is no such campaign: {campaign}")
    print_paper(printing.campaign(found, Scope(None)), out, lang)


@document.command(printing.Kind.MINUTES.value)
@NUMBER
@output_option
@needs_tables
def committee_minutes(number: str, out: Path, lang: str) -> None:
    """The minutes of a meeting of the committee."""
    print_paper(printing.minutes(by_number(CommitteeMinutes, number)), out, lang)


@document.command(printing.Kind.PLAN.value)
@click.option("--plan", required=True, type=int, help="Number of the plan, as in its address.")
@output_option
@needs_tables
def sector_plan(plan: int, out: Path, lang: str) -> None:
    """A plan of a sector with its progress."""
    found = db.session.get(SectorPlan, plan)
    if found is None:
        raise click.ClickException(f"there is no such plan: {plan}")
    print_paper(printing.plan(found, None), out, lang)


@document.command(printing.Kind.POSTER.value)
@click.option("--number", required=True, type=int, help="The poster's number.")
@output_option
@needs_tables
def poster(number: int, out: Path, lang: str) -> None:
    """The poster by which workers report hazards."""
    hung = db.session.get(Poster, number)
    order = printing.poster(hung) if hung else None
    if order is None:
        raise click.ClickException(f"there is no such poster with an address to print: {number}")
    print_paper(order, out, lang)


def _add_training(kind: printing.Kind, order: Callable[[Training], printing.Order | None]) -> None:
    @document.command(kind.value, help=f"{kind.label} of a training.")
    @click.option("--number", required=True, type=int, help="The training's number.")
    @output_option
    @needs_tables
    def training(number: int, out: Path, lang: str) -> None:
        held = db.session.get(Training, number)
        made = order(held) if held else None
        if made is None:
            raise click.ClickException(f"there is no such paper of a training: {number}")
        print_paper(made, out, lang)


def _sign_in_code(held: Training) -> printing.Order | None:
    sheet = sheet_of(held)
    return printing.sign_in_code(sheet) if sheet else None


def _exam_code(held: Training) -> printing.Order | None:
    exam = exam_of(held)
    return printing.exam_code(exam) if exam else None


_add_training(printing.Kind.ATTENDANCE, printing.attendance)
_add_training(printing.Kind.SIGN_IN_CODE, _sign_in_code)
_add_training(printing.Kind.EXAM_CODE, _exam_code)


def _read_period(first: datetime, last: datetime, as_of: datetime | None) -> Period:
    if last < first:
        raise click.UsageError("--to lies before --from")
    if as_of and not first <= as_of:
        raise click.UsageError("--as-of lies before --from")
    if as_of and as_of.date() > today():
        raise click.UsageError("--as-of lies in the future")
    return Period.between(first.date(), last.date(), as_of.date() if as_of else None, today=today())


def _of_period(command: Callable[..., None]) -> Any:
    """The command of a paper on a period and a scope, which it gets first, with the options that name them."""

    @wraps(command)
    @needs_tables
    def run(
        first: datetime, last: datetime, as_of: datetime | None, site: str, supervisor: str, **rest: Any
    ) -> None:
        scope = Scope(None, site_of(site), supervisor_of(supervisor))
        command(_read_period(first, last, as_of), scope, **rest)

    options = (
        click.option("--from", "first", required=True, type=DAY, help="First day."),
        click.option("--to", "last", required=True, type=DAY, help="Last day, for example 2026-06-30."),
        click.option(
            "--as-of",
            "as_of",
            type=DAY,
            help="State at the end of this day; without it today, or the last day if it is past.",
        ),
        click.option("--site", default="", help="Name, credit code or id of an enterprise or site."),
        click.option("--supervisor", default="", help="Sign-in name or name of a supervisor."),
    )
    shown: Any = output_option(run)
    for option in reversed(options):
        shown = option(shown)
    return shown


@document.command(printing.Kind.LEDGER.value)
@_of_period
def ledger(period: Period, scope: Scope, out: Path, lang: str) -> None:
    """The ledger of the hazards found from one day to another, both included."""
    print_paper(printing.ledger(scope, printing.hazards_of(period, scope), period.as_of), out, lang)


@document.command(printing.Kind.SUMMARY.value)
@click.option("--rounded", is_flag=True, help="Write large numbers as speeches do: over 400.")
@_of_period
def inspection(period: Period, scope: Scope, rounded: bool, out: Path, lang: str) -> None:
    """The inspection summary of a period."""
    print_paper(printing.inspection(period, scope, rounded=rounded), out, lang)


@document.command(printing.Kind.CIRCULAR.value)
@click.option("--rounded", is_flag=True, help="Write large numbers as speeches do: over 400.")
@_of_period
def circular(period: Period, scope: Scope, rounded: bool, out: Path, lang: str) -> None:
    """The circular of a period: the summary in short form."""
    print_paper(printing.circular(period, scope, rounded=rounded), out, lang)


@document.command(printing.Kind.EDITION.value)
@NUMBER
@output_option
@needs_tables
def edition(number: str, out: Path, lang: str) -> None:
    """A summary or circular as it was issued."""
    print_paper(printing.edition(by_number(Edition, number)), out, lang)


@document.command(printing.Kind.TRAININGS.value)
@_of_period
def trainings(period: Period, scope: Scope, out: Path, lang: str) -> None:
    """The training summary of a period."""
    print_paper(printing.trainings(period, scope), out, lang)
