"""Whose rows are counted: what a reader sees, narrowed to a site, a sector, crowded places, a focus list, a supervisor, a
campaign, a class or an item of hazards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..campaigns import queries as campaigns
from ..campaigns.models import CampaignCheck, IllegalCase
from ..checklists.models import HazardClass
from ..checks import pulse_queries
from ..checks import queries as checks
from ..checks.models import Check
from ..checks.pulses import Pulse
from ..core.access import FIELD, READ_ALL, Role
from ..core.parsing import read_number
from ..enterprises import queries as enterprises
from ..enterprises.models import Assignment, Sector, Site
from ..hazards import queries as hazards
from ..hazards.focus import focus_lists
from ..hazards.lists.filters import NO_ITEM
from ..hazards.models import Hazard, Notice
from ..schedule import queries as schedule
from ..schedule.models import Task
from ..trainings.models import Audience, Training

LONGEST_ITEM = 40


def holder_of(site_id: Any, day: date) -> sa.ScalarSelect[int]:
    """The number of who held a site on a day, from its time line."""
    holds = sa.and_(
        Assignment.from_on <= day, sa.or_(Assignment.until_on.is_(None), Assignment.until_on > day)
    )
    query = sa.select(Assignment.supervisor_id).where(Assignment.site_id == site_id, holds)
    return query.order_by(Assignment.from_on.desc()).limit(1).scalar_subquery()


@dataclass(frozen=True)
class Scope:
    """No actor is the whole zone; an item narrows hazards alone, a campaign checks and hazards. A supervisor's hazards
    are those of the sites held on the as-of day, his checks and tasks his own, cases and trainings those he recorded.
    The enterprises of a focus list are those of today."""

    actor: User | None = None
    site: int | None = None
    supervisor: int | None = None
    hazard_class: HazardClass | None = None
    sector: Sector | None = None
    item: str = ""
    focus: int | None = None
    crowded: bool = False
    campaign: int | None = None

    @classmethod
    def from_args(cls, actor: User | None, args: Mapping[str, str]) -> Scope:
        """The narrowing that an address names; what does not fit is left out."""
        kind, sector = args.get("class", ""), args.get("sector", "")
        return cls(
            actor=actor,
            site=read_number(args.get("site", "")),
            supervisor=read_number(args.get("supervisor", "")),
            hazard_class=HazardClass(kind) if kind in set(HazardClass) else None,
            sector=Sector(sector) if sector in set(Sector) else None,
            item=args.get("item", "")[:LONGEST_ITEM],
            focus=read_number(args.get("focus", "")),
            crowded=args.get("crowded") == "1",
            campaign=read_number(args.get("campaign", "")),
        )

    def to_args(self) -> dict[str, str]:
        """The narrowing as it stands in an address."""
        given = {
            "site": self.site,
            "supervisor": self.supervisor,
            "class": self.hazard_class,
            "sector": self.sector,
            "item": self.item,
            "focus": self.focus,
            "crowded": "1" if self.crowded else "",
            "campaign": self.campaign,
        }
        return {name: str(value) for name, value in given.items() if value}

    @property
    def sees_all(self) -> bool:
        """The reader sees the rows of the whole zone."""
        return self.actor is None or self.actor.role in READ_ALL

    def checks(self) -> sa.Select[Check]:
        """The newest versions of the checks."""
        query = checks.valid(checks.visible_to(self.actor) if self.actor else sa.select(Check))
        if self.supervisor:
            query = query.where(Check.inspector_id == self.supervisor)
        if self.campaign:
            query = query.where(Check.id.in_(self._campaign_checks()))
        return query.where(*self._at(Check.site_id))

    def pulses(self) -> sa.Select[Pulse]:
        """The pulses of idle sites."""
        query = pulse_queries.visible_to(self.actor) if self.actor else sa.select(Pulse)
        if self.supervisor:
            query = query.where(Pulse.taken_by_id == self.supervisor)
        return query.where(*self._at(Pulse.site_id))

    def hazards(self, as_of: date) -> sa.Select[Hazard]:
        """The hazards, void ones among them."""
        query = hazards.visible_to(self.actor) if self.actor else sa.select(Hazard)
        if self.supervisor:
            query = query.where(holder_of(Hazard.site_id, as_of) == self.supervisor)
        if self.hazard_class:
            query = query.where(Hazard.hazard_class == self.hazard_class)
        if self.item:
            query = query.where(Hazard.item_code == ("" if self.item == NO_ITEM else self.item))
        if self.campaign:
            query = query.where(Hazard.check_id.in_(self._campaign_checks()))
        return query.where(*self._at(Hazard.site_id))

    def tasks(self) -> sa.Select[Task]:
        """The tasks of the half-months."""
        query = schedule.visible_to(self.actor) if self.actor else sa.select(Task)
        if self.supervisor:
            query = query.where(Task.supervisor_id == self.supervisor)
        return query.where(*self._at(Task.site_id))

    def sites(self, as_of: date) -> sa.Select[Site]:
        """The sites of the list."""
        query = enterprises.visible_to(self.actor) if self.actor else sa.select(Site)
        if self.supervisor:
            query = query.where(holder_of(Site.id, as_of) == self.supervisor)
        return query.where(*self._at(Site.id))

    def cases(self) -> sa.Select[IllegalCase]:
        """The illegal cases."""
        query = campaigns.cases_visible_to(self.actor) if self.actor else sa.select(IllegalCase)
        if self.supervisor:
            query = query.where(IllegalCase.recorded_by_id == self.supervisor)
        return query.where(*self._at(IllegalCase.site_id))

    def notices(self, as_of: date) -> sa.Select[Notice]:
        """The notices of rectification."""
        query = hazards.notices_visible_to(self.actor) if self.actor else sa.select(Notice)
        if self.supervisor:
            query = query.where(holder_of(Notice.site_id, as_of) == self.supervisor)
        return query.where(*self._at(Notice.site_id))

    def trainings(self) -> sa.Select[Training]:
        """The trainings that the reader's own people recorded; of a site, those it took part in."""
        # A void training never was one: like an entry made late, voiding it changes the live figures of the past.
        query = sa.select(Training).where(
            Training.void_reason == "", self._recorded_by_ours(Training.recorded_by_id)
        )
        if of_sites := self._at(Audience.site_id):
            query = query.where(Training.id.in_(sa.select(Audience.training_id).where(*of_sites)))
        return query

    def _campaign_checks(self) -> sa.Select[int]:
        return sa.select(CampaignCheck.check_id).where(CampaignCheck.campaign_id == self.campaign)

    def _at(self, site_id: Any) -> list[sa.ColumnElement[bool]]:
        """At the site, in the sector, at the crowded places and on the focus list that are asked for."""
        clauses = [site_id == self.site] if self.site else []
        if self.sector:
            clauses.append(site_id.in_(sa.select(Site.id).where(Site.sector == self.sector)))
        if self.crowded:
            crowded = sa.or_(Site.crowded, Site.sector == Sector.CROWDED)
            clauses.append(site_id.in_(sa.select(Site.id).where(crowded)))
        if self.focus:
            clauses.append(site_id.in_(focus_lists.sites_of(self.focus)))
        return clauses

    def _recorded_by_ours(self, author_id: Any) -> sa.ColumnElement[bool]:
        clauses = [author_id == self.supervisor] if self.supervisor else []
        if self.actor is None or self.sees_all:
            return sa.and_(sa.true(), *clauses)
        if self.actor.role not in FIELD:
            return sa.false()
        own = author_id == self.actor.id
        if self.actor.role is Role.TEAM_LEAD:
            own = sa.or_(own, author_id.in_(sa.select(User.id).where(User.team_id == self.actor.team_id)))
        return sa.and_(own, *clauses)
