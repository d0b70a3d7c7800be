"""Restoring a backup: refused in words before anything is touched, or done whole."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app

from .. import config
from ..core.paths import data_folder
from ..core.schema_version import bring_up_to_date
from ..photos.queries import store
from . import databases
from .databases import Database
from .encryption import Key
from .faults import BackupFault
from .manifest import SECRET_KEY, Backup, demand_key
from .places import demand_room
from .verification import damages, plain_bytes, plain_database

NAMED = 5


def restore(backup: Backup, key: Key | None) -> None:
    """Restore into an empty database and data folder, and bring the tables up to this release. Raises BackupFault.

    Every file is opened before the first is written. The database comes last: what is interrupted is done again.
    """
    database = databases.running()
    demand_key(backup, key)
    _demand_known(backup)
    _demand_kind(backup, database)
    if not database.is_empty():
        raise BackupFault(
            "this database is in use: a backup is restored only into an empty one. Name another data folder"
            " (XUNCHA_DATA) or database (DATABASE_URL), or go back with `flask upgrade --undo`"
        )
    _demand_room(backup)
    demand_sound(backup, key)
    for sha256, _size in backup.photos():
        restore_photo(backup, sha256, key)
    _put_secret_key(backup, key)
    put_database(backup, key, database)
    bring_up_to_date()


def put_database(backup: Backup, key: Key | None, database: Database) -> None:
    """Put the copy in the place of what stands in the database, and compare it with the manifest."""
    with plain_database(backup, key) as copy:
        database.fill(copy)
    found = database.facts()
    if (found.counts, found.revision) != (backup.manifest.counts, backup.manifest.revision):
        raise BackupFault(
            "what was restored is not what the manifest tells: do not use it, and tell the maintainers"
        )


def restore_photo(backup: Backup, sha256: str, key: Key | None) -> None:
    """Put one photo back in the place of a missing or damaged one. Raises BackupFault."""
    photos = store()
    if photos.verify(sha256) and photos.damage(sha256) is None:
        return
    photos.put(plain_bytes(backup, backup.photo(sha256), sha256, key), sha256=sha256)
    photos.drop_derivatives(sha256)


def mend(backup: Backup, wanted: Iterable[str], key: Key | None) -> list[str]:
    """Put photos back; the hashes of those that the backup does not hold."""
    demand_key(backup, key)
    held = {sha256 for sha256, _size in backup.photos()}
    lacking = []
    for sha256 in wanted:
        if sha256 in held:
            restore_photo(backup, sha256, key)
        else:
            lacking.append(sha256)
    return lacking


def demand_sound(backup: Backup, key: Key | None) -> None:
    """Open every file. Raises BackupFault, which names what is damaged."""
    found = list(damages(backup, key))
    if found:
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise BackupFault(f"the backup is damaged: {'; '.join(found[:NAMED])}{more}")


def _demand_known(backup: Backup) -> None:
    """A revision that this release does not know was made by a newer one."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    try:
        script.get_revision(backup.manifest.revision)
    except CommandError:
        raise BackupFault(
            f"the backup is of a newer release ({backup.manifest.version}, tables {backup.manifest.revision}):"
            " install that release or a later one, then restore"
        ) from None


def _demand_kind(backup: Backup, database: Database) -> None:
    if backup.manifest.database != database.kind:
        raise BackupFault(
            f"the backup is of {backup.manifest.database} and DATABASE_URL names {database.kind}:"
            " restore it on the kind of database that it was made of"
        )


def _demand_room(backup: Backup) -> None:
    what = backup.manifest
    demand_room(data_folder(), what.photo_bytes + sum(file.size for file in what.files))


def _put_secret_key(backup: Backup, key: Key | None) -> None:
    """The key that signs sessions and links of notices, unless the environment gives one."""
    names = {file.name for file in backup.manifest.files}
    if config.read("SECRET_KEY") or SECRET_KEY not in names:
        return
    content = plain_bytes(backup, backup.path(SECRET_KEY), backup.file(SECRET_KEY).sha256, key)
    _replace(data_folder() / SECRET_KEY, content)


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
