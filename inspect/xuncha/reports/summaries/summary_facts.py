"""The facts of a summary: one dict, from which its page, its PDF and its Word document are made, and which an edition freezes.

Everything in it is plain JSON; names that exist in two languages stand in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

from ...accounts.models import Team, User
from ...campaigns.credentials import ExpertOrganisation, organisations
from ...campaigns.models import Campaign, CampaignCheck
from ...checks.models import Check
from ...committee.queries import for_summary
from ...core import settings
from ...core.access import READ_ALL
from ...core.clock import day_end
from ...core.db import db
from ...core.i18n import LANGUAGES, label, pick, use_language
from ...enterprises.models import Sector, Site
from ...hazards.focus.focus_lists import FocusList
from ...hazards.models import Grade, Hazard, HazardPhoto, HazardPhotoRole
from ...photos import marks
from ...stats import hazard_state
from ...stats.figures import FIGURES, RATES, RULES, Figures, Period, Scope
from ...stats.queries import responsible
from ...stats.scope import holder_of
from ...trainings.models import Training, TrainingKind

LAYOUT = 2
"""How papers print these facts: a layout that says something else gets the next number and leaves the old one printable."""
TOP = 10  # enterprises with the most hazards found
TYPICAL, LOOKED_THROUGH = 4, 60  # hazards shown with photos, of so many that could be
LISTED_OPEN = 150  # of the hazards not closed; a longer list is the ledger
LISTED_TRAININGS = 60
COUNTED = ("hazards_found", "hazards_closed", "found_overdue")


def gather(period: Period, scope: Scope, *, short: bool = False) -> dict[str, Any]:
    """The facts of a summary of a scope; a `short` one is a circular."""
    figures = Figures(period, scope)
    places = _places(figures)
    drives = campaigns(figures)
    office = for_summary(period)
    return {
        "layout": LAYOUT,
        "rules": RULES,
        "short": short,
        "org": settings.bilingual("org"),
        "period": period.to_args(),
        "scope": scope.to_args(),
        "whole": is_whole(scope),
        "who": who(scope),
        "values": {
            **_values(figures),
            **_more_values(figures, drives),
            **({"committee_meetings": office.meetings} if office.meetings else {}),
        },
        "previous": _values(Figures(period.previous, scope)),
        "year_before": _values(Figures(period.year_before, scope)),
        "definitions": definitions(),
        "classes": [[one.value, found, closed] for one, found, closed in _classes(figures) if found],
        "months": _months(figures),
        "sectors": _summed(places, lambda one: one.sector),
        "teams": _teams(places),
        "enterprises": _top(places),
        "supervisors": _supervisors(figures),
        "plan_sectors": [sector.value for sector, _plans in office.plans],
        "helpers": [one.name for one in organisations() if _helped(one, period)],
        "campaigns": drives,
        "overdue": _overdue(figures),
        "typical": _typical(figures),
        "open": [] if short else _open(figures),
        "trainings": _trainings(figures),
    }


def is_whole(scope: Scope) -> bool:
    """The summary tells of the whole zone."""
    narrowed = scope.site or scope.supervisor or scope.sector or scope.crowded or scope.focus or scope.item
    return not narrowed and (scope.actor is None or scope.actor.role in READ_ALL)


def who(scope: Scope) -> str:
    """Whose enterprises, where it is not the whole zone."""
    if scope.site:
        return db.session.get_one(Site, scope.site).name
    if scope.supervisor:
        return db.session.get_one(User, scope.supervisor).name
    if scope.focus:
        return pick(db.session.get_one(FocusList, scope.focus), "name")
    if scope.sector or scope.crowded:
        return label(scope.sector or Sector.CROWDED)
    return scope.actor.name if scope.actor is not None and not is_whole(scope) else ""


def _helped(body: ExpertOrganisation, period: Period) -> bool:
    """Its contract ran in the period."""
    return body.contract_from <= period.until and body.contract_until >= period.first


def _values(figures: Figures) -> dict[str, Any]:
    """Every figure as a number, every rate as [part, whole]."""
    values: dict[str, Any] = {name: figures.number(name) for name in FIGURES}
    for name in RATES:
        share = figures.share(name)
        values[name] = [share.part, share.whole]
    return values


def _more_values(figures: Figures, drives: list[dict[str, Any]]) -> dict[str, Any]:
    """What the paragraph names beside the figures."""
    kinds = {kind: count for kind, count in figures.by(["trainings"], Training.kind) if count}
    return {
        "supervisors": len(responsible(figures)),
        **{f"training-{kind.value}": kinds[kind] for kind in TrainingKind if kind in kinds},
        **{
            f"campaign-{one['id']}-{name}": one[name]
            for one in drives
            for name in ("visits", "found", "closed")
        },
    }


def definitions() -> dict[str, dict[str, list[str]]]:
    """Name and rule of counting of every figure, in every language: an edition prints those that held."""
    found = {}
    for lang in LANGUAGES:
        with use_language(lang):
            defined: Iterable[tuple[str, Any]] = (*FIGURES.items(), *RATES.items())
            found[lang] = {name: [gettext(one.label), gettext(one.meaning)] for name, one in defined}
    return found


def campaigns(figures: Figures) -> list[dict[str, Any]]:
    """The campaigns of the period in the order of their dates. A check may count for several of them."""
    period = figures.period
    query = sa.select(Campaign).where(Campaign.starts_on <= period.until, Campaign.ends_on >= period.first)
    found, closed = (_by_campaign(figures, name) for name in ("hazards_found", "hazards_closed"))
    lines = []
    for one in db.session.scalars(query.order_by(Campaign.starts_on, Campaign.id)):
        checks = sa.select(CampaignCheck.check_id).where(CampaignCheck.campaign_id == one.id)
        rows = figures.rows("visits", Check.id.in_(checks))
        visits = db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
        name = {"zh": one.name, "en": one.name_en or one.name}
        lines.append(
            {
                "id": one.id,
                "name": name,
                "visits": visits,
                "found": found.get(one.id, 0),
                "closed": closed.get(one.id, 0),
            }
        )
    return lines


def _by_campaign(figures: Figures, name: str) -> dict[int, int]:
    """A figure of hazards by the campaign of the check that found them."""
    campaign = CampaignCheck.campaign_id
    rows = figures.rows(name).join(CampaignCheck, CampaignCheck.check_id == Hazard.check_id)
    counted = rows.with_only_columns(campaign, sa.func.count()).group_by(campaign)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _classes(figures: Figures) -> list[tuple[Any, ...]]:
    rows = figures.by_class(["hazards_found", "hazards_closed"])
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _months(figures: Figures) -> list[list[Any]]:
    """[first day, found, closed in the month whenever found, rectified of those found in it]; layout 1 has no last one."""
    names = ["hazards_found", "closed_in_period", "hazards_closed"]
    months = figures.period.months()
    monthly = [Figures(month, figures.scope, only=names) for month in months]
    return [[one.period.first.isoformat(), *(one.number(name) for name in names)] for one in monthly]


@dataclass
class Place:
    """A site with its numbers of the period: found, closed, overdue, visits."""

    name: str
    sector: str
    team: dict[str, str] | None
    numbers: list[int]


def _places(figures: Figures) -> list[Place]:
    """The sites that were visited or had hazards found, with who is responsible on the as-of day."""
    counted = {row[0]: [*row[1:], 0] for row in figures.by(COUNTED, Hazard.site_id) if row[1]}
    rows = figures.rows("visits").with_only_columns(Check.site_id, sa.func.count()).group_by(Check.site_id)
    for site, visits in db.session.execute(rows):
        counted.setdefault(site, [0, 0, 0, 0])[3] = visits
    teams = _teams_of_people()
    holder = holder_of(Site.id, figures.period.as_of)
    named = sa.select(Site.id, Site.name, Site.sector, holder).where(Site.id.in_(counted))
    return [
        Place(name, sector.value, teams.get(person), counted[number])
        for number, name, sector, person in db.session.execute(named.order_by(Site.name, Site.id))
    ]


def _teams_of_people() -> dict[int, dict[str, str]]:
    query = sa.select(User.id, Team.name_zh, Team.name_en).join(Team, Team.id == User.team_id)
    return {number: {"zh": zh, "en": en or zh} for number, zh, en in db.session.execute(query)}


def _summed(places: list[Place], key: Any) -> list[list[Any]]:
    """[key, found, closed, overdue, visits, sites] of the places that share a key, the most hazards first."""
    sums: defaultdict[Any, list[int]] = defaultdict(lambda: [0] * 5)
    for one in places:
        sums[key(one)] = [
            old + new for old, new in zip(sums[key(one)], [*one.numbers, bool(one.numbers[3])], strict=True)
        ]
    return sorted(([name, *numbers] for name, numbers in sums.items()), key=lambda row: (-row[1], row[0]))


def _teams(places: list[Place]) -> list[list[Any]]:
    """The same by the team of who is responsible; none for places without one."""
    names = {one.team["zh"]: one.team for one in places if one.team}
    return [
        [names.get(row[0]), *row[1:]] for row in _summed(places, lambda one: (one.team or {}).get("zh", ""))
    ]


def _top(places: list[Place]) -> list[list[Any]]:
    """[name, found, closed, overdue] of the places with the most hazards found."""
    most = sorted((one for one in places if one.numbers[0]), key=lambda one: (-one.numbers[0], one.name))
    return [[one.name, *one.numbers[:3]] for one in most[:TOP]]


def _supervisors(figures: Figures) -> list[list[Any]]:
    """[name, planned, done, done late, not done, excused] by name."""
    names = ["tasks_planned", "tasks_done", "tasks_done_late", "tasks_not_done", "tasks_excused"]
    lines = [row for row in figures.by_supervisor(names) if row[1] or row[5]]
    query = sa.select(User.id, User.name).where(User.id.in_([row[0] for row in lines]))
    people = {row.id: row.name for row in db.session.execute(query)}
    lines.sort(key=lambda row: (people[row[0]], row[0]))
    return [[people[row[0]], *row[1:]] for row in lines]


def problem_of(hazard: Hazard) -> str:
    """A hazard in one line."""
    return " ".join(part for part in (hazard.place, hazard.description) if part)


def _overdue(figures: Figures) -> list[list[Any]]:
    """[number, site, problem, due, days, supervisor], the longest overdue first. Read as columns: there may be thousands."""
    due_on, day = hazard_state.due_on, figures.period.as_of
    query = figures.rows("hazards_overdue").with_only_columns(
        Hazard.number, Site.name, Hazard.place, Hazard.description, due_on, User.name
    )
    joined = query.join(Site, Site.id == Hazard.site_id).outerjoin(User, User.id == Site.supervisor_id)
    return [
        [
            number,
            site,
            " ".join(filter(None, (place, words))),
            due.isoformat(),
            (day - due).days,
            person or "",
        ]
        for number, site, place, words, due, person in db.session.execute(joined.order_by(due_on, Hazard.id))
        if due
    ]


def _open(figures: Figures) -> dict[str, Any]:
    """The hazards of the period that were not closed: how many, and the first of them."""
    query = figures.rest("rectification_rate").add_columns(hazard_state.state, hazard_state.due_on)
    found = query.options(joinedload(Hazard.site)).order_by(Hazard.found_on, Hazard.id).limit(LISTED_OPEN)
    rows = [
        [
            hazard.number,
            hazard.site.name,
            problem_of(hazard),
            hazard.found_on.isoformat(),
            due.isoformat() if due else "",
            state.value,
        ]
        for hazard, state, due in db.session.execute(found)
    ]
    return {"count": figures.share("rectification_rate").rest, "rows": rows}


def _typical(figures: Figures) -> list[dict[str, Any]]:
    """Closed hazards with a photo from before and one from after: major ones, repeats, then the newest; each of another
    class while there are others."""

    def shown(*roles: HazardPhotoRole) -> sa.ColumnElement[bool]:
        return Hazard.id.in_(sa.select(HazardPhoto.hazard_id).where(HazardPhoto.role.in_(roles)))

    after = (HazardPhotoRole.AFTER, HazardPhotoRole.VERIFIED)
    rank = (Hazard.grade == Grade.MAJOR, Hazard.repeat_of_id.is_not(None), Hazard.found_on, Hazard.id)
    query = figures.rows("hazards_closed", shown(HazardPhotoRole.BEFORE), shown(*after))
    query = query.order_by(*(sa.desc(one) for one in rank)).limit(LOOKED_THROUGH)
    photos = selectinload(Hazard.photos)
    query = query.options(joinedload(Hazard.site), photos.joinedload(HazardPhoto.event))
    most = (figures.scope.site is None and TYPICAL) or TYPICAL // 2
    chosen: list[dict[str, Any]] = []
    spare: list[dict[str, Any]] = []
    for hazard in db.session.scalars(query):
        pair = _pair(hazard, figures.period.as_of)
        if pair:
            again = hazard.hazard_class.value in {one["class"] for one in chosen}
            (spare if again else chosen).append(pair)
        if len(chosen) == most:
            break
    return (chosen + spare)[:most]


def _pair(hazard: Hazard, day: date) -> dict[str, Any] | None:
    until = day_end(day)
    uses = [use for use in hazard.photos if use.event.at < until]
    before = [use for use in uses if use.role is HazardPhotoRole.BEFORE]
    after = [use for use in uses if use.role in (HazardPhotoRole.AFTER, HazardPhotoRole.VERIFIED)]
    if not before or not after:
        return None
    return {
        "number": hazard.number,
        "site": hazard.site.name,
        "class": hazard.hazard_class.value,
        "problem": problem_of(hazard),
        "measure": hazard.measure,
        "found_on": hazard.found_on.isoformat(),
        "photos": [_photo(before[0]), _photo(after[-1])],
    }


def _photo(use: HazardPhoto) -> dict[str, Any]:
    """A photo with the marks that stand on it now: later ones change no edition."""
    return {"sha256": use.photo.sha256, "marks": marks.shapes_on(use.photo)}


def _trainings(figures: Figures) -> dict[str, Any]:
    """By kind: [kind, events, attendances, copies]; and the events: [day, kind, topic, attendances, copies]."""
    rows = figures.rows("trainings").options(
        selectinload(Training.audience), selectinload(Training.materials)
    )
    held = list(db.session.scalars(rows.order_by(Training.held_on, Training.id)))
    sums: dict[str, list[int]] = {}
    for one in held:
        sum_ = sums.setdefault(one.kind.value, [0, 0, 0])
        for at, amount in enumerate((1, one.attendances, one.handed_out)):
            sum_[at] += amount
    return {
        "kinds": [[kind.value, *sums[kind.value]] for kind in TrainingKind if kind.value in sums],
        "events": [
            [one.held_on.isoformat(), one.kind.value, one.topic, one.attendances, one.handed_out]
            for one in held[:LISTED_TRAININGS]
        ],
    }


def period_of(facts: Mapping[str, Any]) -> Period:
    """The period of a summary."""
    days = facts["period"]
    first, last, as_of = (date.fromisoformat(days[name]) for name in ("from", "to", "as_of"))
    return Period(first, last, as_of)
