"""What a backup consists of: its manifest, the list of its photos, and where both stand in a folder of backups.

DIR/20261129T203400Z/manifest.json         what it holds, with the SHA-256 of every file
DIR/20261129T203400Z/manifest.json.sha256  the digest of the manifest
DIR/20261129T203400Z/database              a copy of SQLite's file, or pg_dump's custom format
DIR/20261129T203400Z/secret-key, photos.txt
DIR/photos/ab/cd/abcd…                     photos by hash, shared by all backups (photos-… where encrypted)
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from .encryption import Key
from .faults import BackupFault

FORMAT = 1
MANIFEST, DIGEST, PHOTOS = "manifest.json", "manifest.json.sha256", "photos.txt"
DATABASE, SECRET_KEY = "database", "secret-key"
PARTIAL = ".partial"
_NAME = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


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
    """A whole backup on disk."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The moment at which it was made, as its folder is named."""
        return self.folder.name

    def file(self, name: str) -> StoredFile:
        """One of its files by name. Raises BackupFault where the manifest names none."""
        found = next((one for one in self.manifest.files if one.name == name), None)
        if found is None:
            raise BackupFault(f"{self.folder / MANIFEST} names no file {name}")
        return found

    def photos(self) -> list[tuple[str, int]]:
        """SHA-256 and size of each photo."""
        rows = [line.split() for line in (self.folder / PHOTOS).read_text("ascii").splitlines()]
        return [(sha256, int(size)) for sha256, size in rows]

    def place(self, sha256: str) -> Path:
        """Where a photo stands."""
        return place_of(self.folder.parent, sha256, self.manifest.recipient)


def place_of(folder: Path, sha256: str, recipient: str | None) -> Path:
    """Where a photo stands among backups; what is encrypted for another key is another file."""
    suffix = f"-{hashlib.sha256(recipient.encode()).hexdigest()[:12]}" if recipient else ""
    return folder / f"photos{suffix}" / sha256[:2] / sha256[2:4] / sha256


def name_of(moment: datetime) -> str:
    """The name of the folder of a backup made at a moment (UTC)."""
    return f"{moment:%Y%m%dT%H%M%SZ}"


def names(folder: Path) -> list[str]:
    """The names of the finished backups in a folder, the oldest first."""
    return sorted(one.name for one in folder.glob("*Z") if _NAME.fullmatch(one.name) and one.is_dir())


def find(folder: Path) -> Backup:
    """The backup in this folder, or the newest of those in it. Raises BackupFault where there is none."""
    if (folder / MANIFEST).is_file():
        return _read(folder)
    if _NAME.fullmatch(folder.name) and folder.is_dir():
        raise BackupFault(f"{folder} has no {MANIFEST}: it is half a backup; take another one")
    found = names(folder)
    if found:
        return find(folder / found[-1])
    if folder.is_dir() and any(one.name.endswith(PARTIAL) for one in folder.iterdir()):
        raise BackupFault(f"{folder} holds only half a backup, one that was interrupted")
    raise BackupFault(f"{folder} holds no backup")


def _read(folder: Path) -> Backup:
    text = (folder / MANIFEST).read_bytes()
    noted = folder / DIGEST
    if not noted.is_file() or noted.read_bytes()[:64] != hashlib.sha256(text).hexdigest().encode():
        raise BackupFault(f"{folder / MANIFEST} does not fit {DIGEST}: it was changed or damaged")
    try:
        made_by = json.loads(text)
        if int(made_by["format"]) > FORMAT:
            raise BackupFault(
                f"{folder} was made by a newer release ({made_by.get('version')}); restore it with that one"
            )
        return Backup(folder, Manifest.model_validate_json(text))
    except (ValueError, KeyError, TypeError, ValidationError):
        raise BackupFault(f"{folder / MANIFEST} cannot be read") from None


def demand_key(backup: Backup, key: Key | None) -> None:
    """Whether this key opens the backup. Raises BackupFault."""
    recipient = backup.manifest.recipient
    if recipient is None:
        if key is not None:
            raise BackupFault(f"{backup.folder} is not encrypted: leave --key-file out")
        return
    if key is None:
        raise BackupFault(f"{backup.folder} is encrypted for {recipient}: give its key with --key-file")
    if key.recipient != recipient:
        raise BackupFault(f"this is not its key: {backup.folder} is encrypted for {recipient}")
    if key.secret is None:
        raise BackupFault("the key file holds only the public key, which opens nothing; give the secret one")
