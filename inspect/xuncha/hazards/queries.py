"""Selects of hazards: who sees which, the views and filters of the list, what a site brings along from earlier visits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..checklists.models import Item
from ..checks import queries as checks
from ..checks.models import Check
from ..core import settings
from ..core.access import FIELD, READ_ALL, Permission, Role, allowed
from ..core.db import db
from ..core.i18n import pick, write_moment
from ..enterprises.models import ContactDuty, Site
from ..enterprises.queries import ids_visible_to
from ..photos.likeness import Used, sights_of, used_in
from ..photos.models import Photo
from ..photos.queries import shown, stamped_with
from .lifecycle import ACTIVE, UNSETTLED, Act, State
from .models import (
    Hazard,
    HazardEvent,
    HazardPhoto,
    HazardPhotoRole,
    Letter,
    LetterKind,
    Notice,
    Opinion,
    Source,
    queued,
)
from .papers.deliveries import Delivery

Row = TypeVar("Row")

TO_ENTERPRISE = (LetterKind.LISTING, LetterKind.DELISTING, LetterKind.EXTENSION, LetterKind.SUPERVISION)


def soon() -> timedelta:
    """How long before its due date a hazard counts as due soon."""
    return timedelta(days=settings.number("soon"))


def visible_to(actor: User) -> sa.Select[Hazard]:
    """The hazards of the sites that the actor sees, and those he found himself."""
    return among_visible(sa.select(Hazard), actor)


def among_visible(query: sa.Select[Row], actor: User) -> sa.Select[Row]:
    """What a query that joins hazards finds of those that the actor sees; asked of each: a list of all would be long."""
    found: sa.Select[Row] = _visible(query, actor, Hazard.site_id, Hazard.found_by_id)
    return found


def notices_visible_to(actor: User) -> sa.Select[Notice]:
    """The notices of the sites that the actor sees, and those he issued."""
    return _visible(sa.select(Notice), actor, Notice.site_id, Notice.issued_by_id)


def opinions_visible_to(actor: User) -> sa.Select[Opinion]:
    """The re-inspection opinions of the sites that the actor sees, and those he issued."""
    return _visible(sa.select(Opinion), actor, Opinion.site_id, Opinion.issued_by_id)


def letters_visible_to(actor: User) -> sa.Select[Letter]:
    """The papers about single hazards; what goes to a department is not the enterprise's to read."""
    seen: sa.Select[Letter] = _visible(sa.select(Letter), actor, Letter.site_id, Letter.issued_by_id)
    return seen.where(Letter.kind.in_(TO_ENTERPRISE)) if actor.is_enterprise else seen


def deliveries_visible_to(actor: User) -> sa.Select[Delivery]:
    """The receipts of delivery of the sites that the actor sees, and those he issued."""
    return _visible(sa.select(Delivery), actor, Delivery.site_id, Delivery.issued_by_id)


def letters_about(hazard: Hazard, actor: User) -> list[Letter]:
    """The papers about a hazard that the actor may read, oldest first."""
    query = letters_visible_to(actor).where(Letter.hazard_id == hazard.id)
    return list(db.session.scalars(query.order_by(Letter.id)))


def _visible(query: Any, actor: User, site_id: Any, author_id: Any) -> Any:
    if actor.role in READ_ALL:
        return query
    of_sites = site_id.in_(ids_visible_to(actor))
    if actor.role in FIELD | {Role.EXPERT}:
        return query.where(sa.or_(of_sites, author_id == actor.id))
    return query.where(of_sites)


# Made once: every check page asks them, and making a statement takes longer than running it.
_OPEN_AT = (
    sa.select(Hazard)
    .where(Hazard.site_id == sa.bindparam("site"), Hazard.state.in_((*ACTIVE, State.REFERRED)))
    .options(selectinload(Hazard.photos).joinedload(HazardPhoto.photo))
    .order_by(Hazard.due_on.is_(None), Hazard.due_on, Hazard.id)
)
_FINDINGS_AT = (
    sa.select(Hazard)
    .where(Hazard.site_id == sa.bindparam("site"), Hazard.item_code != "", Hazard.state != State.VOID)
    .order_by(Hazard.found_on.desc(), Hazard.id.desc())
)


def open_at(site: Site) -> list[Hazard]:
    """What is issued and not closed at a site, nearest due first."""
    return list(db.session.scalars(_OPEN_AT, {"site": site.id}))


def _principals(site_id: int) -> sa.Select[User]:
    return sa.select(User).where(User.enterprise_id == site_id, User.role == Role.ENT_PRINCIPAL, User.active)


