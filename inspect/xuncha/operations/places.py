"""Where backups stand: a folder here, a bucket in bucket_place. What a backup is, is the same in both."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from ..core.bucket import SCHEME
from ..core.paths import data_folder
from .faults import BackupFault

PARTIAL = ".partial"
MANIFEST, DIGEST = "manifest.json", "manifest.json.sha256"
NAME = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


class Place(Protocol):
    """Files by name, with `/` between the parts. A backup is the names below its moment; it is whole from `finish` on."""

    def shown(self, name: str = "") -> str:
        """How a person names it, and how a command finds it again."""

    def alone(self) -> AbstractContextManager[None]:
        """Hold the place for oneself. Raises BackupFault while another backup is written to it."""

    def demand_outside(self) -> None:
        """Refuse a place that is lost together with what is backed up. Raises BackupFault."""

    def demand_room(self, size: int) -> None:
        """Refuse what has too little room, where that can be told. Raises BackupFault."""

    def finished(self) -> list[str]:
        """The names of the finished backups, the oldest first."""

    def halves(self) -> list[str]:
        """The names of backups that were interrupted."""

    def begin(self, name: str) -> str:
        """The name under which a backup is written until it is finished."""

    def finish(self, begun: str, name: str) -> None:
        """Make what was begun a backup; all its files are there."""

    def drop(self, name: str) -> None:
        """Delete a backup, finished or not; what an interruption leaves of it is never taken for whole."""

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""

    def open(self, name: str) -> IO[bytes]:
        """Read a file from its beginning to its end. Raises FileNotFoundError."""

    def new_file(self, name: str) -> AbstractContextManager[Path]:
        """A file on this machine to write to; it gets its name in the place whole at the end, or not at all."""

    def on_disk(self, name: str) -> Path | None:
        """Where a file stands on this machine, if it does."""

    def photos(self) -> dict[str, int]:
        """The names and sizes of the photos, of all pools."""

    def delete(self, names: Iterable[str]) -> None:
        """Delete files."""


def place_at(address: str) -> Place:
    """The folder or bucket that a command names. Raises BackupFault."""
    scheme, colon, _rest = address.partition("://")
    if not colon:
        return FolderPlace(Path(address))
    if f"{scheme}://" != SCHEME:
        raise BackupFault(
            f"{scheme}:// is not taken: name a folder, or s3://BUCKET/PREFIX?endpoint=https://…"
        )
    from .bucket_place import bucket_place

    return bucket_place(address)


def split(address: str) -> tuple[Place, str]:
    """The place that holds the backup of this address, and the backup's name there. Raises BackupFault."""
    if "://" not in address:
        path = Path(address)
        return FolderPlace(path.parent), path.name
    from .bucket_place import split_bucket

    return split_bucket(address)


class FolderPlace:
    """A folder on a disk of this machine. An unfinished backup has a name that ends in `.partial`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shown(self, name: str = "") -> str:
        """How a person names it."""
        return str(self.folder / name)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder, which is made where it is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupFault(f"another backup is being written to {self.folder}") from None
            yield

    def demand_outside(self) -> None:
        """Not among the data."""
        if self.folder.resolve().is_relative_to(data_folder().resolve()):
            raise BackupFault(
                "a backup inside of the data folder is lost with it: name a folder on another disk"
            )

    def demand_room(self, size: int) -> None:
        """The disk's free room."""
        demand_room(self.folder, size)

    def finished(self) -> list[str]:
        """Folders named by a moment."""
        return sorted(one.name for one in self.folder.glob("*Z") if NAME.fullmatch(one.name) and one.is_dir())

    def halves(self) -> list[str]:
        """Folders that did not get their name."""
        return sorted(one.name for one in self.folder.glob(f"*{PARTIAL}"))

    def begin(self, name: str) -> str:
        """A folder of a name that no command takes for a backup."""
        (self.folder / f"{name}{PARTIAL}").mkdir(mode=0o700)
        return f"{name}{PARTIAL}"

    def finish(self, begun: str, name: str) -> None:
        """Give it its name when all is on the disk."""
        os.sync()
        (self.folder / begun).rename(self.folder / name)
        os.sync()

    def drop(self, name: str) -> None:
        """Take its name away, then its files."""
        half = self.folder / name
        if not name.endswith(PARTIAL):
            half = half.rename(self.folder / f"{name}{PARTIAL}")
        shutil.rmtree(half)

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return (self.folder / name).is_file()

    def open(self, name: str) -> IO[bytes]:
        """The file."""
        return (self.folder / name).open("rb")

    @contextmanager
    def new_file(self, name: str) -> Iterator[Path]:
        """A file beside its place, moved there when it is on the disk."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}{PARTIAL}")
        try:
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.chmod(0o600)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def on_disk(self, name: str) -> Path | None:
        """It does."""
        return self.folder / name

    def photos(self) -> dict[str, int]:
        """Every file in a pool."""
        found: dict[str, int] = {}
        for pool in self.folder.glob("photos*"):
            for path in pool.glob("??/??/*"):
                with suppress(FileNotFoundError):
                    found[str(path.relative_to(self.folder))] = path.stat().st_size
        return found

    def delete(self, names: Iterable[str]) -> None:
        """Delete files."""
        for name in names:
            (self.folder / name).unlink()


def demand_room(folder: Path, size: int) -> None:
    """Raises BackupFault where the disk of a folder has less room."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise BackupFault(f"{folder} has {free >> 20} MB free, the backup takes {size >> 20} MB")
