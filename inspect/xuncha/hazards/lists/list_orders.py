"""The orders of the list of hazards as keys for paging: none is NULL, the last one tells every hazard from every other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...checklists.models import HazardClass
from ...core.labels import Labelled
from ...enterprises.models import Site
from ..lifecycle import State
from ..models import Grade, Hazard, Source, queued
from .filters import Order

FINDER, HOLDER = aliased(User), aliased(User)
BEGINNING = 80  # characters by which long texts are sorted: a cursor stands in an address


def _ranked(column: Any, members: Sequence[Labelled]) -> sa.ColumnElement[int]:
    """A choice by its place among its members."""
    return sa.case({member: place for place, member in enumerate(members)}, value=column, else_=len(members))


def _text(column: Any) -> sa.ColumnElement[str]:
    return sa.func.substr(column, 1, BEGINNING, type_=sa.String())


NEWEST: list[Any] = [Hazard.found_on.desc(), Hazard.id.desc()]
FIRST: dict[Order, list[Any]] = {
    Order.DUE: [queued],
    Order.SITE: [Site.name, Site.id],
    Order.NUMBER: [Hazard.year, Hazard.serial],
    Order.PLACE: [_text(Hazard.place)],
    Order.HAZARD_CLASS: [_ranked(Hazard.hazard_class, list(HazardClass))],
    Order.GRADE: [_ranked(Hazard.grade, list(reversed(Grade)))],
    Order.SOURCE: [_ranked(Hazard.source, list(Source))],
    Order.FINDER: [FINDER.name],
    Order.SUPERVISOR: [sa.func.coalesce(HOLDER.name, "", type_=sa.String())],
    Order.MEASURE: [_text(Hazard.measure)],
    Order.RESPONSIBLE: [_text(Hazard.responsible)],
    Order.STATE: [_ranked(Hazard.state, list(State))],
    # As text: a moment has no place in a cursor, and what is not closed comes last.
    Order.CLOSED: [sa.func.coalesce(sa.cast(Hazard.closed_at, sa.String()), "", type_=sa.String()).desc()],
    Order.ROUND: [Hazard.round],
}


def order(wanted: Order, turned: bool = False) -> list[Any]:
    """The keys of an order; turned round, each runs the other way."""
    keys = [*FIRST.get(wanted, []), *NEWEST]
    return [_turned(key) for key in keys] if turned else keys


def _turned(key: Any) -> Any:
    falling = isinstance(key, sa.UnaryExpression) and key.modifier is sa.sql.operators.desc_op
    return key.element if falling else key.desc()


def joined(query: sa.Select[Hazard], wanted: Order) -> sa.Select[Hazard]:
    """A select with the rows by which an order sorts."""
    if wanted is Order.FINDER:
        return query.join(FINDER, FINDER.id == Hazard.found_by_id)
    if wanted is Order.SUPERVISOR:
        held = query.join(Site, Site.id == Hazard.site_id)
        return held.outerjoin(HOLDER, HOLDER.id == Site.supervisor_id)
    return query
