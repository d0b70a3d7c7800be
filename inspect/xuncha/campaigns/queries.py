"""Selects of campaigns and illegal cases, and what they come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..checks import queries as checks
from ..checks.models import Check, VisitKind
from ..core import search
from ..core.access import FIELD, READ_ALL, Permission, Role, allowed
from ..core.db import db
from ..core.i18n import language, write_day
from ..core.parsing import read_day, read_number
from ..enterprises.models import Engagement, Site
from ..enterprises.queries import ids_visible_to
from ..hazards.lifecycle import State
from ..hazards.models import Hazard
from ..hazards.queries import visible_to as hazards_visible_to
from ..photos.models import Photo
from ..photos.queries import shown, stamped_with
from .models import (
    OPEN_OUTCOMES,
    Campaign,
    CampaignCheck,
    CaseKind,
    CaseOutcome,
    CasePhoto,
    IllegalCase,
)


def visible_to(actor: User) -> sa.Select[Campaign]:
    """Campaigns are the zone's: the staff and the experts see all of them, enterprises none."""
    query = sa.select(Campaign)
    return query if allowed(actor, Permission.SEE_CAMPAIGNS) else query.where(sa.false())


def name_of(campaign: Campaign) -> str:
    """A campaign's name in the reader's language."""
    return (language() == "en" and campaign.name_en) or campaign.name


@checks.offers_campaigns
def active_on(day: date) -> list[Campaign]:
    """The campaigns whose period covers a day."""
    return list(db.session.scalars(_ACTIVE_ON, {"day": day}))


_ACTIVE_ON = (
    sa.select(Campaign)
    .where(Campaign.starts_on <= sa.bindparam("day"), Campaign.ends_on >= sa.bindparam("day"))
    .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
)


@checks.narrowed_by
def _of_campaign(query: sa.Select[Check], criteria: checks.Criteria) -> sa.Select[Check]:
    if not criteria.campaign:
        return query
    linked = sa.select(CampaignCheck.check_id).where(CampaignCheck.campaign_id == criteria.campaign)
    return query.where(Check.id.in_(linked))


def campaigns_of(check: Check) -> list[Campaign]:
    """The campaigns that a check counts for."""
    query = sa.select(Campaign).join(CampaignCheck).where(CampaignCheck.check_id == check.id)
    return list(db.session.scalars(query.order_by(Campaign.starts_on, Campaign.id)))


@dataclass(frozen=True)
class Figures:
    """What a campaign came to among the checks that a person sees: 家次, 家, 项, and how many of them are closed."""

    visits: int = 0
    sites: int = 0
    hazards: int = 0
    closed: int = 0

    @property
    def rate(self) -> float | None:
        """Closed of found, a share of one; none where nothing was found."""
        return self.closed / self.hazards if self.hazards else None


def figures(actor: User, numbers: Collection[int]) -> dict[int, Figures]:
    """The figures of campaigns by their number.

    Visits only to re-inspect and replaced versions do not count.
    """
    seen, of_campaigns = checks.visible_to(actor), CampaignCheck.campaign_id.in_(numbers)
    came = sa.and_(of_campaigns, checks.counts(CampaignCheck.check_id))
    if seen.whereclause is not None:
        came = sa.and_(came, CampaignCheck.check_id.in_(seen.with_only_columns(Check.id)))
    visits = (
        sa.select(Check)
        .join(CampaignCheck, CampaignCheck.check_id == Check.id)
        .where(came, Check.kind != VisitKind.RECHECK)
        .with_only_columns(CampaignCheck.campaign_id, *checks.VISIT)
        .distinct()
        .subquery()
    )
    counted = sa.select(
        visits.c.campaign_id, sa.func.count(), sa.func.count(visits.c.site_id.distinct())
    ).group_by(visits.c.campaign_id)
    found = (
        sa.select(
            CampaignCheck.campaign_id, sa.func.count(), sa.func.count().filter(Hazard.state == State.CLOSED)
        )
        .join(Hazard, Hazard.check_id == CampaignCheck.check_id)
        .where(came, Hazard.state != State.VOID)
        .group_by(CampaignCheck.campaign_id)
    )
    went = {number: (all_, sites) for number, all_, sites in db.session.execute(counted)}
    hazards = {number: (all_, closed) for number, all_, closed in db.session.execute(found)}
    return {number: Figures(*went.get(number, (0, 0)), *hazards.get(number, (0, 0))) for number in numbers}


def hazards_of(actor: User, campaign: Campaign) -> sa.Select[Hazard]:
    """The hazards behind the figures of a campaign, newest first."""
    counts = checks.valid(checks.visible_to(actor)).where(Check.id == Hazard.check_id).exists()
    linked = sa.select(CampaignCheck.check_id).where(CampaignCheck.campaign_id == campaign.id)
    query = hazards_visible_to(actor).where(Hazard.check_id.in_(linked), counts, Hazard.state != State.VOID)
    return query.order_by(Hazard.found_on.desc(), Hazard.id.desc())


def engaged_during(campaign: Campaign) -> list[Engagement]:
    """The experts' engagements that fall into a campaign's period."""
    query = (
        sa.select(Engagement)
        .join(User, User.id == Engagement.expert_id)
        .join(Site, Site.id == Engagement.site_id)
        .where(Engagement.from_on >= campaign.starts_on, Engagement.until_on <= campaign.ends_on)
        .options(joinedload(Engagement.expert), joinedload(Engagement.site))
    )
    return list(db.session.scalars(query.order_by(User.name, Engagement.from_on, Site.name)))


