"""What checks cost is counted without a name, and told to the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.checks.filings import filing, visit
from tests.house import House

from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.sync.models import VisitBurden

Browser = Callable[[str], House]
DEVICE = "7f3c9e2a-aaaa-4bbb-8ccc-000000000001"
LEFT = "0f3c9e2a-aaaa-4bbb-8ccc-00000000000a"


def cost(uuid: str | UUID, minutes: int, taps: int, left: bool = False) -> dict[str, Any]:
    return {"uuid": str(uuid), "minutes": minutes, "taps": taps, "left": left}


def tell(browser: House, *visits: dict[str, Any]) -> int:
    return browser.post(
        "/sync/heartbeat", json={"device": DEVICE, "unsent": 0, "visits": list(visits)}
    ).status_code


def rows() -> list[tuple[str, bool, int, int]]:
    db.session.rollback()
    query = sa.select(VisitBurden.uuid, VisitBurden.abandoned, VisitBurden.minutes, VisitBurden.taps)
    return [tuple(row) for row in db.session.execute(query.order_by(VisitBurden.id))]


def test_a_visit_is_counted_once_however_often_it_is_told(app: Flask, as_user: Browser) -> None:
    wang = as_user("wang")
    assert [tell(wang, cost(LEFT, 20, 31)), tell(wang, cost(LEFT, 99, 99)), tell(wang)] == [200] * 3
    assert rows() == [(LEFT, False, 20, 31)]


def test_the_row_names_nobody(app: Flask) -> None:
    names = {column.name for column in VisitBurden.__table__.columns}
    assert names == {"id", "uuid", "abandoned", "minutes", "taps", "counted_on"}


def test_a_visit_that_was_left_and_filed_later_is_a_filed_one(
    app: Flask, as_user: Browser, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    raw = visit(site("huaxin"))
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    db.session.commit()
    wang = as_user("wang")
    tell(wang, cost(raw["uuid"], 2, 3, left=True), cost(LEFT, 1, 2, left=True))
    tell(wang, cost(raw["uuid"], 9, 8))
    assert len(rows()) == 3
    text = as_user("admin").text("/burden")
    month = cast.NOW.strftime("%Y-%m")
    # One filed, too few for a median; one left.
    line = text.partition(f"{month} ")[2][:60].split()
    assert line[0] == "1" and line[-1:] != [] and "1" in line[1:]


def test_medians_are_shown_from_five_checks_on(app: Flask, as_user: Browser) -> None:
    wang, admin = as_user("wang"), as_user("auditor")
    admin.post("/language", data={"lang": "en"})
    month = cast.NOW.strftime("%Y-%m")
    for minutes, taps in ((10, 40), (12, 44), (90, 400), (14, 48)):
        tell(wang, cost(uuid4(), minutes, taps))
    assert f"{month} 4 too few too few 0" in admin.text("/burden")
    tell(wang, cost(uuid4(), 11, 60))
    # 10, 11, 12, 14, 90 and 40, 44, 48, 60, 400
    assert f"{month} 5 12 48 0" in admin.text("/burden")


def test_months_of_a_year_ago_are_gone(app: Flask, as_user: Browser) -> None:
    tell(as_user("wang"), cost(LEFT, 20, 31))
    with time_machine.travel(cast.NOW + timedelta(days=400)):
        assert cast.NOW.strftime("%Y-%m") not in as_user("leader").text("/burden")


def test_fields_that_nobody_fills_are_told(
    app: Flask, as_user: Browser, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    for code, owner, summary in (("huaxin", "wang", "看过"), ("lifeng", "zhao", "")):
        raw = visit(site(code), summary=summary, entry_code="")
        file_check(filing(raw), actor=user(owner), now=cast.NOW)
    db.session.commit()
    admin = as_user("admin")
    admin.post("/language", data={"lang": "en"})
    text = admin.text("/burden")
    assert "Entry code, if scanned 0 of 2" in text and "Summary 1 of 2 50.0%" in text
    assert text.index("Entry code, if scanned") < text.index("Summary 1 of 2")
    assert "Nobody fills it" in text
    # Content stays where it is.
    assert "看过" not in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"uuid": "x", "minutes": 1, "taps": 1, "left": False},
        {"uuid": LEFT, "minutes": -1, "taps": 1, "left": False},
        {"uuid": LEFT, "minutes": 1, "taps": 1, "left": False, "user": 3},
        {"uuid": LEFT, "minutes": 10**9, "taps": 1, "left": False},
    ],
)
def test_what_is_no_count_is_refused_whole(app: Flask, as_user: Browser, wrong: dict[str, Any]) -> None:
    wang = as_user("wang")
    assert tell(wang, wrong) == 422
    assert tell(wang, *[cost(uuid4(), 1, 1)] * 101) == 422
    assert rows() == []


@pytest.mark.parametrize("who", ["lin", "wang", "expert", "officer"])
def test_only_who_reads_all_sees_the_burden(app: Flask, as_user: Browser, who: str) -> None:
    assert as_user(who).get("/burden").status_code == 403
