"""What a supervisor does to his visit plan: sites go into a day and out of it, the order is changed, matters are ticked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core.access import Permission, demand
from ..core.db import db, insert_new
from ..core.errors import Refused
from ..core.labels import N_
from ..enterprises.models import Site
from .models import PlannedVisit

# A day further ahead knows nothing of what will be due.
FURTHEST = timedelta(days=60)
MATTERS_AT_MOST = 50


def own(actor: User) -> sa.Select[PlannedVisit]:
    """The planned visits that a person may change: one's own."""
    return sa.select(PlannedVisit).where(PlannedVisit.supervisor_id == actor.id)


# Made once: Today asks it.
_OF_DAY = (
    sa.select(PlannedVisit)
    .where(PlannedVisit.supervisor_id == sa.bindparam("person"), PlannedVisit.day == sa.bindparam("day"))
    .options(joinedload(PlannedVisit.site))
    .order_by(PlannedVisit.position, PlannedVisit.id)
)


def of_day(actor: User, day: date) -> list[PlannedVisit]:
    """The visits that a person has planned for a day, in their order."""
    return list(db.session.scalars(_OF_DAY, {"person": actor.id, "day": day}))


def put(numbers: Collection[int], day: date, *, actor: User, today: date) -> int:
    """Put sites that one holds into a day; those in it stay as they are. Gives how many came in."""
    demand(actor, Permission.PLAN_VISITS)
    if not today <= day <= today + FURTHEST:
        raise Refused(N_("Choose a day from today to two months ahead."), field="day")
    held = sa.select(Site.id).where(Site.supervisor_id == actor.id, Site.id.in_(numbers))
    there = set(
        db.session.scalars(own(actor).where(PlannedVisit.day == day).with_only_columns(PlannedVisit.site_id))
    )
    new = [number for number in db.session.scalars(held.order_by(Site.id)) if number not in there]
    # Who taps twice puts it there once.
    for number in new:
        row = {"supervisor_id": actor.id, "site_id": number, "day": day, "taken": []}
        db.session.execute(insert_new(PlannedVisit), row)
    return len(new)


def take_out(visit: PlannedVisit, *, actor: User) -> None:
    """Take a site out of the day."""
    demand(actor, Permission.PLAN_VISITS)
    db.session.delete(visit)


def move(visits: Sequence[PlannedVisit], visit: PlannedVisit, step: int, *, actor: User) -> None:
    """Let a visit stand earlier or later; from then on the whole day stands as `visits` and this step say."""
    demand(actor, Permission.PLAN_VISITS)
    ordered = list(visits)
    at = ordered.index(visit)
    ordered.insert(max(0, min(len(ordered) - 1, at + step)), ordered.pop(at))
    for place, one in enumerate(ordered):
        one.position = place


def order_by_place(visits: Collection[PlannedVisit], *, actor: User) -> None:
    """Give up the order made by hand."""
    demand(actor, Permission.PLAN_VISITS)
    for visit in visits:
        visit.position = None


def tick(visit: PlannedVisit, key: str, *, taken: bool, actor: User) -> None:
    """Tick a matter as taken along on the visit, or take the tick back."""
    demand(actor, Permission.PLAN_VISITS)
    others = [one for one in visit.taken if one != key]
    visit.taken = [*others, key][-MATTERS_AT_MOST:] if taken else others
