"""Patrols proposed from the calendar: before, during and after a holiday; taken or put aside, never proposed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.house import House
from xuncha.campaigns.holiday_patrols import Phase, proposals
from xuncha.campaigns.models import Campaign, CampaignKind
from xuncha.core.db import db
from xuncha.schedule.loading import load_calendar

BEFORE = "/campaigns/proposals/2026"
# 国庆 2026: off from 1 to 7 October; a day of September looks 45 days ahead.
DAY = date(2026, 9, 5)


@pytest.fixture(autouse=True)
def september(app: Flask) -> Iterator[None]:
    """The shipped calendar, on a day before the autumn holidays."""
    with time_machine.travel("2026-09-05T02:00:00Z"):
        load_calendar()
        db.session.commit()
        yield


def test_a_holiday_has_three_patrols_with_their_days(app: object) -> None:
    national = [one for one in proposals(DAY) if one.holiday_on == date(2026, 10, 1)]
    assert [(one.phase, one.starts_on, one.ends_on) for one in national] == [
        (Phase.BEFORE, date(2026, 9, 21), date(2026, 9, 30)),
        (Phase.DURING, date(2026, 10, 1), date(2026, 10, 7)),
        (Phase.AFTER, date(2026, 10, 8), date(2026, 10, 14)),
    ]
    assert {one.holiday_on for one in proposals(date(2026, 8, 1))} == set(), "farther than 45 days"
    assert [one.phase for one in proposals(date(2026, 10, 8)) if one.holiday_on.month == 10] == [Phase.AFTER]


def test_holidays_that_are_not_announced_here_are_asked_for(as_user: Callable[[str], House]) -> None:
    told = "2027年节假日安排未公布"
    assert told not in as_user("admin").get("/campaigns").text
    with time_machine.travel("2026-12-01T02:00:00Z"):
        assert proposals(date(2026, 12, 1)) == []
        page = as_user("admin").get("/campaigns").text
        assert told in page and "/schedule/calendar?year=2027" in page
        assert told not in as_user("leader").get("/campaigns").text, "who sets up no campaigns"


def test_what_is_decided_is_not_proposed_again(as_user: Callable[[str], House]) -> None:
    office = as_user("admin")
    taken = {"holiday": "2026-10-01", "phase": "before"}
    assert as_user("leader").post(f"{BEFORE}/take", data=taken).status_code == 403
    assert office.post(f"{BEFORE}/take", data=taken).status_code == 302
    campaign = db.session.scalars(sa.select(Campaign)).one()
    assert (campaign.kind, campaign.starts_on, campaign.ends_on) == (
        CampaignKind.HOLIDAY,
        date(2026, 9, 21),
        date(2026, 9, 30),
    )
    assert "HOL" in campaign.basis and "2026" in campaign.name
    db.session.rollback()
    assert office.post(f"{BEFORE}/take", data=taken).status_code == 409
    left = {"holiday": "2026-10-01", "phase": "after"}
    assert office.post(f"{BEFORE}/leave", data=left).status_code == 302
    assert len(db.session.scalars(sa.select(Campaign)).all()) == 1
    open_ones = [one.phase for one in proposals(DAY) if one.holiday_on == date(2026, 10, 1)]
    assert open_ones == [Phase.DURING]
    db.session.rollback()
    assert "/campaigns/proposals/2026/take" in office.get("/campaigns").get_data(as_text=True)
    assert "/campaigns/proposals/" not in as_user("wang").get("/campaigns").get_data(as_text=True)
