"""The stock of materials: what came in, what was handed out. Rows are only added; the stock is their sum, never below 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import Base, Pk, db
from ..core.errors import Refused
from ..core.labels import N_, Labelled
from ..core.parsing import alike, visible_text
from .models import Training

MOST = 1_000_000  # of one movement


class MaterialForm(Labelled):
    """What a material is."""

    LEAFLET = "leaflet", N_("Leaflet")
    POSTER = "poster", N_("Poster")
    BOOK = "book", N_("Book")
    OTHER = "other", N_("Other material")


class MovementReason(Labelled):
    """Why the stock changed."""

    RECEIPT = "receipt", N_("Taken into stock")
    HANDOUT = "handout", N_("Handed out")
    TRAINING = "training", N_("Handed out at a training")
    COUNT = "count", N_("Stock counted")


class MaterialKind(Base):
    """A material of which a stock is kept. Who hands it out at a training names it as it is called here."""

    __tablename__ = "material_kinds"

    id: Mapped[Pk]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    form: Mapped[MaterialForm]
    low_at: Mapped[int]
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    added_at: Mapped[datetime]


class Movement(Base):
    """A change of the stock of one material; given out is less than 0."""

    __tablename__ = "material_movements"

    id: Mapped[Pk]
    kind_id: Mapped[int] = mapped_column(sa.ForeignKey("material_kinds.id"), index=True)
    day: Mapped[date]
    change: Mapped[int]
    reason: Mapped[MovementReason]
    training_id: Mapped[int | None] = mapped_column(sa.ForeignKey("trainings.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime]

    kind: Mapped[MaterialKind] = relationship()
    training: Mapped[Training | None] = relationship()
    recorded_by: Mapped[User] = relationship()


def add_kind(name: str, form: MaterialForm, low_at: int, *, actor: User, now: datetime) -> MaterialKind:
    """Keep stock of a further material, beginning with none. Raises NotAllowed, Refused."""
    demand(actor, Permission.PLAN_TRAININGS)
    name = visible_text(name)
    if not name:
        raise Refused(N_("Fill this in."), field="name")
    if not 0 <= low_at <= MOST:
        raise Refused(N_("Enter 0 to %(most)s."), field="low_at", most=MOST)
    if kind_named(name) is not None:
        raise Refused(N_("There is a material of this name already."), field="name")
    kind = MaterialKind(
        name=name, name_key=alike(name), form=form, low_at=low_at, added_by_id=actor.id, added_at=now
    )
    db.session.add(kind)
    history.record(
        kind, "add", actor=actor, now=now, after={"name": name, "form": form.value, "low_at": low_at}
    )
    return kind


def receive(kind: MaterialKind, count: int, day: date, *, actor: User, now: datetime, note: str = "") -> None:
    """Note copies that came in. Raises NotAllowed, Refused."""
    _move(kind, MovementReason.RECEIPT, _counted(count), day, actor, now, note)


def hand_out(
    kind: MaterialKind, count: int, day: date, *, actor: User, now: datetime, note: str = ""
) -> None:
    """Note copies that were handed out outside of trainings. Raises NotAllowed, Refused when there are not so many."""
    _move(kind, MovementReason.HANDOUT, -_counted(count), day, actor, now, note)


def count_stock(
    kind: MaterialKind, found: int, day: date, *, actor: User, now: datetime, note: str = ""
) -> None:
    """Set the stock right after it was counted, by a row of the difference. Raises NotAllowed, Refused."""
    demand(actor, Permission.RECORD_TRAINING)
    if not 0 <= found <= MOST:
        raise Refused(N_("Enter 0 to %(most)s."), field="count", most=MOST)
    _lock([kind.id])
    _move(kind, MovementReason.COUNT, found - stock_of(kind), day, actor, now, note)


def _counted(count: int) -> int:
    if not 0 < count <= MOST:
        raise Refused(N_("Enter a number of copies from 1 to %(most)s."), field="count", most=MOST)
    return count


def _move(
    kind: MaterialKind, reason: MovementReason, change: int, day: date, actor: User, now: datetime, note: str
) -> None:
    demand(actor, Permission.RECORD_TRAINING)
    if day > local_day(now):
        raise Refused(N_("This day lies in the future."), field="day")
    _lock([kind.id])
    _demand_enough(kind, change, field="count")
    _add(kind, reason, change, day, actor, now, note=note.strip())


def _add(
    kind: MaterialKind,
    reason: MovementReason,
    change: int,
    day: date,
    actor: User,
    now: datetime,
    *,
    note: str = "",
    training: Training | None = None,
) -> None:
    row = Movement(kind_id=kind.id, reason=reason, change=change, day=day, note=note)
    row.training_id = training.id if training else None
    row.recorded_by_id, row.recorded_at = actor.id, now
    db.session.add(row)
    db.session.flush()


def _lock(numbers: Iterable[int]) -> None:
    """Let nobody else move these meanwhile, always in one order; SQLite has one writer anyhow."""
    query = sa.select(MaterialKind.id).where(MaterialKind.id.in_(list(numbers)))
    db.session.execute(query.order_by(MaterialKind.id).with_for_update())


def _demand_enough(kind: MaterialKind, change: int, *, field: str) -> None:
    left = stock_of(kind)
    if left + change < 0:
        message = N_(
            "Only %(left)s copies of %(name)s are in stock, and %(wanted)s would go. Note what came in first, or count the stock."
        )
        raise Refused(message, field=field, left=left, name=kind.name, wanted=-change)


def settle(training: Training, *, actor: User, now: datetime) -> None:
    """Let the stock follow what a training handed out: rows of the difference, also when it is changed, void or back.

    A material counts by its name, where stock of it was kept already when the training was recorded. Raises Refused.
    """
    db.session.flush()
    wanted: Counter[str] = Counter()
    for material in training.materials if not training.is_void else ():
        wanted[alike(visible_text(material.name))] -= material.count
    moved = {
        row.kind_id: row.total
        for row in db.session.execute(
            sa.select(Movement.kind_id, sa.func.sum(Movement.change).label("total"))
            .where(Movement.training_id == training.id)
            .group_by(Movement.kind_id)
        )
    }
    concerned = sa.or_(MaterialKind.name_key.in_(list(wanted)), MaterialKind.id.in_(list(moved)))
    kept = MaterialKind.added_at <= training.recorded_at
    kinds = list(db.session.scalars(sa.select(MaterialKind).where(concerned, kept).order_by(MaterialKind.id)))
    _lock(kind.id for kind in kinds)
    for kind in kinds:
        if change := wanted[kind.name_key] - moved.get(kind.id, 0):
            _demand_enough(kind, change, field="materials")
            _add(kind, MovementReason.TRAINING, change, training.held_on, actor, now, training=training)


def kind_named(name: str) -> MaterialKind | None:
    """The material of a name, however it is spaced."""
    return db.session.scalar(
        sa.select(MaterialKind).where(MaterialKind.name_key == alike(visible_text(name)))
    )


def kinds() -> list[MaterialKind]:
    """All materials of which stock is kept, by name."""
    return list(db.session.scalars(sa.select(MaterialKind).order_by(MaterialKind.name)))


def stock_of(kind: MaterialKind) -> int:
    """How many copies are left."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Movement.change), 0))
    return db.session.scalar(query.where(Movement.kind_id == kind.id)) or 0


def stocks() -> dict[int, int]:
    """How many copies of each material are left, by its number."""
    query = sa.select(Movement.kind_id, sa.func.sum(Movement.change)).group_by(Movement.kind_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def movements_of(kind: MaterialKind) -> sa.Select[Movement]:
    """What moved of a material."""
    loaded = (joinedload(Movement.training), joinedload(Movement.recorded_by))
    return sa.select(Movement).where(Movement.kind_id == kind.id).options(*loaded)
