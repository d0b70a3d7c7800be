"""The list of hazards: its views, its filters, their counts and its orders, as selects that follow an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only
from sqlalchemy.orm.interfaces import ORMOption

from ...accounts.asker import Asker, given
from ...accounts.models import User
from ...core import paging, search
from ...core.access import FIELD, READ_ALL
from ...core.clock import day_end, day_start
from ...core.db import db
from ...core.paging import Total
from ...enterprises.models import Site
from ..focus import focus_lists
from ..follow_up import progress
from ..follow_up.escalation_queries import at_step, to_push
from ..lifecycle import ACTIVE, WORKING, State
from ..models import SETTLED, Grade, Hazard, RectificationPlan, may_be_major, queued
from ..queries import soon, visible_to
from . import list_orders
from .filters import INDEXED, NO_ITEM, SORTED, Column, Criteria, Order, View

# So many hazards are read to number the views of a filtered list; of more the list alone is shown, without numbers.
TALLIED = 10_000
SHOWN = (
    Hazard.number,
    Hazard.description,
    Hazard.place,
    Hazard.site_id,
    Hazard.hazard_class,
    Hazard.grade,
    Hazard.major_criterion,
    Hazard.state,
    Hazard.found_on,
    Hazard.due_on,
    Hazard.listed_at,
    Hazard.repeat_of_id,
    Hazard.occurrence,
    Hazard.fixed_on_spot,
    Hazard.round,
)
OF_STATES = {
    View.TO_DO: WORKING,
    View.WAITING: (State.REPORTED_DONE, State.EXTENSION_PENDING, State.VERIFIED, State.REFERRED),
    View.ISSUE: (State.DRAFT,),
    View.VERIFY: (State.REPORTED_DONE,),
    View.EXTENSION: (State.EXTENSION_PENDING,),
    View.CLOSURE: (State.VERIFIED,),
}


def _plan_due() -> sa.ColumnElement[bool]:
    """Nothing is settled, and no plan waits for a decision."""
    told = sa.select(RectificationPlan.hazard_id).where(RectificationPlan.accepted.is_not(False))
    return sa.and_(Hazard.state.in_(WORKING), Hazard.id.not_in(told))


def _plan_pending() -> sa.ColumnElement[bool]:
    pending = sa.select(RectificationPlan.hazard_id).where(RectificationPlan.accepted.is_(None))
    return sa.and_(Hazard.state.in_(WORKING), Hazard.id.in_(pending))


OF_MAJOR = (View.PLAN_DUE, View.PLAN, View.PROGRESS)


def _of_major(view: View, begun: Any) -> sa.ColumnElement[bool]:
    if view is View.PROGRESS:
        return progress.missing(begun)
    return _plan_due() if view is View.PLAN_DUE else _plan_pending()


def of_view(view: View, actor: Any, day: Any, near: Any, begun: Any) -> sa.ColumnElement[bool]:
    """What a view holds for the number of a person on a day. Void hazards stand in no view.

    What is due until `near` is due soon; progress whose month has begun before the moment `begun` is missing.
    """
    if view in OF_STATES:
        return Hazard.state.in_(OF_STATES[view])
    if view is View.OVERDUE:
        return queued < day
    if view is View.SOON:
        return queued.between(day, near)
    if view is View.TO_PUSH:
        return sa.and_(queued <= near, Hazard.state.in_(ACTIVE), to_push())
    if view is View.UNSETTLED:
        return queued < SETTLED
    if view is View.CLOSED:
        # Nearly all are: an index by state would find them and leave all of them to be sorted.
        return sa.and_(queued >= SETTLED, Hazard.state != State.VOID)
    if view in OF_MAJOR:
        return sa.and_(queued < SETTLED, Hazard.grade == Grade.MAJOR, _of_major(view, begun))
    if view is View.MINE:
        own = Hazard.site_id.in_(sa.select(Site.id).where(Site.supervisor_id == actor))
        return sa.and_(queued < SETTLED, sa.or_(own, Hazard.found_by_id == actor))
    return (
        Hazard.state != State.VOID if view is View.ALL else sa.and_(may_be_major, Hazard.state != State.VOID)
    )


def views_for(actor: User) -> list[View]:
    """The views of a person's list, the first being where he begins."""
    if actor.is_enterprise:
        return [
            View.TO_DO,
            View.PLAN_DUE,
            View.PROGRESS,
            View.WAITING,
            View.OVERDUE,
            View.CLOSED,
            View.ALL,
        ]
    own = [View.MINE] if actor.role in FIELD else []
    rest = [
        View.ISSUE,
        View.VERIFY,
        View.OVERDUE,
        View.SOON,
        View.TO_PUSH,
        View.EXTENSION,
        View.CLOSURE,
        View.MAJOR,
    ]
    return [View.UNSETTLED, *own, *rest, *OF_MAJOR, View.CLOSED, View.ALL]


