"""The orders of the list of hazards as keys for paging: none is NULL, the last one tells every hazard from every other."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...checklists.models import HazardClass
from ...enterprises.models import Site
from ...lists import orders
from ..lifecycle import State
from ..models import Grade, Hazard, Source, queued
from .filters import Order

FINDER, HOLDER = aliased(User), aliased(User)

NEWEST: list[Any] = [Hazard.found_on.desc(), Hazard.id.desc()]
FIRST: dict[Order, list[Any]] = {
    Order.DUE: [queued],
    Order.SITE: [Site.name, Site.id],
    Order.NUMBER: [Hazard.year, Hazard.serial],
    Order.PLACE: [orders.beginning(Hazard.place)],
    Order.HAZARD_CLASS: [orders.ranked(Hazard.hazard_class, list(HazardClass))],
    Order.GRADE: [orders.ranked(Hazard.grade, list(reversed(Grade)))],
    Order.SOURCE: [orders.ranked(Hazard.source, list(Source))],
    Order.FINDER: [FINDER.name],
    Order.SUPERVISOR: [sa.func.coalesce(HOLDER.name, "", type_=sa.String())],
    Order.MEASURE: [orders.beginning(Hazard.measure)],
    Order.RESPONSIBLE: [orders.beginning(Hazard.responsible)],
    Order.STATE: [orders.ranked(Hazard.state, list(State))],
    # As text: a moment has no place in a cursor, and what is not closed comes last.
    Order.CLOSED: [sa.func.coalesce(sa.cast(Hazard.closed_at, sa.String()), "", type_=sa.String()).desc()],
    Order.ROUND: [Hazard.round],
}


def order(wanted: Order, turned: bool = False) -> list[Any]:
    """The keys of an order; turned round, each runs the other way."""
    keys = [*FIRST.get(wanted, []), *NEWEST]
    return [orders.turned(key) for key in keys] if turned else keys


def joined(query: sa.Select[Hazard], wanted: Order) -> sa.Select[Hazard]:
    """A select with the rows by which an order sorts."""
    if wanted is Order.FINDER:
        return query.join(FINDER, FINDER.id == Hazard.found_by_id)
    if wanted is Order.SUPERVISOR:
        held = query.join(Site, Site.id == Hazard.site_id)
        return held.outerjoin(HOLDER, HOLDER.id == Site.supervisor_id)
    return query
