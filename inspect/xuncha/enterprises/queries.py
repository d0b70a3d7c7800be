"""Selects of sites; which of them a person sees, and the relations that the access rules name.

Higher domains fill the pages of this one through registries: `site_panels` and `load_panels` (parts of a page) and
`tally` (a number per site: open tasks, open hazards), which the load and handover pages show as columns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..accounts.queries import names_enterprises
from ..core.access import ENTERPRISE, FIELD, READ_ALL, Role, relation
from ..core.clock import today
from ..core.db import db
from ..core.panels import Panels
from ..core.parsing import alike
from .models import Assignment, Engagement, Site, SiteKind

site_panels = Panels()
"""Parts of a site's page that higher domains fill: `@site_panels.add` a maker(site, reader) -> Panel | None."""
load_panels = Panels()
"""Parts of the load page: `@load_panels.add` a maker(day, reader) -> Panel | None."""


def _engaged_sites(expert_id: int, day: date) -> sa.Select[int]:
    return sa.select(Engagement.site_id).where(
        Engagement.expert_id == expert_id, Engagement.from_on <= day, Engagement.until_on >= day
    )


def visible_to(actor: User) -> sa.Select[Site]:
    """The sites a person sees: all, the team's, one's own, the engaged ones, the enterprise's."""
    query = sa.select(Site)
    if actor.role in READ_ALL:
        return query
    if actor.role is Role.SUPERVISOR:
        return query.where(Site.supervisor_id == actor.id)
    if actor.role is Role.TEAM_LEAD:
        team = sa.select(User.id).where(User.team_id == actor.team_id)
        return query.where(sa.or_(Site.supervisor_id.in_(team), Site.supervisor_id == actor.id))
    if actor.role is Role.EXPERT:
        return query.where(Site.id.in_(_engaged_sites(actor.id, today())))
    if actor.role in ENTERPRISE:
        return query.where(Site.id == actor.enterprise_id)
    return query.where(sa.false())


def ids_visible_to(actor: User) -> sa.Select[int]:
    """The same, as numbers for the lists of other domains: `Check.site_id.in_(ids_visible_to(actor))`."""
    return visible_to(actor).with_only_columns(Site.id)


@dataclass(frozen=True)
class OnDay:
    """A site as duty stood on a day: the rules are asked about it for work that was done then and arrives now."""

    site: Site
    day: date


def _holder_id(thing: Any) -> int | None:
    if not isinstance(thing, OnDay):
        number: int | None = thing.site.supervisor_id
        return number
    assignment = assignment_on(thing.site, thing.day)
    return assignment.supervisor_id if assignment else None


@relation("responsible")
def is_responsible(actor: Any, thing: Any) -> bool:
    """The site's named supervisor, or the lead of that supervisor's team."""
    number = _holder_id(thing) if thing.site is not None else None
    if number is None or number == actor.id:
        return number is not None
    if actor.role is not Role.TEAM_LEAD or actor.team_id is None:
        return False
    holder = db.session.get(User, number)
    return holder is not None and holder.team_id == actor.team_id


@relation("own")
def is_own(actor: Any, thing: Any) -> bool:
    """The actor's own enterprise."""
    return bool(thing.site is not None and thing.site.id == actor.enterprise_id)


@relation("engaged")
def is_engaged(actor: Any, thing: Any) -> bool:
    """An expert engaged for the site today, or on the day asked about."""
    if thing.site is None:
        return False
    day = thing.day if isinstance(thing, OnDay) else today()
    query = _engaged_sites(actor.id, day).where(Engagement.site_id == thing.site.id)
    return db.session.scalar(query.limit(1)) is not None


def by_uscc(uscc: str) -> Site | None:
    """The site with a unified social credit code."""
    return db.session.scalar(sa.select(Site).where(Site.uscc == uscc))


def of_name(name: str, address: str) -> list[Site]:
    """Sites that are spelt alike in name and address (spaces, width and case aside)."""
    return [
        site
        for site in db.session.scalars(sa.select(Site).where(Site.name == name))
        if alike(site.address) == alike(address)
    ]


