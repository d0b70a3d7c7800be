"""What a backup consists of: its manifest, the list of its photos, and where both stand in a folder or bucket of backups.

DIR/20261129T203400Z/manifest.json         what it holds, with the SHA-256 of every file
DIR/20261129T203400Z/manifest.json.sha256  the digest of the manifest
DIR/20261129T203400Z/database              a copy of SQLite's file, or pg_dump's custom format
DIR/20261129T203400Z/secret-key, photos.txt
DIR/photos/ab/cd/abcd…                     photos by hash, shared by all backups (photos-… where encrypted)
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from .encryption import Key
from .faults import BackupFault
from .places import DIGEST, MANIFEST, NAME, Place, place_at, split

FORMAT = 1
PHOTOS = "photos.txt"
DATABASE, SECRET_KEY = "database", "secret-key"


class Outcome(StrEnum):
    """How a backup ended; one that was interrupted or failed has no manifest."""

    WHOLE = "whole"
    PHOTOS_LACKING = "photos lacking"


class StoredFile(BaseModel):
    """A file of a backup: digest and size of its plain bytes."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    size: int


class Manifest(BaseModel):
    """What stands in manifest.json."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    version: str
    revision: str
    database: str
    created_at: datetime
    outcome: Outcome
    counts: dict[str, int]
    files: tuple[StoredFile, ...]
    photos: int
    photo_bytes: int
    lacking: tuple[str, ...]
    recipient: str | None


@dataclass(frozen=True)
class Backup:
    """A whole backup, in a folder or a bucket."""

    place: Place
    name: str  # the moment at which it was made
    manifest: Manifest

    @property
    def shown(self) -> str:
        """How a person and a command name it."""
        return self.place.shown(self.name)

    def path(self, name: str) -> str:
        """The name in the place of one of its files."""
        return f"{self.name}/{name}"

    def file(self, name: str) -> StoredFile:
        """One of its files by name. Raises BackupFault where the manifest names none."""
        found = next((one for one in self.manifest.files if one.name == name), None)
        if found is None:
            raise BackupFault(f"{self.place.shown(self.path(MANIFEST))} names no file {name}")
        return found

    def photos(self) -> list[tuple[str, int]]:
        """SHA-256 and size of each photo."""
        with self.place.open(self.path(PHOTOS)) as file:
            rows = [line.split() for line in file.read().decode("ascii").splitlines()]
        return [(sha256, int(size)) for sha256, size in rows]

    def photo(self, sha256: str) -> str:
        """The name in the place of a photo."""
        return photo_name(sha256, self.manifest.recipient)


def photo_name(sha256: str, recipient: str | None) -> str:
    """Where a photo stands among backups; what is encrypted for another key is another file."""
    suffix = f"-{hashlib.sha256(recipient.encode()).hexdigest()[:12]}" if recipient else ""
    return f"photos{suffix}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def name_of(moment: datetime) -> str:
    """The name of a backup made at a moment (UTC)."""
    return f"{moment:%Y%m%dT%H%M%SZ}"


def find(address: str) -> Backup:
    """The backup of this address, or the newest of those in it. Raises BackupFault where there is none."""
    above, name = split(address)
    if name and above.has(f"{name}/{MANIFEST}"):
        return read(above, name)
    if NAME.fullmatch(name):
        raise BackupFault(f"{above.shown(name)} has no {MANIFEST}: it is half a backup; take another one")
    place = place_at(address)
    found = place.finished()
    if found:
        return read(place, found[-1])
    if place.halves():
        raise BackupFault(f"{place.shown()} holds only half a backup, one that was interrupted")
    raise BackupFault(f"{place.shown()} holds no backup")


def read(place: Place, name: str) -> Backup:
    """The finished backup of this name. Raises BackupFault."""
    shown = place.shown(f"{name}/{MANIFEST}")
    try:
        with place.open(f"{name}/{MANIFEST}") as file, place.open(f"{name}/{DIGEST}") as digest:
            text, noted = file.read(), digest.read(64)
    except FileNotFoundError:
        raise BackupFault(
            f"{place.shown(name)} lacks {MANIFEST} or {DIGEST}: it is half a backup; take another one"
        ) from None
    if noted != hashlib.sha256(text).hexdigest().encode():
        raise BackupFault(f"{shown} does not fit {DIGEST}: it was changed or damaged")
    try:
        made_by = json.loads(text)
        if int(made_by["format"]) > FORMAT:
            raise BackupFault(
                f"{place.shown(name)} was made by a newer release ({made_by.get('version')}); restore it with that one"
            )
        return Backup(place, name, Manifest.model_validate_json(text))
    except (ValueError, KeyError, TypeError, ValidationError):
        raise BackupFault(f"{shown} cannot be read") from None


def demand_key(backup: Backup, key: Key | None) -> None:
    """Whether this key opens the backup. Raises BackupFault."""
    recipient = backup.manifest.recipient
    if recipient is None:
        if key is not None:
            raise BackupFault(f"{backup.shown} is not encrypted: leave --key-file out")
        return
    if key is None:
        raise BackupFault(f"{backup.shown} is encrypted for {recipient}: give its key with --key-file")
    if key.recipient != recipient:
        raise BackupFault(f"this is not its key: {backup.shown} is encrypted for {recipient}")
    if key.secret is None:
        raise BackupFault("the key file holds only the public key, which opens nothing; give the secret one")
