"""The secret address of a calendar feed: computed from key, person and salt like a notice's link, so never kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import sqlalchemy as sa

from ..core import signing
from ..core.db import db
from .models import CalendarFeed

TOKEN_LENGTH = 26  # characters of five bits each: 130 bits


def _token(key: str, user_id: int, salt: str) -> str:
    mac = hmac.new(key.encode(), f"calendar feed {user_id} {salt}".encode(), hashlib.sha256)
    return base64.b32encode(mac.digest()).decode()[:TOKEN_LENGTH].lower()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(user_id: int) -> tuple[str, str]:
    """Salt and digest of a new address; the token itself is computed again when it is shown."""
    salt = secrets.token_hex(16)
    return salt, _digest(_token(next(signing.secret_keys()), user_id, salt))


def token_of(feed: CalendarFeed) -> str | None:
    """The token; None where the key that made it is gone."""
    tokens = (_token(key, feed.user_id, feed.salt) for key in signing.secret_keys())
    return next((token for token in tokens if _digest(token) == feed.digest), None)


def opened(token: str) -> CalendarFeed | None:
    """The feed of a token; None for one that was revoked, never was, or whose person may not sign in any more."""
    query = sa.select(CalendarFeed).where(CalendarFeed.digest == _digest(token))
    feed = db.session.scalars(query).one_or_none()
    return feed if feed and feed.revoked_at is None and feed.user.is_active else None
