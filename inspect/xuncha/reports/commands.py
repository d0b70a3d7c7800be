"""`flask document`: every paper from a script; what cannot be printed is said in a sentence, with exit status 1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from ..accounts.models import User
from ..campaigns.case_papers import CasePaper
from ..campaigns.expert_opinions import ExpertOpinion
from ..campaigns.models import Campaign
from ..checks.models import Check
from ..committee.minutes import CommitteeMinutes
from ..committee.plans import SectorPlan
from ..core.click_types import DAY
from ..core.clock import today
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import sentence
from ..core.parsing import read_number
from ..core.schema_version import needs_tables
from ..enterprises.models import Site
from ..enterprises.responsibility import held
from ..hazards.deliveries import Delivery
from ..hazards.models import Hazard, Letter, Notice, Opinion
from ..hazards.posters import Poster
from ..hazards.rounds import stops
from ..schedule.lifecycle import window_of
from ..stats.period import Period
from ..stats.profile import Profile
from ..stats.scope import Scope
from ..trainings.attendance import sheet_of
from ..trainings.exams import exam_of
from ..trainings.models import Training
from . import (
    case_file,
    enterprise_profile,
    hazard_ledger,
    plaque,
    printing,
    queries,
    responsibility_list,
    task_list,
)
from .fonts import FontMissing
from .models import Edition

document = AppGroup("document", help="Papers as PDF files, or as Word documents to be edited.")


def _out(command: Any) -> Any:
    command = click.option(
        "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language."
    )(command)
    return click.option(
        "--out",
        required=True,
        type=click.Path(dir_okay=False, path_type=Path),
        help="File to write: .pdf, or .docx for a Word document to be edited.",
    )(command)


def _print(order: printing.Order, out: Path, lang: str) -> None:
    try:
        if out.suffix.lower() == ".docx":
            warnings, said = printing.write_for_word(order, out, lang), str(out)
        else:
            saved = printing.write(order, out, lang)
            warnings, said = saved.warnings, f"{out}  {saved.pages} pages  sha256 {saved.sha256}"
    except FontMissing as problem:
        raise click.ClickException(str(problem)) from None
    except Refused as problem:
        raise click.ClickException(sentence(problem)) from None
    except OSError as problem:
        raise click.ClickException(f"cannot write {out}: {problem.strerror}") from None
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(said)


def _numbered(model: type[Any], number: str, *only: Any) -> Any:
    query = queries.numbered(sa.select(model).where(*only), model, number, today().year)
    found = db.session.scalars(query).first()
    if found is None:
        raise click.ClickException(f"there is no such number: {number}")
    return found


NUMBER = click.option("--number", required=True, help="Full number, 2026-12, or the serial of this year.")


@document.command(printing.Kind.RECORD.value)
@NUMBER
@_out
@needs_tables
def record(number: str, out: Path, lang: str) -> None:
    """The record of a check; of a corrected one the version that holds."""
    _print(printing.record(_numbered(Check, number)), out, lang)


@document.command(printing.Kind.NOTICE.value)
@NUMBER
@_out
@needs_tables
def notice(number: str, out: Path, lang: str) -> None:
    """A rectification notice."""
    _print(printing.notice(_numbered(Notice, number), with_link=True), out, lang)


@document.command(printing.Kind.OPINION.value)
@NUMBER
@_out
@needs_tables
def opinion(number: str, out: Path, lang: str) -> None:
    """A re-inspection opinion."""
    _print(printing.opinion(_numbered(Opinion, number)), out, lang)


@document.command(printing.Kind.EXPERT_OPINION.value)
@NUMBER
@_out
@needs_tables
def expert_opinion(number: str, out: Path, lang: str) -> None:
    """An expert's opinion."""
    _print(printing.expert(_numbered(ExpertOpinion, number)), out, lang)


@document.command(printing.Kind.DELIVERY.value)
@NUMBER
@_out
@needs_tables
def delivery(number: str, out: Path, lang: str) -> None:
    """The receipt of a delivery."""
    _print(printing.delivery(_numbered(Delivery, number)), out, lang)


def _add_letter(kind: printing.Kind) -> None:
    @document.command(kind.value, help=f"{kind.label}.")
    @NUMBER
    @_out
    @needs_tables
    def letter(number: str, out: Path, lang: str) -> None:
        of = Letter.kind == printing.LETTERS[kind]
        _print(printing.letter(_numbered(Letter, number, of)), out, lang)


