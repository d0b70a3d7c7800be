"""Many sites reassigned at once: looked at first, done together, undone for a quarter of an hour, with its history."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.evidence import guarded
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core import history
from xuncha.core.db import db
from xuncha.enterprises.models import Handover, Site
from xuncha.enterprises.queries import assignment_on

People, Sites, Browsers = Callable[[str], User], Callable[[str], Site], Callable[[str], House]
DAY = "2026-11-03"


@pytest.fixture
def numbers(app: Flask, user: People, site: Sites) -> dict[str, int]:
    found = {name: user(name).id for name in ("wang", "zhao", "chen", "lin")}
    found |= {code: site(code).id for code in cast.PLACES}
    db.session.rollback()
    return found


def holder(number: int) -> str:
    db.session.rollback()
    held = db.session.get_one(Site, number).supervisor
    assert held is not None
    return held.username


def reassign(browser: House, sites: list[int], to: int, **more: str) -> int | None:
    """Do it; the number of the handover."""
    data = {"ids": [str(one) for one in sites], "supervisor_id": str(to), "from_on": DAY, **more}
    answer = browser.post("/enterprises/reassign", data=data)
    found = re.fullmatch(r"/enterprises/handovers/(\d+)", answer.location or "")
    return int(found[1]) if found else None


def test_the_page_tells_what_changes_hands_and_what_not(numbers: dict[str, int], as_user: Browsers) -> None:
    ids = f"ids={numbers['huaxin']}&ids={numbers['lifeng']}&ids={numbers['minghe']}"
    address = f"/enterprises/reassign?{ids}&supervisor_id={numbers['zhao']}&from_on={DAY}"
    html = as_user("lin").get(address).get_data(as_text=True)
    doing, _, not_doing = html.partition('id="not-doing"')
    form = doing.partition('id="doing"')[2]
    assert "华鑫化工" in form and "利丰机械" not in form
    assert "利丰机械" in not_doing, "Zhao holds it already"
    assert "明和食品" not in html, "a site of another team is not named"
    assert holder(numbers["huaxin"]) == "wang"


def test_looking_needs_no_token(app: Flask, numbers: dict[str, int], as_user: Browsers) -> None:
    browser = as_user("admin")
    app.config["WTF_CSRF_ENABLED"] = True
    ids = f"ids={numbers['huaxin']}&supervisor_id={numbers['zhao']}&from_on={DAY}"
    answer = browser.get(f"/enterprises/reassign?{ids}")
    assert answer.status_code == 200 and 'id="doing"' in answer.get_data(as_text=True)
    data = {"ids": str(numbers["huaxin"]), "supervisor_id": str(numbers["zhao"]), "from_on": DAY}
    assert browser.post("/enterprises/reassign", data=data).status_code == 400
    assert holder(numbers["huaxin"]) == "wang"


def test_reassigned_together_and_undone(numbers: dict[str, int], as_user: Browsers) -> None:
    browser = as_user("lin")
    sites = [numbers["huaxin"], numbers["oldmill"]]
    number = reassign(browser, sites, numbers["zhao"], note="片区调整")
    assert number and [holder(one) for one in sites] == ["zhao", "zhao"]
    page = browser.get(f"/enterprises/handovers/{number}").get_data(as_text=True)
    assert f"/enterprises/handovers/{number}/undo" in page
    assert browser.post(f"/enterprises/handovers/{number}/undo").status_code == 302
    assert [holder(one) for one in sites] == ["wang", "wang"]
    site = db.session.get_one(Site, sites[0])
    assert [row.after["supervisor"] for row in history.of(site) if row.action == "assign"] == [
        "赵同事",
        "王监管",
    ]
    for day in (cast.NOW.date() - timedelta(days=1), cast.NOW.date(), cast.NOW.date() + timedelta(days=90)):
        held = assignment_on(site, day)
        assert held is not None and held.supervisor.username == "wang"
    db.session.rollback()
    assert browser.post(f"/enterprises/handovers/{number}/undo").status_code == 422, "once"


def test_after_a_quarter_of_an_hour_it_stays(numbers: dict[str, int], as_user: Browsers) -> None:
    browser = as_user("admin")
    number = reassign(browser, [numbers["huaxin"]], numbers["zhao"])
    with time_machine.travel(cast.NOW + timedelta(minutes=16), tick=True):
        assert browser.post(f"/enterprises/handovers/{number}/undo").status_code == 422
        assert "/undo" not in browser.get(f"/enterprises/handovers/{number}").get_data(as_text=True)
    assert holder(numbers["huaxin"]) == "zhao"


def test_what_was_handed_on_since_does_not_go_back(numbers: dict[str, int], as_user: Browsers) -> None:
    browser = as_user("admin")
    number = reassign(browser, [numbers["huaxin"], numbers["oldmill"]], numbers["zhao"])
    reassign(browser, [numbers["huaxin"]], numbers["chen"])
    assert browser.post(f"/enterprises/handovers/{number}/undo").status_code == 302
    assert (holder(numbers["huaxin"]), holder(numbers["oldmill"])) == ("chen", "wang")


def test_the_page_of_one_supervisor_can_be_undone_too(numbers: dict[str, int], as_user: Browsers) -> None:
    browser = as_user("admin")
    form = {"from_on": DAY, "to_all": str(numbers["zhao"])}
    answer = browser.post(f"/enterprises/handover?supervisor={numbers['wang']}", data=form)
    assert re.fullmatch(r"/enterprises/handovers/\d+", answer.location or "")
    assert browser.post(f"{answer.location}/undo").status_code == 302
    assert [holder(numbers[code]) for code in ("huaxin", "oldmill")] == ["wang", "wang"]


@pytest.mark.parametrize(
    "change",
    [{"supervisor_id": ""}, {"from_on": "soon"}, {"supervisor_id": "999999"}, {"from_on": "2026-11-02"}],
)
def test_bad_input_moves_nothing_and_keeps_the_text(
    numbers: dict[str, int], as_user: Browsers, change: dict[str, str]
) -> None:
    data = {
        "ids": str(numbers["huaxin"]),
        "supervisor_id": str(numbers["zhao"]),
        "from_on": DAY,
        "note": "甲乙",
    }
    answer = as_user("admin").post("/enterprises/reassign", data=data | change)
    assert answer.status_code == 422 and "甲乙" in answer.get_data(as_text=True)
    assert holder(numbers["huaxin"]) == "wang"


@pytest.mark.parametrize("who", ["wang", "auditor", "expert", "officer"])
def test_who_names_no_supervisor_reassigns_nothing(
    numbers: dict[str, int], as_user: Browsers, who: str
) -> None:
    assert as_user(who).get("/enterprises/reassign").status_code == 403
    assert reassign(as_user(who), [numbers["huaxin"]], numbers["zhao"]) is None
    assert holder(numbers["huaxin"]) == "wang"


def test_a_team_lead_moves_only_the_own_team_and_sees_only_own_handovers(
    numbers: dict[str, int], as_user: Browsers
) -> None:
    assert reassign(as_user("lin"), [numbers["minghe"]], numbers["zhao"]) is None
    assert reassign(as_user("lin"), [numbers["huaxin"]], numbers["chen"]) is None
    assert (holder(numbers["minghe"]), holder(numbers["huaxin"])) == ("chen", "wang")
    number = reassign(as_user("admin"), [numbers["huaxin"]], numbers["zhao"])
    assert as_user("lin").get(f"/enterprises/handovers/{number}").status_code == 404
    assert as_user("lin").post(f"/enterprises/handovers/{number}/undo").status_code == 404


def test_a_handover_is_never_rewritten(numbers: dict[str, int], as_user: Browsers) -> None:
    reassign(as_user("admin"), [numbers["huaxin"]], numbers["zhao"])
    db.session.rollback()
    for words in ("UPDATE handovers SET note = 'x'", "DELETE FROM handovers"):
        with guarded():
            db.session.execute(sa.text(words))
        db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Handover)) == 1
