"""Sign-in to a training by phone: the sheet that is open for a while, who signed in, and the heads that follow."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from ..accounts.actions import demand_few_attendances, note_attendance
from ..accounts.models import SecretColumns, User
from ..accounts.secret_addresses import SecretAddresses
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import Base, Pk, db, insert_new, table_of
from ..core.errors import ActedFirst, Missing, Refused
from ..core.labels import N_
from ..core.parsing import visible_text
from ..enterprises.models import Site
from . import actions, participants
from .actions import Facts, Handout, Heads
from .models import Training
from .participants import Participant

MARGIN = timedelta(minutes=30)  # after the end of the training
CLOSED = N_(
    "The sign-in of this training is closed, or this address opens nothing. Ask whoever holds the training."
)


class SignInSheet(SecretColumns, Base):
    """The sign-in of one training: open until `closes_at`, or until somebody closes it."""

    __tablename__ = "sign_in_sheets"

    id: Mapped[Pk]
    training_id: Mapped[int] = mapped_column(sa.ForeignKey("trainings.id"), unique=True)
    starts_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))

    training: Mapped[Training] = relationship()

    @property
    def author_id(self) -> int:
        """Who recorded the training answers for its sheet."""
        return self.training.recorded_by_id

    def is_open(self, now: datetime) -> bool:
        """Whether one can sign in."""
        return now < self.closes_at


ADDRESSES = SecretAddresses(SignInSheet, "/s", "sign_in")


class Attendee(Base):
    """One person who signed in, once for a training. `struck_reason` says why an entry does not count."""

    __tablename__ = "attendees"
    __table_args__ = (sa.UniqueConstraint("training_id", "person_key"),)

    id: Mapped[Pk]
    training_id: Mapped[int] = mapped_column(sa.ForeignKey("trainings.id"))
    name: Mapped[str]
    enterprise: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    person_key: Mapped[str]
    signed_in_at: Mapped[datetime]
    struck_reason: Mapped[str] = mapped_column(default="")

    training: Mapped[Training] = relationship()
    site: Mapped[Site | None] = relationship()

    @property
    def author_id(self) -> int:
        """Who recorded the training answers for its list."""
        return self.training.recorded_by_id


def open_sheet(training: Training, starts_at: datetime, *, actor: User, now: datetime) -> SignInSheet:
    """Open the sign-in of a training; it closes half an hour after the training's end. Raises NotAllowed, Refused."""
    demand(actor, Permission.CHANGE_TRAINING, training)
    if training.is_void:
        raise Refused(N_("A void training is not changed. Bring it back first."))
    if local_day(starts_at) != training.held_on:
        raise Refused(N_("The training begins on the day on which it is held."), field="starts_at")
    closes_at = starts_at + timedelta(hours=training.hours) + MARGIN
    if closes_at <= now:
        raise Refused(N_("The training has ended: a sign-in would be closed already."), field="starts_at")
    sheet = sheet_of(training)
    if sheet is None:
        sheet = SignInSheet(training=training, made_at=now, made_by_id=actor.id, starts_at=starts_at)
        db.session.add(ADDRESSES.seal(sheet))
    sheet.starts_at, sheet.closes_at = starts_at, closes_at
    history.record(training, "open_sign_in", actor=actor, now=now, after={"until": closes_at.isoformat()})
    return sheet


def close_sheet(sheet: SignInSheet, *, actor: User, now: datetime) -> None:
    """Close a sign-in before its time. Raises NotAllowed, ActedFirst."""
    demand(actor, Permission.CHANGE_TRAINING, sheet.training)
    if not sheet.is_open(now):
        raise ActedFirst(N_("This sign-in is closed already."))
    sheet.closes_at = now
    history.record(sheet.training, "close_sign_in", actor=actor, now=now)


def sheet_of(training: Training) -> SignInSheet | None:
    """The sign-in of a training."""
    return db.session.scalar(sa.select(SignInSheet).where(SignInSheet.training_id == training.id))


