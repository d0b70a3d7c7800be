"""Tasks for the schedule's tests."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast

from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.schedule import actions
from xuncha.schedule.models import Task

FindTask = Callable[[str, date], Task]


@pytest.fixture
def november(app: Flask, site: Callable[[str], Site]) -> FindTask:
    """November 2026 is opened; finds a place's task by the first day of its half-month."""
    actions.open_month(2026, 11, actor=None, now=cast.NOW)
    db.session.commit()

    def find(place: str, start: date = date(2026, 11, 1)) -> Task:
        query = sa.select(Task).where(Task.site_id == site(place).id, Task.window_start == start)
        return db.session.scalars(query).one()

    return find
