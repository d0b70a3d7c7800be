"""Selects of hazards: who sees which, the views and filters of the list, what a site brings along from earlier visits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload

from ..accounts.models import User
from ..checks import queries as checks
from ..core import paging, search, settings
from ..core.access import FIELD, READ_ALL, Role
from ..core.clock import day_end, day_start
from ..core.db import db
from ..core.i18n import write_moment
from ..core.paging import Total
from ..enterprises.models import Site
from ..enterprises.queries import ids_visible_to
from ..photos.models import Photo
from ..photos.queries import shown, stamped_with
from .filters import Criteria, Order, View
from .lifecycle import ACTIVE, WORKING, Act, State
from .models import (
    SETTLED,
    Grade,
    Hazard,
    HazardEvent,
    HazardPhoto,
    HazardPhotoRole,
    Notice,
    Opinion,
    queued,
)

# So many hazards are read to number the views of a filtered list; of more the list alone is shown, without numbers.
TALLIED = 10_000


def soon() -> timedelta:
    """How long before its due date a hazard counts as due soon."""
    return timedelta(days=settings.number("soon"))


def visible_to(actor: User) -> sa.Select[Hazard]:
    """The hazards of the sites that the actor sees, and those he found himself."""
    return _visible(sa.select(Hazard), actor, Hazard.site_id, Hazard.found_by_id)


def notices_visible_to(actor: User) -> sa.Select[Notice]:
    """The notices of the sites that the actor sees, and those he issued."""
    return _visible(sa.select(Notice), actor, Notice.site_id, Notice.issued_by_id)


def opinions_visible_to(actor: User) -> sa.Select[Opinion]:
    """The re-inspection opinions of the sites that the actor sees, and those he issued."""
    return _visible(sa.select(Opinion), actor, Opinion.site_id, Opinion.issued_by_id)


def _visible(query: Any, actor: User, site_id: Any, author_id: Any) -> Any:
    if actor.role in READ_ALL:
        return query
    of_sites = site_id.in_(ids_visible_to(actor))
    if actor.role in FIELD | {Role.EXPERT}:
        return query.where(sa.or_(of_sites, author_id == actor.id))
    return query.where(of_sites)


SHOWN = (
    Hazard.number,
    Hazard.description,
    Hazard.place,
    Hazard.site_id,
    Hazard.hazard_class,
    Hazard.grade,
    Hazard.state,
    Hazard.found_on,
    Hazard.due_on,
    Hazard.listed_at,
    Hazard.repeat_of_id,
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


def of_view(view: View, actor: User, day: date) -> sa.ColumnElement[bool]:
    """What a view holds on a day. Void hazards stand in no view."""
    if view in OF_STATES:
        return Hazard.state.in_(OF_STATES[view])
    if view is View.OVERDUE:
        return queued < day
    if view is View.SOON:
        return queued.between(day, day + soon())
    if view is View.UNSETTLED:
        return queued < SETTLED
    if view is View.CLOSED:
        # Nearly all are: an index by state would find them and leave all of them to be sorted.
        return sa.and_(queued >= SETTLED, Hazard.state != State.VOID)
    if view is View.MINE:
        own = Hazard.site_id.in_(sa.select(Site.id).where(Site.supervisor_id == actor.id))
        return sa.and_(queued < SETTLED, sa.or_(own, Hazard.found_by_id == actor.id))
    return (
        Hazard.state != State.VOID
        if view is View.ALL
        else sa.and_(Hazard.grade != Grade.GENERAL, Hazard.state != State.VOID)
    )


def views_for(actor: User) -> list[View]:
    """The views of a person's list, the first being where he begins."""
    if actor.is_enterprise:
        return [View.TO_DO, View.WAITING, View.OVERDUE, View.CLOSED, View.ALL]
    own = [View.MINE] if actor.role in FIELD else []
    rest = [View.ISSUE, View.VERIFY, View.OVERDUE, View.SOON, View.EXTENSION, View.CLOSURE, View.MAJOR]
    return [View.UNSETTLED, *own, *rest, View.CLOSED, View.ALL]