def address_of(sheet: SignInSheet) -> str | None:
    """The address to print."""
    return ADDRESSES.address_of(sheet)


def open_by_token(token: str, *, address: str, now: datetime) -> int | None:
    """The number of the sheet that a token opens. Raises TooManyTries."""
    return participants.opened_by(token, ADDRESSES, address=address, now=now)


def held_sheet(number: int, now: datetime) -> SignInSheet:
    """A sheet on which one can sign in now. Raises Missing."""
    sheet = db.session.get(SignInSheet, number)
    if sheet is None or sheet.training.is_void or not sheet.is_open(now):
        raise Missing(CLOSED)
    return sheet


def sign_in(sheet_number: int, person: Participant, *, address: str, now: datetime) -> bool:
    """Sign a person in; whether that is new. The same person again changes nothing. Raises Missing, Refused, TooManyTries."""
    sheet = held_sheet(sheet_number, now)
    person.demand_named()
    demand_few_attendances(address, now)
    site_id = person.site_id
    values = {
        "training_id": sheet.training_id,
        "name": visible_text(person.name),
        "enterprise": visible_text(person.enterprise),
        "phone": visible_text(person.phone),
        "site_id": site_id,
        "person_key": person.key(site_id),
        "signed_in_at": now,
        "struck_reason": "",
    }
    number = db.session.scalar(insert_new(Attendee).returning(table_of(Attendee).c.id), values)
    note_attendance(address, now)
    return number is not None


def strike(attendee: Attendee, reason: str, *, actor: User, now: datetime) -> None:
    """Strike an entry out that is no attendance; it stays readable. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.CHANGE_TRAINING, attendee)
    if attendee.struck_reason:
        raise ActedFirst(N_("This entry was struck out already."))
    if not reason.strip():
        raise Refused(N_("Say why this entry does not count."), field="reason")
    attendee.struck_reason = reason.strip()
    history.record(attendee.training, "strike", actor=actor, now=now, note=attendee.struck_reason)


def attendees_of(training: Training) -> list[Attendee]:
    """Who signed in, in order, with the struck entries."""
    query = sa.select(Attendee).where(Attendee.training_id == training.id).options(joinedload(Attendee.site))
    return list(db.session.scalars(query.order_by(Attendee.signed_in_at, Attendee.id)))


def persons(trainings: sa.Select[int]) -> int:
    """人数: distinct persons among those who signed in to some trainings; who signed on paper only is not known by name."""
    query = sa.select(sa.func.count(sa.distinct(Attendee.person_key)))
    return (
        db.session.scalar(query.where(Attendee.training_id.in_(trainings), Attendee.struck_reason == "")) or 0
    )


def heads_of(training: Training) -> tuple[Heads, ...]:
    """The audience that follows from the sign-in: sites by their number, other enterprises as groups, largest first."""
    sites: Counter[int] = Counter()
    groups: Counter[str] = Counter()
    for one in attendees_of(training):
        if one.struck_reason:
            continue
        if one.site_id is not None:
            sites[one.site_id] += 1
        else:
            groups[one.enterprise] += 1
    named = [Heads(count, site_id=number) for number, count in sites.most_common()]
    return (*named, *(Heads(count, group_name=name) for name, count in groups.most_common()))


def take_heads(training: Training, *, version: int, actor: User, now: datetime) -> None:
    """Make those who signed in the audience of the training. Raises ActedFirst, NotAllowed, Refused."""
    heads = heads_of(training)
    if not heads:
        raise Refused(N_("Nobody has signed in yet."))
    facts = Facts(
        **{name: getattr(training, name) for name in actions.OWN},
        audience=heads,
        materials=tuple(Handout(one.name, one.count) for one in training.materials),
    )
    actions.change_training(
        training,
        facts,
        version=version,
        actor=actor,
        now=now,
        photos=[(use.photo.sha256, use.role) for use in training.photos],
        came=frozenset(one.site_id for one in heads),
    )
