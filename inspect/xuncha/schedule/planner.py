"""The visit planner: all that waits at a site becomes one entry, and the entries of a day stand in an order by place.

What higher domains know of (re-inspections, campaigns, experts, caps of visits) they register here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..core import settings
from ..core.db import db
from ..core.i18n import word, write_parts
from ..core.labels import N_
from ..enterprises.models import Site
from ..enterprises.queries import visible_to as sites_visible_to
from .lifecycle import OPEN, TaskState
from .models import PlannedVisit, Task
from .places import Place, by_place, metres
from .queries import state_filter, state_of

AHEAD = timedelta(days=14)
PROPOSED, PRESSING = 4, timedelta(days=7)


@dataclass(frozen=True)
class Matter:
    """Something to do at a site; `key` tells it from every other of the site. What only `rides` asks for no visit of its own.

    `by` is the day until which it is to be done, `opens` the page on which it is done with what its address names,
    `counts` whether a visit for it counts towards the cap of visits.
    """

    site_id: int
    key: str
    words: str
    by: date | None = None
    opens: tuple[str, Mapping[str, object]] | None = None
    late: bool = False
    rides: bool = False
    counts: bool = True


@dataclass(frozen=True)
class Asked:
    """Whose matters are asked for, at which sites, for a visit on a day; `until` is the end of the fortnight after it."""

    supervisor: User
    sites: Collection[int]
    day: date

    @property
    def until(self) -> date:
        """What is due later need not be known on the day."""
        return self.day + AHEAD


Finder = Callable[[Asked], Iterable[Matter]]
Caution = Callable[[Collection[int], date], Mapping[int, str]]
_finders: list[Finder] = []
_cautions: list[Caution] = []


def plans(finder: Finder) -> Finder:
    """Register (as a decorator) what finds matters of a supervisor's sites."""
    _finders.append(finder)
    return finder


def cautions(caution: Caution) -> Caution:
    """Register (as a decorator) what a supervisor should know before one visit more; it gets sites and the day."""
    _cautions.append(caution)
    return caution


@dataclass
class Entry:
    """One visit: a site and all that can be done there."""

    site: Site
    matters: list[Matter]
    visits: list[PlannedVisit] = field(default_factory=list)
    caution: str = ""

    @property
    def by(self) -> date | None:
        """The first day on which something is due."""
        return min((one.by for one in self.matters if one.by), default=None)

    @property
    def late(self) -> bool:
        """Whether something should have been done already."""
        return any(one.late for one in self.matters)

    @property
    def words(self) -> str:
        """What is to be done there in one line."""
        return " · ".join(one.words for one in self.matters)

    @property
    def is_asked(self) -> bool:
        """Whether something there asks for a visit of its own."""
        return any(not one.rides for one in self.matters)

    @property
    def urgency(self) -> tuple[bool, date, str]:
        """Late ones first, then by day."""
        return not self.late, self.by or date.max, self.site.name

    @property
    def place(self) -> Place | None:
        """Where it is, if that is known."""
        site = self.site
        return None if site.latitude is None or site.longitude is None else (site.latitude, site.longitude)


@dataclass(frozen=True)
class Stop:
    """An entry in its place of a day, and the way from the one before."""

    entry: Entry
    visit: PlannedVisit
    way: str

    def is_taken(self, matter: Matter) -> bool:
        """Whether it is ticked as taken along."""
        return matter.key in self.visit.taken


