"""Which visits the demo zone plans: the twice-monthly checks, the patrols of the campaigns, the experts' visits."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ..accounts.models import User
from ..checks.models import VisitKind
from ..core.clock import at
from ..enterprises.models import Sector
from ..schedule import workdays
from ..schedule.lifecycle import Window, windows_between
from .people_and_sites import Place, Zone

SLOTS = ((8, 50), (10, 20), (13, 40), (15, 0), (16, 10))
MANNERS = ("", "late_entry", "refused", "objection", "correction")
MANNER_WEIGHTS = (0.964, 0.018, 0.004, 0.01, 0.004)
EXPERT_SITES = 46
EXPERT_HAZARDS = 323
EXPERT_DAYS = ((3, 20), (6, 5))


@dataclass
class Visit:
    """A visit as planned; `task` is the half-month it is to do."""

    place: Place
    kind: VisitKind
    day: date
    start: datetime
    task: Window | None = None
    campaign: str = ""
    inspector: User | None = None
    findings: list[Any] = field(default_factory=list)
    chance: float = 0.0
    manner: str = ""


@dataclass
class Excusal:
    """A half-month in which the check is asked to be excused."""

    place: Place
    window: Window
    accepted: bool


class Planner:
    """Plans visits from the first of January to a day, no two at one site on one day."""

    def __init__(
        self, zone: Zone, first: date, last: date, dice: random.Random, words: dict[str, Any]
    ) -> None:
        self.zone, self.first, self.last, self.dice, self.texts = zone, first, last, dice, words
        self.workdays = workdays.workdays(first - timedelta(days=40), date(last.year + 1, 4, 30))
        self.visits: list[Visit] = []
        self.excusals: list[Excusal] = []
        self._taken: set[tuple[int, date]] = set()
        self._load: Counter[tuple[int, date]] = Counter()

    def days(self, start: date, end: date) -> list[date]:
        """The working days between two days, both inclusive."""
        return [day for day in self.workdays if start <= day <= end]

    def after(self, day: date, number: int) -> date:
        """The working day `number` working days after (before, when negative) a day."""
        if number >= 0:
            return self.workdays[bisect_right(self.workdays, day) + max(number, 1) - 1]
        return self.workdays[bisect_left(self.workdays, day) + number]

    def add(self, place: Place, kind: VisitKind, day: date, **more: Any) -> Visit:
        """Plan a visit on the day, or on the first day after it that is free at this site."""
        while (place.site.id, day) in self._taken:
            day += timedelta(days=1)
        self._taken.add((place.site.id, day))
        who = (place.site.supervisor_id or 0, day)
        hour, minute = SLOTS[self._load[who] % len(SLOTS)]
        self._load[who] += 1
        start = at(day, hour, minute) + timedelta(minutes=self.dice.randrange(18))
        visit = Visit(place, kind, day, start, **more)
        self.visits.append(visit)
        return visit

    def plan_routine(self) -> None:
        """Two checks a month at every key enterprise: nearly all in time, some late, few missed or excused."""
        windows = windows_between(self.first, self.last)
        for number, place in enumerate(self.zone.key):
            phase = self.dice.random()
            for window in windows:
                back = windows[-1].start == window.start, windows[-2].start == window.start
                # The first supervisor always has something due, and one task that is late.
                if (number == 0 and back[0]) or (number == 1 and any(back)):
                    continue
                self._plan_window(place, window, phase)

    def _plan_window(self, place: Place, window: Window, phase: float) -> None:
        roll = self.dice.random()
        if roll < 0.945:
            days = self.days(window.start, window.end)
            index = round(phase * (len(days) - 1)) + self.dice.choice((-1, 0, 0, 1))
            day = days[max(0, min(len(days) - 1, index))]
        elif roll < 0.972:
            late = self.days(window.next.start, window.next.end)
            day = late[self.dice.randrange(min(4, len(late)))]
        elif roll < 0.985:
            self.excusals.append(Excusal(place, window, accepted=self.dice.random() < 0.75))
            return
        else:
            return
        manner = self.dice.choices(MANNERS, MANNER_WEIGHTS)[0]
        self.add(place, VisitKind.ROUTINE, day, task=window, chance=0.24, manner=manner)

    def plan_patrols(self, year: int) -> None:
        """The visits of each campaign of a year, spread over its days; each half-year has its own number."""
        for row in self.texts["campaigns"]:
            start, end = _day(year, row["from"]), _day(year, row["to"])
            middle = date(year, 6, 30)
            halves = ((start, min(end, middle)), (max(start, middle + timedelta(days=1)), end))
            for (first, last), count in zip(halves, row["visits"], strict=True):
                self._spread(row, self.days(first, last), first, last, count)

    def _spread(self, row: dict[str, Any], days: list[date], first: date, last: date, count: int) -> None:
        places = self._places_for(row["key"])
        self.dice.shuffle(places)
        for number in range(count):
            day = days[int((number + self.dice.random()) * len(days) / count)]
            if row["visit"] == "holiday" and self.dice.random() < 0.15:  # spot checks in the holiday itself
                day = first + timedelta(days=self.dice.randrange((last - first).days + 1))
            self._patrol(row, places, number, min(day, last))

    def _patrol(self, row: dict[str, Any], places: list[Place], number: int, day: date) -> None:
        """One visit at the next place that is free on the day; the period and the half-year are never left."""
        for turn in range(len(places)):
            place = places[(number + turn) % len(places)]
            if (place.site.id, day) not in self._taken:
                self.add(
                    place,
                    VisitKind(row["visit"]),
                    day,
                    campaign=campaign_key(row["key"], day.year),
                    chance=0.24,
                )
                return

    def _places_for(self, key: str) -> list[Place]:
        key_places, zone = self.zone.key, self.zone
        chosen = {
            "idle": zone.idle,
            "tenants": [place for place in key_places if place.site.sector is Sector.INDUSTRY]
            + zone.ordinary,
            "crackdown": [place for place in key_places if place.site.sector is not Sector.CROWDED]
            + zone.ordinary,
            "fire": [place for place in key_places if place.site.sector in {Sector.FIRE, Sector.CROWDED}]
            + key_places[::2],
        }
        return list(chosen.get(key, key_places))

    def plan_experts(self, year: int) -> list[Visit]:
        """The experts look at most key enterprises once in spring; how many hazards each visit is to find."""
        days = self.days(*(date(year, *day) for day in EXPERT_DAYS))
        places = self.dice.sample(self.zone.key, EXPERT_SITES)
        found = [EXPERT_HAZARDS // EXPERT_SITES] * EXPERT_SITES
        for _ in range(EXPERT_HAZARDS % EXPERT_SITES):
            found[self.dice.randrange(EXPERT_SITES)] += 1
        for _ in range(60):
            one, other = self.dice.sample(range(EXPERT_SITES), 2)
            if found[one] > 3 and found[other] < 12:
                found[one], found[other] = found[one] - 1, found[other] + 1
        planned = []
        for number, place in enumerate(places):
            day = days[number * len(days) // EXPERT_SITES]
            expert = self.zone.experts[EXPERT_OF.get(place.site.sector, 1)]
            visit = self.add(place, VisitKind.EXPERT, day, campaign="expert", inspector=expert)
            visit.findings = [None] * found[number]
            planned.append(visit)
        return planned


EXPERT_OF = {Sector.HAZCHEM: 0, Sector.INDUSTRY: 1, Sector.FIRE: 2, Sector.CROWDED: 2, Sector.OTHER: 3}


def campaign_key(key: str, year: int) -> str:
    """What a campaign of a year is called here."""
    return f"{key}-{year}"


def _day(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_day}")
