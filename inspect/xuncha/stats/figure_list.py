"""The list that a figure counts: its columns, and a link to each row; the page and the workbook write the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

from ..campaigns.models import CaseOutcome, IllegalCase
from ..checks.models import Check
from ..checks.pulses import Pulse
from ..core.clock import local_day
from ..core.db import db
from ..core.i18n import label
from ..core.labels import N_
from ..enterprises.models import Site
from ..hazards.models import Hazard, Notice
from ..lists import xlsx
from ..schedule.lifecycle import window_of
from ..schedule.models import Task
from ..schedule.queries import state_of
from ..schedule.views import window_label
from ..trainings.models import Training
from . import hazard_state
from .figures import Figures

MOST = 20_000
Cell = str | int | float | date | None


@dataclass(frozen=True)
class Column:
    """A column: its head, how wide a sheet writes it, whether it holds figures."""

    label: str
    width: int = 14
    num: bool = False


@dataclass(frozen=True)
class Line:
    """A row: its cells, the first of which links to it."""

    url: str | None
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Kind:
    """How the rows of a kind are listed: loaded, ordered, and written."""

    columns: tuple[Column, ...]
    load: Callable[[sa.Select[Any], Figures], sa.Select[Any]]
    line: Callable[[Any, Figures], Line]


def _link(endpoint: str, number: int) -> str | None:
    return url_for(endpoint, number=number) if endpoint in current_app.view_functions else None


def _check(row: Any, _figures: Figures) -> Line:
    check: Check = row[0]
    cells = (check.number, check.site.name, check.visited_on, label(check.kind), check.inspector.name)
    return Line(_link("checks.show", check.id), cells)


def _site(row: Any, _figures: Figures) -> Line:
    site, visits = row
    supervisor = site.supervisor.name if site.supervisor else ""
    return Line(
        _link("enterprises.show", site.id),
        (site.name, label(site.sector), label(site.risk), supervisor, visits),
    )


def _sites(query: sa.Select[Any], figures: Figures) -> sa.Select[Any]:
    visits = figures.rows("visits").with_only_columns(Check.site_id, sa.func.count().label("visits"))
    counted = visits.group_by(Check.site_id).subquery()
    query = query.outerjoin(counted, counted.c.site_id == Site.id)
    return (
        query.add_columns(sa.func.coalesce(counted.c.visits, 0))
        .options(joinedload(Site.supervisor))
        .order_by(Site.name)
    )


def _hazard(row: Any, _figures: Figures) -> Line:
    hazard, state, due_on = row
    cells = (
        hazard.description,
        hazard.number,
        hazard.site.name,
        label(hazard.hazard_class),
        hazard.found_on,
        due_on,
        label(state),
        hazard.found_by.name,
    )
    return Line(_link("hazards.show", hazard.id), cells)


def _hazards(query: sa.Select[Any], _figures: Figures) -> sa.Select[Any]:
    query = query.add_columns(hazard_state.state, hazard_state.due_on)
    query = query.options(joinedload(Hazard.site), joinedload(Hazard.found_by))
    return query.order_by(Hazard.found_on.desc(), Hazard.id.desc())


def _task(row: Any, figures: Figures) -> Line:
    task: Task = row[0]
    cells = (
        task.site.name,
        gettext(
            "%(half)s, %(year)s", half=window_label(window_of(task.window_start)), year=task.window_start.year
        ),
        task.supervisor.name,
        task.due_on,
        task.done_on if task.done_on and task.done_on <= figures.period.as_of else None,
        label(state_of(task, figures.period.as_of)),
    )
    return Line(_link("schedule.task", task.id), cells)


def _case(row: Any, figures: Figures) -> Line:
    case: IllegalCase = row[0]
    outcome, outcome_on = case.outcome, case.outcome_on
    taken_back = figures.cases_before.get(case.id, {})
    if "outcome_on" in taken_back:
        outcome = CaseOutcome(taken_back["outcome"])
        outcome_on = date.fromisoformat(taken_back["outcome_on"])
    cells = (
        case.description,
        label(case.kind),
        case.site.name if case.site else "",
        case.place,
        case.found_on,
        outcome_on,
        label(outcome),
    )
    return Line(_link("campaigns.case", case.id), cells)


def _training(row: Any, _figures: Figures) -> Line:
    held: Training = row[0]
    cells = (held.topic, label(held.kind), held.held_on, held.place, held.attendances, held.handed_out)
    return Line(_link("trainings.show", held.id), cells)


def _pulse(row: Any, _figures: Figures) -> Line:
    pulse: Pulse = row[0]
    cells = (
        pulse.site.name,
        pulse.taken_on,
        pulse.taken_by.name,
        label(pulse.locked),
        label(pulse.power),
        label(pulse.people),
    )
    return Line(_link("enterprises.show", pulse.site_id), cells)


def _notice(row: Any, _figures: Figures) -> Line:
    notice: Notice = row[0]
    cells = (notice.number, notice.site.name, local_day(notice.issued_at), notice.issued_by.name)
    return Line(_link("hazards.notice", notice.id), cells)


ENTERPRISE = Column(N_("Enterprise"), 28)
SUPERVISOR = Column(N_("Supervisor"), 12)
INSPECTOR = Column(N_("Inspector"), 12)
FOUND_ON = Column(N_("Found on"), 12)
STATE = Column(N_("State"), 12)

KINDS: dict[type[Any], Kind] = {
    Check: Kind(
        (
            Column(N_("Number"), 16),
            ENTERPRISE,
            Column(N_("Checked on"), 12),
            Column(N_("Kind"), 16),
            INSPECTOR,
        ),
        lambda query, _figures: query.options(joinedload(Check.site), joinedload(Check.inspector)).order_by(
            Check.visited_on.desc(), Check.id.desc()
        ),
        _check,
    ),
    Site: Kind(
        (
            ENTERPRISE,
            Column(N_("Sector"), 14),
            Column(N_("Risk"), 14),
            SUPERVISOR,
            Column(N_("Check visits"), 10, num=True),
        ),
        _sites,
        _site,
    ),
    Hazard: Kind(
        (
            Column(N_("Hazard"), 44),
            Column(N_("Number"), 14),
            ENTERPRISE,
            Column(N_("Class"), 14),
            FOUND_ON,
            Column(N_("Due date"), 12),
            STATE,
            INSPECTOR,
        ),
        _hazards,
        _hazard,
    ),
    Task: Kind(
        (
            ENTERPRISE,
            Column(N_("Half-month"), 18),
            SUPERVISOR,
            Column(N_("Due on"), 12),
            Column(N_("Carried out on"), 12),
            STATE,
        ),
        lambda query, _figures: query.options(
            joinedload(Task.site), joinedload(Task.supervisor), selectinload(Task.excuses)
        ).order_by(Task.window_start.desc(), Task.id),
        _task,
    ),
    IllegalCase: Kind(
        (
            Column(N_("Illegal case"), 44),
            Column(N_("Kind"), 14),
            ENTERPRISE,
            Column(N_("Place"), 18),
            FOUND_ON,
            Column(N_("Settled on"), 12),
            Column(N_("Outcome"), 16),
        ),
        lambda query, _figures: query.options(joinedload(IllegalCase.site)).order_by(
            IllegalCase.outcome_on.desc(), IllegalCase.id
        ),
        _case,
    ),
    Training: Kind(
        (
            Column(N_("Topic"), 32),
            Column(N_("Kind of training"), 16),
            Column(N_("Held on"), 12),
            Column(N_("Venue"), 22),
            Column(N_("Attendances"), 10, num=True),
            Column(N_("Copies"), 10, num=True),
        ),
        lambda query, _figures: query.options(
            selectinload(Training.audience), selectinload(Training.materials)
        ).order_by(Training.held_on.desc(), Training.id.desc()),
        _training,
    ),
    Pulse: Kind(
        (
            Column(N_("Idle site"), 28),
            Column(N_("Taken on"), 12),
            Column(N_("Taken by"), 12),
            Column(N_("Locked"), 10),
            Column(N_("Power on"), 10),
            Column(N_("People seen"), 10),
        ),
        lambda query, _figures: query.options(joinedload(Pulse.site), joinedload(Pulse.taken_by)).order_by(
            Pulse.taken_on.desc(), Pulse.id.desc()
        ),
        _pulse,
    ),
    Notice: Kind(
        (Column(N_("Number"), 24), ENTERPRISE, Column(N_("Issued on"), 12), Column(N_("Issued by"), 12)),
        lambda query, _figures: query.options(joinedload(Notice.site), joinedload(Notice.issued_by)).order_by(
            Notice.issued_at, Notice.id
        ),
        _notice,
    ),
}


def lines(
    figures: Figures, counts: type[Any], rows: sa.Select[Any], *, limit: int = MOST, offset: int = 0
) -> list[Line]:
    """The rows of a figure as lines of its list."""
    kind = KINDS[counts]
    found = db.session.execute(kind.load(rows, figures).limit(limit).offset(offset))
    return [kind.line(row, figures) for row in found]


def workbook(title: str, counts: type[Any], found: Sequence[Line], notes: Sequence[str]) -> bytes:
    """The list as a workbook; the notes say what it counts, of which days, as of when."""
    heads = [xlsx.Head(gettext(column.label), column.width) for column in KINDS[counts].columns]
    return xlsx.write(
        title, heads, (line.cells for line in found), notes=notes, notes_title=gettext("How it is counted")
    )
