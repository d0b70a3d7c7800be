"""Coverage by item: never answered, only not applicable, looked at; the page, one item, the workbook, who sees which."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.house import House
from tests.stats import builders
from xuncha.checklists.models import Item
from xuncha.checks.models import Answer, Check, Result, VisitKind
from xuncha.core.db import db
from xuncha.enterprises.models import Risk, Sector, Site
from xuncha.stats.figures import Figures, Period, Scope
from xuncha.stats.item_coverage import Gap, ItemCoverage, by_item

Browser = Callable[[str], House]
PERIOD = Period(date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 3))
DAYS = "from=2026-07-01&to=2026-12-31"


def answer(check: Check, **results: Result) -> None:
    """The answers of a check by item: GEN_01 stands for GEN-01."""
    for place, (code, result) in enumerate(results.items()):
        number = db.session.scalar(sa.select(sa.func.max(Item.id)).where(Item.code == code.replace("_", "-")))
        db.session.add(
            Answer(check=check, item_id=number, code=code.replace("_", "-"), position=place, result=result)
        )
    db.session.flush()


@pytest.fixture(autouse=True)
def _checked(app: Flask) -> None:
    """Huaxin and Lifeng were checked; GEN-01 complies, GEN-02 fails once after n/a, GEN-03 is n/a, GEN-04 unchecked."""
    first, second = builders.visit(date(2026, 8, 3)), builders.visit(date(2026, 9, 3))
    answer(first, GEN_01=Result.COMPLY, GEN_02=Result.NA, GEN_03=Result.NA, GEN_04=Result.UNCHECKED)
    answer(second, GEN_02=Result.FAIL)
    answer(builders.visit(date(2026, 6, 30)), GEN_05=Result.COMPLY)  # before the period
    expert = builders.visit(date(2026, 8, 5), "lifeng", "expert", kind=VisitKind.EXPERT)
    answer(expert, GEN_01=Result.COMPLY, GEN_03=Result.FAIL)
    old = builders.visit(date(2026, 8, 9), "minghe", "chen")
    answer(old, GEN_01=Result.COMPLY)
    answer(builders.visit(date(2026, 8, 9), "minghe", "chen", replaces=old), GEN_01=Result.NA)
    db.session.commit()


def lines(**scope: object) -> dict[str, ItemCoverage]:
    return {one.item.code: one for one in by_item(Figures(PERIOD, Scope(**scope)))}


def names(line: ItemCoverage, gap: Gap) -> list[str]:
    return sorted(site.name[:2] for site in line.gaps[gap])


def test_an_item_is_looked_at_never_answered_or_only_not_applicable() -> None:
    found = lines()
    told = {
        code: (
            found[code].asked,
            found[code].looked_at,
            names(found[code], Gap.NEVER),
            names(found[code], Gap.INAPPLICABLE),
        )
        for code in ("GEN-01", "GEN-02", "GEN-03", "GEN-04", "GEN-05")
    }
    # Of a corrected check the newest version counts: at Minghe GEN-01 became not applicable.
    assert told == {
        "GEN-01": (3, 2, [], ["明和"]),
        "GEN-02": (3, 1, ["利丰", "明和"], []),
        "GEN-03": (3, 1, ["明和"], ["华鑫"]),
        "GEN-04": (3, 0, ["利丰", "华鑫", "明和"], []),
        "GEN-05": (3, 0, ["利丰", "华鑫", "明和"], []),
    }


def test_an_item_is_asked_only_where_it_is_on_the_list() -> None:
    found = lines()
    # Hazardous chemicals: Huaxin. Industry, fire and crowded places: Lifeng; a factory is not asked FIRE-12.
    assert {code: found[code].asked for code in ("HAZ-01", "IND-01", "FIRE-01", "CROWD-01")} == {
        "HAZ-01": 1, "IND-01": 1, "FIRE-01": 1, "CROWD-01": 1
    }  # fmt: skip
    assert "FIRE-12" not in found and "IDLE-01" not in found


def test_no_key_enterprise_no_items(site: Callable[[str], Site]) -> None:
    for code in ("huaxin", "lifeng", "minghe"):
        site(code).key = False
    db.session.flush()
    assert lines() == {}


def test_the_page_counts_and_opens_the_enterprises(as_user: Browser) -> None:
    leader = as_user("leader")
    text = leader.get(f"/coverage?{DAYS}").text
    links = re.findall(r'href="(/coverage/GEN-02\?[^"]+)#never">(\d+)</a>', text)
    assert [int(count) for _url, count in links] == [2]
    page = leader.text(links[0][0].replace("&amp;", "&"))
    assert "利丰机械有限公司" in page and "明和食品有限公司" in page and "华鑫化工有限公司" not in page
    assert leader.get("/coverage/NONE-99").status_code == 404
    assert leader.get("/coverage?from=nonsense&to=2026-12-31").status_code == 422


def test_a_supervisor_sees_the_own_enterprises(as_user: Browser) -> None:
    text = as_user("wang").text(f"/coverage/GEN-04?{DAYS}")
    assert "华鑫化工有限公司" in text and "利丰机械有限公司" not in text
    assert as_user("officer").get("/coverage").status_code == 403
    assert lines(supervisor=builders.number("chen"))["GEN-01"].asked == 1


def test_the_workbook_holds_every_gap_once(as_user: Browser) -> None:
    answer_ = as_user("admin").get(f"/coverage/gaps.xlsx?{DAYS}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer_.data)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == sum(len(sites) for line in lines().values() for sites in line.gaps.values())
    assert len(set(rows)) == len(rows)
    assert sorted(row[3] for row in rows if row[1] == "GEN-02") == ["利丰机械有限公司", "明和食品有限公司"]


def test_statements_do_not_grow_with_the_enterprises(app: Flask) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    def add(number: int) -> None:
        site = Site(
            name=f"第{number}厂", key=True, sector=Sector.INDUSTRY, risk=Risk.BLUE, created_at=cast.NOW
        )
        db.session.add(site)
        db.session.flush()

    add(0)
    sa.event.listen(db.engine, "before_cursor_execute", note)
    lines()
    few = len(asked)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    for number in range(1, 30):
        add(number)
    asked.clear()
    sa.event.listen(db.engine, "before_cursor_execute", note)
    assert lines()["GEN-01"].asked == 33
    sa.event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) <= few
