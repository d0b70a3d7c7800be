"""Exchange between two installations: what is written for a partner, and what is taken from one."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from ..core.db import db
from ..stats.figures import Period
from . import delivery, editions, other_zones, signed_files, transfers, zone_figures
from .models import Content, Direction, Partner
from .signed_files import ExchangeFault, Opened

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
PUBLIC = re.compile(r"[0-9a-f]{64}")


class FiguresContent(BaseModel):
    """The figures of a period, as a zone tells them."""

    model_config = ConfigDict(extra="forbid")
    names: dict[str, str]
    period: dict[str, str]
    numbers: dict[str, NonNegativeInt]
    made_at: datetime


def partners() -> list[Partner]:
    """Everybody whose files are believed here."""
    return list(db.session.scalars(sa.select(Partner).order_by(Partner.key)))


def partner(key: str) -> Partner:
    """One of them. Raises ExchangeFault."""
    found = db.session.scalar(sa.select(Partner).where(Partner.key == key))
    if found is None:
        raise ExchangeFault(f"no partner {key} is known: flask exchange trust {key} KEY")
    return found


def trust(key: str, public: str, now: datetime) -> None:
    """Believe the files of whoever holds a key, from now on. Raises ExchangeFault."""
    if not NAME.fullmatch(key):
        raise ExchangeFault("a partner's name is up to 31 small letters, digits and hyphens")
    if not PUBLIC.fullmatch(public):
        raise ExchangeFault("a public key is 64 digits and letters a to f, as flask exchange key prints it")
    if public == signed_files.public_key():
        raise ExchangeFault("this is the key of this zone itself")
    if (found := other_zones.zones()) and (key in found.zones or key == delivery.ABOVE):
        raise ExchangeFault(f"{key} is a zone of this installation: it needs no files")
    for one in partners():
        if one.public_key == public and one.key != key:
            raise ExchangeFault(f"this key is that of {one.key}")
        if one.key == key:
            raise ExchangeFault(
                f"{key} is known already; forget the former key first: flask exchange forget {key}"
            )
    db.session.add(Partner(key=key, public_key=public, added_at=now))


def forget(key: str) -> None:
    """Believe no file of a partner any more; what was taken stays. Raises ExchangeFault."""
    db.session.delete(partner(key))


def edition_for(key: str) -> bytes:
    """The newest edition as a file for a partner. Raises ExchangeFault."""
    to, last = partner(key), transfers.newest(Direction.OUT, Content.EDITION, transfers.TO_ALL)
    if last is None:
        raise ExchangeFault("no edition was published yet: flask exchange publish")
    return signed_files.write(Content.EDITION, to, last.number, last.content)


def figures_for(key: str, period: Period, now: datetime) -> bytes:
    """The figures of a period as a file for a partner; each file has a number of its own. Raises ExchangeFault."""
    to = partner(key)
    content: dict[str, Any] = {
        **zone_figures.of_this_zone(period),
        "period": period.to_args(),
        "made_at": now.isoformat(),
    }
    number = transfers.next_number(Direction.OUT, Content.FIGURES, key)
    transfers.note(Direction.OUT, Content.FIGURES, key, number, content, now)
    return signed_files.write(Content.FIGURES, to, number, content)


def take(data: bytes, now: datetime) -> Opened:
    """Take what a file brings. Raises ExchangeFault or Refused, before anything is touched."""
    opened = signed_files.read(data)
    if opened.kind is Content.EDITION:
        editions.receive(opened.content, opened.partner, now)
        return opened
    transfers.demand_newer(Content.FIGURES, opened.partner, opened.number)
    try:
        told = FiguresContent.model_validate(opened.content)
    except ValidationError:
        raise ExchangeFault("this release cannot read these figures") from None
    if lacking := sorted(set(zone_figures.NAMES) - told.numbers.keys()):
        raise ExchangeFault(f"the figures lack {', '.join(lacking)}: both sides need the same release")
    transfers.note(Direction.IN, Content.FIGURES, opened.partner, opened.number, opened.content, now)
    return opened
