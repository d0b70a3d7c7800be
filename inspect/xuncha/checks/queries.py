"""Selects of checks, and what a supervisor should know before a visit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer, joinedload

from ..accounts.models import User
from ..core import search
from ..core.access import FIELD, READ_ALL, Role
from ..core.db import db
from ..core.i18n import write_moment
from ..core.labels import Labelled
from ..core.panels import Panels
from ..core.parsing import read_day, read_number
from ..enterprises.models import Site, SiteKind
from ..enterprises.queries import ids_visible_to
from ..photos.likeness import Used, used_in
from ..photos.models import Photo
from ..photos.queries import shown, stamped_with
from .models import Check, CheckPhoto, SetAside, VisitKind

# Made once: an alias has all columns of the table, and figures ask what counts dozens of times for one page.
_NEWER = aliased(Check)


def visible_to(actor: User) -> sa.Select[Check]:
    """The checks of sites that the actor sees, and those he filed himself."""
    query = sa.select(Check)
    if actor.role in READ_ALL:
        return query
    of_sites = Check.site_id.in_(ids_visible_to(actor))
    if actor.role in FIELD | {Role.EXPERT}:
        return query.where(sa.or_(of_sites, Check.inspector_id == actor.id))
    return query.where(of_sites)


def valid(query: sa.Select[Check]) -> sa.Select[Check]:
    """Only what counts: the newest version of each check, without those that a manager set aside."""
    return query.where(
        ~sa.exists().where(_NEWER.replaces_id == Check.id), ~sa.exists().where(SetAside.check_id == Check.id)
    )


def counts(check_id: Any) -> sa.ColumnElement[bool]:
    """The same for what names a check by its number: few are replaced or set aside, and the checks need not be read."""
    replaced = sa.select(Check.replaces_id).where(Check.replaces_id.is_not(None))
    return sa.and_(check_id.not_in(replaced), check_id.not_in(sa.select(SetAside.check_id)))


# 家次: one site on one day is one visit, however many people came along and filed (domain 5.1).
VISIT = (Check.site_id, Check.visited_on)


def visits(query: sa.Select[Check]) -> sa.Select[Check]:
    """Of the checks of a select those that stand for a visit: the first filed of each."""
    first = query.with_only_columns(sa.func.min(Check.id)).order_by(None).group_by(*VISIT)
    return sa.select(Check).where(Check.id.in_(first))


def of_one_task(check: Check) -> list[Check]:
    """The checks of the same task, each in its newest version, first received first: only one of them counts.

    A re-inspection alone is none of the month's two checks (domain 5.1).
    """
    if check.task_id is None or check.kind is VisitKind.RECHECK:
        return [check]
    query = sa.select(Check).where(
        Check.task_id == check.task_id,
        Check.kind != VisitKind.RECHECK,
        ~sa.exists().where(_NEWER.replaces_id == Check.id),
    )
    return list(db.session.scalars(query.order_by(Check.id)))


@dataclass(frozen=True)
class Criteria:
    """The filters of the list of checks, as they stand in the address."""

    site: int | None = None
    inspector: int | None = None
    kind: str = ""
    kinds: str = ""
    site_kind: str = ""
    on_from: date | None = None
    on_to: date | None = None
    text: str = ""
    campaign: int | None = None
    late: str = ""
    visits: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Criteria:
        """Read the filters of an address; what does not fit is left out."""
        read: dict[str, Any] = {}
        for spec in fields(cls):
            value = args.get(spec.name, "").strip()
            if not value:
                continue
            if spec.name in {"site", "inspector", "campaign"}:
                read[spec.name] = read_number(value)
            elif spec.name in {"on_from", "on_to"}:
                read[spec.name] = read_day(value)
            else:
                read[spec.name] = value[:200]
        return cls(**read)

    def to_args(self) -> dict[str, str]:
        """The address of these filters."""
        return {
            spec.name: str(value)
            for spec in fields(self)
            if (value := getattr(self, spec.name)) not in (None, "")
        }


def _known(text: str, kind: type[Labelled]) -> list[Labelled]:
    return [kind(value) for value in text.split(",") if value in {member.value for member in kind}]


NEWEST = (Check.visited_on.desc(), Check.id.desc())


def filtered(actor: User, criteria: Criteria) -> sa.Select[Check]:
    """The valid checks that fit the filters, newest first: the list, its export and the figures' links."""
    query = valid(visible_to(actor))
    if criteria.site:
        query = query.where(Check.site_id == criteria.site)
    if criteria.inspector:
        query = query.where(Check.inspector_id == criteria.inspector)
    if kinds := _known(criteria.kinds or criteria.kind, VisitKind):
        query = query.where(Check.kind.in_(kinds))
    if site_kinds := _known(criteria.site_kind, SiteKind):
        query = query.where(Check.site_id.in_(sa.select(Site.id).where(Site.kind.in_(site_kinds))))
    if criteria.on_from:
        query = query.where(Check.visited_on >= criteria.on_from)
    if criteria.on_to:
        query = query.where(Check.visited_on <= criteria.on_to)
    if criteria.late:
        query = query.where(Check.late_reason != "")
    if criteria.text:
        own = search.mention(Check, criteria.text, Check.number)
        of_sites = search.mention(Site, criteria.text, Site.name).of(Check.id, Check.site_id)
        query = query.where(search.either(Check.id, own, of_sites).holds)
    for narrow in _narrowings:
        query = narrow(query, criteria)
    query = visits(query) if criteria.visits else query
    return query.order_by(*NEWEST)


