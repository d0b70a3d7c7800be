"""The lists behind the figures of an edition: which rows each figure counted, and how each of these rows stood."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ...accounts.models import User
from ...campaigns.models import IllegalCase
from ...checks.models import Check
from ...checks.pulses import Pulse
from ...core.clock import local_day
from ...core.db import db
from ...enterprises.models import Site
from ...hazards.models import Hazard, Notice
from ...schedule.models import Task
from ...schedule.queries import state_of
from ...stats import hazard_state
from ...stats.figures import FIGURES, Figures
from ...stats.scope import holder_of
from ...trainings.models import Training

MOST_AT_ONCE = 500  # numbers in one statement

Row = dict[str, Any]


def freeze(figures: Figures) -> dict[str, Any]:
    """{"ids": {figure: [number, …]}, "rows": {table: {number: row}}}: plain JSON."""
    ids = {name: figures.ids(name) for name in FIGURES}
    wanted: dict[type[Any], set[int]] = {kind: set() for kind in READERS}
    for name, numbers in ids.items():
        wanted[FIGURES[name].counts].update(numbers)
    # Every site, since a new name or another supervisor is told even where no figure moved.
    wanted[Site] = set(
        db.session.scalars(figures.scope.sites(figures.period.as_of).with_only_columns(Site.id))
    )
    rows = {
        kind.__tablename__: {str(number): row for number, row in sorted(rows_of(kind, wanted[kind], figures))}
        for kind in READERS
    }
    return {"ids": ids, "rows": rows}


def rows_of(kind: type[Any], numbers: Collection[int], figures: Figures) -> Iterator[tuple[int, Row]]:
    """Rows of a kind as they stand on the as-of day of the figures."""
    ordered = sorted(numbers)
    for at in range(0, len(ordered), MOST_AT_ONCE):
        yield from READERS[kind](ordered[at : at + MOST_AT_ONCE], figures.period.as_of)


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def _hazards(numbers: Collection[int], day: date) -> Iterator[tuple[int, Row]]:
    query = hazard_state.joined(sa.select(Hazard).where(Hazard.id.in_(numbers)), day)
    query = query.add_columns(hazard_state.state, hazard_state.due_on, hazard_state.major)
    for hazard, state, due_on, major in db.session.execute(query.options(joinedload(Hazard.site))):
        yield (
            hazard.id,
            {
                "name": hazard.number,
                "site": hazard.site.name,
                "problem": hazard.description,
                "found_on": _iso(hazard.found_on),
                "class": hazard.hazard_class.value,
                "state": state.value,
                "due_on": _iso(due_on),
                "major": bool(major),
            },
        )


def _checks(numbers: Collection[int], _day: date) -> Iterator[tuple[int, Row]]:
    query = sa.select(Check).where(Check.id.in_(numbers))
    for one in db.session.scalars(query.options(joinedload(Check.site), joinedload(Check.inspector))):
        yield (
            one.id,
            {
                "name": one.number,
                "edition": one.edition,
                "site": one.site.name,
                "visited_on": _iso(one.visited_on),
                "kind": one.kind.value,
                "inspector": one.inspector.name,
            },
        )


def _sites(numbers: Collection[int], day: date) -> Iterator[tuple[int, Row]]:
    query = sa.select(Site, holder_of(Site.id, day)).where(Site.id.in_(numbers))
    found = db.session.execute(query).all()
    named = sa.select(User.id, User.name).where(User.id.in_({person for _site, person in found if person}))
    people = {row.id: row.name for row in db.session.execute(named)}
    for site, person in found:
        yield (
            site.id,
            {
                "name": site.name,
                "sector": site.sector.value,
                "risk": site.risk.value if site.risk else "",
                "supervisor": people.get(person, ""),
                "key": site.key,
                "working_state": site.working_state.value,
            },
        )


def _tasks(numbers: Collection[int], day: date) -> Iterator[tuple[int, Row]]:
    query = sa.select(Task).where(Task.id.in_(numbers))
    loaded = query.options(joinedload(Task.site), joinedload(Task.supervisor), joinedload(Task.excuse))
    for one in db.session.scalars(loaded):
        yield (
            one.id,
            {
                "name": one.site.name,
                "window": _iso(one.window_start),
                "supervisor": one.supervisor.name,
                "state": state_of(one, day).value,
            },
        )


def _cases(numbers: Collection[int], _day: date) -> Iterator[tuple[int, Row]]:
    for one in db.session.scalars(sa.select(IllegalCase).where(IllegalCase.id.in_(numbers))):
        yield (
            one.id,
            {
                "name": one.description,
                "kind": one.kind.value,
                "place": one.place,
                "found_on": _iso(one.found_on),
                "outcome": one.outcome.value,
                "outcome_on": _iso(one.outcome_on),
            },
        )


def _trainings(numbers: Collection[int], _day: date) -> Iterator[tuple[int, Row]]:
    query = sa.select(Training).where(Training.id.in_(numbers))
    for one in db.session.scalars(
        query.options(selectinload(Training.audience), selectinload(Training.materials))
    ):
        yield (
            one.id,
            {
                "name": one.topic,
                "kind": one.kind.value,
                "held_on": _iso(one.held_on),
                "attendances": one.attendances,
                "copies": one.handed_out,
            },
        )


def _notices(numbers: Collection[int], _day: date) -> Iterator[tuple[int, Row]]:
    query = sa.select(Notice).where(Notice.id.in_(numbers))
    for one in db.session.scalars(query.options(joinedload(Notice.site), joinedload(Notice.issued_by))):
        yield (
            one.id,
            {
                "name": one.number,
                "site": one.site.name,
                "issued_on": _iso(local_day(one.issued_at)),
                "issued_by": one.issued_by.name,
            },
        )


def _pulses(numbers: Collection[int], _day: date) -> Iterator[tuple[int, Row]]:
    query = sa.select(Pulse).where(Pulse.id.in_(numbers))
    for one in db.session.scalars(query.options(joinedload(Pulse.site), joinedload(Pulse.taken_by))):
        yield (
            one.id,
            {
                "name": one.site.name,
                "taken_on": _iso(one.taken_on),
                "taken_by": one.taken_by.name,
                "locked": one.locked.value,
                "power": one.power.value,
                "people": one.people.value,
                "page": one.site_id,
            },
        )


READERS: dict[type[Any], Callable[[Collection[int], date], Iterator[tuple[int, Row]]]] = {
    Hazard: _hazards,
    Check: _checks,
    Site: _sites,
    Task: _tasks,
    IllegalCase: _cases,
    Training: _trainings,
    Notice: _notices,
    Pulse: _pulses,
}
