"""Finding photos, and asking the domains that use them who may see them and what to stamp on a copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..core.access import relation
from ..core.bucket import Bucket
from ..core.db import db, table_of
from ..core.paths import data_folder, photo_store
from .models import Photo
from .object_store import ObjectPhotoStore
from .store import PhotoStore

Sees = Callable[[User, Photo], bool]
Stamp = Callable[[User, Photo, int | None], Sequence[str] | None]
_sees: list[Sees] = []
_stamps: dict[str, Stamp] = {}


def store() -> PhotoStore:
    """The store of the running application: its data folder, or the bucket that PHOTO_STORE names."""
    address, cached = photo_store()
    if address:
        return ObjectPhotoStore(data_folder() / "photos", Bucket.read(address), cached)
    return _in_folder(data_folder())


@cache
def _in_folder(data: Path) -> PhotoStore:
    return PhotoStore(data / "photos")


def shown(test: Sees) -> Sees:
    """Register a domain's test whether a person may see a photo because of something that uses it."""
    _sees.append(test)
    return test


def stamped_with(thing: str) -> Callable[[Stamp], Stamp]:
    """Register a domain's lines for the stamped copy: time, enterprise, place, photographer.

    They tell how a thing of the domain uses the photo: the one with a number, else the first that the actor sees.
    """

    def register(lines: Stamp) -> Stamp:
        _stamps[thing] = lines
        return lines

    return register


def stamp_lines(actor: User, photo: Photo, of: str) -> Sequence[str]:
    """The lines of the use that the reader came from (`hazard-12`), else of the first one that he sees."""
    thing, _, number = of.partition("-")
    named = thing in _stamps and number.isdecimal() and len(number) < 10
    return (_stamps[thing](actor, photo, int(number)) if named else None) or next(
        (lines for stamp in _stamps.values() if (lines := stamp(actor, photo, None))), []
    )


@relation("shown")
def is_shown(actor: Any, photo: Any) -> bool:
    """The actor sent the photo, or sees something that it belongs to."""
    return bool(photo.author_id == actor.id) or any(test(actor, photo) for test in _sees)


# Statements of a filing are made once: making one takes longer than running it.
_PHOTOS = table_of(Photo).c
_BY_HASH = sa.select(Photo).where(Photo.sha256 == sa.bindparam("sha256"))
_BY_HASHES = sa.select(Photo).where(Photo.sha256.in_(sa.bindparam("hashes", expanding=True)))


@cache
def _before_arrival(sender: str) -> sa.Select[int, datetime | None]:
    return sa.select(
        sa.select(sa.func.count())
        .where(_PHOTOS.sha256.in_(sa.bindparam("hashes", expanding=True)))
        .scalar_subquery(),
        sa.select(_PHOTOS.received_at)
        .where(_PHOTOS[sender] == sa.bindparam("number"))
        .order_by(_PHOTOS.id.desc())
        .limit(1)
        .offset(sa.bindparam("newer"))
        .scalar_subquery(),
    )


def before_arrival(hashes: Sequence[str], sender: tuple[str, int], place: int) -> tuple[int, datetime | None]:
    """How many photos with these bytes are known; when the photo of a sender (column, number) came that is so many from the
    last, None when there are fewer."""
    column, number = sender
    given = {"hashes": hashes, "number": number, "newer": place - 1}
    known, earlier = db.session.execute(_before_arrival(column), given).one()
    return known, earlier


def by_hash(sha256: str) -> Photo | None:
    """The photo with these bytes."""
    return db.session.scalar(_BY_HASH, {"sha256": sha256})


def by_hashes(hashes: Sequence[str]) -> dict[str, Photo]:
    """The photos among these hashes that have been received; those that the session holds are not read again."""
    wanted = set(hashes)
    known = db.session.identity_map
    held = [known.get(key) for key in list(known.keys()) if key[0] is Photo] if wanted else []
    # A row of a photo never changes. What an ended transaction left has no values, and is read.
    found = {sha256: one for one in held if one and (sha256 := vars(one).get("sha256")) in wanted}
    if missing := wanted - found.keys():
        rows = db.session.scalars(_BY_HASHES, {"hashes": sorted(missing)})
        found |= {photo.sha256: photo for photo in rows}
    return found


def on_disk(hashes: Sequence[str]) -> dict[str, Photo]:
    """Those of them whose bytes are still there: what a disk has lost is to be sent again while the phone has it."""
    kept = store()
    return {sha256: photo for sha256, photo in by_hashes(hashes).items() if kept.exists(sha256)}
