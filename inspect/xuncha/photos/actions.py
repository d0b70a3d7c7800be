"""Receiving a photo: checked, stored under its hash, then its row."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from ..accounts.models import User
from ..core.clock import ZONE, local_day
from ..core.db import db, release
from ..core.errors import Refused
from ..core.labels import N_
from . import queries
from .images import inspect_photo
from .models import Photo
from .store import BodyFault, BodyMismatch

A_DAY = 1000  # sixteen checks with all the photos that a check takes


class TooManyPhotos(Refused):
    """Nobody takes so many photos in a day: the disk is for everybody. A phone keeps the rest and tries again later."""

    status = 429


def receive(
    data: bytes, *, actor: User, now: datetime, sha256: str | None = None, length: int | None = None
) -> Photo:
    """Store the bytes as sent and return their row; the same bytes again give the same row.

    Ends the open transaction first: looking into a picture is slow and must hold no lock. Raises BodyMismatch when the
    bytes differ from what was declared, PhotoRefused when they are no picture that we take, TooManyPhotos.
    """
    actor_id = actor.id
    _demand_room(actor_id, now, sha256)
    release()
    _demand_as_declared(data, sha256, length)
    facts = inspect_photo(data)  # before storing: what we refuse is not kept
    stored = queries.store().put(data)
    known = queries.by_hash(stored.sha256)
    if known is not None:
        return known
    taken = facts.taken_at
    photo = Photo(
        sha256=stored.sha256,
        size=stored.size,
        media_type=facts.media_type,
        width=facts.width,
        height=facts.height,
        taken_at=taken.replace(tzinfo=ZONE) if taken and taken.tzinfo is None else taken,
        latitude=facts.lat,
        longitude=facts.lon,
        received_at=now,
        received_from_id=actor_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(photo)
    except IntegrityError:  # the same picture arrived twice at one moment
        known = queries.by_hash(stored.sha256)
        if known is None:
            raise
        return known
    return photo


def _demand_room(actor_id: int, now: datetime, sha256: str | None) -> None:
    last = queries.received_at(actor_id, A_DAY)
    if last is None or local_day(last) != local_day(now) or (sha256 and queries.by_hash(sha256)):
        return
    raise TooManyPhotos(N_("Too many photos today; no more are taken before tomorrow."))


def _demand_as_declared(data: bytes, sha256: str | None, length: int | None) -> None:
    if not data:
        raise BodyMismatch(BodyFault.EMPTY)
    if length is not None and len(data) != length:
        raise BodyMismatch(BodyFault.LENGTH)
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256.lower():
        raise BodyMismatch(BodyFault.SHA256)
