"""Photos in an object store (S3): originals in a bucket by their SHA-256, a cache of them and all copies on this node's disk."""

from __future__ import annotations

import hashlib
import io
import logging
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal
from uuid import uuid4

from ..core.bucket import Bucket, away, client
from .store import Body, Damage, Finding, PhotoMissing, PhotoStore, Stored, checked, is_sha256, read_body

FOLDER = "originals"
STORE = "photo store"
TRIM_EVERY = 64  # originals that were put into the cache
IN_USE_S = 600

log = logging.getLogger(__name__)


class ObjectPhotoStore(PhotoStore):
    """Originals in a bucket. The folder of the node holds copies and a cache: all of it may be lost at any time."""

    def __init__(self, root: Path, bucket: Bucket, cache_bytes: int) -> None:
        super().__init__(root)
        self.bucket, self.cache_bytes = bucket, cache_bytes
        self.cached = self.root / "cached"

    def put(
        self, data: bytes | BinaryIO | Body, *, sha256: str | None = None, length: int | None = None
    ) -> Stored:
        """Keep the bytes for good. Raises BodyMismatch if empty or not as declared, StoreAway when the bucket is."""
        if not isinstance(data, Body):
            data = read_body(data if isinstance(data, bytes) else data.read(), sha256, length)
        body = data
        kept, damaged = self._size(body.sha256), self.damage(body.sha256) is not None
        created = kept is None and self._write(body, "create")
        if kept is not None and (damaged or kept != len(body.data)):
            self._write(body, "overwrite")  # the bytes in hand give this name: this is repair, not change
        self._keep(body.sha256, body.data)
        if damaged:
            self.mark(body.sha256).unlink(missing_ok=True)
        return Stored(body.sha256, len(body.data), created)

    def open(self, sha256: str) -> BinaryIO:
        """The original as the bucket has it, not the cache: what is copied elsewhere is proved there. Raises PhotoMissing."""
        data = self._fetch(checked(sha256))
        if data is None:
            raise PhotoMissing
        return io.BytesIO(data)

    def path(self, sha256: str) -> Path:
        """Where the cache has that original; it is fetched first. A name that the bucket does not have is no file there."""
        place = self.cached / checked(sha256)[:2] / sha256
        if not place.is_file() and (data := self._fetch(sha256)) is not None:
            self._keep(sha256, data)
        return place

    def exists(self, sha256: str) -> bool:
        """Whether the bucket, or the cache that was filled from it, has that original and it is not known to be damaged."""
        there = (self.cached / checked(sha256)[:2] / sha256).is_file() or self._size(sha256) is not None
        return there and self.damage(sha256) is None

    def verify(self, sha256: str) -> bool:
        """Read the original in the bucket again."""
        data = self._fetch(checked(sha256))
        return data is not None and hashlib.sha256(data).hexdigest() == sha256

    def scrub(self, expected: Iterable[str] = ()) -> Iterator[Finding]:
        """Read every original of the bucket again; `expected` names those that must be there."""
        import obstore

        seen: set[str] = set()
        with away(STORE):
            names = [
                entry["path"] for page in obstore.list(client(self.bucket), prefix=FOLDER) for entry in page
            ]
        for path in names:
            name = path.rpartition("/")[2]
            if path != _name(name) or not is_sha256(name):
                yield Finding(path, Damage.STRAY)
                continue
            seen.add(name)
            if not self.verify(name):
                yield Finding(name, Damage.DAMAGED)
        for sha256 in sorted(set(expected) - seen):
            yield Finding(sha256, Damage.MISSING)

    def now(self) -> datetime:
        """Put a small object and read its moment: whether the bucket takes what is written, and its clock. Raises StoreAway."""
        import obstore

        name = f"health/{uuid4().hex}"
        with away(STORE):
            obstore.put(client(self.bucket), name, b"health")
            moment: datetime = obstore.head(client(self.bucket), name)["last_modified"]
            obstore.delete(client(self.bucket), name)
        return moment

    def _write(self, body: Body, mode: Literal["create", "overwrite"]) -> bool:
        """Put an original; false where another node was first, whose bytes are the same."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            with away(STORE):
                obstore.put(client(self.bucket), _name(body.sha256), body.data, mode=mode)
        except AlreadyExistsError:
            return False
        return True

    def _size(self, sha256: str) -> int | None:
        import obstore

        try:
            with away(STORE):
                return int(obstore.head(client(self.bucket), _name(sha256))["size"])
        except FileNotFoundError:
            return None

    def _fetch(self, sha256: str) -> bytes | None:
        import obstore

        try:
            with away(STORE):
                return bytes(obstore.get(client(self.bucket), _name(sha256)).bytes())
        except FileNotFoundError:
            return None

    def _keep(self, sha256: str, data: bytes) -> None:
        """Put an original into the cache; nobody sees half of it, and a full disk only leaves it out."""
        place = self.cached / sha256[:2] / sha256
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, prefix="part-", delete=False) as file:
                file.write(data)
            Path(file.name).replace(place)
        except OSError as problem:
            log.warning("cache of photos: %s", problem)
        if int(sha256[:4], 16) % TRIM_EVERY == 0:
            self.trim_cache()

    def trim_cache(self) -> int:
        """Delete what was cached longest ago until the rest fits, but nothing that may be in use; how many."""
        found = sorted(
            ((path.stat().st_mtime, path.stat().st_size, path) for path in self.cached.glob("*/*")),
            reverse=True,
        )
        room, gone = self.cache_bytes, 0
        for written, size, path in found:
            room -= size
            if room < 0 and time.time() - written > IN_USE_S:
                path.unlink(missing_ok=True)
                gone += 1
        return gone


def _name(sha256: str) -> str:
    return f"{FOLDER}/{sha256[:2]}/{sha256}"
