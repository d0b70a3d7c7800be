"""Makes the province: founds it, lets it work half-month by half-month, and leaves the database ready for figures."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import date, timedelta

from ...core.numbering import Counter
from .calendar import at, date_of, number_of
from .campaigns import Campaigns
from .context import Province
from .hazards import Hazards
from .items import Items
from .people import People
from .places import IDLE_SHARE, KEY_SHARE, Places
from .plan import Plan
from .routine import Routine
from .trainings_and_cases import Cases, Trainings

FOUNDED_BEFORE = timedelta(days=24)
Tell = Callable[[str], None]


def load(enterprises: int, years: int, seed: int, today: date, tell: Tell) -> dict[str, int]:
    """Make a province of so many enterprises and years, up to the night before `today`; how many rows of each table.

    Needs the checklists and the calendar, and nothing else in the database.
    """
    items = Items(date(today.year - years - 1, 1, 1), today + timedelta(days=40))
    province = Province(enterprises, years, seed, today)
    _found(province)
    work = _Work(province, items)
    gc.disable()  # nothing here refers to itself in a circle, and looking for it is a tenth of the time
    try:
        work.go_on(tell)
    finally:
        gc.enable()
    counters = province.bulk.table(Counter, "kind year last")
    counters += [(kind, year, last) for (kind, year), last in sorted(province.serials.items())]
    province.write(province.until)
    province.bulk.finish()
    return province.bulk.written


def _found(province: Province) -> None:
    """People and places. Sites name their supervisors, and accounts of enterprises their sites: three times written."""
    founded = number_of(province.first - FOUNDED_BEFORE)
    people = People(province, at(founded, 8))
    enterprises = province.enterprises
    people.settle(round(enterprises * (1 + IDLE_SHARE)), round(enterprises * KEY_SHARE))
    province.bulk.write()
    Places(province, founded).settle()
    province.bulk.write()
    people.accounts_of_enterprises()


class _Work:
    """The work of the province, half-month by half-month."""

    def __init__(self, province: Province, items: Items) -> None:
        self.province, self.plan = province, Plan(province)
        self.campaigns, self.routine = Campaigns(province, self.plan), Routine(province, self.plan)
        self.hazards = Hazards(province, self.plan, items)
        self.campaigns.settle()
        Trainings(province).settle()
        Cases(province, self.campaigns.drives).settle()

    def go_on(self, tell: Tell) -> None:
        """Plan each half-month one ahead, since what is reported in one may be looked at again in the next; carry it out
        and write it down."""
        began = time.monotonic()
        self._plan(0)
        for index, window in enumerate(self.plan.windows):
            if index + 1 < len(self.plan.windows):
                self._plan(index + 1)
            for visit in self.plan.carried_out(index):
                self.hazards.carry_out(visit)
            before = at(window.end + 1, 0)
            self.hazards.write_rows(before)
            self.province.write(before)
            end = date_of(window.end)
            if (end.month, end.day) in {(6, 30), (12, 31)}:
                tell(_progress(self.province, window.end, time.monotonic() - began))

    def _plan(self, index: int) -> None:
        self.routine.open(index)
        self.campaigns.plan_visits(index)


def _progress(province: Province, day: int, seconds: float) -> str:
    written = province.bulk.written
    return (
        f"  {province.calendar.day(day)}: {written.get('checks', 0):,} checks, {written.get('hazards', 0):,} hazards"
        f" ({seconds:.0f} s)"
    )
