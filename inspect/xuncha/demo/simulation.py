"""The work of the demo zone from the first of January of its last whole first half-year to yesterday."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from ..campaigns.actions import create
from ..campaigns.models import CampaignKind
from ..checklists.models import HazardClass, Item
from ..checks.models import VisitKind
from ..core.clock import at, day_start
from ..enterprises.actions import apply_due_assignments, hand_over
from ..enterprises.models import Sector
from ..schedule.actions import open_month
from . import photos
from .appraisals import plan_appraisal
from .clock import Clock
from .committee import plan_committee
from .context import Context
from .deliveries_and_escalation import plan_escalation
from .excuses import plan_excuses
from .experts import engage_experts
from .filed_checks import carry_out, waiting_at
from .findings import Found, findings
from .focus_and_plaques import plan_focus_and_plaques
from .issued_papers import plan_issued_papers
from .measured_items import add_measured_items
from .people_and_sites import Place, engaged_until, found_zone, read
from .phones import plan_phones
from .plan import Planner, Visit, campaign_key
from .postponements import plan_postponements
from .pulses import plan_pulses
from .training_plan import plan_training_work
from .trainings_and_cases import plan_cases, plan_trainings
from .worker_reports import plan_worker_reports

SLOW = 67  # of the experts' hazards: these wait beyond the half-year, the others are closed in it
SEED = 1949
RECHECK_EVERY = 7  # working days


def first_day(today: date) -> date:
    """The first day of the last first half-year that is over."""
    return date(today.year if today.month >= 7 else today.year - 1, 1, 1)


def live(today: date) -> Context:
    """Found the zone and let it work up to the night before `today`."""
    dice = random.Random(SEED)
    first = first_day(today)
    zone = found_zone(first.year, dice)
    taken = photos.fill(zone.admin, at(first - timedelta(days=20), 9))
    add_measured_items(taken, actor=zone.admin, now=at(first - timedelta(days=20), 10))
    planner = Planner(zone, first, today, dice, read("texts"))
    context = Context(zone, taken, Clock(day_start(today)), planner, dice, planner.texts, today)
    _open_months(context, first)
    _script_recent(context)  # first, so that no other visit takes their days
    _script_majors(context, first.year)
    for year in range(first.year, today.year + 1):
        _create_campaigns(context, year)
        planner.plan_patrols(year)
        plan_trainings(context, year)
    plan_training_work(context, first.year, today.year)
    planner.plan_routine()
    _send_experts(context, first.year)
    _hand_sites_over(context, first.year)
    plan_excuses(context)
    plan_cases(context, first.year)
    _look_again(context, first)
    plan_worker_reports(context)
    plan_phones(context)
    plan_focus_and_plaques(context)
    plan_escalation(context)
    plan_committee(context, first.year)
    plan_pulses(context)
    plan_postponements(context)
    plan_issued_papers(context, first)
    plan_appraisal(context, first)
    for visit in planner.visits:
        _expect(context, visit)
    context.clock.run()
    return context


def _expect(context: Context, visit: Visit) -> None:
    context.clock.at(visit.start, lambda moment: carry_out(context, visit, moment))


def _look_again(context: Context, first: date) -> None:
    """Visits only to re-inspect: every now and then, where something waits for it."""
    for day in context.planner.days(first, context.today)[20::RECHECK_EVERY]:

        def visit(moment: datetime, day: date = day) -> None:
            places = [place for place in context.zone.key if waiting_at(context, place, day)]
            if places:
                place = context.dice.choice(places)
                carry_out(context, Visit(place, VisitKind.RECHECK, day, moment), moment)

        context.clock.at(at(day, 15, 50), visit)


def _open_months(context: Context, first: date) -> None:
    """Each month's tasks are opened on the 25th before it."""
    day = first - timedelta(days=7)
    while day <= context.today:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)

        def open_it(moment: datetime, month: date = following) -> None:
            open_month(month.year, month.month, actor=context.zone.admin, now=moment)

        context.clock.at(at(day, 8, 30), open_it)
        day = following.replace(day=25)


def _create_campaigns(context: Context, year: int) -> None:
    for row in context.texts["campaigns"]:
        start, end = (date.fromisoformat(f"{year}-{row[name]}") for name in ("from", "to"))
        _create_campaign(context, campaign_key(row["key"], year), row, CampaignKind(row["kind"]), start, end)


