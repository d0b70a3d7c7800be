"""Encryption of backups in the age format (age-encryption.org/v1), with a key file that the `age` tool reads as well."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .faults import BackupFault

SECRET, PUBLIC = "AGE-SECRET-KEY-", "age1"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Key:
    """Whom backups are encrypted for (`recipient`), and the secret part that opens them, where the file holds it."""

    recipient: str
    secret: str | None


def make_key(path: Path) -> Key:
    """Write a new key file that only its owner reads. Raises BackupFault where one is there already."""
    from pyrage import x25519  # loaded when first used: it is needed for encrypted backups only

    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"# public key: {recipient}\n{identity}\n")
    except FileExistsError:
        raise BackupFault(f"{path} is there already; a key file is never overwritten") from None
    return Key(recipient, str(identity))


def read_key(path: Path) -> Key:
    """The key in a file: its first secret key, else its first public one. Raises BackupFault."""
    from pyrage import IdentityError, RecipientError, x25519

    try:
        lines = [line.strip() for line in path.read_text("ascii").splitlines()]
        secret = next((line for line in lines if line.startswith(SECRET)), None)
        if secret:
            return Key(str(x25519.Identity.from_str(secret).to_public()), secret)
        public = next((line for line in lines if line.startswith(PUBLIC)), "")
        return Key(str(x25519.Recipient.from_str(public)), None)
    except (OSError, UnicodeDecodeError, IdentityError, RecipientError):
        raise BackupFault(
            f"{path} is no key file; make one with `flask backup key FILE` or age-keygen"
        ) from None


class Digest:
    """Bytes that go by: hashed, counted, and passed on where there is somebody to pass them to."""

    def __init__(self, target: IO[bytes] | None = None) -> None:
        self._hash, self._target = hashlib.sha256(), target
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._hash.update(data)
        self.size += len(data)
        if self._target is not None:
            self._target.write(data)
        return len(data)

    def flush(self) -> None:
        """Pass on what is held back."""
        if self._target is not None:
            self._target.flush()

    @property
    def sha256(self) -> str:
        """The hash of all bytes so far, in hex."""
        return self._hash.hexdigest()


class _Hashed:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, source: IO[bytes], digest: Digest) -> None:
        self._source, self._digest = source, digest

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._digest.write(data)
        return data


def write(source: IO[bytes], target: IO[bytes], key: Key | None) -> Digest:
    """Copy a file into a backup, encrypted where there is a key; the digest of its plain bytes."""
    digest = Digest()
    plain: Any = _Hashed(source, digest)
    if key is None:
        while chunk := plain.read(CHUNK):
            target.write(chunk)
    else:
        from pyrage import encrypt_io, x25519

        encrypt_io(plain, target, [x25519.Recipient.from_str(key.recipient)])
    return digest


def read(source: IO[bytes], key: Key | None, target: IO[bytes] | None = None) -> Digest:
    """Read a file of a backup to its end, decrypted where there is a key. Raises BackupFault when a byte was changed."""
    digest: Any = Digest(target)
    if key is None:
        while chunk := source.read(CHUNK):
            digest.write(chunk)
        return digest
    from pyrage import DecryptError, decrypt_io, x25519

    try:
        decrypt_io(source, digest, [x25519.Identity.from_str(key.secret)])
    except (DecryptError, OSError) as problem:
        raise BackupFault(f"cannot be decrypted: {problem}") from None
    return digest
