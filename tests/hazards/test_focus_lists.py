"""Focus lists: who fits a rule, the pages, the list of hazards and the figures narrowed to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House
from tests.stats import builders

from xuncha.core.db import db
from xuncha.enterprises.models import Risk, Sector, Site, WorkingState
from xuncha.hazards.focus.focus_lists import Conditions, FocusList, add_list, members
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Grade
from xuncha.stats.figures import FIGURES, Figures, Period, Scope

Browser = Callable[[str], House]
TODAY = date(2026, 11, 3)
NAMES = {place.name: code for code, place in cast.PLACES.items()}


@pytest.fixture(autouse=True)
def _zone(app: Flask) -> None:
    """Huaxin has a major hazard, Lifeng two repeats and one overdue, Minghe one that is closed."""
    builders.hazard(date(2026, 10, 30), due_on=date(2026, 12, 1), grade=Grade.MAJOR).then(
        Act.ISSUE, date(2026, 10, 30)
    )
    first = builders.closed(date(2026, 9, 1), date(2026, 9, 4), site="lifeng", by="zhao")
    for day in (date(2026, 9, 20), date(2026, 10, 20)):
        again = builders.hazard(day, "lifeng", "zhao")
        again.hazard.repeat_of_id = first.hazard.id
        again.then(Act.ISSUE, day)
    again.then(Act.REPORT_DONE, date(2026, 10, 22)).then(Act.VERIFY, date(2026, 10, 23))
    builders.closed(date(2026, 9, 2), date(2026, 9, 3), site="minghe", by="chen")
    builders.visit(date(2026, 9, 1), "lifeng", "zhao"), builders.visit(date(2026, 9, 2), "minghe", "chen")
    db.session.commit()


RULES: dict[str, tuple[Conditions, set[str]]] = {
    "crowded": (Conditions(crowded=True), {"lifeng"}),
    "key": (Conditions(key=True), {"huaxin", "lifeng", "minghe"}),
    "one of two sectors": (Conditions(sectors=(Sector.HAZCHEM, Sector.OTHER)), {"huaxin", "minghe"}),
    "no such risk": (Conditions(risks=(Risk.RED,)), set()),
    "risk and sector": (Conditions(risks=(Risk.ORANGE,), sectors=(Sector.HAZCHEM,)), {"huaxin"}),
    "a major hazard": (Conditions(open_major=True), {"huaxin"}),
    "overdue": (Conditions(overdue=True), {"lifeng"}),
    "repeated twice": (Conditions(repeats=2), {"lifeng"}),
    "repeated three times": (Conditions(repeats=3), set()),
    "crowded and with a major hazard": (Conditions(crowded=True, open_major=True), set()),
    "no phones": (Conditions(no_phone=True), set()),
}


@pytest.mark.parametrize("case", RULES)
def test_who_fits_a_rule(case: str) -> None:
    rule, fitting = RULES[case]
    numbers = set(db.session.scalars(members(rule, TODAY)))
    found = {NAMES[name] for name in db.session.scalars(sa.select(Site.name).where(Site.id.in_(numbers)))}
    assert found == fitting
    assert Conditions.from_row(rule.to_row()) == rule


def test_what_is_closed_down_belongs_to_none() -> None:
    builders.place("lifeng").working_state = WorkingState.CLOSED
    db.session.flush()
    assert set(db.session.scalars(members(Conditions(crowded=True), TODAY))) == set()


def made(rule: Conditions, name: str = "人员密集企业") -> int:
    """The number of a list."""
    number = add_list(name, "Crowded enterprises", rule, actor=builders.person("admin"), now=cast.NOW)
    db.session.commit()
    found = number.id
    db.session.rollback()
    return found


def numbers_of(text: str) -> set[str]:
    """The hazards that a page of the list shows."""
    return set(re.findall(r'href="/hazards/(\d+)"', text))


def test_the_office_writes_a_rule_and_its_members_are_worked_out(as_user: Browser) -> None:
    admin = as_user("admin")
    answer = admin.post("/hazards/focus-lists/new", data={"name_zh": "人员密集企业", "crowded": "y"})
    assert answer.status_code == 302
    page = admin.text(answer.headers["Location"])
    assert "利丰机械有限公司" in page and "华鑫化工有限公司" not in page
    (row,) = db.session.scalars(sa.select(FocusList))
    assert row.conditions == {"crowded": True}
    number, version = row.id, row.version
    db.session.rollback()
    change = {"name_zh": "危化企业", "sectors": ["hazchem"], "version": str(version)}
    assert admin.post(f"/hazards/focus-lists/{number}/edit", data=change).status_code == 302
    assert "华鑫化工有限公司" in admin.text(f"/hazards/focus-lists/{number}")
    late = admin.post(f"/hazards/focus-lists/{number}/edit", data=change | {"name_zh": "另一个名字"})
    assert late.status_code == 409 and "另一个名字" in late.text


BAD: dict[str, dict[str, str]] = {
    "no name": {"name_zh": " ", "crowded": "y"},
    "too long a name": {"name_zh": "名" * 41, "crowded": "y"},
    "no condition": {"name_zh": "什么都要"},
    "a name that is there": {"name_zh": "人员密集企业", "key": "y"},
    "no number": {"name_zh": "重复多", "repeats": "many"},
    "too large a number": {"name_zh": "重复多", "repeats": "100"},
    "an unknown sector": {"name_zh": "行业", "sectors": "moon"},
}


@pytest.mark.parametrize("case", BAD)
def test_what_does_not_fit_is_said_and_stays(as_user: Browser, case: str) -> None:
    made(Conditions(crowded=True))
    answer = as_user("admin").post("/hazards/focus-lists/new", data=BAD[case])
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "alert" in text or "flash" in text
    assert BAD[case]["name_zh"].strip() in text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FocusList)) == 1


@pytest.mark.parametrize("who", ["leader", "auditor", "lin", "wang", "officer", "expert"])
def test_only_the_office_writes_rules(as_user: Browser, who: str) -> None:
    number = made(Conditions(crowded=True))
    browser = as_user(who)
    for address in ("/hazards/focus-lists/new", f"/hazards/focus-lists/{number}/edit"):
        assert browser.get(address).status_code == 403
        assert browser.post(address, data={"name_zh": "x", "key": "y"}).status_code == 403
    assert browser.post(f"/hazards/focus-lists/{number}/retire").status_code == 403
    readable = 200 if who in {"leader", "auditor", "lin", "wang"} else 403
    assert browser.get("/hazards/focus-lists").status_code == readable


def test_a_supervisor_sees_the_own_members_only(as_user: Browser) -> None:
    number = made(Conditions(key=True))
    text = as_user("wang").text(f"/hazards/focus-lists/{number}")
    assert "华鑫化工有限公司" in text and "利丰机械有限公司" not in text and "明和食品有限公司" not in text


def test_the_list_of_hazards_is_narrowed_to_it(as_user: Browser) -> None:
    number, admin = made(Conditions(crowded=True)), as_user("admin")
    everything = numbers_of(admin.get("/hazards?view=all").text)
    focused = numbers_of(admin.get(f"/hazards?view=all&focus={number}").text)
    assert len(everything) == 5 and len(focused) == 3 and focused < everything
    assert numbers_of(admin.get("/hazards?view=all&focus=999").text) == set()
    assert f'<option selected value="{number}">' in admin.get(f"/hazards?view=all&focus={number}").text
    assert admin.get(f"/hazards/export.xlsx?view=all&focus={number}").status_code == 200


def test_figures_are_narrowed_to_it_and_open_their_lists(as_user: Browser) -> None:
    number = made(Conditions(crowded=True))
    period = Period(date(2026, 7, 1), date(2026, 12, 31), TODAY)
    whole, focused = Figures(period), Figures(period, Scope(focus=number))
    names = (
        "hazards_found",
        "hazards_closed",
        "hazards_overdue",
        "hazards_repeated",
        "visits",
        "enterprises_visited",
    )
    assert [whole.number(name) for name in names] == [5, 3, 1, 2, 2, 2]
    assert [focused.number(name) for name in names] == [3, 2, 1, 2, 1, 1]
    for name, figure in FIGURES.items():
        if figure.amount is None:
            assert focused.number(name) == len(db.session.scalars(focused.rows(name)).all()), name
    text = as_user("leader").text(f"/figures/all?focus={number}")
    assert "人员密集企业" in text or "Crowded enterprises" in text
    listed = (
        as_user("leader").get(f"/figures/hazards_found?from=2026-07-01&to=2026-12-31&focus={number}").text
    )
    assert listed.count("<tr>") - 1 == 3


def test_a_scope_with_a_list_comes_back_from_its_address() -> None:
    scope = Scope(focus=7)
    assert Scope.from_args(None, scope.to_args()) == scope
    assert Figures(Period(TODAY, TODAY, TODAY), scope).number("hazards_unsettled") == 0


def test_the_ledger_and_the_summary_are_printed_of_it(as_user: Browser) -> None:
    number, leader = made(Conditions(crowded=True)), as_user("leader")
    for paper in ("ledger", "inspection-summary"):
        assert (
            leader.get(f"/papers/{paper}?period=half&focus={number}&format=pdf").mimetype == "application/pdf"
        )


def test_a_retired_list_is_offered_no_more_and_still_opens(as_user: Browser) -> None:
    number, admin = made(Conditions(crowded=True)), as_user("admin")
    assert admin.post(f"/hazards/focus-lists/{number}/retire").status_code == 302
    assert admin.post(f"/hazards/focus-lists/{number}/retire").status_code == 409
    assert f"/hazards/focus-lists/{number}" not in admin.page("/hazards/focus-lists").links
    assert "利丰机械有限公司" in admin.text(f"/hazards/focus-lists/{number}")
    assert len(numbers_of(admin.get(f"/hazards?view=all&focus={number}").text)) == 3