@dataclass(frozen=True)
class Narrowed:
    """The hazards that fit all filters but the view; `many`: a word is asked for that many of them have."""

    actor: User
    criteria: Criteria
    day: date
    query: sa.Select[Hazard]
    many: bool = False

    def view(self, view: View) -> sa.Select[Hazard]:
        """Those of a view."""
        return self.query.where(of_view(view, self.actor, self.day))

    def listed(self) -> sa.Select[Hazard]:
        """Those of the view that is asked for, in the order that is."""
        void = self.criteria.state is State.VOID
        of = Hazard.state == State.VOID if void else of_view(self.criteria.view, self.actor, self.day)
        if self.criteria.order is Order.SITE:
            # No index for it: the sites are walked by their names, the view asked of each hazard that is met.
            query = self.query.join(Hazard.site).where(sa.case((of, 1), else_=0) == 1)
        else:
            query = self.query.where(of)
        return query.order_by(*order(self.criteria.order))


def narrowed(actor: User, criteria: Criteria, day: date) -> Narrowed:
    """The hazards that fit the filters on a day, whatever the view."""
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
        return _counted(found, views)
    some = found.query.with_only_columns(Hazard.id).limit(TALLIED + 1)
    columns = [sa.func.count().filter(of_view(view, found.actor, found.day)) for view in views]
    all_, *tallied = db.session.execute(sa.select(sa.func.count(), *columns).where(Hazard.id.in_(some))).one()
    if all_ <= TALLIED:
        return {view: Total(number) for view, number in zip(views, tallied, strict=True)}
    return dict.fromkeys(views) if found.criteria.narrowing else _counted(found, views)


def _counted(found: Narrowed, views: list[View]) -> dict[View, Total | None]:
    """Each view counted for itself, which its index makes short."""
    parts = [paging.counted(found.view(view)) for view in views]
    return {
        view: Total(n) for view, n in zip(views, db.session.execute(sa.select(*parts)).one(), strict=True)
    }


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
        Hazard.item_code: criteria.item or None,
    }
    return [column == value for column, value in equal.items() if value is not None]


def _by_site(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    clauses: list[sa.ColumnElement[bool]] = []
    if criteria.supervisor:
        clauses.append(
            Hazard.site_id.in_(sa.select(Site.id).where(Site.supervisor_id == criteria.supervisor))
        )
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
    return clauses


def order(wanted: Order) -> list[Any]:
    """The keys of an order of the list; the last one tells every hazard from every other."""
    newest = [Hazard.found_on.desc(), Hazard.id.desc()]
    before: dict[Order, list[Any]] = {Order.DUE: [queued], Order.SITE: [Site.name, Site.id]}
    return [*before.get(wanted, []), *newest]


def with_people(query: sa.Select[Hazard]) -> sa.Select[Hazard]:
    """Load what a line of the ledger shows, in the same select."""
    return query.options(joinedload(Hazard.site), joinedload(Hazard.found_by), joinedload(Hazard.verified_by))


def with_sites(query: sa.Select[Hazard]) -> sa.Select[Hazard]:
    """Load what a line of a list shows in the same select, and no more."""
    return query.options(load_only(*SHOWN), joinedload(Hazard.site).load_only(Site.name))


def open_at(site: Site) -> list[Hazard]:
    """What is issued and not closed at a site, nearest due first."""
    query = sa.select(Hazard).where(Hazard.site_id == site.id, Hazard.state.in_((*ACTIVE, State.REFERRED)))
    return list(db.session.scalars(query.order_by(Hazard.due_on.is_(None), Hazard.due_on, Hazard.id)))


def drafts_of(check_id: int) -> list[Hazard]:
    """The hazards of a check that still wait for their notice."""
    query = sa.select(Hazard).where(Hazard.check_id == check_id, Hazard.state == State.DRAFT)
    return list(db.session.scalars(query.order_by(Hazard.id)))


def year_before(day: date) -> date:
    """The same day a year earlier; 28 February for the 29th."""
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 2, 28)


def last_found(site: Site, item_codes: Collection[str], day: date) -> dict[str, Hazard]:
    """The last hazard of each of the items at a site in the twelve months before a day, by the item's code."""
    codes = {code for code in item_codes if code}
    if not codes:
        return {}
    query = sa.select(Hazard).where(
        Hazard.site_id == site.id,
        Hazard.item_code.in_(codes),
        Hazard.state != State.VOID,
        Hazard.found_on >= year_before(day),
        Hazard.found_on < day,
    )
    # The newest last: it is the one that stays.
    found = db.session.scalars(query.order_by(Hazard.found_on, Hazard.id))
    return {hazard.item_code: hazard for hazard in found}