def _create_campaign(
    context: Context, key: str, row: dict[str, Any], kind: CampaignKind, start: date, end: date
) -> None:
    def make(moment: datetime) -> None:
        name = context.texts["remarks"]["campaign_name"].format(year=start.year, name=row["zh"])
        context.campaigns[key] = create(
            name=name,
            name_en=f"{row['en']} {start.year}",
            kind=kind,
            starts_on=start,
            ends_on=end,
            basis=row["basis"],
            goal=row["goal"],
            actor=context.zone.admin,
            now=moment,
        )

    context.clock.at(at(start - timedelta(days=8), 9), make)


def _send_experts(context: Context, year: int) -> None:
    """The campaign that sends the experts, their engagements and their visits."""
    start, end = date(year, 3, 2), engaged_until(context.today)
    _create_campaign(context, "expert", context.texts["expert_campaign"], CampaignKind.EXPERT, start, end)
    visits = context.planner.plan_experts(year)

    engage_experts(context, year, visits)
    _write_experts_findings(context, visits)


def _write_experts_findings(context: Context, visits: list[Visit]) -> None:
    """Who has longer to rectify is likelier to be among those that wait; the rest is due within a fortnight."""
    made = []
    for visit in visits:
        wanted = len(visit.findings)
        visit.findings = findings(context, visit.place, visit.kind, wanted)
        made += [(visit, number, found) for number, found in enumerate(visit.findings)]
    waiting = [one for one in made if not one[2].on_spot]
    waiting.sort(key=lambda one: (one[2].days >= 15, one[0].day.toordinal() + context.dice.randrange(45)))
    slow = {id(found) for _, _, found in waiting[-SLOW:]}
    for visit, number, found in made:
        if id(found) in slow:
            visit.findings[number] = replace(found, fate="slow", days=30)
        else:
            visit.findings[number] = replace(found, fate="prompt", days=min(found.days, 15))


def _scripted_visit(context: Context, place: Place, day: date, found: Found) -> None:
    context.planner.add(place, VisitKind.ROUTINE, day, findings=[found])


def _day_of(context: Context, row: dict[str, Any], year: int) -> date:
    if "ago" in row:
        return context.planner.after(context.today, -row["ago"])
    return date.fromisoformat(f"{year}-{row['day']}")


def _item(context: Context, place: Place, code: str) -> Item:
    return next(item for item in context.items_for(place, VisitKind.ROUTINE) if item.code == code)


def _script_majors(context: Context, year: int) -> None:
    """Major and suspected hazards, at enterprises that work with the product."""
    sector_of = {
        "HAZ": Sector.HAZCHEM,
        "IND": Sector.INDUSTRY,
        "GEN": Sector.INDUSTRY,
    }
    used: set[int] = set()
    for row in context.texts["majors"]:
        place = next(
            place
            for place in context.zone.key[4:]
            if place.officer and place.site.id not in used and place.site.sector is sector_of[row["item"][:3]]
        )
        used.add(place.site.id)
        found = Found(
            item=_item(context, place, row["item"]),
            description=row["text"],
            measure=row["measure"],
            hazard_class=HazardClass(row["class"]),
            days=40,
            place=row["place"],
            fate=row["fate"],
            criterion=row["criterion"],
        )
        _scripted_visit(context, place, _day_of(context, row, year), found)


def _script_recent(context: Context) -> None:
    """One hazard in each state for the first supervisor and the first enterprises, whatever day it is."""
    for row in context.texts["recent"]:
        place = context.zone.key[row["site"]]
        found = findings(context, place, VisitKind.ROUTINE, 1, fate=row["fate"])[0]
        found = replace(found, days=row["days"])
        _scripted_visit(context, place, _day_of(context, row, context.today.year), found)


def _hand_sites_over(context: Context, year: int) -> None:
    for row in context.texts["handovers"]:
        giver, taker = context.zone.people[row["giver"]], context.zone.people[row["taker"]]
        day = _day_of(context, row, year)

        def write(
            moment: datetime, number: int = row["sites"], day: date = day, pair: Any = (giver, taker)
        ) -> None:
            held = [place.site for place in context.zone.key if place.site.supervisor == pair[0]]
            moves = [(site, pair[1]) for site in held[-number:]]
            note = context.remark("handover")
            hand_over(moves, day, actor=context.zone.admin, now=moment, note=note)

        context.clock.at(at(day - timedelta(days=4), 11), write)
        context.clock.at(at(day, 0, 30), lambda moment: _night(moment))


def _night(moment: datetime) -> None:
    apply_due_assignments(now=moment)