def with_people(query: sa.Select[Check]) -> sa.Select[Check]:
    """Load what a line of the list shows in the same select, and not what was filed, which is long."""
    long = (defer(Check.payload), defer(Check.facts))
    return query.options(*long, joinedload(Check.site), joinedload(Check.inspector))


Narrowing = Callable[[sa.Select[Check], Criteria], sa.Select[Check]]
_narrowings: list[Narrowing] = []


def narrowed_by(narrowing: Narrowing) -> Narrowing:
    """Register a filter that only a higher domain can apply (checks of a campaign)."""
    _narrowings.append(narrowing)
    return narrowing


@dataclass(frozen=True)
class OpenHazard:
    """An open hazard of the site, to be looked at again on this visit."""

    uuid: str
    number: str
    item_code: str
    hazard_class: str
    found_on: date
    description: str
    place: str
    due_on: date | None
    state: Labelled
    overdue: bool
    photo: str | None


@dataclass(frozen=True)
class LastFinding:
    """What was last found on an item here."""

    description: str
    found_on: date
    state: Labelled
    times: int


@dataclass
class Background:
    """What is known of a site before the visit begins."""

    open_hazards: list[OpenHazard] = field(default_factory=list)
    last_findings: dict[str, LastFinding] = field(default_factory=dict)


_tellers: list[Callable[[Site, date, Background], None]] = []


def background_provider(
    teller: Callable[[Site, date, Background], None],
) -> Callable[[Site, date, Background], None]:
    """Register a higher domain that knows something about a site before a visit."""
    _tellers.append(teller)
    return teller


def background(site: Site, day: date) -> Background:
    """Open hazards and last findings of a site."""
    known = Background()
    for teller in _tellers:
        teller(site, day, known)
    return known


@shown
def _sees_photo(actor: User, photo: Photo) -> bool:
    uses = sa.select(CheckPhoto.check_id).where(CheckPhoto.photo_id == photo.id)
    query = visible_to(actor).where(Check.id.in_(uses)).with_only_columns(Check.id).limit(1)
    return db.session.scalar(query) is not None


@stamped_with("check")
def _stamp(actor: User, photo: Photo, number: int | None) -> list[str] | None:
    seen = visible_to(actor).with_only_columns(Check.id)
    query = sa.select(CheckPhoto).where(CheckPhoto.photo_id == photo.id, CheckPhoto.check_id.in_(seen))
    if number is not None:
        query = query.where(CheckPhoto.check_id == number)
    use = db.session.scalars(query.order_by(CheckPhoto.id).limit(1)).first()
    if use is None:
        return None
    taken = use.taken_at or photo.received_at
    place = " ".join(
        part for part in (use.check.facts["site"]["name"], use.check.place or use.caption) if part
    )
    return [write_moment(taken), place, use.check.facts["inspector"]["name"]]


@used_in
def _uses_of_photos(photo_ids: Collection[int], reader: User) -> Iterator[Used]:
    query = sa.select(CheckPhoto).where(CheckPhoto.photo_id.in_(photo_ids))
    uses = list(db.session.scalars(query.options(joinedload(CheckPhoto.check).joinedload(Check.site))))
    numbers = {use.check_id for use in uses}
    seen = set(
        db.session.scalars(visible_to(reader).where(Check.id.in_(numbers)).with_only_columns(Check.id))
    )
    for use in uses:
        check, known = use.check, use.check_id in seen
        place = (check.site.name, check.number, f"/checks/{check.id}") if known else ()
        yield Used(use.photo_id, f"check-{check.id}", check.received_at, *place)


check_panels = Panels()


Offer = Callable[[date], list[Any]]
_offers: list[Offer] = []


def offers_campaigns(offer: Offer) -> Offer:
    """Register the campaigns of a higher domain that a check may count for on a day."""
    _offers.append(offer)
    return offer


def offered_campaigns(day: date) -> list[Any]:
    """The campaigns a check of that day may count for."""
    return [campaign for offer in _offers for campaign in offer(day)]
