"""Selects of sites; which of them a person sees, and the relations that the access rules name."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..core.access import ENTERPRISE, READ_ALL, Role, relation
from ..core.clock import today
from ..core.db import db
from .models import Engagement, Site


def _engaged_sites(expert_id: int, day: date) -> sa.Select[tuple[int]]:
    return sa.select(Engagement.site_id).where(
        Engagement.expert_id == expert_id, Engagement.from_on <= day, Engagement.until_on >= day
    )


def visible_to(actor: User) -> sa.Select[tuple[Site]]:
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


def ids_visible_to(actor: User) -> sa.Select[tuple[int]]:
    """The same, as numbers for the lists of other domains: `Check.site_id.in_(ids_visible_to(actor))`."""
    return visible_to(actor).with_only_columns(Site.id)


@relation("responsible")
def is_responsible(actor: Any, thing: Any) -> bool:
    """The site's named supervisor, or the lead of that supervisor's team."""
    site = thing.site
    if site is None:
        return False
    if site.supervisor_id == actor.id:
        return True
    lead = actor.role is Role.TEAM_LEAD and actor.team_id is not None and site.supervisor is not None
    return bool(lead and site.supervisor.team_id == actor.team_id)


@relation("own")
def is_own(actor: Any, thing: Any) -> bool:
    """The actor's own enterprise."""
    return bool(thing.site is not None and thing.site.id == actor.enterprise_id)


@relation("engaged")
def is_engaged(actor: Any, thing: Any) -> bool:
    """An expert engaged for the site today."""
    if thing.site is None:
        return False
    query = _engaged_sites(actor.id, today()).where(Engagement.site_id == thing.site.id)
    return db.session.scalar(query.limit(1)) is not None
