"""A phone says what waits on it; the office sees what waits too long, and may settle it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.core.db import db
from xuncha.sync.models import DeviceReport

Browser = Callable[[str], House]
DEVICE = "7f3c9e2a-aaaa-4bbb-8ccc-000000000001"


def beat(browser: House, **more: Any) -> Any:
    said = {"device": DEVICE, "unsent": 0, "drafts": 0, **more}
    return browser.post("/sync/heartbeat", json=said)


def reports() -> list[DeviceReport]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(DeviceReport)))


def test_the_newest_report_of_a_phone_is_kept(app: Flask, as_user: Browser) -> None:
    wang = as_user("wang")
    old = (cast.NOW - timedelta(days=3)).isoformat()
    assert beat(wang, unsent=2, oldest=old).status_code == 200
    assert beat(wang, unsent=1, oldest=old).status_code == 200
    (report,) = reports()
    assert (report.unsent, report.oldest_at) == (1, cast.NOW - timedelta(days=3))


@pytest.mark.parametrize("who", ["admin", "leader", "lin"])
def test_the_office_sees_what_waits_more_than_two_days(app: Flask, as_user: Browser, who: str) -> None:
    beat(as_user("wang"), unsent=1, oldest=(cast.NOW - timedelta(days=3)).isoformat())
    beat(as_user("zhao"), unsent=1, oldest=(cast.NOW - timedelta(days=1)).isoformat())
    text = as_user(who).text("/enterprises/load")
    part = text.partition("手机上待传的检查")[2].partition("监管员负荷")[0]
    assert "王监管" in part
    assert "赵同事" not in part


def test_what_arrived_is_no_longer_shown(app: Flask, as_user: Browser) -> None:
    wang = as_user("wang")
    beat(wang, unsent=1, oldest=(cast.NOW - timedelta(days=3)).isoformat())
    beat(wang, unsent=0)
    assert "手机上待传的检查" not in as_user("admin").text("/enterprises/load")


def test_a_lost_phone_is_settled_by_the_office_and_by_nobody_foreign(app: Flask, as_user: Browser) -> None:
    beat(as_user("wang"), unsent=1, oldest=(cast.NOW - timedelta(days=3)).isoformat())
    number = reports()[0].id
    db.session.rollback()
    assert as_user("chen").post(f"/phones/{number}/settle").status_code in {403, 404}
    assert as_user("admin").post(f"/phones/{number}/settle").status_code == 302
    assert reports() == []


@pytest.mark.parametrize(
    "said", [{"unsent": -1}, {"unsent": "many"}, {"device": "x"}, {"oldest": "yesterday"}, {"more": 1}]
)
def test_nonsense_is_refused_in_words(app: Flask, as_user: Browser, said: dict[str, Any]) -> None:
    answer = beat(as_user("wang"), **said)
    assert answer.status_code == 422
    assert answer.get_json()["message"]
    assert reports() == []
