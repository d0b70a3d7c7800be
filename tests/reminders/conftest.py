"""A receiver for each test, and a zone in which something waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from tests.hazards.builders import NOW, issued
from tests.house import House
from tests.reminders.receivers import HttpReceiver

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.schedule.actions import open_month

SetChannel = Callable[..., int]


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    """A receiver that listens."""
    made = HttpReceiver()
    yield made
    made.stop()


@pytest.fixture
def work(app: Flask) -> str:
    """Tasks of the month, and a hazard of Huaxin under notice; its number."""
    open_month(2026, 11, actor=None, now=NOW)
    db.session.commit()
    return issued().number


@pytest.fixture
def set_channel(as_user: Callable[[str], House], user: Callable[[str], User]) -> SetChannel:
    """The office sets the channel of a person, or of a group by its value; the answer's status."""

    def post(whom: str, address: str) -> int:
        known = whom.startswith("team:") or whom == "managers"
        audience = whom if known else f"user:{user(whom).id}"
        db.session.rollback()
        data = {"audience": audience, "address": address}
        return as_user("admin").post("/reminders", data=data).status_code

    return post
