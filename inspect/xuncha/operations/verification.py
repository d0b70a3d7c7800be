"""Opening every file of a backup, and naming what is damaged."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..core.bucket import StoreAway
from ..core.paths import data_folder
from . import databases
from .encryption import Key, read
from .faults import BackupFault
from .manifest import DATABASE, PHOTOS, Backup, StoredFile, demand_key
from .places import demand_room


def damages(backup: Backup, key: Key | None) -> Iterator[str]:
    """What is damaged: files against the manifest, the database by its own check, each photo against its hash.

    Raises BackupFault when the key does not open it.
    """
    demand_key(backup, key)
    sound = True
    for file in backup.manifest.files:
        for fault in _file_damages(backup, file, key):
            sound = sound and file.name != PHOTOS
            yield fault
    if sound:
        yield from _photo_damages(backup, key)


def _file_damages(backup: Backup, file: StoredFile, key: Key | None) -> Iterator[str]:
    path = backup.path(file.name)
    if file.name == DATABASE:
        try:
            with plain_database(backup, key) as copy:
                shown = backup.place.shown(path)
                yield from (f"{shown}: {text}" for text in databases.examine(backup.manifest.database, copy))
        except BackupFault as problem:
            yield str(problem)
    else:
        fault = _differs(backup, path, file.sha256, None if file.name == PHOTOS else key)
        if fault:
            yield fault


def _photo_damages(backup: Backup, key: Key | None) -> Iterator[str]:
    photos = backup.photos()
    if len(photos) != backup.manifest.photos:
        yield f"{backup.place.shown(backup.path(PHOTOS))}: {len(photos)} photos instead of {backup.manifest.photos}"
    for sha256, _size in photos:
        fault = _differs(backup, backup.photo(sha256), sha256, key)
        if fault:
            yield fault


def _differs(
    backup: Backup, name: str, sha256: str, key: Key | None, target: IO[bytes] | None = None
) -> str | None:
    """What is wrong with a file that should have these plain bytes. Raises StoreAway, which says nothing of the file."""
    shown = backup.place.shown(name)
    try:
        with backup.place.open(name) as file:
            found = read(file, key, target).sha256
    except FileNotFoundError:
        return f"{shown}: missing"
    except StoreAway:
        raise
    except (BackupFault, OSError) as problem:
        return f"{shown}: {problem}"
    return None if found == sha256 else f"{shown}: was changed or damaged"


@contextmanager
def plain_database(backup: Backup, key: Key | None) -> Iterator[Path]:
    """The copy of the database, on this disk and decrypted for as long as it is needed. Raises BackupFault when it is damaged."""
    noted, name = backup.file(DATABASE), backup.path(DATABASE)
    here = backup.place.on_disk(name) if key is None else None
    if here is not None:
        if fault := _differs(backup, name, noted.sha256, None):
            raise BackupFault(fault)
        yield here
        return
    demand_room(data_folder(), noted.size)
    with tempfile.TemporaryDirectory(dir=data_folder(), prefix="backup-") as work:
        copy = Path(work) / DATABASE
        with copy.open("xb") as file:
            fault = _differs(backup, name, noted.sha256, key, file)
        if fault:
            raise BackupFault(fault)
        yield copy


def plain_bytes(backup: Backup, name: str, sha256: str, key: Key | None) -> bytes:
    """The plain bytes of a file of a backup. Raises BackupFault when they are not those of its hash."""
    with tempfile.TemporaryFile() as file:
        fault = _differs(backup, name, sha256, key, file)
        if fault:
            raise BackupFault(fault)
        file.seek(0)
        return file.read()
