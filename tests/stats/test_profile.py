"""An enterprise's profile: its figures, answer times counted by hand, the page, the sheet, who may look."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.house import House
from tests.reports.papers import bare, read
from tests.stats import builders
from xuncha.checks.models import LegalMode, VisitKind
from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard
from xuncha.reports import printing
from xuncha.reports.papers import enterprise_profile
from xuncha.stats.profile import Profile

Browser = Callable[[str], House]
TODAY = date(2026, 11, 3)
FIRST = date(2025, 12, 1)  # twelve months that end with November 2026


def day(number: int, month: int = 10) -> date:
    return date(2026, month, number)


def of(hazard: builders.Found, item: str, repeat: Hazard | None = None) -> builders.Found:
    """The hazard belongs to an item, and may repeat another."""
    hazard.hazard.item_code = item
    hazard.hazard.repeat_of_id = repeat.id if repeat else None
    db.session.flush()
    return hazard


@pytest.fixture
def told(app: Flask) -> int:
    """Huaxin over a year, and a neighbour whose rows must not be counted. The number of Huaxin."""
    builders.visit(day(1)), builders.visit(day(8)), builders.visit(day(9), kind=VisitKind.RECHECK)
    builders.visit(day(2), by="expert", kind=VisitKind.EXPERT, mode=LegalMode.EXPERT)
    builders.visit(FIRST - timedelta(days=1))  # before the twelve months
    first = of(builders.hazard(day(1)), "FIRE-04").then(Act.ISSUE, day(1))
    first.then(Act.REPORT_DONE, day(4)).then(Act.SEND_BACK, day(5)).then(Act.REPORT_DONE, day(6))
    first.then(Act.VERIFY, day(20))  # reported after 3 days, looked at 1 day later
    second = of(builders.hazard(day(8)), "FIRE-04", first.hazard).then(Act.ISSUE, day(8))
    second.then(Act.REPORT_DONE, day(18)).then(Act.VERIFY, day(21))  # 10 days, then 3
    of(builders.hazard(day(8)), "FIRE-04", second.hazard).then(
        Act.ISSUE, day(10)
    )  # waits: overdue since the 15th
    of(builders.hazard(day(8), due_on=day(30, 11)), "GEN-01").then(Act.ISSUE, day(10))
    of(builders.hazard(day(8)), "GEN-02").then(Act.VOID, day(9))
    builders.hazard(day(8), "lifeng", "zhao").then(Act.ISSUE, day(8))
    held = builders.training(day(12), (30, 5))
    held.audience[0].site_id = builders.number("huaxin")
    builders.training(day(13), (7,))
    db.session.commit()
    number = builders.number("huaxin")
    db.session.rollback()
    return number


def profile(number: int) -> Profile:
    from xuncha.enterprises.models import Site

    return Profile(db.session.get_one(Site, number), TODAY, None)


def test_its_figures_are_those_of_the_site_over_twelve_months(told: int) -> None:
    found = profile(told)
    assert (found.period.first, found.period.last, found.period.as_of) == (FIRST, date(2026, 11, 30), TODAY)
    numbers = {
        name: found.figures.number(name)
        for name in ("visits", "recheck_visits", "hazards_found", "hazards_unsettled", "hazards_overdue")
    }
    assert numbers == {
        "visits": 3,
        "recheck_visits": 1,
        "hazards_found": 4,
        "hazards_unsettled": 2,
        "hazards_overdue": 1,
    }
    assert [(one.code, one.unsettled, one.found, one.repeated) for one in found.by_item()] == [
        ("FIRE-04", 1, 3, 2),
        ("GEN-01", 1, 1, 0),
    ]
    assert {mode: count for mode, count in found.by_mode() if count} == {
        LegalMode.ZONE_CHECK: 2,
        LegalMode.EXPERT: 1,
    }
    assert [(one.training.held_on, one.heads) for one in found.trainings()] == [(day(12), 30)]
    trend = found.trend()
    assert [month.first for month, _share in trend] == [
        date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))
    ]  # fmt: skip
    assert [str(share) for _month, share in trend][-2:] == ["2/4", "0/0"]


def test_answer_times_are_medians_of_whole_days(told: int) -> None:
    times = profile(told).answer_times()
    assert sorted(times.reported) == [3, 10] and times.to_report == 6.5
    # Sent back is an answer too: what counts is when somebody looked.
    assert sorted(times.verified) == [1, 3] and times.to_verification == 2
    assert times.unreported == 2


def test_without_any_hazard_there_is_no_median(app: Flask) -> None:
    times = profile(builders.number("minghe")).answer_times()
    assert (times.to_report, times.to_verification, times.unreported) == (None, None, 0)


def test_every_number_of_the_page_opens_its_list(told: int, as_user: Browser) -> None:
    leader = as_user("leader")
    text = leader.get(f"/enterprises/{told}/profile").get_data(as_text=True)
    stat = r'class="stat[^"]*" href="([^"]+)">\s*<span>[^<]*</span>\s*<strong>(\d+)[^.\d]'
    tiles = {unescape(url): value for url, value in re.findall(stat, text)}
    assert list(tiles.values()) == ["2", "2", "3", "1"]  # not closed, repeated, visits, trainings
    for url, value in tiles.items():
        listed = leader.get(url).get_data(as_text=True)
        assert listed.count("<tr>") - 1 == int(value), url
    cells = re.findall(r'href="(/hazards\?[^"]+item=[^"]+)">(\d+)</a>', text)
    assert [int(number) for _url, number in cells] == [1, 3, 2, 1, 1, 0]
    for url, number in cells:
        listed = leader.get(unescape(url)).get_data(as_text=True)
        assert len(set(re.findall(r'href="/hazards/(\d+)"', listed))) == int(number), url


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admin", 200),
        ("auditor", 200),
        ("lin", 200),
        ("wang", 200),
        ("zhao", 404),
        ("chen", 404),
        ("officer", 403),
        ("expert", 403),
    ],
)
def test_it_is_open_to_the_staff_who_see_the_enterprise(
    told: int, as_user: Browser, who: str, status: int
) -> None:
    assert as_user(who).get(f"/enterprises/{told}/profile").status_code == status
    assert as_user(who).get(f"/papers/profiles/{told}?format=pdf").status_code == status


def test_an_enterprise_without_anything_has_a_profile(app: Flask, as_user: Browser) -> None:
    number = builders.number("oldmill")
    db.session.rollback()
    assert cast.PLACES["oldmill"].name in as_user("admin").text(f"/enterprises/{number}/profile")
    assert as_user("admin").get(f"/papers/profiles/{number}?format=pdf").mimetype == "application/pdf"


def test_the_page_links_to_it_where_figures_may_be_seen(told: int, as_user: Browser) -> None:
    address = f"/enterprises/{told}/profile"
    assert address in as_user("wang").page(f"/enterprises/{told}").links
    assert address not in as_user("officer").page(f"/enterprises/{told}").links


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sheet_is_one_page_and_tells_the_same(told: int, tmp_path: Path, lang: str) -> None:
    printing.write(enterprise_profile.order(profile(told)), tmp_path / "a.pdf", lang)
    assert len(pdfium.PdfDocument(tmp_path / "a.pdf")) == 1
    text = read(tmp_path / "a.pdf")
    for word in ("华鑫化工有限公司", "13800000000", "王监管", "FIRE-04", "6.5", "50.0%", "2/4"):
        assert bare(word) in text, word
    hazards = db.session.scalars(sa.select(Hazard).where(Hazard.site_id == told, Hazard.state == "open"))
    assert all(hazard.number in text for hazard in hazards)


def test_a_long_text_is_cut_and_only_an_english_word_is_left_out_for_it(told: int, tmp_path: Path) -> None:
    one, other = db.session.scalars(sa.select(Hazard).where(Hazard.site_id == told, Hazard.state == "open"))
    one.description = "配电室 " + "灭火器压力不足且通道被原料桶堵塞" * 3
    other.description = (
        "Extinguishers of the boiler house stand behind drums and nobody can reach the extinguisher"
    )
    db.session.commit()
    printing.write(enterprise_profile.order(profile(told)), tmp_path / "a.pdf", "zh")
    text = read(tmp_path / "a.pdf")
    assert bare(one.description[:33] + "…") in text
    assert bare("nobody can reach…") in text  # 73 of 76 characters; "the" would not be whole


def test_it_can_be_had_for_word_and_from_a_script(
    told: int, app: Flask, as_user: Browser, tmp_path: Path
) -> None:
    assert as_user("wang").get(f"/papers/profiles/{told}?format=docx").data[:2] == b"PK"
    out = tmp_path / "a.pdf"
    run = app.test_cli_runner().invoke(
        args=["document", "enterprise-profile", "--site", str(told), "--out", str(out)]
    )
    assert run.exit_code == 0, run.output
    assert "FIRE-04" in read(out)
