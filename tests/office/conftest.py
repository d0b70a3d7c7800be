"""A production zone on its first day: tables, checklists, and the one account that the command line made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import upgrade

from tests import cast
from tests.conftest import build, shut_down
from tests.house import House
from xuncha.accounts.models import User
from xuncha.checklists.loading import load_seed
from xuncha.core.access import Role
from xuncha.core.db import db


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Path:
    """Its database file, copied for every test."""
    folder = tmp_path_factory.mktemp("first-day")
    app = build(f"sqlite:///{folder / 'xuncha.db'}", folder)
    with app.app_context():
        upgrade()
        load_seed(now=cast.NOW)
        facts = {"password_hash": password_hash, "created_at": cast.NOW, "lang": "en"}
        db.session.add(User(username="anna", name="安娜", role=Role.OFFICE_ADMIN, **facts))
        db.session.commit()
        db.session.remove()
    shut_down(app)
    return folder / "xuncha.db"


@pytest.fixture
def new_zone(first_day: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on it; the environment sets nothing."""
    copy(first_day, tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    app.config["SETTINGS_GIVEN"].clear()
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def browser_of(new_zone: Flask) -> Callable[[str], House]:
    """A browser signed in as somebody of the new zone, by sign-in name."""

    def signed_in(name: str) -> House:
        made = new_zone.test_client()
        assert isinstance(made, House)
        number = db.session.scalars(sa.select(User.id).where(User.username == name)).one()
        db.session.rollback()
        return made.sign_in(number)

    return signed_in


@pytest.fixture
def join(new_zone: Flask, password_hash: str) -> Callable[[str, Role], int]:
    """Give somebody an account, without a page."""

    def add(name: str, role: Role) -> int:
        facts = {"password_hash": password_hash, "created_at": cast.NOW, "lang": "en"}
        person = User(username=name, name=name, role=role, **facts)
        db.session.add(person)
        db.session.commit()
        return person.id

    return add
