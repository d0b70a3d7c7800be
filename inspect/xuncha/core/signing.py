"""The secret keys of the installation: the present one signs, former ones are still believed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app
from itsdangerous import URLSafeSerializer

# What is typed from paper: digits that base 32 lacks stand for the letters that look like them.
_TYPED = str.maketrans({"0": "o", "1": "l", "8": "b", "-": None, " ": None})


def as_typed(code: str) -> str:
    """A code in small base 32 as it was printed, whatever was typed from paper."""
    return code.lower().translate(_TYPED)


def secret_keys() -> Iterator[str]:
    """The present key, then the former ones (SECRET_KEY_OLD)."""
    yield str(current_app.config["SECRET_KEY"])
    yield from current_app.config["SECRET_KEY_FALLBACKS"]


def serializer(purpose: str) -> URLSafeSerializer:
    """Signs values for one purpose; what was signed for another is not believed."""
    return URLSafeSerializer(list(reversed(list(secret_keys()))), salt=purpose)  # the last one signs


def cipher(purpose: str) -> MultiFernet:
    """Encrypts what the database must keep and a copy of it must not tell; former keys still decrypt."""
    keys = (hashlib.sha256(f"{purpose} {key}".encode()).digest() for key in secret_keys())
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
