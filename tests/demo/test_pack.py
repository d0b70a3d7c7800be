"""A supervisor's pack on the day on which it is largest: when a half-month begins, all its tasks are open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests.demo.test_demo_zone import zone
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.enterprises.models import Site

__all__ = ["zone"]

FIRST = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
MOST = 5_000_000


def busiest() -> int:
    """The supervisor with the most sites."""
    query = sa.select(User.id).join(Site, Site.supervisor_id == User.id).where(User.role == Role.SUPERVISOR)
    number = db.session.scalars(query.group_by(User.id).order_by(sa.func.count().desc())).first()
    assert number is not None
    return number


@pytest.mark.timeout(600)
def test_a_pack_is_at_most_five_megabytes_unpacked(zone: Flask) -> None:
    with time_machine.travel(FIRST, tick=True), zone.app_context():
        browser = zone.test_client()
        assert isinstance(browser, House)
        browser.sign_in(busiest())
        pack = browser.get("/sync/pack").json
        assert pack is not None
        kinds = [entry["kind"] for entry in pack["entries"]]
        sizes = {}
        for url in [*(entry["url"] for entry in pack["entries"]), *pack["thumbs"]]:
            answer = browser.get(url, headers={"X-Pack": "1"})
            assert answer.status_code == 200, url
            sizes[url] = len(answer.data)
        assert kinds.count("check") >= 39
        assert sum(sizes.values()) <= MOST