@dataclass(frozen=True)
class Plan:
    """A supervisor's day, and what could come along."""

    supervisor: User
    day: date
    stops: list[Stop]
    others: list[Entry]
    counts: dict[date, int]

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody changed the order."""
        return any(stop.visit.position is not None for stop in self.stops)

    @property
    def proposed(self) -> set[int]:
        """The sites that an empty day could begin with: the most pressing that no other day holds."""
        if self.stops:
            return set()
        free = [one for one in self.others if not one.visits and one.by and one.by <= self.day + PRESSING]
        return {one.site.id for one in free[:PROPOSED]}


def plan_of(supervisor: User, day: date, today: date) -> Plan:
    """The plan of a day: what can be done on it, and is due within the fortnight after it."""
    visits = _visits(supervisor, today, max(day, today + AHEAD), day)
    entries = _entries(supervisor, max(day, today), visits)
    on_day = {visit.site_id: visit for visit in visits if visit.day == day}
    ordered = in_order([(entries[number], visit) for number, visit in on_day.items() if number in entries])
    _warn(entries, day)
    counts: dict[date, int] = {}
    for visit in visits:
        counts[visit.day] = counts.get(visit.day, 0) + (visit.site_id in entries)
    others = [one for number, one in entries.items() if number not in on_day and one.is_asked]
    return Plan(supervisor, day, _stops(ordered), sorted(others, key=lambda one: one.urgency), counts)


def _visits(supervisor: User, first: date, last: date, day: date) -> list[PlannedVisit]:
    in_time = sa.or_(PlannedVisit.day.between(first, last), PlannedVisit.day == day)
    query = sa.select(PlannedVisit).where(PlannedVisit.supervisor_id == supervisor.id, in_time)
    return list(db.session.scalars(query.order_by(PlannedVisit.day, PlannedVisit.id)))


def _entries(supervisor: User, day: date, visits: Sequence[PlannedVisit]) -> dict[int, Entry]:
    held = sites_visible_to(supervisor).where(Site.supervisor_id == supervisor.id)
    sites = {site.id: site for site in db.session.scalars(held)}
    asked = Asked(supervisor, set(sites), day)
    entries: dict[int, Entry] = {}
    for finder in _finders:
        for matter in finder(asked):
            entries.setdefault(matter.site_id, Entry(sites[matter.site_id], [])).matters.append(matter)
    for visit in visits:
        if visit.site_id in sites:
            entries.setdefault(visit.site_id, Entry(sites[visit.site_id], [])).visits.append(visit)
    for entry in entries.values():
        entry.matters.sort(key=lambda one: (not one.late, one.rides, one.by or date.max))
    return entries


def _warn(entries: Mapping[int, Entry], day: date) -> None:
    counted = [number for number, one in entries.items() if any(matter.counts for matter in one.matters)]
    for caution in _cautions:
        for number, words in caution(counted, day).items():
            entries[number].caution = words


def in_order(found: Iterable[tuple[Entry, PlannedVisit]]) -> list[tuple[Entry, PlannedVisit]]:
    """The order that was made by hand, else from place to place, the most pressing first; what came later stands at the end."""
    given = sorted(found, key=lambda pair: pair[0].urgency)
    placed = sorted(
        (pair for pair in given if pair[1].position is not None), key=lambda pair: pair[1].position or 0
    )
    rest = [pair for pair in given if pair[1].position is None]
    start = placed[-1][0].place if placed else office_place()
    return placed + by_place(rest, lambda pair: pair[0].place, lambda pair: pair[0].site.area, start)


def office_place() -> Place | None:
    """Where the days begin, if the office has said where it is."""
    latitude, _comma, longitude = settings.value(settings.OFFICE_PLACE).partition(",")
    return (float(latitude), float(longitude)) if longitude else None


def _stops(ordered: Sequence[tuple[Entry, PlannedVisit]]) -> list[Stop]:
    stops: list[Stop] = []
    for entry, visit in ordered:
        before = stops[-1].entry if stops else None
        stops.append(Stop(entry, visit, _way(before, entry)))
    return stops


def _way(before: Entry | None, entry: Entry) -> str:
    here = before.place if before else office_place()
    if here and entry.place:
        far = metres(here, entry.place)
        if before is None:
            return gettext("about %(far)s from the office", far=_in_words(far))
        return gettext("about %(far)s from there", far=_in_words(far))
    if before and entry.site.area and entry.site.area == before.site.area:
        return gettext("in the same area")
    return ""


def _in_words(far: float) -> str:
    if far < 1000:
        return gettext("%(number)s m", number=max(50, round(far / 50) * 50))
    return gettext("%(number)s km", number=f"{far / 1000:.1f}")


DUE = {
    TaskState.DUE: N_("due check by %(day)s"),
    TaskState.POSTPONED: N_("postponed check by %(day)s"),
    TaskState.LATE: N_("late check, was due on %(day)s"),
}


@plans
def _due_checks(asked: Asked) -> Iterator[Matter]:
    """The checks that a visit on the day can do: their half-month has begun, and they are not done."""
    query = (
        sa.select(Task)
        .where(Task.site_id.in_(asked.sites), Task.window_start <= asked.day, state_filter(OPEN, asked.day))
        .options(selectinload(Task.excuses))
        .order_by(Task.due_on)
    )
    for task in db.session.scalars(query):
        state = state_of(task, asked.day)
        yield Matter(
            task.site_id,
            f"task:{task.id}",
            gettext(DUE[state], day=write_parts(task.due_on, word(N_("d MMM")))),
            task.due_on,
            ("checks.new", {"task": task.id}),
            late=state is TaskState.LATE,
        )
