"""What the dashboard shows beside single figures: by supervisor, class, enterprise and month, compared, as a grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from ..accounts.models import User
from ..checklists.models import HazardClass
from ..checks.models import Check
from ..core import paging
from ..core.db import db
from ..core.paging import Total
from ..core.panels import Panels
from ..enterprises.models import Site
from ..hazards.models import Hazard
from ..schedule.lifecycle import TaskState, Window, window_of
from ..schedule.models import Task
from ..schedule.queries import Mark, in_states, marks, state_expression
from ..trainings.models import Training
from .definition import FIGURES, RATES
from .figures import Figures, Period, Share
from .scope import holder_of

dashboard_panels = Panels()
"""Parts above the figures that higher domains fill: `@dashboard_panels.add` a maker(day, reader) -> Panel | None."""

GRID_WINDOWS = 6
GRID_SITES = 12
MOST_SITES = 10
COMPARED = (
    "visits",
    "enterprises_visited",
    "hazards_found",
    "hazards_closed",
    "rectification_rate",
    "on_time_rate",
    "completion_rate",
    "trainings",
    "attendances",
)


@dataclass(frozen=True)
class Score:
    """How a supervisor keeps to plan and dates: shares only, never numbers of hazards or visits (domain 5.3)."""

    person: User
    completion: Share
    done_late: int
    not_done: int
    on_time: Share
    rechecked: Share


def has_begun() -> bool:
    """Whether there is anything that a figure could count."""
    return any(
        db.session.scalar(sa.select(sa.exists(sa.select(table.id))))
        for table in (Task, Check, Hazard, Training)
    )


def scores(figures: Figures) -> list[Score]:
    """One line for each supervisor with planned checks or hazards of his sites, the least complete first."""
    planned = ("tasks_done", "tasks_planned", "tasks_done_late", "tasks_not_done")
    tasks = {row[0]: row[1:] for row in figures.by_supervisor(planned)}
    followed = ("hazards_in_time", "hazards_due", "rechecked", "recheck_due")
    hazards = {row[0]: row[1:] for row in figures.by_supervisor(followed)}
    people = db.session.scalars(sa.select(User).where(User.id.in_(tasks.keys() | hazards.keys() - {None})))
    found = []
    for person in people:
        done, plan, late, not_done = tasks.get(person.id, (0, 0, 0, 0))
        in_time, due, looked, to_look = hazards.get(person.id, (0, 0, 0, 0))
        if plan or due or to_look:
            line = Score(
                person, Share(done, plan), late, not_done, Share(in_time, due), Share(looked, to_look)
            )
            found.append(line)
    return sorted(found, key=_least_complete)


def _least_complete(score: Score) -> tuple[float, str]:
    rate = score.completion.value
    return (2.0 if rate is None else rate, score.person.name)


def by_class(figures: Figures) -> list[tuple[HazardClass, int]]:
    """Hazards found of each class, most first."""
    rows = [(kind, found) for kind, found in figures.by_class(["hazards_found"]) if found]
    return sorted(rows, key=lambda row: -row[1])


def by_site(figures: Figures) -> list[tuple[Site, Share]]:
    """Of the sites with the most hazards found: closed of found."""
    most = figures.sites_with_most(MOST_SITES)
    rows = figures.by(["hazards_closed", "hazards_found"], Hazard.site_id, of=[Hazard.site_id.in_(most)])
    shares = {number: Share(closed, found) for number, closed, found in rows}
    sites = {site.id: site for site in db.session.scalars(sa.select(Site).where(Site.id.in_(most)))}
    return [(sites[number], shares[number]) for number in most]


def trend(figures: Figures) -> list[tuple[Period, Share]]:
    """Of the hazards found in each month: how many were closed by the as-of day."""
    months = figures.period.months()
    whole = Figures(replace(figures.period, first=months[0].first, last=months[-1].last), figures.scope)
    rows = {
        month: Share(closed, found)
        for month, closed, found in whole.by_month(["hazards_closed", "hazards_found"])
    }
    return [(month, rows.get(month.first.replace(day=1), Share(0, 0))) for month in months]


@dataclass(frozen=True)
class Change:
    """Against an earlier value: in points of a hundred for rates, else as a share of it; none without a base."""

    value: float | None
    points: bool


def change(now: float | None, base: float | None, *, points: bool) -> Change:
    """同比 or 环比: rates compare in 个百分点, numbers in percent, and nothing compares with nought."""
    if now is None or base is None or (not points and base == 0):
        return Change(None, points)
    return Change(now - base if points else (now - base) / base, points)


@dataclass(frozen=True)
class Compared:
    """A figure now, in the previous period and a year before."""

    name: str
    label: str
    is_rate: bool
    values: tuple[float | None, float | None, float | None]

    @property
    def to_previous(self) -> Change:
        """环比"""
        return change(self.values[0], self.values[1], points=self.is_rate)

    @property
    def to_year_before(self) -> Change:
        """同比"""
        return change(self.values[0], self.values[2], points=self.is_rate)


def compared(figures: Figures, names: Iterable[str] = COMPARED) -> list[Compared]:
    """Figures beside those of the previous period and of the same days a year before."""
    period, scope = figures.period, figures.scope
    names = tuple(names)
    earlier = (Figures(days, scope, only=names) for days in (period.previous, period.year_before))
    times = (figures, *earlier)
    found = []
    for name in names:
        named = RATES.get(name) or FIGURES[name]
        values = [one.rate(name) if name in RATES else one.number(name) for one in times]
        found.append(Compared(name, named.label, name in RATES, (values[0], values[1], values[2])))
    return found


@dataclass(frozen=True)
class Grid:
    """The newest half-months of the sites that need looking at first."""

    windows: list[Window]
    sites: dict[int, str]
    marks: list[Mark]
    total: Total


def grid(figures: Figures) -> Grid:
    """The last half-months up to the as-of day: sites with late or missed checks first, then those with one due."""
    day = figures.period.until
    windows = [window_of(day)]
    while len(windows) < GRID_WINDOWS:
        windows.insert(0, windows[0].previous)
    inside = figures.scope.tasks().where(Task.window_start.in_([window.start for window in windows]))
    shown = _first_to_look_at(inside, figures.period.as_of)
    named = sa.select(Site.id, Site.name).where(Site.id.in_(shown))
    names = {row.id: row.name for row in db.session.execute(named)}
    every = inside.with_only_columns(Task.site_id).distinct().subquery()
    return Grid(
        windows,
        {number: names[number] for number in shown},
        marks(inside.where(Task.site_id.in_(shown)), figures.period.as_of),
        paging.count(sa.select(every.c.site_id)),
    )


def _first_to_look_at(tasks: sa.Select[Task], day: date) -> list[int]:
    """The sites with late or missed tasks first, then those with one due, then the others, each by name."""
    state, count = state_expression(day), sa.func.count()
    behind = count.filter(in_states(state, TaskState.LATE, TaskState.MISSED))
    due = count.filter(in_states(state, TaskState.DUE, TaskState.POSTPONED))
    undone = tasks.where(sa.or_(Task.done_on.is_(None), Task.done_on > day))
    of_sites = (
        undone.join(Site, Site.id == Task.site_id)
        .with_only_columns(Task.site_id)
        .group_by(Task.site_id, Site.name)
    )
    ranked = of_sites.having(behind + due > 0).order_by(behind.desc(), due.desc(), Site.name)
    first = list(db.session.scalars(ranked.limit(GRID_SITES)))
    if len(first) == GRID_SITES:
        return first
    named = (
        tasks.join(Site, Site.id == Task.site_id)
        .with_only_columns(Task.site_id)
        .where(Task.site_id.not_in(first))
    )
    others = named.group_by(Task.site_id, Site.name).order_by(Site.name).limit(GRID_SITES - len(first))
    return [*first, *db.session.scalars(others)]


def responsible(figures: Figures) -> list[tuple[User, int]]:
    """Who is responsible for the key enterprises on the list, each with how many of them, most first."""
    held = figures.rows("key_enterprises_held").with_only_columns(
        holder_of(Site.id, figures.period.as_of).label("holder")
    )
    each = held.subquery()
    counted = sa.select(each.c.holder, sa.func.count().label("sites")).group_by(each.c.holder).subquery()
    query = sa.select(User, counted.c.sites).join(counted, counted.c.holder == User.id)
    found = db.session.execute(query.order_by(counted.c.sites.desc(), User.name))
    return [(person, sites) for person, sites in found]
