"""Selects of pulses: when each idle site was last looked at, which are overdue, which show signs of use without a check since."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..core import settings
from ..core.access import FIELD, READ_ALL
from ..core.db import db
from ..core.i18n import write_moment
from ..enterprises.models import Site, SiteKind
from ..enterprises.queries import ids_visible_to
from ..enterprises.queries import visible_to as sites_visible_to
from ..photos.likeness import Used, used_in
from ..photos.models import Photo
from ..photos.queries import shown, stamped_with
from .models import Check
from .pulses import SHOWS_USE, Pulse, PulsePhoto
from .queries import valid

NEVER = date(2000, 1, 1)  # sorts before every look


def visible_to(actor: User) -> sa.Select[Pulse]:
    """The pulses of sites that the actor sees, and those he took himself."""
    query = sa.select(Pulse)
    if actor.role in READ_ALL:
        return query
    if actor.role not in FIELD:
        return query.where(sa.false())
    return query.where(sa.or_(Pulse.site_id.in_(ids_visible_to(actor)), Pulse.taken_by_id == actor.id))


# When a site was last looked at: by a pulse, or by a check, which is more than a pulse.
_LAST_PULSE = (
    sa.select(sa.func.max(Pulse.taken_on)).where(Pulse.site_id == Site.id).correlate(Site).scalar_subquery()
)
_LAST_CHECK = (
    valid(sa.select(Check))
    .with_only_columns(sa.func.max(Check.visited_on))
    .where(Check.site_id == Site.id)
    .correlate(Site)
    .scalar_subquery()
)
LAST_PULSE = sa.func.coalesce(_LAST_PULSE, NEVER, type_=sa.Date())
_CHECKED = sa.func.coalesce(_LAST_CHECK, NEVER, type_=sa.Date())
LAST_LOOK: sa.ColumnElement[date] = sa.case((LAST_PULSE >= _CHECKED, LAST_PULSE), else_=_CHECKED)
# A pulse showed signs of use, and nobody has filed a check that ended after it.
SIGN_OPEN = (
    sa.exists()
    .where(
        Pulse.site_id == Site.id,
        SHOWS_USE,
        ~valid(sa.select(Check))
        .where(Check.site_id == Pulse.site_id, Check.finished_at >= Pulse.taken_at)
        .correlate(Pulse)
        .exists(),
    )
    .correlate(Site)
)


def overdue_before(day: date) -> date:
    """A site that was last looked at before this day is overdue."""
    return day - timedelta(days=settings.number(settings.PULSE_DAYS))


def is_overdue(day: date) -> sa.ColumnElement[bool]:
    """The site waits longer for a look than the office has set."""
    return overdue_before(day) > LAST_LOOK


def idle_sites(actor: User) -> sa.Select[Site]:
    """The idle sites that the actor sees."""
    return sites_visible_to(actor).where(Site.kind == SiteKind.IDLE)


def last_look(site: Site) -> date | None:
    """When a site was last looked at."""
    found = db.session.scalar(sa.select(LAST_LOOK).select_from(Site).where(Site.id == site.id))
    return None if found in (None, NEVER) else found


def has_open_sign(site: Site) -> bool:
    """Whether signs of use were seen and no check was filed since."""
    return bool(db.session.scalar(sa.select(SIGN_OPEN).select_from(Site).where(Site.id == site.id)))


@dataclass(frozen=True)
class Line:
    """An idle site in the list: its last pulse, its last look, and how it stands."""

    site: Site
    pulse: Pulse | None
    looked_on: date | None
    overdue: bool
    sign: bool


def lines(sites: Collection[Site], day: date) -> Iterator[Line]:
    """The sites as lines, in their order."""
    numbers = [site.id for site in sites]
    asked = sa.select(Site.id, LAST_LOOK.label("looked_on"), SIGN_OPEN.label("sign"))
    states = {row.id: row for row in db.session.execute(asked.where(Site.id.in_(numbers)))}
    newest = newest_of(numbers)
    for site in sites:
        row = states[site.id]
        looked = None if row.looked_on == NEVER else row.looked_on
        yield Line(site, newest.get(site.id), looked, row.looked_on < overdue_before(day), bool(row.sign))


def newest_of(numbers: Collection[int]) -> dict[int, Pulse]:
    """The last pulse of each site."""
    place = sa.func.row_number().over(
        partition_by=Pulse.site_id, order_by=(Pulse.taken_at.desc(), Pulse.id.desc())
    )
    ranked = sa.select(Pulse.id, place.label("place")).where(Pulse.site_id.in_(numbers)).subquery()
    query = sa.select(Pulse).join(ranked, ranked.c.id == Pulse.id).where(ranked.c.place == 1)
    found = db.session.scalars(query.options(joinedload(Pulse.taken_by)))
    return {pulse.site_id: pulse for pulse in found}


def of_site(site: Site, most: int) -> list[Pulse]:
    """The last pulses of a site."""
    query = sa.select(Pulse).where(Pulse.site_id == site.id)
    query = query.order_by(Pulse.taken_at.desc(), Pulse.id.desc()).limit(most)
    loads = joinedload(Pulse.taken_by), selectinload(Pulse.photos).joinedload(PulsePhoto.photo)
    return list(db.session.scalars(query.options(*loads)))


@shown
def _sees_photo(actor: User, photo: Photo) -> bool:
    uses = sa.select(PulsePhoto.pulse_id).where(PulsePhoto.photo_id == photo.id)
    query = visible_to(actor).where(Pulse.id.in_(uses)).with_only_columns(Pulse.id).limit(1)
    return db.session.scalar(query) is not None


@stamped_with("pulse")
def _stamp(actor: User, photo: Photo, number: int | None) -> list[str] | None:
    seen = visible_to(actor).with_only_columns(Pulse.id)
    query = sa.select(PulsePhoto).where(PulsePhoto.photo_id == photo.id, PulsePhoto.pulse_id.in_(seen))
    if number is not None:
        query = query.where(PulsePhoto.pulse_id == number)
    use = db.session.scalars(query.order_by(PulsePhoto.id).limit(1)).first()
    if use is None:
        return None
    return [
        write_moment(use.taken_at or use.pulse.taken_at),
        use.pulse.site.name,
        use.pulse.taken_by.name,
    ]


@used_in
def _uses_of_photos(photo_ids: Collection[int], reader: User) -> Iterator[Used]:
    query = sa.select(PulsePhoto).where(PulsePhoto.photo_id.in_(photo_ids))
    uses = list(db.session.scalars(query.options(joinedload(PulsePhoto.pulse).joinedload(Pulse.site))))
    numbers = {use.pulse_id for use in uses}
    asked = visible_to(reader).where(Pulse.id.in_(numbers)).with_only_columns(Pulse.id)
    seen = set(db.session.scalars(asked))
    for use in uses:
        pulse, known = use.pulse, use.pulse_id in seen
        address = f"/enterprises/{pulse.site_id}#pulses"
        place = (pulse.site.name, f"P{pulse.id}", address) if known else ()
        yield Used(use.photo_id, f"pulse-{pulse.id}", pulse.received_at, *place)
