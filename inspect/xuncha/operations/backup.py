"""Taking a backup while the zone is in use: the database as of one moment, then the photos that it names."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from ..core import last_backup
from ..core.paths import data_folder
from ..photos.queries import store
from ..photos.store import PhotoMissing
from ..version import VERSION
from . import databases
from .databases import Database, Facts
from .encryption import Key, read, write
from .faults import BackupFault
from .manifest import (
    DATABASE,
    DIGEST,
    MANIFEST,
    PARTIAL,
    PHOTOS,
    SECRET_KEY,
    Backup,
    Manifest,
    Outcome,
    StoredFile,
    name_of,
    place_of,
)


def take(folder: Path, *, key: Key | None, now: datetime) -> Backup:
    """Back up into a folder of its own below `folder`; what is interrupted is never taken for whole.

    The photos come after the database: a photo is on disk before its row is committed, and rows are never deleted.
    Raises BackupFault.
    """
    database = databases.running()
    _demand_outside(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        final = _free_name(folder, now)
        _demand_room(folder, database.size())
        for left in folder.glob(f"*{PARTIAL}"):
            shutil.rmtree(left)
        partial = folder / f"{final.name}{PARTIAL}"
        partial.mkdir(mode=0o700)
        try:
            manifest = _fill(partial, database, key, now)
            _finish(partial, final, manifest)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return Backup(final, manifest)


def _free_name(folder: Path, moment: datetime) -> Path:
    """The folder of a backup made at a moment, or in the first second after it that has none."""
    while (folder / name_of(moment)).exists():
        moment += timedelta(seconds=1)
    return folder / name_of(moment)


def _fill(partial: Path, database: Database, key: Key | None, now: datetime) -> Manifest:
    """Write all but the manifest, which is answered."""
    folder = partial.parent
    facts, files = _write_files(partial, database, key)
    lacking = _copy_photos(folder, facts, key)
    kept = [(sha256, size) for sha256, size in facts.photos if sha256 not in lacking]
    files.append(_write_text(partial / PHOTOS, "".join(f"{sha256} {size}\n" for sha256, size in kept)))
    return Manifest(
        version=VERSION,
        revision=facts.revision,
        database=database.kind,
        created_at=now,
        outcome=Outcome.PHOTOS_LACKING if lacking else Outcome.WHOLE,
        counts=facts.counts,
        files=tuple(files),
        photos=len(kept),
        photo_bytes=sum(size for _sha256, size in kept),
        lacking=tuple(sorted(lacking)),
        recipient=key.recipient if key else None,
    )


def _write_files(partial: Path, database: Database, key: Key | None) -> tuple[Facts, list[StoredFile]]:
    """The database and the key of the sessions; what is to be encrypted is put down plain in the data folder only."""
    if key is None:
        facts = _snapshot(database, partial / DATABASE)
        files = [_noted(partial / DATABASE)]
    else:
        with tempfile.TemporaryDirectory(dir=data_folder(), prefix="backup-") as work:
            copy = Path(work) / DATABASE
            facts = _snapshot(database, copy)
            files = [_write(copy, partial / DATABASE, key)]
    secret = data_folder() / SECRET_KEY
    if secret.is_file():
        files.append(_write(secret, partial / SECRET_KEY, key))
    return facts, files


def _snapshot(database: Database, copy: Path) -> Facts:
    facts = database.snapshot(copy)
    wrong = database.examine(copy)
    if wrong:
        raise BackupFault(f"the database is damaged, restore an earlier backup: {'; '.join(wrong[:3])}")
    return facts


def _noted(path: Path) -> StoredFile:
    """A file that is in its place already."""
    with path.open("rb") as file:
        digest = read(file, None)
        os.fsync(file.fileno())
    path.chmod(0o600)
    return StoredFile(name=path.name, sha256=digest.sha256, size=digest.size)


def _write(source: Path, target: Path, key: Key | None) -> StoredFile:
    with source.open("rb") as plain, target.open("xb") as file:
        digest = write(plain, file, key)
        file.flush()
        os.fsync(file.fileno())
    target.chmod(0o600)
    return StoredFile(name=target.name, sha256=digest.sha256, size=digest.size)


def _write_text(target: Path, text: str) -> StoredFile:
    content = text.encode()
    with target.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile(name=target.name, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def _copy_photos(folder: Path, facts: Facts, key: Key | None) -> set[str]:
    """Copy the photos that no earlier backup has; those that are gone or damaged on the server's disk."""
    recipient = key.recipient if key else None
    wanted = [row for row in facts.photos if not _is_there(place_of(folder, row[0], recipient), row[1], key)]
    _demand_room(folder, sum(size for _sha256, size in wanted))
    return {
        sha256
        for sha256, _size in wanted
        if not _copy_photo(place_of(folder, sha256, recipient), sha256, key)
    }


def _is_there(place: Path, size: int, key: Key | None) -> bool:
    try:
        found = place.stat().st_size
    except FileNotFoundError:
        return False
    return found > size if key else found == size  # encrypted it is longer


def _copy_photo(place: Path, sha256: str, key: Key | None) -> bool:
    """Whether the original still has the bytes of its name; only then it is kept."""
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_suffix(PARTIAL)
    try:
        with store().open(sha256) as source, temporary.open("wb") as target:
            digest = write(source, target, key)
            target.flush()
            os.fsync(target.fileno())
        if digest.sha256 != sha256:
            return False
        temporary.replace(place)
    except PhotoMissing:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _finish(partial: Path, final: Path, manifest: Manifest) -> None:
    """The manifest last, and the name that makes it a backup when all is on disk."""
    text = manifest.model_dump_json(indent=1)
    _write_text(partial / MANIFEST, text)
    _write_text(partial / DIGEST, f"{hashlib.sha256(text.encode()).hexdigest()}  {MANIFEST}\n")
    os.sync()
    partial.rename(final)
    os.sync()
    with suppress(OSError):
        last_backup.note(manifest.created_at)


def _demand_outside(folder: Path) -> None:
    if folder.resolve().is_relative_to(data_folder().resolve()):
        raise BackupFault("a backup inside of the data folder is lost with it: name a folder on another disk")


def _demand_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise BackupFault(f"{folder} has {free >> 20} MB free, the backup takes {size >> 20} MB")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder of backups for oneself. Raises BackupFault while a backup is written to it."""
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFault(f"another backup is being written to {folder}") from None
        yield
