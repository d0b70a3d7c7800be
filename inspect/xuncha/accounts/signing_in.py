"""Flask-Login: which user a session belongs to."""

from __future__ import annotations

import time

import sqlalchemy as sa
from flask import Flask, session
from flask_login import LoginManager

from ..core.db import db
from ..core.parsing import read_number
from .models import User

UNTIL = "until"  # in a session that ends by itself: the moment, in seconds
login_manager = LoginManager()
_BY_NUMBER = sa.select(User).where(User.id == sa.bindparam("number"))  # made once: every request asks


@login_manager.user_loader
def load_user(session_id: str) -> User | None:
    """The user of a session; none when the account ended, its sessions were ended since, or it ended by itself."""
    if session.get(UNTIL, float("inf")) < time.time():
        return None
    number, _, version = session_id.partition(".")
    user = db.session.scalar(_BY_NUMBER, {"number": read_number(number) or 0})
    if user is None or not user.active or str(user.session_version) != version:
        return None
    return user


def set_up(app: Flask) -> None:
    """Give the application its sign-in."""
    login_manager.init_app(app)
    login_manager.session_protection = None  # phones change their address on the way into the plant
