"""Backups in a bucket. No object can be renamed there: a backup is whole when its manifest stands, which is put last."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4

from ..core.bucket import Bucket, StoreAway, away, client
from ..core.paths import data_folder, photo_store
from .faults import BackupFault
from .places import DIGEST, MANIFEST, NAME

LOCKS = "locks"
BEAT_S = 60
DEAD_AFTER = timedelta(minutes=10)
PART = 8 << 20  # bytes of one request; a large object is sent in several
AT_ONCE = 4


def bucket_place(address: str) -> BucketPlace:
    """Raises BackupFault where the address is none."""
    try:
        return BucketPlace(Bucket.read(address))
    except ValueError as problem:
        raise BackupFault(f"{address} {problem}") from None


def split_bucket(address: str) -> tuple[BucketPlace, str]:
    """The bucket without the last part of its prefix, and that part. Raises BackupFault."""
    bucket = bucket_place(address).bucket
    prefix, _, name = bucket.prefix.rpartition("/")
    return BucketPlace(replace(bucket, prefix=prefix)), name


class BucketPlace:
    """A bucket, or what is below a prefix of it."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._taken_over = threading.Event()

    def shown(self, name: str = "") -> str:
        """The address that a command takes."""
        return self.bucket.address(name)

    def demand_outside(self) -> None:
        """Not the bucket of the photos."""
        address, _cached = photo_store()
        if not address:
            return
        photos = Bucket.read(address)
        if (photos.name, photos.endpoint) == (self.bucket.name, self.bucket.endpoint):
            raise BackupFault("a backup in the bucket of the photos is lost with it: name another bucket")

    def demand_room(self, size: int) -> None:
        """A bucket tells nothing of its room; one that is full refuses, and then there is no backup."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the bucket by an object that is put again every minute.

        Not every store refuses to put an object that is there, so each puts its own and then looks for others: two at
        once may refuse each other, and never both go on. Moments are the store's own, whatever clocks nodes have.
        """
        mine = f"{LOCKS}/{uuid4().hex}"
        self._put(mine, b"")
        stop = threading.Event()
        beat = threading.Thread(target=self._beat, args=(mine, stop), daemon=True)
        try:
            self._demand_alone(mine)
            beat.start()
            yield
        finally:
            stop.set()
            if beat.ident:
                beat.join()
            with suppress(StoreAway):
                self.delete([mine])

    def _demand_alone(self, mine: str) -> None:
        moments = {entry["path"]: entry["last_modified"] for entry in self._list(LOCKS)}
        if mine not in moments:
            raise BackupFault(
                f"{self.shown()} does not show what was just put there: backups need a store that does"
            )
        others = {path for path in moments if path != mine}
        dead = {path for path in others if moments[mine] - moments[path] > DEAD_AFTER}
        if others - dead:
            minutes = DEAD_AFTER.seconds // 60
            raise BackupFault(
                f"another backup is being written to {self.shown()}, or one was cut off less than {minutes} minutes ago"
            )
        self.delete(dead)

    def _beat(self, mine: str, stop: threading.Event) -> None:
        while not stop.wait(BEAT_S):
            with suppress(StoreAway):
                if not self.has(mine):
                    self._taken_over.set()  # we were silent for long, and another went on without us
                    return
                self._put(mine, b"")

    def finished(self) -> list[str]:
        """Those with a manifest."""
        return [name for name in self._moments() if self.has(f"{name}/{DIGEST}")]

    def halves(self) -> list[str]:
        """Those without."""
        return [name for name in self._moments() if not self.has(f"{name}/{DIGEST}")]

    def begin(self, name: str) -> str:
        """Its own name."""
        return name

    def finish(self, begun: str, name: str) -> None:
        """Its manifest was put last: it is one already, unless another took this one for dead meanwhile."""
        if self._taken_over.is_set():
            self.drop(name)
            raise BackupFault(
                f"this machine was silent for long, and another began to write to {self.shown()}: repeat it"
            )

    def drop(self, name: str) -> None:
        """Its manifest first."""
        last = [f"{name}/{DIGEST}", f"{name}/{MANIFEST}"]
        self.delete([one for one in last if self.has(one)])
        self.delete(entry["path"] for entry in self._list(name))

    def has(self, name: str) -> bool:
        """Whether the object is there."""
        import obstore

        try:
            with self._away(name):
                obstore.head(self._client(), name)
        except FileNotFoundError:
            return False
        return True

    def open(self, name: str) -> IO[bytes]:
        """The object as it comes."""
        import obstore

        with self._away(name):
            answer = obstore.get(self._client(), name)
            return cast(IO[bytes], io.BufferedReader(_Stream(self, answer)))

    @contextmanager
    def new_file(self, name: str) -> Iterator[Path]:
        """A file in the data folder, sent when it is finished."""
        import obstore

        with tempfile.TemporaryDirectory(dir=data_folder(), prefix="backup-") as work:
            path = Path(work) / "file"
            yield path
            with self._away(name):
                store = self._client()
                obstore.put(store, name, path, chunk_size=PART, max_concurrency=AT_ONCE)

    def on_disk(self, name: str) -> Path | None:
        """Nowhere."""
        return None

    def photos(self) -> dict[str, int]:
        """Every object of a pool, by listing: asking for each would take a request a photo."""
        pools = [name for name in self._folders() if name.startswith("photos")]
        return {entry["path"]: entry["size"] for pool in pools for entry in self._list(pool)}

    def delete(self, names: Iterable[str]) -> None:
        """Delete objects."""
        import obstore

        found = list(names)
        if found:
            with self._away():
                obstore.delete(self._client(), found)

    def _client(self) -> Any:
        """One that waits long for a busy store: nobody stands by while a backup is taken."""
        return client(self.bucket, large=True)

    def _away(self, name: str = "") -> Any:
        return away(self.shown(name))

    def _put(self, name: str, content: bytes) -> None:
        import obstore

        with self._away(name):
            obstore.put(self._client(), name, content)

    def _list(self, prefix: str) -> list[Any]:
        import obstore

        with self._away():
            return [entry for page in obstore.list(self._client(), prefix=prefix) for entry in page]

    def _folders(self) -> list[str]:
        import obstore

        with self._away():
            return sorted(obstore.list_with_delimiter(self._client())["common_prefixes"])

    def _moments(self) -> list[str]:
        return [name for name in self._folders() if NAME.fullmatch(name)]


class _Stream(io.RawIOBase):
    """The bytes of an object as they arrive."""

    def __init__(self, place: BucketPlace, answer: Any) -> None:
        self._place, self._pieces, self._held = (
            place,
            iter(answer.stream(min_chunk_size=1 << 20)),
            memoryview(b""),
        )

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            with self._place._away():
                piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = memoryview(bytes(piece))
        taken = min(len(buffer), len(self._held))
        buffer[:taken] = self._held[:taken]
        self._held = self._held[taken:]
        return taken
