"""The trends of readings of an enterprise: every reading once, of checks that count, within the limits of its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from tests import cast
from tests.checklists.drafts import measured
from tests.checks.filings import filing, measured_visit
from tests.house import House
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.stats.readings import trends

DAY = timedelta(days=1)


def test_readings_are_told_by_visit_and_a_corrected_one_by_its_correction(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], as_user: Callable[[str], House]
) -> None:
    measured("HAZ", cast.NOW - 9 * DAY)
    wang, huaxin = user("wang"), site("huaxin")
    told = [("0.45", ""), ("0.29", "当场校准"), ("0.50", "")]
    raws = []
    for ago, (reading, reason) in zip((6, 4, 2), told, strict=True):
        then = cast.NOW - ago * DAY
        raw = measured_visit(huaxin, None, reading=reading, reading_reason=reason)
        moments = {"started_at": then.isoformat(), "finished_at": (then + DAY / 48).isoformat()}
        raws.append(raw | moments)
        file_check(filing(raws[-1]), actor=wang, now=then + DAY / 24)
    corrected = measured_visit(huaxin, None, reading="0.55") | {
        "replaces": raws[2]["uuid"],
        "correction_reason": "笔误",
        "started_at": raws[2]["started_at"],
        "finished_at": raws[2]["finished_at"],
    }
    file_check(filing(corrected), actor=wang, now=cast.NOW)
    db.session.commit()
    [trend] = trends(huaxin, local_day(cast.NOW))
    assert [(one.text, one.outside, one.reason) for one in trend.readings] == [
        ("0.45", False, ""),
        ("0.29", True, "当场校准"),
        ("0.55", False, ""),
    ]
    assert trends(site("lifeng"), local_day(cast.NOW)) == []
    heights = {reading.text: y for _x, y, reading in trend.points}
    assert heights["0.29"] > trend.height("0.30") > heights["0.45"] > heights["0.55"] > trend.height("0.60")
    number = huaxin.id
    db.session.rollback()
    browser = as_user("leader")
    page = browser.text(f"/enterprises/{number}/readings")
    assert all(words in page for words in ("0.45 MPa", "0.29 MPa", "0.55 MPa", "当场校准"))
    assert "0.50 MPa" not in page
    assert "0.55 MPa" in browser.text(f"/enterprises/{number}/profile")
