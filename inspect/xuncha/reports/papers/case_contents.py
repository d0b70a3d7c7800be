"""What belongs into the file (案卷) of a hazard or of a site, in the order of domain 3: only what the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa

from ...accounts.models import User
from ...checks.models import Check
from ...checks.queries import valid
from ...checks.queries import visible_to as checks_visible_to
from ...core.clock import local_day
from ...core.db import db
from ...core.labels import N_, Labelled
from ...enterprises.models import Site
from ...hazards.models import Hazard, Letter, LetterKind, Notice, Opinion
from ...hazards.papers.deliveries import Delivery
from ...hazards.queries import (
    deliveries_visible_to,
    letters_visible_to,
    notices_visible_to,
    opinions_about,
    opinions_visible_to,
)
from ...hazards.queries import visible_to as hazards_visible_to
from .. import printing
from . import case_papers


class Group(Labelled):
    """The parts of a file, in their order."""

    RECORDS = "records", N_("Inspection records")
    NOTICES = "notices", N_("Rectification notices")
    EXTENSIONS = "extensions", N_("Extensions")
    OPINIONS = "opinions", N_("Re-inspections")
    LETTERS = "letters", N_("Letters")
    DELIVERIES = "deliveries", N_("Receipts of delivery")
    PHOTOS = "photos", N_("Photos before and after")
    COURSE = "course", N_("Course of the case")


@dataclass(frozen=True)
class Entry:
    """One paper of a file; `title` is a message."""

    group: Group
    title: str
    number: str
    day: date | None
    build: Callable[[str], printing.Printable]


def of_hazard(hazard: Hazard, reader: User) -> list[Entry]:
    """The papers of one hazard: the record that found it first, those that looked at it again beside the opinions."""
    found, later = _records_about(hazard, reader)
    entries = [_of(Group.RECORDS, printing.record(check), check.visited_on) for check in found]
    if hazard.notice:
        query = notices_visible_to(reader).where(Notice.id == hazard.notice_id)
        entries += _notices(db.session.scalars(query))
    again = [_of(Group.OPINIONS, printing.record(check), check.visited_on) for check in later]
    seen = opinions_visible_to(reader).where(Opinion.site_id == hazard.site_id)
    allowed = set(db.session.scalars(seen.with_only_columns(Opinion.id)))
    opinions = _opinions([one for one in opinions_about(hazard) if one.id in allowed])
    entries += sorted([*again, *opinions], key=lambda entry: entry.day or date.max)
    entries += _letters(db.session.scalars(letters_visible_to(reader).where(Letter.hazard_id == hazard.id)))
    if hazard.notice:
        receipts = deliveries_visible_to(reader).where(Delivery.notice_id == hazard.notice_id)
        entries += _deliveries(db.session.scalars(receipts.order_by(Delivery.id)))
    return [*_in_order(entries), *_of_case([hazard], hazard.number)]


def of_site(site: Site, reader: User, year: int | None = None) -> list[Entry]:
    """The papers of one site: of a year, or all."""
    day = (date(year or 2000, 1, 1), date(year or 2099, 12, 31))
    visits = valid(checks_visible_to(reader)).where(Check.site_id == site.id, Check.visited_on.between(*day))
    records = db.session.scalars(visits.order_by(Check.visited_on, Check.id))
    entries = [_of(Group.RECORDS, printing.record(check), check.visited_on) for check in records]
    entries += _notices(db.session.scalars(_issued(notices_visible_to(reader), Notice, site, year)))
    entries += _opinions(db.session.scalars(_issued(opinions_visible_to(reader), Opinion, site, year)))
    entries += _letters(db.session.scalars(_issued(letters_visible_to(reader), Letter, site, year)))
    entries += _deliveries(db.session.scalars(_issued(deliveries_visible_to(reader), Delivery, site, year)))
    found = hazards_visible_to(reader).where(Hazard.site_id == site.id, Hazard.found_on.between(*day))
    hazards = db.session.scalars(found.order_by(Hazard.found_on, Hazard.id)).all()
    return [*_in_order(entries), *_of_case(hazards, str(year or ""), course=False)]


def _issued(
    query: sa.Select[Any], model: type[Notice | Opinion | Letter | Delivery], site: Site, year: int | None
) -> sa.Select[Any]:
    query = query.where(model.site_id == site.id)
    if year is not None:
        query = query.where(model.year == year)
    return query.order_by(model.issued_at, model.id)


def _records_about(hazard: Hazard, reader: User) -> tuple[list[Check], list[Check]]:
    """The record that found a hazard, and those that looked at it again; of corrected ones the version that holds."""
    later = {event.check_id for event in hazard.events if event.check_id}
    query = checks_visible_to(reader).where(Check.id.in_({*later, hazard.check_id or 0}))
    found: list[Check] = []
    again: list[Check] = []
    for check in db.session.scalars(query.order_by(Check.visited_on, Check.id)):
        (found if check.id == hazard.check_id else again).append(_that_holds(check))
    serials = {(check.year, check.serial) for check in found}
    return found, list({one.id: one for one in again if (one.year, one.serial) not in serials}.values())


def _that_holds(check: Check) -> Check:
    while check.replaced_by is not None:
        check = check.replaced_by
    return check


def _of(group: Group, order: printing.Order, day: date) -> Entry:
    return Entry(group, order.kind.label, order.name, day, order.build)


def _notices(notices: Iterable[Notice]) -> list[Entry]:
    return [_of(Group.NOTICES, printing.notice(one), local_day(one.issued_at)) for one in notices]


def _opinions(opinions: Iterable[Opinion]) -> list[Entry]:
    return [_of(Group.OPINIONS, printing.opinion(one), local_day(one.issued_at)) for one in opinions]


def _letters(letters: Iterable[Letter]) -> list[Entry]:
    return [
        _of(
            Group.EXTENSIONS if one.kind is LetterKind.EXTENSION else Group.LETTERS,
            printing.letter(one),
            local_day(one.issued_at),
        )
        for one in letters
    ]


def _deliveries(deliveries: Iterable[Delivery]) -> list[Entry]:
    return [_of(Group.DELIVERIES, printing.delivery(one), one.delivered_on) for one in deliveries]


def _of_case(hazards: Sequence[Hazard], number: str, *, course: bool = True) -> list[Entry]:
    """The photos of the hazards, and the course of each."""
    entries = []
    if any(hazard.photos for hazard in hazards):
        entries.append(_made(Group.PHOTOS, number, lambda lang: case_papers.photos(hazards, number, lang)))
    if course:
        entries += [_made(Group.COURSE, one.number, partial(case_papers.course, one)) for one in hazards]
    return entries


def _made(group: Group, number: str, build: Callable[[str], printing.Printable]) -> Entry:
    """A paper that is made for the file alone."""
    return Entry(group, group.label, number, None, build)


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    order = list(Group)
    return sorted(entries, key=lambda entry: order.index(entry.group))
