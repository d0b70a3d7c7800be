"""Passwords: Argon2id (OWASP: 19 MiB, t=2, p=1), length and a list of the commonest instead of composition (NIST 800-63B-4)."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..core.errors import Refused
from ..core.labels import N_

MINIMUM = 15
MAXIMUM = 128
PRODUCT_WORDS = ("xuncha", "巡查", "safety", "安全生产", "password")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A storm of sign-ins must not take the machine's memory: each hash needs 19 MiB.
_slots = BoundedSemaphore(4)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The stored form of a password."""
    with _slots:
        return _hasher.hash(_normal(password))


def matches(stored: str, password: str) -> bool:
    """Whether a password is the stored one."""
    with _slots:
        try:
            return _hasher.verify(stored, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether a stored hash was made with weaker settings."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def nobody() -> str:
    """A hash to compare with when the name is unknown, so that both answers take the same time."""
    return _hasher.hash(secrets.token_hex(16))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def demand_good(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raise Refused unless the password is long enough and not easily guessed; `about` are names of the person."""
    text = _normal(password)
    if len(text) < MINIMUM:
        raise Refused(
            N_("Use at least %(least)s characters; a sentence is easy to remember."),
            field="password",
            least=MINIMUM,
        )
    if len(text) > MAXIMUM:
        raise Refused(N_("Use at most %(most)s characters."), field="password", most=MAXIMUM)
    folded = text.casefold().replace(" ", "")
    rest = folded
    for word in (*PRODUCT_WORDS, *(name.casefold() for name in about if len(name) > 1)):
        rest = rest.replace(word, "")
    core = rest.strip("0123456789")
    guessable = folded in _common() or core in _common() or (rest != folded and not core)
    if guessable or len(set(folded)) < 5 or len(rest) < MINIMUM // 2:
        raise Refused(
            N_("This password is too easy to guess. Use words that do not belong together."), field="password"
        )


def random_password() -> str:
    """A first password to hand over once."""
    return "-".join(secrets.token_hex(2) for _ in range(4))