for _kind in printing.LETTERS:
    _add_letter(_kind)


def _add_case_paper(kind: printing.Kind) -> None:
    @document.command(kind.value, help=f"{kind.label}.")
    @NUMBER
    @_out
    @needs_tables
    def paper(number: str, out: Path, lang: str) -> None:
        of = CasePaper.kind == printing.CASES[kind]
        _print(printing.case(_numbered(CasePaper, number, of)), out, lang)


for _kind in printing.CASES:
    _add_case_paper(_kind)


@document.command(printing.Kind.CAMPAIGN.value)
@click.option("--campaign", required=True, type=int, help="Number of the campaign, as in its address.")
@_out
@needs_tables
def campaign_report(campaign: int, out: Path, lang: str) -> None:
    """The report of a campaign."""
    found = db.session.get(Campaign, campaign)
    if found is None:
        raise click.ClickException(f"there is no such campaign: {campaign}")
    _print(printing.campaign(found, Scope(None)), out, lang)


@document.command(printing.Kind.MINUTES.value)
@NUMBER
@_out
@needs_tables
def committee_minutes(number: str, out: Path, lang: str) -> None:
    """The minutes of a meeting of the committee."""
    _print(printing.minutes(_numbered(CommitteeMinutes, number)), out, lang)


@document.command(printing.Kind.PLAN.value)
@click.option("--plan", required=True, type=int, help="Number of the plan, as in its address.")
@_out
@needs_tables
def sector_plan(plan: int, out: Path, lang: str) -> None:
    """A plan of a sector with its progress."""
    found = db.session.get(SectorPlan, plan)
    if found is None:
        raise click.ClickException(f"there is no such plan: {plan}")
    _print(printing.plan(found, None), out, lang)


@document.command(printing.Kind.POSTER.value)
@click.option("--number", required=True, type=int, help="The poster's number.")
@_out
@needs_tables
def poster(number: int, out: Path, lang: str) -> None:
    """The poster by which workers report hazards."""
    hung = db.session.get(Poster, number)
    order = printing.poster(hung) if hung else None
    if order is None:
        raise click.ClickException(f"there is no such poster with an address to print: {number}")
    _print(order, out, lang)


def _add_training(kind: printing.Kind, order: Callable[[Training], printing.Order | None]) -> None:
    @document.command(kind.value, help=f"{kind.label} of a training.")
    @click.option("--number", required=True, type=int, help="The training's number.")
    @_out
    @needs_tables
    def training(number: int, out: Path, lang: str) -> None:
        held = db.session.get(Training, number)
        made = order(held) if held else None
        if made is None:
            raise click.ClickException(f"there is no such paper of a training: {number}")
        _print(made, out, lang)


def _sign_in_code(held: Training) -> printing.Order | None:
    sheet = sheet_of(held)
    return printing.sign_in_code(sheet) if sheet else None


def _exam_code(held: Training) -> printing.Order | None:
    exam = exam_of(held)
    return printing.exam_code(exam) if exam else None


_add_training(printing.Kind.ATTENDANCE, printing.attendance)
_add_training(printing.Kind.SIGN_IN_CODE, _sign_in_code)
_add_training(printing.Kind.EXAM_CODE, _exam_code)


@document.command(printing.Kind.HAZARD_FILE.value)
@click.option("--number", required=True, help="Full number of the hazard.")
@_out
@needs_tables
def hazard_file(number: str, out: Path, lang: str) -> None:
    """The file of a hazard: all its papers in one PDF, with contents and bookmarks."""
    hazard = _one(sa.select(Hazard).where(Hazard.number == number.strip()), "--number", number)
    _print(case_file.order_of_hazard(hazard, hazard_ledger.anybody()), out, lang)


@document.command(printing.Kind.SITE_FILE.value)
@click.option("--site", required=True, help="Name, credit code or id of an enterprise or site.")
@click.option("--year", type=click.IntRange(2000, 2099), help="Only the papers of this year.")
@_out
@needs_tables
def site_file(site: str, year: int | None, out: Path, lang: str) -> None:
    """The file of an enterprise or site: all its papers in one PDF, with contents and bookmarks."""
    found = db.session.get_one(Site, _site(site))
    _print(case_file.order_of_site(found, hazard_ledger.anybody(), year), out, lang)


