"""Selects of trainings: the list and its filters, the totals of what is listed, the figures of a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..core import search
from ..core.access import Permission, allowed
from ..core.db import db
from ..core.i18n import write_day
from ..core.parsing import read_day, read_number
from ..enterprises.models import Site
from ..photos.models import Photo
from ..photos.queries import shown, stamped_with
from .models import Audience, Material, Training, TrainingKind, TrainingPhoto


def visible_to(actor: User) -> sa.Select[Training]:
    """Trainings belong to the zone: all of the staff see all of them, nobody else sees any."""
    query = sa.select(Training)
    return query if allowed(actor, Permission.SEE_TRAININGS) else query.where(sa.false())


@dataclass(frozen=True)
class Criteria:
    """The filters of the list, as they stand in the address; days are inclusive."""

    kind: TrainingKind | None = None
    on_from: date | None = None
    on_to: date | None = None
    site: int | None = None
    text: str = ""
    void: bool = False

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Criteria:
        """Read the filters of an address; what does not fit is left out."""
        kind = args.get("kind", "")
        return cls(
            kind=TrainingKind(kind) if kind in {member.value for member in TrainingKind} else None,
            on_from=read_day(args.get("on_from", "")),
            on_to=read_day(args.get("on_to", "")),
            site=read_number(args.get("site")),
            text=args.get("text", "").strip()[:200],
            void=args.get("void") == "1",
        )

    def to_args(self) -> dict[str, str]:
        """The address of these filters."""
        given = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in given.items() if value}


NEWEST = (Training.held_on.desc(), Training.id.desc())


def filtered(actor: User, criteria: Criteria) -> sa.Select[Training]:
    """The trainings that fit the filters, newest first: the list, its totals, its export and the figures' links."""
    query = visible_to(actor)
    query = query.where(Training.void_reason != "" if criteria.void else Training.void_reason == "")
    if criteria.kind:
        query = query.where(Training.kind == criteria.kind)
    if criteria.on_from:
        query = query.where(Training.held_on >= criteria.on_from)
    if criteria.on_to:
        query = query.where(Training.held_on <= criteria.on_to)
    if criteria.site:
        of_site = sa.select(Audience.training_id).where(Audience.site_id == criteria.site)
        query = query.where(Training.id.in_(of_site))
    if criteria.text:
        query = query.where(_mentions(criteria.text))
    return query.order_by(*NEWEST)


def _mentions(text: str) -> sa.ColumnElement[bool]:
    columns = (Training.topic, Training.place, Training.organiser, Training.lecturer, Training.content)
    came = sa.or_(
        search.mention(Audience, text, Audience.group_name).holds,
        Audience.site_id.in_(search.mention(Site, text, Site.name).numbers),
    )
    named = sa.select(Audience.training_id).where(came)
    own = search.mention(Training, text, *columns)
    return search.either(Training.id, own, search.Mention(named, Training.id.in_(named))).holds


def with_rows(query: sa.Select[Training]) -> sa.Select[Training]:
    """Load what a line of the list and of the ledger shows with a fixed number of selects."""
    return query.options(
        selectinload(Training.audience).joinedload(Audience.site),
        selectinload(Training.materials),
        joinedload(Training.recorded_by),
    )


@dataclass(frozen=True)
class Totals:
    """Sums of exactly the trainings of a select: events, hours, 人次, 份, and those who took and passed exams."""

    events: int
    hours: float
    attendances: int
    materials: int
    taken: int
    passed: int

    @property
    def pass_rate(self) -> float | None:
        """A share of one; none where nobody took an exam."""
        return self.passed / self.taken if self.taken else None


def totals(query: sa.Select[Training]) -> Totals:
    """The totals of a select of trainings."""
    ids = query.with_only_columns(Training.id).order_by(None)
    own = sa.select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(Training.hours), 0.0),
        sa.func.coalesce(sa.func.sum(Training.exam_taken), 0),
        sa.func.coalesce(sa.func.sum(Training.exam_passed), 0),
    ).where(Training.id.in_(ids))
    events_, hours_, taken, passed = db.session.execute(own).one()
    return Totals(
        events=events_,
        hours=float(hours_),
        attendances=db.session.scalar(_heads(ids)) or 0,
        materials=db.session.scalar(_handed_out(ids)) or 0,
        taken=taken or 0,
        passed=passed or 0,
    )


def heads_from(query: sa.Select[Training], site_id: int) -> int:
    """How many of the attendances of a select of trainings came from one site."""
    ids = query.with_only_columns(Training.id).order_by(None)
    return db.session.scalar(_heads(ids).where(Audience.site_id == site_id)) or 0


def _heads(ids: sa.Select[int]) -> sa.Select[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(Audience.headcount), 0)).where(
        Audience.training_id.in_(ids)
    )


def _handed_out(ids: sa.Select[int]) -> sa.Select[int]:
    return sa.select(sa.func.coalesce(sa.func.sum(Material.count), 0)).where(Material.training_id.in_(ids))


def events(first: date, last: date) -> sa.Select[Training]:
    """培训场次: the valid trainings held from the first to the last day, both inclusive."""
    return sa.select(Training).where(Training.void_reason == "", Training.held_on.between(first, last))


def attendances(first: date, last: date) -> sa.Select[int]:
    """培训人次: the sum of heads of the events of the days; one person at two events counts twice."""
    return _heads(events(first, last).with_only_columns(Training.id))


def materials(first: date, last: date) -> sa.Select[int]:
    """份数: the materials handed out at the events of the days."""
    return _handed_out(events(first, last).with_only_columns(Training.id))


def hours(first: date, last: date) -> sa.Select[float]:
    """学时: the sum of the hours of the events of the days, each event once whatever its audience."""
    return events(first, last).with_only_columns(sa.func.coalesce(sa.func.sum(Training.hours), 0.0))


@shown
def _sees_photo(actor: User, photo: Photo) -> bool:
    uses = sa.select(TrainingPhoto.training_id).where(TrainingPhoto.photo_id == photo.id)
    query = visible_to(actor).where(Training.id.in_(uses)).with_only_columns(Training.id).limit(1)
    return db.session.scalar(query) is not None


@stamped_with("training")
def _stamp(actor: User, photo: Photo, number: int | None) -> list[str] | None:
    uses = sa.select(TrainingPhoto.training_id).where(TrainingPhoto.photo_id == photo.id)
    query = visible_to(actor).where(Training.id.in_(uses))
    if number is not None:
        query = query.where(Training.id == number)
    training = db.session.scalars(query.order_by(Training.id).limit(1)).first()
    return [write_day(training.held_on), training.topic, training.place] if training else None
