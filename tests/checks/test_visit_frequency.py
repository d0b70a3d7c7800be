"""Visits by legal mode beside the published cap: a warning before it, a list with a workbook, and never a refusal."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import openpyxl
import pytest

from tests import cast
from tests.checks.filings import filing, visit
from tests.house import House
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import LegalMode, VisitKind
from xuncha.checks.visit_frequency import Reach, Tally, tallies_of
from xuncha.core import settings
from xuncha.core.db import db
from xuncha.enterprises.models import Site

Browser = Callable[[str], House]
Sites = Callable[[str], Site]
People = Callable[[str], User]
YEAR = cast.NOW.year


@pytest.fixture
def visits(site: Sites, user: People) -> Callable[..., None]:
    """File visits of Huaxin, one a day, the last so many days ago."""

    def file(
        count: int, *, ago: int = 1, kind: VisitKind = VisitKind.ROUTINE, mode: str = "zone_check"
    ) -> None:
        for number in range(count):
            one(cast.NOW - timedelta(days=ago + number), kind, mode)

    def one(at: datetime, kind: VisitKind, mode: str) -> None:
        raw = visit(site("huaxin"), kind=kind, now=at, mode=mode) | {"uuid": str(uuid4())}
        file_check(filing(raw), actor=user("wang"), now=at)
        db.session.commit()

    return file


def publish(**caps: int) -> None:
    settings.write({f"cap_{mode}": str(cap) for mode, cap in caps.items()}, actor=None, now=cast.NOW)
    db.session.commit()


def reach(visits: int, cap: int | None) -> Reach:
    return Tally(LegalMode.ZONE_CHECK, YEAR, visits, cap).reach


@pytest.mark.parametrize(
    ("visits", "cap", "expected"),
    [
        (99, None, Reach.BELOW),
        (19, 24, Reach.BELOW),  # 79.2%
        (20, 24, Reach.NEAR),  # 83.3%
        (4, 5, Reach.NEAR),  # just 80%
        (0, 1, Reach.BELOW),
        (24, 24, Reach.REACHED),
        (25, 24, Reach.OVER),
    ],
)
def test_how_near_the_visits_are(visits: int, cap: int | None, expected: Reach) -> None:
    assert reach(visits, cap) is expected


def counted(site: Site) -> dict[str, int]:
    return {one.mode.value: one.visits for one in tallies_of(site, YEAR) if one.visits}


def test_a_day_is_one_visit_and_reinspections_are_not_counted(
    visits: Callable[..., None], site: Sites
) -> None:
    visits(2)
    visits(1)  # the second of that day
    visits(1, ago=3, kind=VisitKind.RECHECK)
    visits(1, ago=4, mode="service")
    visits(1, ago=370)  # of the year before
    assert counted(site("huaxin")) == {"zone_check": 2, "service": 1}


def test_who_starts_a_check_is_warned_and_the_check_is_taken_all_the_same(
    visits: Callable[..., None], site: Sites, as_user: Browser
) -> None:
    visits(4)
    number = site("huaxin").id
    db.session.rollback()
    wang, address = as_user("wang"), f"/checks/new?site={number}"
    words = "4 visits in 2026"
    wang.post("/language", data={"lang": "en"})
    assert words not in wang.text(address)
    publish(zone_check=6)
    assert words not in wang.text(address)  # 4 of 6 is 67%
    publish(zone_check=5)
    assert f"{words} of the published 5" in wang.text(address)
    publish(zone_check=4)
    assert f"{words}, the published cap is 4. One more passes it" in wang.text(address)
    assert words not in wang.text(f"{address}&kind=recheck")
    visits(1, ago=0)
    assert "5 visits in 2026, the published cap is 4" in wang.text(address)


def test_the_list_and_its_workbook_name_those_near_or_over(
    visits: Callable[..., None], site: Sites, as_user: Browser
) -> None:
    visits(3)
    name = cast.PLACES["huaxin"].name
    admin = as_user("admin")
    assert name not in admin.text("/checks/frequency")
    assert name in admin.text("/checks/frequency?show=all")
    publish(zone_check=2)
    assert "3 / 2" in admin.text("/checks/frequency")
    assert name not in admin.text(f"/checks/frequency?year={YEAR - 1}")
    sheet = openpyxl.load_workbook(io.BytesIO(admin.get("/checks/frequency.xlsx").data)).worksheets[0]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == name]
    assert [cell for cell in row if isinstance(cell, int)][:2] == [3, 2]


@pytest.mark.parametrize(("who", "sees"), [("wang", True), ("lin", True), ("chen", False)])
def test_each_sees_the_own_sites(visits: Callable[..., None], as_user: Browser, who: str, sees: bool) -> None:
    visits(1)
    publish(zone_check=1)
    assert (cast.PLACES["huaxin"].name in as_user(who).text("/checks/frequency")) is sees


@pytest.mark.parametrize("who", ["officer", "expert"])
def test_it_is_for_the_staff(as_user: Browser, who: str) -> None:
    assert as_user(who).get("/checks/frequency").status_code == 403
    assert as_user(who).get("/checks/frequency.xlsx").status_code == 403


@pytest.mark.parametrize("year", ["x", "1900", "2999", "-1", "99999999999"])
def test_an_odd_year_is_this_one(as_user: Browser, year: str) -> None:
    assert str(YEAR) in as_user("admin").text(f"/checks/frequency?year={year}")


@pytest.mark.parametrize("cap", ["", "x", "-1", "366", "1.5"])
def test_a_cap_that_does_not_fit_is_said(as_user: Browser, cap: str) -> None:
    admin = as_user("admin")
    fields = admin.page("/settings").fields
    answer = admin.post("/settings", data=fields | {"cap_zone_check": cap})
    assert answer.status_code == 422 and 'id="cap_zone_check-error"' in answer.text
    assert settings.value("cap_zone_check") == "0"
