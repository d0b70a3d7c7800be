"""What waits for a person's verification: which hazards, in which order, and what is shown of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ...accounts.models import User
from ...core.access import FIELD, Permission, allowed
from ...core.clock import today
from ...core.db import db
from ...enterprises.models import Site
from .. import rules
from ..lifecycle import Act, State
from ..models import Grade, Hazard, HazardEvent, HazardPhoto, HazardPhotoRole
from ..queries import visible_to

AT_ONCE = 20


@dataclass(frozen=True)
class Card:
    """A hazard in the queue: how it was found, what the enterprise reported, and which ways to pass it are one tap."""

    hazard: Hazard
    reported: HazardEvent | None
    before: HazardPhoto | None
    after: Sequence[HazardPhoto]
    by_photo: bool
    on_site: bool
    neighbours: Sequence[Hazard]


def _query(actor: User) -> sa.Select[Hazard]:
    query = visible_to(actor).where(
        Hazard.state == State.REPORTED_DONE,
        sa.or_(Hazard.reported_by_id.is_(None), Hazard.reported_by_id != actor.id),
    )
    if actor.role in FIELD:
        query = query.where(Hazard.site_id.in_(sa.select(Site.id).where(Site.supervisor_id == actor.id)))
    return query


def count_for(actor: User) -> int:
    """How many hazards wait for this person."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_query(actor).subquery())) or 0


def waiting_for(actor: User) -> list[Hazard]:
    """The hazards that wait, nearest due first, those of one site together; at most AT_ONCE."""
    loads = (
        joinedload(Hazard.site),
        selectinload(Hazard.photos).joinedload(HazardPhoto.photo),
        selectinload(Hazard.events),
    )
    query = _query(actor).order_by(Hazard.due_on.is_(None), Hazard.due_on, Hazard.id)
    found = [
        hazard
        for hazard in db.session.scalars(query.options(*loads).limit(AT_ONCE))
        if allowed(actor, Permission.VERIFY_HAZARD, hazard)
        and rules.obstacle(Act.VERIFY, hazard, actor, today()) is None
    ]
    first = {hazard.site_id: place for place, hazard in reversed(list(enumerate(found)))}
    return sorted(found, key=lambda hazard: first[hazard.site_id])


def cards(waiting: Sequence[Hazard]) -> list[Card]:
    """What the page shows of each."""
    return [_card(hazard, waiting) for hazard in waiting]


def _card(hazard: Hazard, waiting: Sequence[Hazard]) -> Card:
    reported = next((one for one in reversed(hazard.events) if one.act is Act.REPORT_DONE), None)
    after = [one for one in hazard.photos if reported and one.event_id == reported.id]
    general = hazard.grade is Grade.GENERAL
    return Card(
        hazard,
        reported,
        next((one for one in hazard.photos if one.role is HazardPhotoRole.BEFORE), None),
        after,
        by_photo=bool(after) and general and not rules.on_site_by_default(hazard),
        on_site=general,
        neighbours=_neighbours(hazard, waiting),
    )


def _neighbours(hazard: Hazard, waiting: Sequence[Hazard]) -> list[Hazard]:
    """Beside the first of a site: all of the site that one visit can pass, where there are several."""
    here = [one for one in waiting if one.site_id == hazard.site_id]
    general = [one for one in here if one.grade is Grade.GENERAL]
    return general if here[0] is hazard and len(general) > 1 else []
