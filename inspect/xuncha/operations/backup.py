"""Taking a backup while the zone is in use: the database as of one moment, then the photos that it names."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from ..core import last_backup
from ..core.paths import data_folder
from ..photos.queries import store
from ..photos.store import PhotoMissing, PhotoStore
from ..version import VERSION
from . import databases
from .databases import Database, Facts
from .encryption import Key, read, write
from .faults import BackupFault
from .manifest import DATABASE, PHOTOS, SECRET_KEY, Backup, Manifest, Outcome, StoredFile, name_of, photo_name
from .places import DIGEST, MANIFEST, Place, demand_room


class _NotItsHash(Exception):
    """An original no longer has the bytes of its name: it is not kept."""


def take(place: Place, *, key: Key | None, now: datetime) -> Backup:
    """Back up into `place`; what is interrupted is never taken for whole.

    The photos come after the database: a photo is stored before its row is committed, and rows are never deleted.
    Raises BackupFault.
    """
    database = databases.running()
    place.demand_outside()
    size = database.size()
    with place.alone():
        name = _free_name(place, now)
        place.demand_room(size)
        if key is not None or place.on_disk(DATABASE) is None:
            demand_room(data_folder(), size)
        for left in place.halves():
            place.drop(left)
        begun = place.begin(name)
        try:
            manifest = _fill(place, begun, database, key, now)
            _finish(place, begun, name, manifest)
        except BaseException:
            with suppress(OSError):
                place.drop(begun)
            raise
    return Backup(place, name, manifest)


def _free_name(place: Place, moment: datetime) -> str:
    """The name of a backup made at a moment, or in the first second after it that has none."""
    taken = set(place.finished())
    while name_of(moment) in taken:
        moment += timedelta(seconds=1)
    return name_of(moment)


def _fill(place: Place, begun: str, database: Database, key: Key | None, now: datetime) -> Manifest:
    """Write all but the manifest, which is answered."""
    facts, files = _write_files(place, begun, database, key)
    lacking = _copy_photos(place, facts, key)
    kept = [(sha256, size) for sha256, size in facts.photos if sha256 not in lacking]
    files.append(
        _write_text(place, f"{begun}/{PHOTOS}", "".join(f"{sha256} {size}\n" for sha256, size in kept))
    )
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


def _write_files(
    place: Place, begun: str, database: Database, key: Key | None
) -> tuple[Facts, list[StoredFile]]:
    """The database and the key of the sessions; what is to be encrypted is put down plain in the data folder only."""
    if key is None:
        with place.new_file(f"{begun}/{DATABASE}") as copy:
            facts = _snapshot(database, copy)
            files = [_noted(copy)]
    else:
        with tempfile.TemporaryDirectory(dir=data_folder(), prefix="backup-") as work:
            copy = Path(work) / DATABASE
            facts = _snapshot(database, copy)
            files = [_write(copy, place, f"{begun}/{DATABASE}", key)]
    secret = data_folder() / SECRET_KEY
    if secret.is_file():
        files.append(_write(secret, place, f"{begun}/{SECRET_KEY}", key))
    return facts, files


def _snapshot(database: Database, copy: Path) -> Facts:
    facts = database.snapshot(copy)
    wrong = database.examine(copy)
    if wrong:
        raise BackupFault(f"the database is damaged, restore an earlier backup: {'; '.join(wrong[:3])}")
    return facts


def _noted(copy: Path) -> StoredFile:
    """A copy of the database that is written to its place as it is."""
    with copy.open("rb") as file:
        digest = read(file, None)
    return StoredFile(name=DATABASE, sha256=digest.sha256, size=digest.size)


def _write(source: Path, place: Place, name: str, key: Key | None) -> StoredFile:
    with source.open("rb") as plain, place.new_file(name) as path, path.open("xb") as file:
        digest = write(plain, file, key)
    return StoredFile(name=name.rpartition("/")[2], sha256=digest.sha256, size=digest.size)


def _write_text(place: Place, name: str, text: str) -> StoredFile:
    content = text.encode()
    with place.new_file(name) as path:
        path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return StoredFile(name=name.rpartition("/")[2], sha256=digest, size=len(content))


def _copy_photos(place: Place, facts: Facts, key: Key | None) -> set[str]:
    """Copy the photos that no earlier backup has; those that are gone or damaged in the store in use."""
    recipient, originals = key.recipient if key else None, store()
    there = place.photos()
    wanted = [
        row for row in facts.photos if not _is_there(there.get(photo_name(row[0], recipient)), row[1], key)
    ]
    place.demand_room(sum(size for _sha256, size in wanted))
    return {
        sha256
        for sha256, _size in wanted
        if not _copy_photo(originals, place, photo_name(sha256, recipient), sha256, key)
    }


def _is_there(found: int | None, size: int, key: Key | None) -> bool:
    if found is None:
        return False
    return found > size if key else found == size  # encrypted it is longer


def _copy_photo(originals: PhotoStore, place: Place, name: str, sha256: str, key: Key | None) -> bool:
    """Whether the original still has the bytes of its name; only then it is kept."""
    try:
        with originals.open(sha256) as source, place.new_file(name) as path:
            with path.open("wb") as target:
                digest = write(source, target, key)
            if digest.sha256 != sha256:
                raise _NotItsHash
    except (PhotoMissing, _NotItsHash):
        return False
    return True


def _finish(place: Place, begun: str, name: str, manifest: Manifest) -> None:
    """The manifest last, and its digest after it: then all the rest is there."""
    text = manifest.model_dump_json(indent=1)
    _write_text(place, f"{begun}/{MANIFEST}", text)
    _write_text(place, f"{begun}/{DIGEST}", f"{hashlib.sha256(text.encode()).hexdigest()}  {MANIFEST}\n")
    place.finish(begun, name)
    with suppress(OSError):
        last_backup.note(manifest.created_at)
