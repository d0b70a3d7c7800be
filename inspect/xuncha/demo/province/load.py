"""Makes the province: founds it, lets it work half-month by half-month, and leaves the database ready for figures."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import date, timedelta

from ...core.numbering import Counter
from .calendar import at, date_of, number_of
from .campaigns import Campaigns
from .checks import is_correction
from .context import Province
from .hazards import Hazards
from .items import Items
from .people import People
from .places import IDLE_SHARE, KEY_SHARE, Places
from .plan import Plan
from .routine import Routine
from .trainings_and_cases import Cases, Trainings

FOUNDED_BEFORE = timedelta(days=24)
SEED = 1949
Tell = Callable[[str], None]


def load(enterprises: int, years: int, seed: int, today: date, tell: Tell) -> dict[str, int]:
    """Make a province of so many enterprises and years, up to the night before `today`; how many rows of each table.

    Needs the checklists and the calendar, and nothing else in the database.
    """
    began = time.monotonic()
    last = today + timedelta(days=40)
    items = Items(date(today.year - years - 1, 1, 1), last)
    province = Province(enterprises, years, seed, today)
    plan = Plan(province)
    founded = province.first - FOUNDED_BEFORE
    people = People(province, at(number_of(founded), 8))
    people.settle(round(enterprises * (1 + IDLE_SHARE)), round(enterprises * KEY_SHARE))
    province.bulk.write()  # sites name their supervisors, and accounts of enterprises their sites
    Places(province, number_of(founded)).settle()
    province.bulk.write()
    people.accounts_of_enterprises()
    campaigns, routine, hazards = (
        Campaigns(province, plan),
        Routine(province, plan),
        Hazards(province, plan, items),
    )
    campaigns.settle()
    Trainings(province).settle()
    Cases(province, campaigns.drives).settle()
    gc.freeze()  # what lives from here to the end need not be looked through
    _open(0, campaigns, routine)
    for index, window in enumerate(plan.windows):
        if index + 1 < len(plan.windows):
            _open(index + 1, campaigns, routine)
        for visit in plan.carried_out(index):
            if is_correction(visit):
                hazards.checks.correct(visit)
            else:
                hazards.carry_out(visit)
        before = at(window.end + 1, 0)
        hazards.write_rows(before)
        province.write(before)
        if date_of(window.end).month in {6, 12} and date_of(window.end).day > 15:
            tell(_progress(province, window.end, time.monotonic() - began))
    counters = province.bulk.table(Counter, "kind year last")
    counters += [(kind, year, last) for (kind, year), last in sorted(province.serials.items())]
    province.write(province.until)
    gc.unfreeze()
    province.bulk.finish()
    return province.bulk.written


def _open(index: int, campaigns: Campaigns, routine: Routine) -> None:
    """Plan a half-month. It is planned one ahead: what is reported in one may be looked at again in the next."""
    routine.open(index)
    campaigns.plan_visits(index)


def _progress(province: Province, day: int, seconds: float) -> str:
    written = province.bulk.written
    return (
        f"  {province.calendar.day(day)}: {written.get('checks', 0):,} checks, {written.get('hazards', 0):,} hazards"
        f" ({seconds:.0f} s)"
    )