@names_enterprises
def names() -> list[tuple[int, str]]:
    """Number and name of every enterprise, for the accounts of enterprises."""
    query = sa.select(Site.id, Site.name).where(Site.kind == SiteKind.ENTERPRISE).order_by(Site.name)
    return [(number, name) for number, name in db.session.execute(query)]


def areas() -> list[str]:
    """Every area in use."""
    return list(
        db.session.scalars(sa.select(Site.area).where(Site.area != "").distinct().order_by(Site.area))
    )


def assignment_on(site: Site, day: date) -> Assignment | None:
    """Who is responsible for the site on a day."""
    holds = sa.and_(
        Assignment.from_on <= day, sa.or_(Assignment.until_on.is_(None), Assignment.until_on > day)
    )
    return db.session.scalar(sa.select(Assignment).where(Assignment.site_id == site.id, holds))


def with_another_holder(day: date) -> sa.Select[Site]:
    """Sites whose time line names another holder on the day than the site itself does."""
    holds = sa.and_(
        Assignment.from_on <= day, sa.or_(Assignment.until_on.is_(None), Assignment.until_on > day)
    )
    return (
        sa.select(Site)
        .join(Assignment)
        .where(holds, Site.supervisor_id.is_distinct_from(Assignment.supervisor_id))
    )


def count_held(user: User) -> int:
    """How many sites a person holds now or is named for later."""
    named = sa.select(Assignment.site_id).where(
        Assignment.supervisor_id == user.id,
        sa.or_(Assignment.until_on.is_(None), Assignment.until_on > today()),
    )
    query = sa.select(sa.func.count(Site.id)).where(sa.or_(Site.supervisor_id == user.id, Site.id.in_(named)))
    return db.session.scalar(query) or 0


def held_by(actor: User, supervisor: User) -> list[Site]:
    """The sites of a supervisor that the actor sees, by name."""
    query = visible_to(actor).where(Site.supervisor_id == supervisor.id).order_by(Site.kind, Site.name)
    return list(db.session.scalars(query))


def supervisors_seen_by(actor: User) -> list[User]:
    """The people of `supervisors_visible_to`."""
    return list(db.session.scalars(supervisors_visible_to(actor)))


def supervisors_visible_to(actor: User) -> sa.Select[User]:
    """Active field people, and others who still hold a site: all of them, or those of the team that the actor leads."""
    holding = sa.exists().where(Site.supervisor_id == User.id)
    query = sa.select(User).where(sa.or_(sa.and_(User.role.in_(list(FIELD)), User.active), holding))
    if actor.role is Role.TEAM_LEAD:
        query = query.where(sa.or_(User.team_id == actor.team_id, User.id == actor.id))
    elif actor.role not in READ_ALL:
        query = query.where(User.id == actor.id)
    return query.order_by(User.team_id, User.name, User.id)


def engagements_of(site: Site) -> list[Engagement]:
    """The experts engaged for a site, latest first."""
    query = (
        sa.select(Engagement)
        .where(Engagement.site_id == site.id)
        .order_by(Engagement.from_on.desc(), Engagement.id)
    )
    return list(db.session.scalars(query))


Counts = Callable[[Collection[int], date], Mapping[int, int]]


@dataclass(frozen=True)
class Tally:
    """A number per site that another domain counts; `link` opens what it counts for a supervisor."""

    label: str
    count: Counts
    link: Callable[[User], str] | None = None
    position: int = 50


_tallies: list[Tally] = []


def tally(
    label: str, *, link: Callable[[User], str] | None = None, position: int = 50
) -> Callable[[Counts], Counts]:
    """Register (as a decorator) a count(site numbers, day) -> {site number: count}; `label` is a catalogue message."""

    def register(count: Counts) -> Counts:
        _tallies.append(Tally(label, count, link, position))
        _tallies.sort(key=lambda one: one.position)
        return count

    return register


def tallies() -> tuple[Tally, ...]:
    """The registered numbers, in their order."""
    return tuple(_tallies)
