"""Verifications as a phone or a page hands them over: what was decided on a reported rectification, taken once per UUID.

`format` is the version of the schema; a format once released is read for ever.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts.models import User
from ...checks.actions import ContentDiffers
from ...checks.filing import Day, Moment, Number, Words
from ...checks.taken_once import OnceReceipt, TakenOnce, server_moment
from ...core.db import Base, Code, db
from ...core.errors import Missing
from ...core.labels import N_, Labelled
from .. import queries, rules
from ..lifecycle import Act
from ..models import Hazard, HazardEvent
from ..transitions import step

FORMAT = 1


class Decision(Labelled):
    """What a supervisor decides on a rectification that was reported."""

    ON_SITE = "on_site", N_("Passed, looked at on site")
    PHOTO = "photo", N_("Passed by photo")
    SEND_BACK = "send_back", N_("Sent back")


class BackReason(Labelled):
    """Ready words for what is still wrong; a remark may follow."""

    UNCHANGED = "unchanged", N_("Nothing has changed.")
    PARTLY = "partly", N_("It is only partly rectified.")
    CAUSE = "cause", N_("The cause is still there; it will come back.")
    UNCLEAR = "unclear", N_("The photo does not show the place clearly.")
    ELSEWHERE = "elsewhere", N_("The photo shows another place.")
    PROOF = "proof", N_("Proof is missing: record, certificate or invoice.")


class Verification(TakenOnce):
    """One decision. `version` is that of the hazard as it was seen; `decided_at` is told by the phone's clock."""

    format: Literal[1] = 1
    hazard_uuid: UUID
    version: Number
    decision: Decision
    note: Words = ""
    due_on: Day | None = None
    decided_at: Moment

    @property
    def act(self) -> Act:
        """The step of the life cycle that it is."""
        return Act.SEND_BACK if self.decision is Decision.SEND_BACK else Act.VERIFY

    def brought(self) -> dict[str, Any]:
        """What the step gets."""
        if self.act is Act.SEND_BACK:
            return {"note": self.note, "due_on": self.due_on}
        return {"method": self.decision.value, "note": self.note}


class TakenVerification(Base):
    """A verification that was taken, and the event that it became. Only added."""

    __tablename__ = "verifications"

    uuid: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("hazard_events.id"), unique=True)
    digest: Mapped[Code]
    received_at: Mapped[datetime]

    event: Mapped[HazardEvent] = relationship()


def take_verification(
    told: Verification,
    *,
    actor: User,
    now: datetime,
    clock_offset_s: int = 0,
    delivered_by: User | None = None,
) -> OnceReceipt:
    """Take a decision as its step of the life cycle. The same UUID with the same content gives the same receipt, for ever.

    `clock_offset_s` is the phone's clock less the server's at the time of sending. Raises ContentDiffers, Missing,
    NotAllowed, ActedFirst when the hazard changed since it was seen, or Refused naming the field that does not fit.
    """
    digest = told.digest()
    known = db.session.get(TakenVerification, str(told.uuid))
    if known is not None:
        if known.digest != digest or known.event.actor_id != actor.id:
            raise ContentDiffers(N_("This decision was taken before with other content. Look at the hazard."))
        return _receipt(known, known=True)
    query = queries.visible_to(actor).where(Hazard.uuid == str(told.hazard_uuid)).with_for_update()
    hazard = db.session.scalars(query).one_or_none()
    if hazard is None:
        raise Missing(N_("There is nothing here, or it is not yours to see."))
    rules.demand_permission(told.act, hazard, actor)
    rules.demand_state(told.act, hazard)
    rules.demand_seen(hazard, told.version)
    brought = told.brought()
    if delivered_by is not None:
        brought["delivered_by"] = delivered_by.name
    moment = server_moment(told.decided_at, clock_offset_s, now, after=hazard.events[-1].at)
    event = step(hazard, told.act, actor=actor, now=moment, brought=brought)
    db.session.flush()
    taken = TakenVerification(uuid=str(told.uuid), event_id=event.id, digest=digest, received_at=now)
    taken.event = event
    db.session.add(taken)
    db.session.flush()
    return _receipt(taken)


def _receipt(taken: TakenVerification, *, known: bool = False) -> OnceReceipt:
    hazard = taken.event.hazard
    return OnceReceipt(
        uuid=UUID(taken.uuid),
        number=hazard.number,
        received_at=taken.received_at,
        url=f"/hazards/{hazard.id}",
        known=known,
    )
