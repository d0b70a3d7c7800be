"""送达回执: how a notice reached its enterprise, by whom and when; each one numbered, its facts frozen, only added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.models import User
from ...checks import snapshot
from ...core import history
from ...core.access import Permission, demand
from ...core.clock import local_day
from ...core.db import Base, db
from ...core.errors import Refused
from ...core.labels import N_, Labelled
from ...core.numbering import document_number, next_serial
from ...photos.models import Photo
from ..actors import LinkBearer
from ..models import Notice
from .document_facts import head
from .issued_document import IssuedDocument

DELIVERY_WORD = "送达"


class Manner(Labelled):
    """How a notice was delivered (domain 3.1)."""

    PAPER = "paper", N_("On paper, signed for")
    LINK = "link", N_("By the link, receipt acknowledged")
    REFUSED = "refused", N_("Refused, left before a witness")


BY_HAND = (Manner.PAPER, Manner.REFUSED)


class Delivery(IssuedDocument, Base):
    """One delivery of a notice. Whoever issued it delivered it; for a link that is who issued the notice."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.UniqueConstraint("year", "serial"),)

    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notices.id"), index=True)
    manner: Mapped[Manner]
    delivered_on: Mapped[date]
    photo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("photos.id"), index=True)

    notice: Mapped[Notice] = relationship()
    photo: Mapped[Photo | None] = relationship()


@dataclass(frozen=True)
class Handover:
    """What is told of a delivery by hand; `receiver` signed or refused, `witness` saw the refusal."""

    manner: Manner
    delivered_on: date
    deliverer: str
    receiver: str = ""
    witness: str = ""
    place: str = ""
    note: str = ""


def deliver(notice: Notice, told: Handover, *, photo: Photo | None, actor: User, now: datetime) -> Delivery:
    """Note that a notice was handed over or refused. Raises NotAllowed, Refused naming the field that does not fit."""
    demand(actor, Permission.ISSUE_NOTICE, notice)
    _demand_whole(told)
    if told.delivered_on > local_day(now):
        raise Refused(N_("This date lies in the future."), field="delivered_on")
    if told.delivered_on < local_day(notice.issued_at):
        raise Refused(N_("The notice was issued later than this day."), field="delivered_on")
    made = _add(notice, told, photo=photo, actor=actor, now=now, moment=None)
    history.record(notice, "deliver", actor=actor, now=now, after={"delivery": made.number})
    return made


def _demand_whole(told: Handover) -> None:
    needed = [("deliverer", told.deliverer, N_("Name who delivered it."))]
    if told.manner is Manner.REFUSED:
        needed.append(("witness", told.witness, N_("Name the witness, with the unit that he is from.")))
        needed.append(("note", told.note, N_("Say why it was refused, and where it was left.")))
    else:
        needed.append(("receiver", told.receiver, N_("Name who signed for it.")))
    for field, text, words in needed:
        if not text.strip():
            raise Refused(words, field=field)


def acknowledged(notice: Notice, bearer: LinkBearer, now: datetime) -> None:
    """Note the delivery by the link of a notice when its receipt is acknowledged first; later ones add nothing."""
    db.session.execute(sa.select(Notice.id).where(Notice.id == notice.id).with_for_update())
    if any(one.manner is Manner.LINK for one in of(notice)):
        return
    deliverer = notice.issued_by
    told = Handover(Manner.LINK, local_day(now), deliverer.name, receiver=bearer.name)
    made = _add(notice, told, photo=None, actor=deliverer, now=now, moment=now)
    history.record(notice, "deliver", actor=bearer, now=now, after={"delivery": made.number})


def _add(
    notice: Notice,
    told: Handover,
    *,
    photo: Photo | None,
    actor: User,
    now: datetime,
    moment: datetime | None,
) -> Delivery:
    year = local_day(now).year
    serial = next_serial("delivery", year)
    delivery = Delivery(
        number=document_number(snapshot.prefix(), DELIVERY_WORD, year, serial),
        year=year,
        serial=serial,
        site_id=notice.site_id,
        issued_at=now,
        issued_by=actor,
        notice=notice,
        manner=told.manner,
        delivered_on=told.delivered_on,
        photo=photo,
        facts={
            **head(notice.site, actor),
            "notice": {
                "number": notice.number,
                "issued_on": local_day(notice.issued_at).isoformat(),
                "family": notice.facts.get("family", "B"),
                "hazards": [one["number"] for one in notice.facts["hazards"]],
            },
            "recipient": notice.facts["site"]["name"],
            **_told(told),
            "moment": moment.isoformat() if moment else None,
            "photo": photo.sha256 if photo else None,
        },
    )
    db.session.add(delivery)
    db.session.flush()
    return delivery


def _told(told: Handover) -> dict[str, Any]:
    texts = {
        name: getattr(told, name).strip() for name in ("deliverer", "receiver", "witness", "place", "note")
    }
    return {"manner": told.manner.value, "delivered_on": told.delivered_on.isoformat(), **texts}


def of(notice: Notice) -> list[Delivery]:
    """The deliveries of a notice, oldest first."""
    return list(
        db.session.scalars(sa.select(Delivery).where(Delivery.notice_id == notice.id).order_by(Delivery.id))
    )