def has_principal(site_id: int) -> bool:
    """Whether the principal of an enterprise can sign in."""
    return db.session.scalar(_principals(site_id).with_only_columns(User.id).limit(1)) is not None


def names_of_principals(site: Site) -> list[str]:
    """Who the zone knows as principal of an enterprise: by account and as its contact."""
    names = list(db.session.scalars(_principals(site.id).with_only_columns(User.name)))
    return [*names, *(contact.name for contact in site.contacts if contact.duty is ContactDuty.PRINCIPAL)]


def others_open(hazard: Hazard) -> list[Hazard]:
    """The other hazards of the site that are not closed, those that look like this one first."""
    query = sa.select(Hazard).where(
        Hazard.site_id == hazard.site_id, Hazard.id != hazard.id, Hazard.state.in_(UNSETTLED)
    )
    return sorted(db.session.scalars(query.order_by(Hazard.id)), key=lambda other: -_likeness(hazard, other))


def merged_into(hazard: Hazard) -> Hazard | None:
    """The hazard that counts instead of this one, if it was merged."""
    last = hazard.events[-1] if hazard.events else None
    if last is None or last.act is not Act.MERGE:
        return None
    query = sa.select(Hazard).where(Hazard.number == last.brought["into"], Hazard.site_id == hazard.site_id)
    return db.session.scalar(query)


@dataclass(frozen=True)
class Repeats:
    """How often an item failed again within twelve months: hazards, at how many sites, the highest count at one."""

    item_code: str
    text: str
    hazards: int
    sites: int
    most: int


def repeats(actor: User, first: date, last: date) -> list[Repeats]:
    """The repeat hazards that were found in some days, by item, the most frequent first."""
    seen = visible_to(actor).where(
        Hazard.repeat_of_id.is_not(None), Hazard.state != State.VOID, Hazard.found_on.between(first, last)
    )
    sites = sa.func.count(sa.distinct(Hazard.site_id))
    query = seen.with_only_columns(
        Hazard.item_code, sa.func.count(Hazard.id), sites, sa.func.max(Hazard.occurrence)
    )
    rows = db.session.execute(query.group_by(Hazard.item_code)).all()
    items = {item.code: item for item in db.session.scalars(sa.select(Item).order_by(Item.id))}
    found = [
        Repeats(code, pick(items[code], "text") if code in items else "", *numbers) for code, *numbers in rows
    ]
    return sorted(found, key=lambda one: (-one.hazards, one.item_code))


SHORTEST_PLACE = 2


def _same_place(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= SHORTEST_PLACE and (one in other or other in one)


def _likeness(one: Hazard, other: Hazard) -> int:
    """How much two hazards look like the same one, weighed as on the check page (static/js/offline/alike.js)."""
    item = bool(one.item_code) and one.item_code == other.item_code
    place = _same_place(one.place, other.place)
    return 4 * item + 2 * place + (one.hazard_class is other.hazard_class)


def open_at_place(site: Site, place: str, actor: User) -> list[Hazard]:
    """The open hazards of the same place at a site, as the check page shows them to a finding; due first, at most three."""
    query = visible_to(actor).where(Hazard.site_id == site.id, Hazard.state.in_(UNSETTLED))
    found = db.session.scalars(query.order_by(queued, Hazard.id))
    return [one for one in found if _same_place(one.place, place)][:3]


def drafts_of(check_id: int) -> list[Hazard]:
    """The hazards of a check that still wait for their notice."""
    query = sa.select(Hazard).where(Hazard.check_id == check_id, Hazard.state == State.DRAFT)
    return list(db.session.scalars(query.order_by(Hazard.id)))


def unconfirmed() -> sa.Select[Hazard]:
    """What experts found and the zone has neither confirmed nor rejected."""
    confirmed = sa.select(HazardEvent.hazard_id).where(
        HazardEvent.hazard_id == Hazard.id, HazardEvent.act == Act.CONFIRM_FINDING
    )
    return sa.select(Hazard).where(
        Hazard.source == Source.EXPERT, Hazard.state == State.DRAFT, ~confirmed.exists()
    )


def year_before(day: date) -> date:
    """The same day a year earlier; 28 February for the 29th."""
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 2, 28)


@dataclass(frozen=True)
class LastFinding:
    """What was last found on an item at a site, and how often within a year."""

    item_code: str
    hazard: Hazard
    times: int


def found_before(site: Site, item_codes: Collection[str], day: date) -> dict[str, LastFinding]:
    """What was last found on each of the items at a site in the twelve months before a day, by the item's code."""
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
    found: dict[str, LastFinding] = {}
    # The newest last: it is the one that stays.
    for hazard in db.session.scalars(query.order_by(Hazard.found_on, Hazard.id)):
        code = hazard.item_code
        found[code] = LastFinding(code, hazard, found[code].times + 1 if code in found else 1)
    return found


