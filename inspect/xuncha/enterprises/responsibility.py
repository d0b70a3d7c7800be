"""包保责任清单: which enterprise is held by whom, since when, by team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import Team, User
from ..core.db import db
from ..core.i18n import pick
from . import queries
from .models import Assignment, Site, SiteKind, WorkingState


@dataclass(frozen=True)
class Held:
    """A line of the list; without a supervisor nobody is responsible."""

    site: Site
    supervisor: User | None
    since: date | None

    @property
    def team(self) -> Team | None:
        """The team of the supervisor."""
        return self.supervisor.team if self.supervisor else None


def held(actor: User, day: date, *, key_only: bool) -> list[Held]:
    """The enterprises that the actor sees and that are not closed down, by team and supervisor; last those of nobody."""
    holds = sa.and_(
        Assignment.site_id == Site.id,
        Assignment.from_on <= day,
        sa.or_(Assignment.until_on.is_(None), Assignment.until_on > day),
    )
    query = (
        queries.visible_to(actor)
        .where(Site.kind == SiteKind.ENTERPRISE, Site.working_state != WorkingState.CLOSED)
        .outerjoin(Assignment, holds)
        .add_columns(Assignment.from_on)
        .options(joinedload(Site.supervisor).joinedload(User.team))
    )
    if key_only:
        query = query.where(Site.key)
    rows = [Held(site, site.supervisor, since) for site, since in db.session.execute(query)]
    return sorted(rows, key=_order)


def _order(line: Held) -> tuple[bool, bool, str, str, str]:
    person, team = line.supervisor, line.team
    return (
        person is None,
        team is None,
        pick(team, "name") if team else "",
        person.name if person else "",
        line.site.name,
    )