@dataclass(frozen=True)
class LastFinding:
    """What was last found on an item at a site: when, how it stands, its photo, how often within a year."""

    item_code: str
    hazard: Hazard
    photo: str | None
    times: int


def before_photo(hazard: Hazard) -> str | None:
    """The hash of the first photo of how it was found."""
    return next((use.photo.sha256 for use in hazard.photos if use.role is HazardPhotoRole.BEFORE), None)


def last_findings(site: Site, day: date) -> dict[str, LastFinding]:
    """The last finding of each item at a site before a day's visit ends, by item code."""
    query = sa.select(Hazard).where(
        Hazard.site_id == site.id, Hazard.item_code != "", Hazard.state != State.VOID
    )
    loaded = query.options(selectinload(Hazard.photos).joinedload(HazardPhoto.photo))
    newest: dict[str, Hazard] = {}
    times: dict[str, int] = {}
    for hazard in db.session.scalars(loaded.order_by(Hazard.found_on.desc(), Hazard.id.desc())):
        newest.setdefault(hazard.item_code, hazard)
        times[hazard.item_code] = times.get(hazard.item_code, 0) + (hazard.found_on >= year_before(day))
    return {
        code: LastFinding(code, hazard, before_photo(hazard), times[code]) for code, hazard in newest.items()
    }


@checks.background_provider
def _add_background(site: Site, day: date, known: checks.Background) -> None:
    for hazard in open_at(site):
        known.open_hazards.append(
            checks.OpenHazard(
                uuid=hazard.uuid,
                number=hazard.number,
                description=hazard.description,
                place=hazard.place,
                due_on=hazard.due_on,
                state=hazard.state,
                overdue=hazard.is_overdue(day),
                photo=before_photo(hazard),
            )
        )
    for code, last in last_findings(site, day).items():
        found = last.hazard
        known.last_findings[code] = checks.LastFinding(
            found.description, found.found_on, found.state, last.photo, last.times
        )


def reinspections(site: Site) -> list[HazardEvent]:
    """The last re-inspection of each hazard of a site without an opinion to the enterprise."""
    reported = {
        result["event"]
        for facts in db.session.scalars(sa.select(Opinion.facts).where(Opinion.site_id == site.id))
        for result in facts["results"]
    }
    query = (
        sa.select(HazardEvent)
        .join(Hazard)
        .where(
            Hazard.site_id == site.id,
            HazardEvent.act.in_((Act.VERIFY, Act.SEND_BACK)),
            Hazard.state != State.VOID,
        )
        .order_by(HazardEvent.id)
    )
    last = {event.hazard_id: event for event in db.session.scalars(query)}
    return [event for event in last.values() if event.id not in reported]


def opinions_about(hazard: Hazard) -> list[Opinion]:
    """The opinions that name a hazard, oldest first."""
    query = sa.select(Opinion).where(Opinion.site_id == hazard.site_id).order_by(Opinion.id)
    return [
        opinion
        for opinion in db.session.scalars(query)
        if any(result["number"] == hazard.number for result in opinion.facts["results"])
    ]


@shown
def _sees_photo(actor: User, photo: Photo) -> bool:
    uses = sa.select(HazardPhoto.hazard_id).where(HazardPhoto.photo_id == photo.id)
    return (
        db.session.scalar(visible_to(actor).where(Hazard.id.in_(uses)).with_only_columns(Hazard.id).limit(1))
        is not None
    )


@stamped_with("hazard")
def _stamp(actor: User, photo: Photo, number: int | None) -> list[str] | None:
    seen = visible_to(actor).with_only_columns(Hazard.id)
    query = sa.select(HazardPhoto).where(HazardPhoto.photo_id == photo.id, HazardPhoto.hazard_id.in_(seen))
    if number is not None:
        query = query.where(HazardPhoto.hazard_id == number)
    use = db.session.scalars(query.order_by(HazardPhoto.id).limit(1)).first()
    if use is None:
        return None
    place = " ".join(part for part in (use.hazard.site.name, use.hazard.place) if part)
    return [write_moment(use.taken_at or photo.received_at), place, use.event.actor_name, use.hazard.number]
