"""Upgrading in one step that can be taken back: back up, open the backup, migrate, examine; and going back to the backup."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from .. import doctor
from ..core import maintenance
from ..core.db import db
from ..core.paths import data_folder
from ..core.schema_version import bring_up_to_date, revisions
from . import databases, manifest
from .backup import take
from .databases import Facts
from .encryption import Key
from .faults import BackupFault
from .manifest import Backup
from .places import Place
from .restoration import demand_sound, put_database

LAST = "last-upgrade.json"
REST_S = 2.0  # a request that was begun before the first refusal ends within this time
ONLY_ADDED = ("checks", "hazards", "hazard_events", "photos", "history")


@dataclass(frozen=True)
class Upgrade:
    """What the last upgrade did: the backup made before it, and the revisions before and after."""

    backup: str
    before: str
    after: str


@dataclass(frozen=True)
class Undone:
    """What going back did: the backup that stands again, and the one that was made of what it replaced."""

    restored: Backup
    replaced: Backup


@contextmanager
def _nobody_else() -> Iterator[None]:
    try:
        with maintenance.held():
            yield
    except maintenance.Running:
        raise BackupFault("another upgrade is under way") from None


def upgrade(place: Place, key: Key | None, *, now: datetime) -> Upgrade:
    """Back up into `place`, migrate and examine; where anything fails, the database stands as it was.

    Requests are sent away from the beginning, and until the server of the new release starts.
    """
    demand_opening_key(key)
    with _nobody_else():
        try:
            time.sleep(REST_S)
            made = take(place, key=key, now=now)
            demand_sound(made, key)
        except BaseException:
            maintenance.mark().unlink(missing_ok=True)
            raise
        try:
            bring_up_to_date()
            _demand_healthy()
        except (Exception, SystemExit) as problem:
            db.session.remove()
            put_database(made, key, databases.running())
            maintenance.mark().unlink(missing_ok=True)
            raise BackupFault(
                f"the upgrade failed, and the database stands as it was: put the former release back. {problem}"
            ) from None
        done = Upgrade(_address(made.place, made.name), made.manifest.revision, str(revisions()[0]))
        db.session.remove()
        (data_folder() / LAST).write_text(json.dumps(asdict(done)))
    return done


def undo(key: Key | None, *, lose_newer: bool, now: datetime) -> Undone:
    """Put the backup made before the last upgrade back. Raises BackupFault.

    What stands now is backed up first, since whatever was filed after the upgrade is not in the older backup.
    """
    made = manifest.find(_last().backup)
    manifest.demand_key(made, key)
    database = databases.running()
    if made.manifest.database != database.kind:
        raise BackupFault(f"{made.shown} is of {made.manifest.database}, DATABASE_URL names {database.kind}")
    with _nobody_else():
        try:
            demand_sound(made, key)
            time.sleep(REST_S)
            newer = _added_since(made, database.facts())
            if newer and not lose_newer:
                raise BackupFault(
                    f"since that backup were added: {newer}. Going back takes them out of the database (they stay in a backup"
                    " that is made first, and photos stay): repeat with --lose-newer"
                )
            replaced = take(made.place, key=key, now=now)
        except BaseException:
            maintenance.mark().unlink(missing_ok=True)
            raise
        put_database(made, key, database)
        (data_folder() / LAST).unlink(missing_ok=True)
    return Undone(made, replaced)


def needed_in(place: Place) -> list[str]:
    """The backups of a place that going back needs: no retention deletes them."""
    try:
        last = _last()
    except BackupFault:
        return []
    return [name for name in place.finished() if _address(place, name) == last.backup]


def _address(place: Place, name: str) -> str:
    """Of a backup, whatever folder the command that goes back is run in."""
    here = place.on_disk(name)
    return str(here.resolve()) if here else place.shown(name)


def demand_opening_key(key: Key | None) -> None:
    """An upgrade must be able to read the backup that it makes. Raises BackupFault."""
    if key is not None and key.secret is None:
        raise BackupFault("an upgrade opens the backup that it makes: give the key file with the secret key")


def _last() -> Upgrade:
    try:
        return Upgrade(**json.loads((data_folder() / LAST).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        raise BackupFault("no upgrade is noted here that could be taken back") from None


def _added_since(made: Backup, found: Facts) -> str:
    added = {name: found.counts.get(name, 0) - made.manifest.counts.get(name, 0) for name in ONLY_ADDED}
    return ", ".join(f"{count} {name}" for name, count in added.items() if count > 0)


def _demand_healthy() -> None:
    faults = [f"{one.what}: {one.value}" for one in doctor.findings(doctor.AFTER_MIGRATING) if one.fault]
    db.session.remove()
    if faults:
        raise BackupFault("; ".join(faults))
