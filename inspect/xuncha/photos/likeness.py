"""Photos that look like earlier ones: their hashes made and compared outside of every filing, and what is told of them.

A hint for whoever verifies, never a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from PIL import Image

from ..accounts.models import User
from ..core.db import commit, db, insert_new, release
from ..core.errors import Refused
from ..core.labels import N_
from ..jobs import actions as jobs
from ..jobs.kinds import Work, kind
from . import images, queries
from .models import Photo, PhotoLikeness, PhotoPrint

BATCH = 50
STRICT = 0.985  # of one hazard: an after-photo is taken over its before-photo, and covers it nearly as well as a copy


@dataclass(frozen=True, slots=True)
class Used:
    """One use of a photo: in which thing (`hazard-12`) and when; site, number and address only where the reader sees it."""

    photo_id: int
    thing: str
    at: datetime
    site: str = ""
    number: str = ""
    url: str = ""
    score: float = 1.0


Provider = Callable[[Collection[int], User], Iterable[Used]]
_providers: list[Provider] = []


def used_in(provider: Provider) -> Provider:
    """Register a domain that knows where photos are used."""
    _providers.append(provider)
    return provider


def print_new(limit: int | None = None) -> int:
    """Make the hashes that are lacking, and compare; commits batch by batch. Returns how many were made."""
    from .fingerprint import EDITION

    made = 0
    db.session.execute(sa.delete(PhotoPrint).where(PhotoPrint.edition != EDITION))
    commit()
    while limit is None or made < limit:
        room = BATCH if limit is None else min(BATCH, limit - made)
        lacking = _lacking().order_by(Photo.id).limit(room)
        done = _print(list(db.session.scalars(lacking)))
        made += done
        if not done:
            return made
    return made


def compare_soon(photo_ids: Collection[int], *, now: datetime) -> None:
    """Have photos that were just brought compared as soon as the step is written: whoever verifies is told then."""
    if photo_ids:
        jobs.add("photos.compare", {"photos": sorted(photo_ids)}, asked_by_id=None, now=now)


@kind("photos.compare", N_("Comparing photos with earlier ones"), writes=True)
def compare(work: Work) -> None:
    """Make the hashes of these photos that are lacking, and compare; what is there already is left alone."""
    _print(list(db.session.scalars(_lacking().where(Photo.id.in_(work.args["photos"])))))


def _lacking() -> sa.Select[Photo]:
    return sa.select(Photo).where(~sa.exists().where(PhotoPrint.photo_id == Photo.id))


def _picture(sha256: str) -> Image.Image | None:
    from .fingerprint import opened

    try:
        path = queries.store().derivative(sha256, "thumb", images.thumbnail, version=images.COPY_VERSION)
        return opened(path)
    except (Refused, OSError) as problem:
        current_app.logger.warning("no hash of photo %s: %s", sha256, problem)
        return None


Row = tuple[int, bytes, str]  # number, hash, SHA-256


def _print(photos: Sequence[Photo]) -> int:
    """Hash and compare these; what is slow holds no transaction."""
    from .fingerprint import EDITION, fingerprint

    wanted = [(photo.id, photo.sha256) for photo in photos]
    known: list[Row] = [(*row,) for row in db.session.execute(_hashes())] if wanted else []
    release()
    pictures = {number: _picture(sha256) for number, sha256 in wanted}
    hashes = {number: fingerprint(picture) if picture else b"" for number, picture in pictures.items()}
    own: list[Row] = [(number, hashes[number], sha256) for number, sha256 in wanted if hashes[number]]
    pairs = _compare(pictures, own, [*known, *own])
    for number, made in hashes.items():
        values = {"photo_id": number, "edition": EDITION, "hash": made}
        db.session.execute(insert_new(PhotoPrint), values)
    for (later, earlier), score in pairs.items():
        values = {"photo_id": later, "earlier_id": earlier, "score": score}
        db.session.execute(insert_new(PhotoLikeness), values)
    commit()
    return len(wanted)


def _hashes() -> sa.Select[int, bytes, str]:
    return (
        sa.select(PhotoPrint.photo_id, PhotoPrint.hash, Photo.sha256)
        .join(Photo, Photo.id == PhotoPrint.photo_id)
        .where(sa.func.length(PhotoPrint.hash) > 0)
    )


def _compare(
    pictures: Mapping[int, Image.Image | None], own: Sequence[Row], rows: Sequence[Row]
) -> dict[tuple[int, int], float]:
    """The pairs (later, earlier) that are one picture, and how well they cover each other."""
    from . import fingerprint

    table = fingerprint.table([row[1] for row in rows])
    pairs: dict[tuple[int, int], float] = {}
    for number, _hash, _sha256 in own:
        picture = pictures[number]
        for candidate in fingerprint.candidates(picture, table) if picture else ():
            other, _other_hash, sha256 = rows[candidate.row]
            pair = max(number, other), min(number, other)
            there = None if other == number or pair in pairs else pictures.get(other) or _picture(sha256)
            if picture is None or there is None:
                continue
            score = fingerprint.likeness(picture, there, candidate.turn)
            if score >= fingerprint.SAME_PICTURE:
                pairs[pair] = score
    return pairs


@dataclass(frozen=True, slots=True)
class Sights:
    """What some photos look like, and where those were used: gathered once, asked for each thing that shows them."""

    alike: Mapping[int, Mapping[int, float]]
    uses: Sequence[Used]

    def before(
        self,
        moment: datetime,
        photo_ids: Collection[int],
        *,
        in_things: Collection[str],
        strictly: Collection[str] = (),
    ) -> dict[int, list[Used]]:
        """Where each of these photos, or one that looks like it, was used before a moment, the latest first.

        Uses in `in_things` are left out; those in `strictly` count only where both are nearly one and the same file.
        """
        found: dict[int, list[Used]] = {}
        for number in photo_ids:
            others = self.alike[number]
            fitting = [
                use
                for use in self.uses
                if use.photo_id in others
                and use.at < moment
                and (use.thing not in in_things or (use.thing in strictly and others[use.photo_id] >= STRICT))
            ]
            if fitting:
                found[number] = _one_a_thing(fitting, others)
        return found


def sights_of(photo_ids: Collection[int], reader: User) -> Sights:
    """The uses of these photos, and of those that look like them."""
    alike = {number: {number: 1.0} for number in photo_ids}
    query = sa.select(PhotoLikeness).where(
        sa.or_(PhotoLikeness.photo_id.in_(alike), PhotoLikeness.earlier_id.in_(alike))
    )
    for pair in db.session.scalars(query) if alike else ():
        for number, other in ((pair.photo_id, pair.earlier_id), (pair.earlier_id, pair.photo_id)):
            if number in alike:
                alike[number][other] = pair.score
    every = {other for others in alike.values() for other in others}
    uses = [use for provider in _providers for use in provider(every, reader)] if every else []
    return Sights(alike, uses)


def _one_a_thing(uses: list[Used], scores: Mapping[int, float]) -> list[Used]:
    newest = sorted(uses, key=lambda use: use.at, reverse=True)
    things: dict[str, Used] = {}
    for use in newest:
        things.setdefault(use.thing, replace(use, score=scores[use.photo_id]))
    return list(things.values())
