"""Receiving a photo: checked, stored under its hash, then its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..accounts.models import User
from ..core.clock import ZONE, local_day
from ..core.db import db, insert_new, release, table_of
from ..core.errors import Refused
from ..core.labels import N_
from . import queries
from .images import inspect_photo
from .models import Photo
from .store import read_body

A_DAY = 1000  # sixteen checks with all the photos that a check takes
A_DAY_BY_LINK = 100  # by the link of one notice, or by one poster


class TooManyPhotos(Refused):
    """Nobody takes so many photos in a day: the disk is for everybody. A phone keeps the rest and tries again later."""

    status = 429


@dataclass(frozen=True, slots=True)
class Arrival:
    """A photo that was received; `new` when this call wrote its row."""

    sha256: str
    size: int
    new: bool


class Sender(Protocol):
    """Who sends photos without an account, by something that was given to him."""

    @property
    def sent_by(self) -> tuple[str, int]:
        """The column of a photo that names what was given, and its number."""


def receive(
    data: bytes, *, actor: User | Sender, now: datetime, sha256: str | None = None, length: int | None = None
) -> Photo:
    """Store the bytes as sent and return their row; the same bytes again give the same row. See `take`."""
    taken = take(data, actor=actor, now=now, sha256=sha256, length=length)
    photo = queries.by_hash(taken.sha256)
    assert photo is not None  # rows of photos are never deleted
    return photo


def take(
    data: bytes, *, actor: User | Sender, now: datetime, sha256: str | None = None, length: int | None = None
) -> Arrival:
    """Store the bytes as sent and have a row of them; the same bytes again change nothing.

    Ends the open transaction first: looking into a picture is slow and must hold no lock. Raises BodyMismatch when the
    bytes differ from what was declared, PhotoRefused when they are no picture that we take, TooManyPhotos.
    """
    quota = _Quota.of(actor)
    known, earlier = queries.before_arrival([sha256 or ""], quota.sender, quota.most)
    if not known:
        _demand_room(earlier, now)
    release()
    values = _kept(data, sha256, length)
    # None also when the same picture arrived twice at one moment.
    new = (
        not known
        and db.session.scalar(insert_new(Photo).returning(table_of(Photo).c.id), values | quota.columns(now))
        is not None
    )
    return Arrival(values["sha256"], values["size"], new)


def keep_together(album: Mapping[str, bytes], *, actor: User, now: datetime) -> Callable[[], object]:
    """Store the bytes of several photos as sent, by their hashes; what is returned writes their rows, as often as its
    transaction has to be done again.

    Ends the open transaction first, and raises, as `take` does.
    """
    quota = _Quota.of(actor)
    place = max(1, quota.most + 1 - len(album))
    known, earlier = queries.before_arrival(list(album), quota.sender, place)
    if known < len(album):
        _demand_room(earlier, now)
    release()
    rows = [_kept(data, sha256, None) | quota.columns(now) for sha256, data in album.items()]

    return lambda: db.session.execute(insert_new(Photo), rows)


@dataclass(frozen=True, slots=True)
class _Quota:
    """The column of a photo that names who sent it, the number in it, and how many photos that may be in a day."""

    column: str
    number: int
    most: int

    @classmethod
    def of(cls, actor: User | Sender) -> _Quota:
        if isinstance(actor, User):
            return cls("received_from_id", actor.id, A_DAY)
        return cls(*actor.sent_by, A_DAY_BY_LINK)

    @property
    def sender(self) -> tuple[str, int]:
        return self.column, self.number

    def columns(self, now: datetime) -> dict[str, Any]:
        return {"received_at": now, self.column: self.number}


def _demand_room(earlier: datetime | None, now: datetime) -> None:
    if earlier is not None and local_day(earlier) == local_day(now):
        raise TooManyPhotos(N_("Too many photos today; no more are taken before tomorrow."))


def _kept(data: bytes, sha256: str | None, length: int | None) -> dict[str, Any]:
    """Store the bytes; the columns of the photo's row that they give."""
    body = read_body(data, sha256, length)
    facts = inspect_photo(data)  # before storing: what we refuse is not kept
    stored = queries.store().put(body)
    taken = facts.taken_at
    return {
        "sha256": stored.sha256,
        "size": stored.size,
        "media_type": facts.media_type,
        "width": facts.width,
        "height": facts.height,
        "taken_at": taken.replace(tzinfo=ZONE) if taken and taken.tzinfo is None else taken,
        "latitude": facts.lat,
        "longitude": facts.lon,
    }