@dataclass(frozen=True)
class Narrowed:
    """The hazards that fit all filters but the view; `many`: a word is asked for that many of them have."""

    actor: User
    criteria: Criteria
    day: date
    query: sa.Select[Hazard]
    many: bool = False
    unsorted: bool = False

    def of(self, view: View) -> sa.ColumnElement[bool]:
        """What a view holds."""
        near = self.day + soon() if view in {View.SOON, View.TO_PUSH} else self.day
        return of_view(view, self.actor.id, self.day, near, progress.over_before(self.day))

    def view(self, view: View) -> sa.Select[Hazard]:
        """Those of a view."""
        return self.query.where(self.of(view))

    def listed(self) -> sa.Select[Hazard]:
        """Those of the view that is asked for, in the order that is."""
        void = self.criteria.state is State.VOID
        of = Hazard.state == State.VOID if void else self.of(self.criteria.view)
        if self.criteria.order is Order.SITE:
            # No index for it: the sites are walked by their names, the view asked of each hazard that is met.
            query = self.query.join(Hazard.site).where(sa.case((of, 1), else_=0) == 1)
        else:
            query = list_orders.joined(self.query.where(of), self.criteria.order)
        return query.order_by(*self.order)

    @property
    def order(self) -> list[Any]:
        """The keys of the order."""
        return list_orders.order(self.criteria.order, self.criteria.turned)

    def in_an_order(self) -> Narrowed:
        """The same in an order that costs little: where many hazards would have to be sorted, by their due dates."""
        if self.criteria.order in INDEXED:
            return self
        by_due = replace(self, criteria=replace(self.criteria, order=Order.DUE, turned=False))
        # An order by the queue names its table in text alone: without the columns' own tables none would be left.
        listed = by_due.listed().with_only_columns(sa.literal(1), maintain_column_froms=True)
        some = listed.order_by(None).limit(SORTED + 1)
        count = db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
        return replace(by_due, unsorted=True) if count > SORTED else self


def narrowed(actor: User, criteria: Criteria, day: date) -> Narrowed:
    """The hazards that fit the filters on a day, whatever the view. `unsorted`: too many for the order that was asked."""
    return _narrowed(actor, criteria, day).in_an_order()


def _narrowed(actor: User, criteria: Criteria, day: date) -> Narrowed:
    query = visible_to(actor).where(
        *_equal(criteria), *_by_site(criteria), *_by_days(criteria), *_by_marks(criteria)
    )
    if not criteria.text:
        return Narrowed(actor, criteria, day, query)
    own = search.mention(Hazard, criteria.text, Hazard.number, Hazard.description, Hazard.place)
    of_sites = search.mention(Site, criteria.text, Site.name).of(Hazard.id, Hazard.site_id)
    found = search.either(Hazard.id, own, of_sites)
    return Narrowed(actor, criteria, day, query.where(found.holds), found.many)