@document.command(printing.Kind.PROFILE.value)
@click.option("--site", required=True, help="Name, credit code or id of an enterprise or site.")
@_out
@needs_tables
def profile(site: str, out: Path, lang: str) -> None:
    """The profile of an enterprise on one sheet, as of today."""
    found = db.session.get_one(Site, _site(site))
    _print(enterprise_profile.order(Profile(found, today(), None)), out, lang)


@document.command(printing.Kind.PLAQUE.value)
@click.option("--site", required=True, help="Name, credit code or id of an enterprise.")
@_out
@needs_tables
def plaque_of_site(site: str, out: Path, lang: str) -> None:
    """The plaque at the gate of an enterprise."""
    _print(plaque.order(db.session.get_one(Site, _site(site))), out, lang)


@document.command(printing.Kind.RESPONSIBILITY.value)
@click.option("--all", "every", is_flag=True, help="All enterprises, not only the key ones.")
@_out
@needs_tables
def responsibility(every: bool, out: Path, lang: str) -> None:
    """Which enterprise is held by whom, since when, as of today."""
    lines = held(hazard_ledger.anybody(), today(), key_only=not every)
    _print(responsibility_list.order(lines, today()), out, lang)


@document.command(printing.Kind.TASKS.value)
@click.option("--supervisor", required=True, help="Sign-in name or name of a supervisor.")
@click.option("--half", type=DAY, help="A day of the half-month; without it today.")
@_out
@needs_tables
def tasks(supervisor: str, half: datetime | None, out: Path, lang: str) -> None:
    """The half-month of a supervisor: where to go by when, what is open there, whom to call."""
    person, window = (
        db.session.get_one(User, _supervisor(supervisor)),
        window_of(half.date() if half else today()),
    )
    found = stops(hazard_ledger.anybody(), person, window, today())
    _print(task_list.order(person, window, found, today()), out, lang)


def _one(query: sa.Select[Any], option: str, text: str) -> Any:
    found = db.session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise click.ClickException(
            f"{option} {text}: {'several fit' if found else 'nobody and nothing fits'}"
        )
    return found[0]


def _site(text: str) -> int | None:
    if not text:
        return None
    fits = [Site.name == text, Site.uscc == text]
    if (written := read_number(text)) is not None:
        fits.append(Site.id == written)
    number: int = _one(sa.select(Site).where(sa.or_(*fits)), "--site", text).id
    return number


def _supervisor(text: str) -> int | None:
    if not text:
        return None
    query = sa.select(User).where(sa.or_(User.username == text.lower(), User.name == text))
    number: int = _one(query, "--supervisor", text).id
    return number


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
        scope = Scope(None, _site(site), _supervisor(supervisor))
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
    shown: Any = _out(run)
    for option in reversed(options):
        shown = option(shown)
    return shown


@document.command(printing.Kind.LEDGER.value)
@_of_period
def ledger(period: Period, scope: Scope, out: Path, lang: str) -> None:
    """The ledger of the hazards found from one day to another, both included."""
    _print(printing.ledger(scope, printing.hazards_of(period, scope), period.as_of), out, lang)


@document.command(printing.Kind.SUMMARY.value)
@click.option("--rounded", is_flag=True, help="Write large numbers as speeches do: over 400.")
@_of_period
def inspection(period: Period, scope: Scope, rounded: bool, out: Path, lang: str) -> None:
    """The inspection summary of a period."""
    _print(printing.inspection(period, scope, rounded=rounded), out, lang)


@document.command(printing.Kind.CIRCULAR.value)
@click.option("--rounded", is_flag=True, help="Write large numbers as speeches do: over 400.")
@_of_period
def circular(period: Period, scope: Scope, rounded: bool, out: Path, lang: str) -> None:
    """The circular of a period: the summary in short form."""
    _print(printing.circular(period, scope, rounded=rounded), out, lang)


@document.command(printing.Kind.EDITION.value)
@NUMBER
@_out
@needs_tables
def edition(number: str, out: Path, lang: str) -> None:
    """A summary or circular as it was issued."""
    _print(printing.edition(_numbered(Edition, number)), out, lang)


@document.command(printing.Kind.TRAININGS.value)
@_of_period
def trainings(period: Period, scope: Scope, out: Path, lang: str) -> None:
    """The training summary of a period."""
    _print(printing.trainings(period, scope), out, lang)
