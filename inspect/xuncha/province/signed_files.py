"""Files that carry editions and figures between installations: one line that proves who made the rest, then the content.

The signature (Ed25519) covers every byte behind its line; the line holds nothing that could be written in two ways.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ..core.db import db
from ..core.paths import data_folder
from .models import Content, Partner
from .transfers import canonical

KEY_FILE = "exchange-key"
MARK = b"xuncha-exchange-1"
LINE = re.compile(MARK + rb" (?P<signer>[0-9a-f]{64}) (?P<signature>[0-9a-f]{128})")
LARGEST = 64 << 20


class ExchangeFault(Exception):
    """A file that is not taken; the sentence says why, and nothing was touched."""


@dataclass(frozen=True)
class Opened:
    """What a believed file holds, and from whom it is."""

    partner: str
    kind: Content
    number: int
    content: dict[str, Any]


def own_key() -> Ed25519PrivateKey:
    """The key of this zone, made when first asked for; only its owner may read its file."""
    path = data_folder() / KEY_FILE
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
    except FileExistsError:
        pass
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))
    except ValueError:
        raise ExchangeFault(f"{path} holds no key; put it back from a backup of the data folder") from None


def public_key() -> str:
    """What the other side registers to believe the files of this zone."""
    return own_key().public_key().public_bytes_raw().hex()


def write(kind: Content, to: Partner, number: int, content: dict[str, Any]) -> bytes:
    """The bytes of a file for one partner, who alone takes it."""
    told = {"kind": kind.value, "to": to.public_key, "number": number, "content": content}
    body = canonical(told).encode()
    signature = own_key().sign(MARK + b"\n" + body).hex()
    return MARK + f" {public_key()} {signature}\n".encode() + body


def read(data: bytes) -> Opened:
    """What a file holds. Raises ExchangeFault unless it is whole, of a partner and for this zone."""
    line, _end, body = data.partition(b"\n")
    found = LINE.fullmatch(line)
    if found is None:
        raise ExchangeFault("this is no exchange file, or its first line was changed")
    signer = found["signer"].decode()
    partner = db.session.scalar(sa.select(Partner).where(Partner.public_key == signer))
    if partner is None:
        raise ExchangeFault(
            f"the signer {signer} is not known here: flask exchange trust NAME KEY, after comparing the key"
        )
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer))
        key.verify(bytes.fromhex(found["signature"].decode()), MARK + b"\n" + body)
    except (InvalidSignature, ValueError):
        raise ExchangeFault(f"the file was changed after {partner.key} signed it") from None
    told = json.loads(body)
    if told["to"] != public_key():
        raise ExchangeFault("this file was made for another zone")
    return Opened(partner.key, Content(told["kind"]), int(told["number"]), told["content"])


def read_path(path: Path) -> bytes:
    """The bytes of a file. Raises ExchangeFault."""
    try:
        if path.stat().st_size > LARGEST:
            raise ExchangeFault(f"{path} is larger than {LARGEST >> 20} MB: no exchange file is")
        return path.read_bytes()
    except OSError as problem:
        raise ExchangeFault(f"{path}: {problem.strerror}") from None