def filtered(actor: User, criteria: Criteria, day: date) -> sa.Select[Hazard]:
    """The hazards that fit the filters on a day: the list, its counts, its export, and what every figure opens."""
    return narrowed(actor, criteria, day).listed()


def counts(found: Narrowed) -> dict[View, Total | None]:
    """How many hazards each view of the person would show under the same other filters; None where they leave many."""
    views = views_for(found.actor)
    if found.many:
        return dict.fromkeys(views)
    if found.actor.role in READ_ALL and not found.criteria.narrowing:
        return {**counted(found, views)}
    some = found.query.with_only_columns(Hazard.id).limit(TALLIED + 1)
    columns = [sa.func.count().filter(found.of(view)) for view in views]
    all_, *tallied = db.session.execute(sa.select(sa.func.count(), *columns).where(Hazard.id.in_(some))).one()
    if all_ <= TALLIED:
        return {view: Total(number) for view, number in zip(views, tallied, strict=True)}
    if found.criteria.narrowing:
        return dict.fromkeys(views)
    return {**counted(found, views)}


def counted(found: Narrowed, views: Sequence[View]) -> dict[View, Total]:
    """Each view counted for itself, which its index makes short, in one select."""
    if found.query.whereclause is None:
        asked = {"actor": found.actor.id} | _moments(found.day)
        numbers = db.session.execute(_of_all(tuple(views)), asked).one()
    else:
        numbers = db.session.execute(sa.select(*(paging.counted(found.view(view)) for view in views))).one()
    return {view: Total(number) for view, number in zip(views, numbers, strict=True)}


MOMENTS = ("day", "near", "begun")  # of `of_view`


def _moments(day: date) -> dict[str, Any]:
    return {"day": day, "near": day + soon(), "begun": progress.over_before(day)}


@cache
def _of_all(views: tuple[View, ...]) -> sa.Select[*tuple[int, ...]]:
    """The same of all hazards, made once: the list's first page asks it, and making it takes longer than running it."""
    parts: list[Any] = [sa.bindparam(name) for name in ("actor", *MOMENTS)]
    of_views = (sa.select(Hazard).where(of_view(view, *parts)) for view in views)
    return sa.select(*(paging.counted(query) for query in of_views))


def counted_of_own(person: User, day: date, views: Sequence[View]) -> dict[View, Total]:
    """Each view of the hazards at the sites that a supervisor or team lead holds, counted for itself."""
    asked = given(person) | _moments(day)
    numbers = db.session.execute(_of_own(Asker.like(person), tuple(views)), asked).one()
    return {view: Total(number) for view, number in zip(views, numbers, strict=True)}


@cache
def _of_own(asker: Any, views: tuple[View, ...]) -> sa.Select[*tuple[int, ...]]:
    """Made once, since Today asks it."""
    own = visible_to(asker).where(_at_sites_of(asker.id))
    moments: list[Any] = [sa.bindparam(name) for name in MOMENTS]
    return sa.select(*(paging.counted(own.where(of_view(view, asker.id, *moments))) for view in views))


def first_of_own(person: User, day: date, views: Sequence[View], most: int) -> dict[View, list[Hazard]]:
    """The first hazards of each of these views at the same sites, nearest due first, in one select."""
    found: dict[View, list[Hazard]] = {view: [] for view in views}
    query = _first_of_own(Asker.like(person), tuple(views), most)
    for place, hazard in db.session.execute(query, given(person) | _moments(day)):
        found[views[place]].append(hazard)
    return found


@lru_cache(256)
def _first_of_own(asker: Any, views: tuple[View, ...], most: int) -> sa.Select[int, Hazard]:
    """Kept for the views that were asked for together: each person has a few of them."""
    own = visible_to(asker).where(_at_sites_of(asker.id))
    moments: list[Any] = [sa.bindparam(name) for name in MOMENTS]
    order = list_orders.order(Order.DUE)
    firsts = [
        own.where(of_view(view, asker.id, *moments))
        .with_only_columns(sa.literal(place).label("place"), Hazard.id)
        .order_by(*order)
        .limit(most)
        .subquery()
        for place, view in enumerate(views)
    ]
    first = sa.union_all(*(sa.select(one) for one in firsts)).subquery()
    query = sa.select(first.c.place, Hazard).join(first, first.c.id == Hazard.id)
    return query.options(joinedload(Hazard.site)).order_by(first.c.place, *order)