def before_photo(hazard: Hazard) -> str | None:
    """The hash of the first photo of how it was found."""
    return next((use.photo.sha256 for use in hazard.photos if use.role is HazardPhotoRole.BEFORE), None)


def last_findings(site: Site, day: date) -> dict[str, LastFinding]:
    """The last finding of each item at a site before a day's visit ends, by item code."""
    newest: dict[str, Hazard] = {}
    times: dict[str, int] = {}
    for hazard in db.session.scalars(_FINDINGS_AT, {"site": site.id}):
        newest.setdefault(hazard.item_code, hazard)
        times[hazard.item_code] = times.get(hazard.item_code, 0) + (hazard.found_on >= year_before(day))
    return {code: LastFinding(code, hazard, times[code]) for code, hazard in newest.items()}


@checks.background_provider
def _add_background(site: Site, day: date, known: checks.Background) -> None:
    for hazard in open_at(site):
        known.open_hazards.append(
            checks.OpenHazard(
                uuid=hazard.uuid,
                number=hazard.number,
                item_code=hazard.item_code,
                hazard_class=hazard.hazard_class.value,
                found_on=hazard.found_on,
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
            found.description, found.found_on, found.state, last.times
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


@shown
def _sees_photo_of_delivery(actor: User, photo: Photo) -> bool:
    query = deliveries_visible_to(actor).where(Delivery.photo_id == photo.id)
    return db.session.scalar(query.with_only_columns(Delivery.id).limit(1)) is not None


@used_in
def _uses_of_photos(photo_ids: Collection[int], reader: User) -> Iterator[Used]:
    query = sa.select(HazardPhoto).where(HazardPhoto.photo_id.in_(photo_ids))
    whole = joinedload(HazardPhoto.hazard).joinedload(Hazard.site), joinedload(HazardPhoto.event)
    uses = list(db.session.scalars(query.options(*whole)))
    numbers = {use.hazard_id for use in uses}
    seen = set(
        db.session.scalars(visible_to(reader).where(Hazard.id.in_(numbers)).with_only_columns(Hazard.id))
    )
    for use in uses:
        hazard, known = use.hazard, use.hazard_id in seen
        place = (hazard.site.name, hazard.number, f"/hazards/{hazard.id}") if known else ()
        yield Used(use.photo_id, f"hazard-{hazard.id}", use.event.at, *place)


def photos_seen_before(hazards: Sequence[Hazard], reader: User) -> dict[int, dict[int, list[Used]]]:
    """Where photos of rectifications were used before, by the hazard and the photo; nothing for who may not know.

    Every photo of the hazard's own visit shows the same place. A before-photo handed in again as an after-photo is found only
    as a copy: an honest after-photo is taken over it.
    """
    told = [hazard for hazard in hazards if allowed(reader, Permission.SEE_LIKENESS, hazard)]
    sights = sights_of({use.photo_id for hazard in told for use in hazard.photos}, reader)
    found: dict[int, dict[int, list[Used]]] = {hazard.id: {} for hazard in hazards}
    for hazard in told:
        own = f"hazard-{hazard.id}"
        for event in hazard.events:
            uses = [use for use in hazard.photos if use.event_id == event.id]
            things = {own, f"check-{event.check_id or hazard.check_id}"}
            strictly = {own} if uses and uses[0].role is not HazardPhotoRole.BEFORE else ()
            shown = [use.photo_id for use in uses]
            found[hazard.id] |= sights.before(event.at, shown, in_things=things, strictly=strictly)
    return found


def check_photos_seen_before(check: Check, reader: User) -> list[Used]:
    """Where photos of a check, and of what it found or looked at again, were used before it; nothing for who filed it."""
    if reader.id == check.inspector_id or not allowed(reader, Permission.SEE_LIKENESS, check):
        return []
    query = sa.select(HazardPhoto.photo_id, HazardPhoto.hazard_id).join(HazardEvent)
    of_hazards = db.session.execute(query.where(HazardEvent.check_id == check.id)).all()
    own = {f"hazard-{hazard_id}" for _photo_id, hazard_id in of_hazards}
    edition: Check | None = check
    while edition is not None:  # a correction takes over the photos of the versions before it
        own.add(f"check-{edition.id}")
        first, edition = edition.received_at, edition.replaces
    photo_ids = {*(use.photo_id for use in check.photos), *(row.photo_id for row in of_hazards)}
    found = sights_of(photo_ids, reader).before(first, photo_ids, in_things=own)
    return [replace(use, photo_id=number) for number, uses in sorted(found.items()) for use in uses[:1]]


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
