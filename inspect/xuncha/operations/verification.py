"""Opening every file of a backup, and naming what is damaged."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..core.paths import data_folder
from . import databases
from .encryption import Key, read
from .faults import BackupFault
from .manifest import DATABASE, PHOTOS, Backup, StoredFile, demand_key


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
    path = backup.folder / file.name
    if file.name == DATABASE:
        try:
            with plain_database(backup, key) as copy:
                yield from (f"{path}: {text}" for text in databases.examine(backup.manifest.database, copy))
        except BackupFault as problem:
            yield str(problem)
    else:
        fault = _differs(path, file.sha256, None if file.name == PHOTOS else key)
        if fault:
            yield fault


def _photo_damages(backup: Backup, key: Key | None) -> Iterator[str]:
    photos = backup.photos()
    if len(photos) != backup.manifest.photos:
        yield f"{backup.folder / PHOTOS}: {len(photos)} photos instead of {backup.manifest.photos}"
    for sha256, _size in photos:
        fault = _differs(backup.place(sha256), sha256, key)
        if fault:
            yield fault


def _differs(path: Path, sha256: str, key: Key | None, target: IO[bytes] | None = None) -> str | None:
    """What is wrong with a file that should have these plain bytes."""
    try:
        with path.open("rb") as file:
            found = read(file, key, target).sha256
    except FileNotFoundError:
        return f"{path}: missing"
    except (BackupFault, OSError) as problem:
        return f"{path}: {problem}"
    return None if found == sha256 else f"{path}: was changed or damaged"


@contextmanager
def plain_database(backup: Backup, key: Key | None) -> Iterator[Path]:
    """The copy of the database, decrypted for as long as it is needed. Raises BackupFault when it is damaged."""
    noted, path = backup.file(DATABASE), backup.folder / DATABASE
    if key is None:
        fault = _differs(path, noted.sha256, None)
        if fault:
            raise BackupFault(fault)
        yield path
        return
    with tempfile.TemporaryDirectory(dir=data_folder(), prefix="backup-") as work:
        copy = Path(work) / DATABASE
        with copy.open("xb") as file:
            fault = _differs(path, noted.sha256, key, file)
        if fault:
            raise BackupFault(fault)
        yield copy


def plain_bytes(backup: Backup, path: Path, sha256: str, key: Key | None) -> bytes:
    """The plain bytes of a file of a backup. Raises BackupFault when they are not those of its hash."""
    with tempfile.TemporaryFile() as file:
        fault = _differs(path, sha256, key, file)
        if fault:
            raise BackupFault(fault)
        file.seek(0)
        return file.read()
