"""The wording of a half-year's safety summary: sentences with slots, filled from figures (domain 5.4).

A slot that no figure fills prints a blank to be filled in by hand. Claims are never made here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from ..campaigns.models import Campaign, CampaignCheck
from ..checks.models import Check
from ..core.db import db
from ..core.i18n import label, language, write_rate
from ..enterprises.models import Sector, Site, SiteKind
from ..hazards.models import Hazard
from ..stats.figures import Figures
from ..stats.scope import holder_of
from ..trainings.models import Training, TrainingKind
from .document_parts import BLANK, listed

NEAR = 0.95  # "nearly" only from five per cent below upward


@dataclass(frozen=True)
class CampaignLine:
    """A campaign in the period: its checks there, and what they found."""

    name: str
    visits: int
    found: int
    closed: int


def about(number: int) -> str:
    """A number as summaries round it: floored to its leading unit, and said so only when it is not exact."""
    unit = 10 ** (len(str(number)) - 1)
    floor = number // unit * unit
    if number < 10 or floor == number:
        return str(number)
    if number >= NEAR * (floor + unit):
        return gettext("nearly %(number)s", number=floor + unit)
    return gettext("over %(number)s", number=floor)


def campaigns(figures: Figures) -> list[CampaignLine]:
    """The campaigns of the period in the order of their dates. A check may count for several of them."""
    period = figures.period
    query = sa.select(Campaign).where(Campaign.starts_on <= period.until, Campaign.ends_on >= period.first)
    found, closed = (_by_campaign(figures, name) for name in ("hazards_found", "hazards_closed"))
    lines = []
    for campaign in db.session.scalars(query.order_by(Campaign.starts_on, Campaign.id)):
        checks = sa.select(CampaignCheck.check_id).where(CampaignCheck.campaign_id == campaign.id)
        name = campaign.name if language() == "zh" else campaign.name_en or campaign.name
        visits = _count(figures.rows("visits", Check.id.in_(checks)))
        lines.append(CampaignLine(name, visits, found.get(campaign.id, 0), closed.get(campaign.id, 0)))
    return lines


def _by_campaign(figures: Figures, name: str) -> dict[int, int]:
    """A figure of hazards by the campaign of the check that found them."""
    campaign = CampaignCheck.campaign_id
    rows = figures.rows(name).join(CampaignCheck, CampaignCheck.check_id == Hazard.check_id)
    counted = rows.with_only_columns(campaign, sa.func.count()).group_by(campaign)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _count(rows: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0


def sentences(figures: Figures, drives: list[CampaignLine], say: Callable[[int], str]) -> list[str]:
    """The paragraphs for a whole zone, in the order in which offices write them; `say` writes the large numbers."""
    return [
        _duty(figures),
        _content(),
        _campaigns(drives),
        _focus(figures),
        results(figures, say),
        _teaching(figures, say),
        gettext("Problems: %(blank)s.", blank=BLANK * 6),
        gettext("Next steps: %(blank)s.", blank=BLANK * 6),
    ]


def _duty(figures: Figures) -> str:
    """Who holds each key enterprise; how they patrol; how often."""
    day = figures.period.as_of
    keys = figures.rows("key_enterprises").with_only_columns(holder_of(Site.id, day))
    holders = list(db.session.scalars(keys))
    return gettext(
        "Responsibility was settled by name: of %(keys)s key enterprises %(held)s have a named supervisor, %(people)s"
        " supervisors in all; patrols follow %(system)s and a list of tasks, two checks a month at each key enterprise;"
        " %(planned)s checks were planned and %(done)s carried out within their half-month, plan completion %(rate)s"
        " (%(done)s/%(planned)s).",
        keys=len(holders),
        held=sum(holder is not None for holder in holders),
        people=len({holder for holder in holders if holder is not None}),
        system=BLANK * 3,
        planned=figures.number("tasks_planned"),
        done=figures.number("tasks_done"),
        rate=write_rate(figures.rate("completion_rate")),
    )


def _content() -> str:
    return gettext(
        "Each check looks at the safety rules established and at the facilities maintained, and at the items of the"
        " sector. The committee held %(meetings)s meetings; plans were made for the sectors %(sectors)s.",
        meetings=BLANK,
        sectors=listed([label(one) for one in (Sector.HAZCHEM, Sector.INDUSTRY, Sector.FIRE)]),
    )


def _campaigns(drives: list[CampaignLine]) -> str:
    if not drives:
        return gettext("Campaigns: %(blank)s.", blank=BLANK * 3)
    told = [
        gettext(
            "%(name)s, %(visits)s visits, %(found)s hazards found, %(closed)s of them rectified",
            name=one.name,
            visits=one.visits,
            found=one.found,
            closed=one.closed,
        )
        for one in drives
    ]
    return gettext("Campaigns were carried out: %(list)s.", list=gettext("; ").join(told))


def _focus(figures: Figures) -> str:
    """Fire and crowded enterprises, and who helped."""
    watched = sa.or_(Site.crowded, Site.sector.in_((Sector.FIRE, Sector.CROWDED)))
    sites = figures.rows("enterprises_visited", watched)
    enterprises = sa.select(Site.id).where(watched, Site.kind == SiteKind.ENTERPRISE)
    visits = figures.rows("visits", Check.site_id.in_(enterprises))
    return gettext(
        "Fire safety and crowded places were in focus: %(sites)s such enterprises were checked in %(visits)s visits."
        " Experts checked %(experts)s enterprises and found %(hazards)s hazards, %(closed)s of them rectified; third"
        " parties and associations that took part: %(others)s.",
        sites=_count(sites),
        visits=_count(visits),
        experts=figures.number("expert_enterprises"),
        hazards=figures.number("expert_hazards_found"),
        closed=figures.number("expert_hazards_closed"),
        others=BLANK * 3,
    )


def results(figures: Figures, say: Callable[[int], str]) -> str:
    """What came of it; the parts of the hazards add up to the hazards found."""
    number = figures.number
    return gettext(
        "In all %(visits)s check visits were made to %(sites)s enterprises, %(patrols)s of the visits being patrols and"
        " %(idle)s of them to idle sites, and %(rechecks)s re-inspection visits; %(removed)s illegal installations were"
        " removed and %(stopped)s illegal acts stopped; %(found)s hazards were found, %(closed)s of them rectified"
        " (%(spot)s on the spot), rectification rate %(rate)s (%(closed)s/%(found)s); of the rest %(waiting)s wait to be"
        " verified, %(overdue)s are overdue and %(going)s are being rectified.",
        visits=say(number("visits")),
        sites=number("enterprises_visited"),
        patrols=number("patrol_visits"),
        idle=number("idle_site_visits"),
        rechecks=number("recheck_visits"),
        removed=number("illegal_installations_removed"),
        stopped=number("illegal_acts_stopped"),
        found=number("hazards_found"),
        closed=number("hazards_closed"),
        spot=number("fixed_on_spot"),
        rate=write_rate(figures.rate("rectification_rate")),
        waiting=number("found_to_verify"),
        overdue=number("found_overdue"),
        going=number("found_in_progress"),
    )


def _teaching(figures: Figures, say: Callable[[int], str]) -> str:
    by_kind = {kind: count for kind, count in figures.by(["trainings"], Training.kind) if count}
    told = [
        gettext("%(kind)s: %(count)s", kind=label(kind), count=by_kind[kind])
        for kind in TrainingKind
        if kind in by_kind
    ]
    return gettext(
        "Publicity and training: %(count)s events (%(kinds)s), %(materials)s copies handed out, %(heads)s attendances.",
        count=figures.number("trainings"),
        kinds=listed(told) if told else BLANK,
        materials=say(figures.number("materials")),
        heads=say(figures.number("attendances")),
    )
