"""Photo files by content: originals are written once, under their SHA-256; copies can be made again."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO, BinaryIO

from ..core.errors import Missing, Refused
from ..core.labels import N_, Labelled

CHUNK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KIND = re.compile(r"[a-z0-9][a-z0-9-]{0,47}", re.ASCII)
# Folders that this process knows to stand in their parents on the disk: see PhotoStore._sync_entry.
_durable: set[Path] = set()
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}


class BodyFault(Labelled):
    """How the received bytes differ from what the sender declared."""

    EMPTY = "empty", N_("The photo arrived empty and was not stored. Keep it on the phone and send it again.")
    LENGTH = (
        "length",
        N_("The photo arrived incomplete and was not stored. Keep it on the phone and send it again."),
    )
    SHA256 = (
        "sha256",
        N_("The photo was changed on the way and was not stored. Keep it on the phone and send it again."),
    )


class BodyMismatch(Refused):
    """The bytes are not the declared ones: nothing was stored, and the sender must keep its copy."""

    def __init__(self, fault: BodyFault) -> None:
        super().__init__(fault.label)
        self.fault = fault


class PhotoMissing(Missing):
    """No file of that name is in the store, or the name is not a SHA-256 at all."""

    def __init__(self) -> None:
        super().__init__(N_("There is no such photo."))


class PhotoDamaged(Missing):
    """The file no longer has the bytes of its name, or is gone: neither it nor a copy of it is shown as the photo."""

    def __init__(self, sha256: str) -> None:
        super().__init__(DAMAGED, sha256=sha256)


DAMAGED = N_(
    "This photo is damaged on the server's disk (SHA-256 %(sha256)s). Tell the office: it can be put back from a backup."
)


class Damage(StrEnum):
    """What a scrub can find wrong with an original."""

    MISSING = "missing"
    DAMAGED = "damaged"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes with their SHA-256, which is computed once and then goes with them."""

    data: bytes
    sha256: str


def read_body(data: bytes, sha256: str | None = None, length: int | None = None) -> Body:
    """The received bytes, hashed. Raises BodyMismatch if empty or not as declared."""
    _demand_length(len(data), length)
    digest = hashlib.sha256(data).hexdigest()
    _demand_hash(digest, sha256)
    return Body(data, digest)


def _demand_length(size: int, length: int | None) -> None:
    if size == 0:
        raise BodyMismatch(BodyFault.EMPTY)
    if length is not None and size != length:
        raise BodyMismatch(BodyFault.LENGTH)


def _demand_hash(digest: str, sha256: str | None) -> None:
    if sha256 is not None and digest != sha256.lower():
        raise BodyMismatch(BodyFault.SHA256)


