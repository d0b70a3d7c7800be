"""What was handed over between province and zone: numbered, each number once, never back."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from .models import Content, Direction, HandedOver

TO_ALL = "*"


class NotNewer(Refused):
    """The same or a newer one was taken before."""

    status = 409


def canonical(content: dict[str, Any]) -> str:
    """The one spelling of a content, which its digest and its signature are of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def newest(direction: Direction, kind: Content, partner: str) -> HandedOver | None:
    """The last one."""
    query = sa.select(HandedOver).where(
        HandedOver.direction == direction, HandedOver.kind == kind, HandedOver.partner == partner
    )
    return db.session.scalar(query.order_by(HandedOver.number.desc()).limit(1))


def newest_of_each(direction: Direction, kind: Content) -> list[HandedOver]:
    """The last one of every partner, by partner."""
    query = sa.select(HandedOver).where(HandedOver.direction == direction, HandedOver.kind == kind)
    found = {row.partner: row for row in db.session.scalars(query.order_by(HandedOver.number))}
    return [found[partner] for partner in sorted(found)]


def next_number(direction: Direction, kind: Content, partner: str) -> int:
    """The number after the last one."""
    last = newest(direction, kind, partner)
    return last.number + 1 if last else 1


def demand_newer(kind: Content, partner: str, number: int) -> None:
    """Raises NotNewer for what was received before, or is older than what was."""
    last = newest(Direction.IN, kind, partner)
    if last and number <= last.number:
        raise NotNewer(
            N_("Number %(last)s was taken before; number %(number)s is not newer and changes nothing."),
            last=last.number,
            number=number,
        )


def note(
    direction: Direction, kind: Content, partner: str, number: int, content: dict[str, Any], now: datetime
) -> HandedOver:
    """Write down that something was handed over."""
    row = HandedOver(
        direction=direction,
        kind=kind,
        partner=partner,
        number=number,
        digest=hashlib.sha256(canonical(content).encode()).hexdigest(),
        at=now,
        content=content,
    )
    db.session.add(row)
    db.session.flush()
    return row
