"""回头看: a sample of closed hazards is looked at once more after some time; what came back is a new hazard."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from ...accounts.models import User
from ...checks.filing import PhotoRef
from ...core import settings
from ...core.access import FIELD
from ...core.clock import day_end, day_start, local_day
from ...core.db import db, insert_new
from ...enterprises.models import Site, WorkingState
from .. import queries, transitions
from ..findings import new_hazard
from ..lifecycle import Act, State
from ..models import Grade, Hazard, HazardEvent, LookBack, Source

# Nights that were missed are made up for; hazards closed long before the sample was switched on are left alone.
CAUGHT_UP = timedelta(days=31)


def draw(*, now: datetime) -> int:
    """Draw the closed hazards that have come of age into the sample; drawing again adds nothing. Gives how many came in.

    Who is drawn follows from the hazard's own UUID, so that nobody can know or choose, and every machine draws the same.
    """
    day, share = local_day(now), int(settings.value("look_back_share"))
    last = day - timedelta(days=int(settings.value("look_back_age")))
    query = (
        sa.select(Hazard.id, Hazard.uuid)
        .join(Hazard.site)
        .where(
            Hazard.state == State.CLOSED,
            Hazard.closed_at >= day_start(last - CAUGHT_UP),
            Hazard.closed_at < day_end(last),
            Site.working_state != WorkingState.CLOSED,
            ~sa.exists().where(LookBack.hazard_id == Hazard.id),
        )
        .order_by(Hazard.id)
    )
    drawn = [row.id for row in db.session.execute(query) if _lot(row.uuid) < share]
    # Two machines may draw in one night: the second one's rows are there already.
    for number in drawn:
        db.session.execute(insert_new(LookBack), {"hazard_id": number, "drawn_on": day})
    return len(drawn)


def _lot(uuid: str) -> int:
    """A number from 0 to 99 that a hazard keeps."""
    return int.from_bytes(hashlib.sha256(uuid.encode()).digest()[:8]) % 100


def waiting(actor: User) -> sa.Select[LookBack]:
    """The look-backs that wait: a supervisor's are those of the sites that he holds; the longest waiting first."""
    query = (
        sa.select(LookBack)
        .join(LookBack.hazard)
        .where(LookBack.done_on.is_(None), Hazard.state == State.CLOSED)
    )
    query = queries.among_visible(query, actor)
    if actor.role in FIELD:
        query = query.where(Hazard.site_id.in_(sa.select(Site.id).where(Site.supervisor_id == actor.id)))
    loaded = contains_eager(LookBack.hazard).joinedload(Hazard.site)
    return query.options(loaded).order_by(LookBack.drawn_on, LookBack.id)


def _done(hazard: Hazard, actor: User, day: date) -> LookBack:
    assert hazard.look_back is not None  # the rule for looking back saw to it
    hazard.look_back.done_on, hazard.look_back.done_by = day, actor
    return hazard.look_back


def note_fine(
    hazard: Hazard, _event: HazardEvent, actor: User, now: datetime, _photos: Sequence[PhotoRef]
) -> None:
    """The hazard is still rectified: the look-back is done."""
    _done(hazard, actor, local_day(now))


def note_relapse(
    hazard: Hazard, event: HazardEvent, actor: User, now: datetime, photos: Sequence[PhotoRef]
) -> None:
    """The hazard is back: the look-back is done, and a new hazard that repeats it waits for its notice."""
    day = local_day(now)
    found = new_hazard(
        actor=actor,
        now=now,
        uuid=str(uuid4()),
        site=hazard.site,
        item_id=hazard.item_id,
        item_code=hazard.item_code,
        found_on=day,
        source=Source.LOOK_BACK,
        description=event.note or hazard.description,
        place=hazard.place,
        hazard_class=hazard.hazard_class,
        grade=Grade.GENERAL,
        basis=hazard.basis,
        measure=hazard.measure,
        due_on=date.fromisoformat(event.brought["due_on"]),
        repeat_of=hazard,
    )
    found.occurrence = max(found.occurrence, hazard.occurrence + 1)
    transitions.write_event(found, Act.FIND, None, actor, now, {}, photos)
    db.session.flush()
    _done(hazard, actor, day).relapse = found