@dataclass(frozen=True, slots=True)
class Stored:
    """An original that is safely on disk; `created` is false when the same bytes were there already."""

    sha256: str
    size: int
    created: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One original that is not as it should be; `name` is its SHA-256, or the path of a stray file."""

    name: str
    damage: Damage


class PhotoStore:
    """Originals and copies under one folder of a local file system; safe for many threads and processes."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.originals = self.root / "originals"
        self.derived = self.root / "derived"
        self.incoming = self.root / "incoming"
        self.damaged = self.root / "damaged"

    def put(
        self, data: bytes | BinaryIO | Body, *, sha256: str | None = None, length: int | None = None
    ) -> Stored:
        """Keep the bytes for good. Raises BodyMismatch if empty or not as declared, OSError from the disk."""
        whole = read_body(data, sha256, length) if isinstance(data, bytes) else data
        with self._temporary() as (file, temporary):
            if isinstance(whole, Body):
                digest, size = whole.sha256, len(whole.data)
                file.write(whole.data)
            else:
                digest, size = _copy(whole, file)
                _demand_length(size, length)
                _demand_hash(digest, sha256)
            _harden(file)
            created = self._place(temporary, digest)
        if self.damage(digest):
            self.mark(digest).unlink(missing_ok=True)
        return Stored(digest, size, created)

    def path(self, sha256: str) -> Path:
        """Where that original is or would be. Raises PhotoMissing unless the name is 64 small hex digits."""
        folder = self.originals / checked(sha256)[:2]
        earlier = folder / sha256[2:4] / sha256
        # Earlier releases had one folder more: nearly every photo made one, and synced it.
        return earlier if earlier.is_file() else folder / sha256

    def open(self, sha256: str) -> BinaryIO:
        """The original's bytes as sent. Raises PhotoMissing."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise PhotoMissing from None

    def exists(self, sha256: str) -> bool:
        """Whether an original of that name is there and not known to be damaged (whether it is sound tells `verify`)."""
        return self.path(sha256).is_file() and self.damage(sha256) is None

    def verify(self, sha256: str) -> bool:
        """Read the original again: true only if it is there and its bytes still give its name."""
        try:
            return _digest_of(self.path(sha256)) == sha256
        except OSError:
            return False

    def scrub(self, expected: Iterable[str] = ()) -> Iterator[Finding]:
        """Read every original again; `expected` names those that must be there. Yields only what is wrong."""
        seen: set[str] = set()
        for path in sorted(p for p in self.originals.rglob("*") if not p.is_dir()):
            if not _SHA256.fullmatch(path.name) or path != self.path(path.name):
                yield Finding(str(path.relative_to(self.originals)), Damage.STRAY)
                continue
            seen.add(path.name)
            if not self.verify(path.name):
                yield Finding(path.name, Damage.DAMAGED)
        for sha256 in sorted(set(expected) - seen):
            yield Finding(sha256, Damage.MISSING)

    def derivative(self, sha256: str, kind: str, make: Callable[[Path], bytes], *, version: int = 1) -> Path:
        """A copy made by `make(original)` on first use, kept by (hash, kind, version); safe to delete."""
        if not _KIND.fullmatch(kind):
            raise ValueError(f"not a kind of copy: {kind!r}")
        path = _place_of(self.derived, checked(sha256), f"{sha256}.{kind}.v{version:d}")
        if self.damage(sha256):
            raise PhotoDamaged(sha256)
        if path.is_file():
            return path
        original = self.path(sha256)
        if not original.is_file():
            raise PhotoMissing
        self.demand_sound(sha256)
        content = make(original)
        with self._temporary() as (file, temporary):
            file.write(content)
            _harden(file)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
        return path

    def mark(self, sha256: str) -> Path:
        """Where it stands that an original is damaged; as a picture the file is refused, so papers name it as damaged."""
        return self.damaged / checked(sha256)

    def damage(self, sha256: str) -> Damage | None:
        """What was found wrong with an original and is not mended yet."""
        try:
            return Damage(self.mark(sha256).read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def note_damage(self, sha256: str, damage: Damage) -> None:
        """Remember that an original is damaged, until its bytes arrive again. It is a fact of this disk, not of the rows."""
        self.damaged.mkdir(parents=True, exist_ok=True)
        self.mark(sha256).write_text(damage)

    def demand_sound(self, sha256: str) -> None:
        """Read an original again. Raises PhotoDamaged when its bytes no longer give its name."""
        if not self.verify(sha256):
            self.note_damage(sha256, Damage.DAMAGED)
            raise PhotoDamaged(sha256)

    def damages(self) -> list[str]:
        """The originals that are noted as damaged, by hash."""
        return sorted(path.name for path in self.damaged.glob("*"))

    def forget_mended(self, still: Iterable[str]) -> int:
        """Forget the damages that a scrub no longer found; how many."""
        gone = set(self.damages()) - set(still)
        for sha256 in gone:
            self.mark(sha256).unlink(missing_ok=True)
        return len(gone)

    def drop_derivatives(self, sha256: str) -> int:
        """Delete the copies of one original; returns how many. The next use makes them again."""
        folder = _place_of(self.derived, checked(sha256), sha256).parent
        copies = list(folder.glob(f"{sha256}.*"))
        for path in copies:
            path.unlink(missing_ok=True)
        return len(copies)

    def clear_incoming(self, *, now: datetime, older_than: timedelta = timedelta(days=1)) -> int:
        """Delete what senders killed in the middle of `put` left behind; returns how many."""
        limit = (now - older_than).timestamp()
        old = [path for path in self.incoming.glob("*") if path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    @contextmanager
    def _temporary(self) -> Iterator[tuple[IO[bytes], Path]]:
        """A file nobody else sees, gone at the end unless it was moved into its place."""
        path = self.incoming / secrets.token_hex(16)
        try:
            file = _new_file(path)
        except FileNotFoundError:
            self.incoming.mkdir(parents=True, exist_ok=True)
            file = _new_file(path)
        with file:
            try:
                yield file, path
            finally:
                path.unlink(missing_ok=True)

    def _place(self, temporary: Path, sha256: str) -> bool:
        """Give a finished file its name, only if nobody has; true if this call did."""
        path = self.path(sha256)
        self._make_folder(path.parent)
        created = _link(temporary, path)
        if not created and not self.verify(sha256):
            # The bytes in hand give this name and those on disk no longer do: this is repair, not change.
            temporary.replace(path)
        # Also when it was there: the one who made it may not have reached this line when we answer "kept".
        _sync_folder(path.parent)
        self._sync_entry(path.parent)
        return created

    def _make_folder(self, folder: Path) -> None:
        """Make a folder below the root where it is missing; a new one is not yet on the disk, whatever was known of it."""
        if folder.is_dir():
            return
        if folder != self.root:
            self._make_folder(folder.parent)
        _durable.discard(folder)
        folder.mkdir(parents=True, exist_ok=True)

    def _sync_entry(self, folder: Path) -> None:
        """Have a folder, and those above it up to the root, stand on the disk.

        Another process may have made one and not synced it yet. So the first use by this process syncs all of them;
        from then on they are known, and only a new file's own folder is synced.
        """
        if folder == self.root or folder in _durable:
            return
        _sync_folder(folder.parent)
        self._sync_entry(folder.parent)
        _durable.add(folder)


def is_sha256(name: str) -> bool:
    """Whether that is 64 small hex digits."""
    return _SHA256.fullmatch(name) is not None


def checked(sha256: str) -> str:
    """The name itself if it is 64 small hex digits, so that it can be part of a path. Raises PhotoMissing."""
    if not is_sha256(sha256):
        raise PhotoMissing
    return sha256


def _place_of(folder: Path, sha256: str, name: str) -> Path:
    return folder / sha256[:2] / sha256[2:4] / name


def _copy(source: BinaryIO, target: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _new_file(path: Path) -> BinaryIO:
    """Nobody else may read it before it is whole."""
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _harden(file: IO[bytes]) -> None:
    """On disk, and read-only: nothing in this product changes a kept file."""
    file.flush()
    os.fchmod(file.fileno(), 0o440)
    os.fsync(file.fileno())


def _link(temporary: Path, path: Path) -> bool:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # Some network and memory-card file systems know no links. Two at once then write equal bytes.
        if path.exists():
            return False
        temporary.rename(path)
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # A file system that cannot sync folders says EINVAL; a failing disk says something else.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)