def _at_sites_of(supervisor: Any) -> sa.ColumnElement[bool]:
    return Hazard.site_id.in_(sa.select(Site.id).where(Site.supervisor_id == supervisor))


def _equal(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    equal = {
        Hazard.site_id: criteria.site,
        Hazard.found_by_id: criteria.finder,
        Hazard.check_id: criteria.check,
        Hazard.notice_id: criteria.notice,
        Hazard.hazard_class: criteria.hazard_class,
        Hazard.grade: criteria.grade,
        Hazard.source: criteria.source,
        Hazard.state: criteria.state,
        Hazard.item_code: "" if criteria.item == NO_ITEM else criteria.item or None,
    }
    return [column == value for column, value in equal.items() if value is not None]


def _by_site(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    clauses: list[sa.ColumnElement[bool]] = []
    if criteria.supervisor:
        clauses.append(_at_sites_of(criteria.supervisor))
    if criteria.focus:
        clauses.append(Hazard.site_id.in_(focus_lists.sites_of(criteria.focus)))
    if criteria.site_kind:
        clauses.append(
            Hazard.site_id.in_(sa.select(Site.id).where(sa.cast(Site.kind, sa.String) == criteria.site_kind))
        )
    return clauses


def _by_days(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    clauses: list[sa.ColumnElement[bool]] = []
    for column, first, last in (
        (Hazard.found_on, criteria.found_from, criteria.found_to),
        (Hazard.due_on, criteria.due_from, criteria.due_to),
    ):
        clauses += [column >= first] if first else []
        clauses += [column <= last] if last else []
    if criteria.closed_from:
        clauses.append(Hazard.closed_at >= day_start(criteria.closed_from))
    if criteria.closed_to:
        clauses.append(Hazard.closed_at < day_end(criteria.closed_to))
    if criteria.open_on:
        clauses.append(sa.or_(Hazard.closed_at.is_(None), Hazard.closed_at >= day_end(criteria.open_on)))
    return clauses


def _by_marks(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    clauses: list[sa.ColumnElement[bool]] = []
    clauses += [Hazard.repeat_of_id.is_not(None)] if criteria.repeat else []
    clauses += [Hazard.fixed_on_spot.is_(True)] if criteria.on_spot else []
    clauses += [Hazard.listed_at.is_not(None)] if criteria.listed else []
    clauses += [at_step(criteria.step)] if criteria.step else []
    clauses += [Hazard.id.in_(criteria.chosen)] if criteria.chosen else []
    return clauses


_OF_EVERY_LINE = load_only(*SHOWN), joinedload(Hazard.site).load_only(Site.name)
# What a column needs beside what every line shows.
NEEDED: dict[Column, tuple[ORMOption, ...]] = {
    Column.SOURCE: (load_only(Hazard.source),),
    Column.FINDER: (joinedload(Hazard.found_by).load_only(User.name),),
    Column.SUPERVISOR: (joinedload(Hazard.site).joinedload(Site.supervisor).load_only(User.name),),
    Column.MEASURE: (load_only(Hazard.measure),),
    Column.RESPONSIBLE: (load_only(Hazard.responsible),),
    Column.CLOSED: (load_only(Hazard.closed_at),),
}


def with_sites(query: sa.Select[Hazard], columns: Sequence[Column] = ()) -> sa.Select[Hazard]:
    """Load what a line of a list shows in the same select, and no more."""
    return query.options(*_OF_EVERY_LINE, *(option for one in columns for option in NEEDED.get(one, ())))