def cases_visible_to(actor: User) -> sa.Select[IllegalCase]:
    """All cases; in the field those of one's sites and those one recorded; experts those of their sites."""
    query = sa.select(IllegalCase)
    if actor.role in READ_ALL:
        return query
    of_sites = IllegalCase.site_id.in_(ids_visible_to(actor))
    if actor.role is Role.TEAM_LEAD:
        team = sa.select(User.id).where(User.team_id == actor.team_id)
        return query.where(
            sa.or_(of_sites, IllegalCase.recorded_by_id == actor.id, IllegalCase.recorded_by_id.in_(team))
        )
    if actor.role in FIELD:
        return query.where(sa.or_(of_sites, IllegalCase.recorded_by_id == actor.id))
    return query.where(of_sites if actor.role is Role.EXPERT else sa.false())


@dataclass(frozen=True)
class CaseCriteria:
    """The filters of the list of cases, as they stand in the address; days are inclusive."""

    kind: CaseKind | None = None
    outcome: CaseOutcome | None = None
    on_from: date | None = None
    on_to: date | None = None
    settled_from: date | None = None
    settled_to: date | None = None
    site: int | None = None
    campaign: int | None = None
    text: str = ""
    open: bool = False

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> CaseCriteria:
        """Read the filters of an address; what does not fit is left out."""
        return cls(
            **{spec.name: _READERS[str(spec.type)](args.get(spec.name, "").strip()) for spec in fields(cls)}
        )

    def to_args(self) -> dict[str, str]:
        """The address of these filters."""
        given = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in given.items() if value}


_READERS: dict[str, Any] = {
    "CaseKind | None": lambda value: CaseKind(value) if value in set(CaseKind) else None,
    "CaseOutcome | None": lambda value: CaseOutcome(value) if value in set(CaseOutcome) else None,
    "date | None": read_day,
    "int | None": read_number,
    "str": lambda value: value[:200],
    "bool": lambda value: value == "1",
}


NEWEST_CASES = (IllegalCase.found_on.desc(), IllegalCase.id.desc())


def cases(actor: User, criteria: CaseCriteria) -> sa.Select[IllegalCase]:
    """The cases that fit the filters, newest first: the list, its totals and the figures' links."""
    equal = {
        IllegalCase.kind: criteria.kind,
        IllegalCase.outcome: criteria.outcome,
        IllegalCase.site_id: criteria.site,
        IllegalCase.campaign_id: criteria.campaign,
    }
    query = cases_visible_to(actor).where(*(column == value for column, value in equal.items() if value))
    for column, first, last in (
        (IllegalCase.found_on, criteria.on_from, criteria.on_to),
        (IllegalCase.outcome_on, criteria.settled_from, criteria.settled_to),
    ):
        query = query.where(column >= first) if first else query
        query = query.where(column <= last) if last else query
    query = query.where(IllegalCase.outcome.in_(OPEN_OUTCOMES)) if criteria.open else query
    if criteria.text:
        texts = (IllegalCase.place, IllegalCase.description, IllegalCase.department)
        own = search.mention(IllegalCase, criteria.text, *texts)
        of_sites = search.mention(Site, criteria.text, Site.name).of(IllegalCase.id, IllegalCase.site_id)
        query = query.where(search.either(IllegalCase.id, own, of_sites).holds)
    return query.order_by(*NEWEST_CASES)


@dataclass(frozen=True)
class CaseTotals:
    """What the cases of a select came to; `area_m2` is the area removed."""

    found: int
    removed: int
    area_m2: float
    stopped: int
    closed_down: int
    open: int


def case_totals(query: sa.Select[IllegalCase]) -> CaseTotals:
    """The totals of exactly the cases of a select."""
    ids = query.with_only_columns(IllegalCase.id).order_by(None)
    count, outcome = sa.func.count(), IllegalCase.outcome
    row = db.session.execute(
        sa.select(
            count,
            count.filter(outcome == CaseOutcome.REMOVED),
            sa.func.coalesce(sa.func.sum(IllegalCase.area_m2).filter(outcome == CaseOutcome.REMOVED), 0.0),
            count.filter(outcome == CaseOutcome.STOPPED),
            count.filter(outcome == CaseOutcome.CLOSED_DOWN),
            count.filter(outcome.in_(OPEN_OUTCOMES)),
        ).where(IllegalCase.id.in_(ids))
    ).one()
    found, removed, area, stopped, closed_down, unsettled = row
    return CaseTotals(found, removed, area or 0.0, stopped, closed_down, unsettled)


@shown
def _sees_photo(actor: User, photo: Photo) -> bool:
    uses = sa.select(CasePhoto.case_id).where(CasePhoto.photo_id == photo.id)
    query = cases_visible_to(actor).where(IllegalCase.id.in_(uses)).with_only_columns(IllegalCase.id)
    return allowed(actor, Permission.SEE_CAMPAIGNS) and db.session.scalar(query.limit(1)) is not None


@stamped_with("case")
def _stamp(actor: User, photo: Photo, number: int | None) -> list[str] | None:
    if not allowed(actor, Permission.SEE_CAMPAIGNS):
        return None
    seen = cases_visible_to(actor).with_only_columns(IllegalCase.id)
    query = sa.select(CasePhoto).where(CasePhoto.photo_id == photo.id, CasePhoto.case_id.in_(seen))
    if number is not None:
        query = query.where(CasePhoto.case_id == number)
    use = db.session.scalars(query.order_by(CasePhoto.id).limit(1)).first()
    case = db.session.get(IllegalCase, use.case_id) if use else None
    if use is None or case is None:
        return None
    day = case.outcome_on if use.after else case.found_on
    site = case.site.name if case.site else ""
    return [write_day(use.taken_at or day), " ".join(filter(None, (site, case.place))), case.recorded_by.name]
