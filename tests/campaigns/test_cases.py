"""Illegal cases: recorded with photos, settled once with an outcome that fits, counted by the day of the outcome."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from tests import cast
from tests.campaigns.visits import visit
from tests.house import House
from xuncha.accounts.models import User
from xuncha.campaigns import actions, queries
from xuncha.campaigns.models import CaseKind, CaseOutcome, IllegalCase
from xuncha.core import history
from xuncha.core.db import commit, db
from xuncha.core.errors import ActedFirst, NotAllowed, Refused
from xuncha.enterprises.models import Site

FOUND, DONE = date(2026, 10, 20), date(2026, 10, 25)


def picture(shade: int = 90) -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, 120, 60)).save(data, "JPEG")
    data.seek(0)
    return data, "a.jpg"


def record(actor: User, site: Site | None = None, kind: CaseKind = CaseKind.INSTALLATION) -> IllegalCase:
    made = actions.record_case(
        kind=kind,
        place="North wall",
        description="Shed without permission",
        found_on=FOUND,
        site_id=site.id if site else None,
        actor=actor,
        now=cast.NOW,
    )
    commit()
    return made


def settle(case: IllegalCase, outcome: CaseOutcome, actor: User, **more: Any) -> IllegalCase:
    more = {"version": case.version, "outcome_on": DONE} | more
    made = actions.settle_case(case, outcome, **more, actor=actor, now=cast.NOW)
    commit()
    return made


def test_from_found_to_removed_on_its_pages(
    as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    browser = as_user("wang")
    data = {
        "kind": "installation",
        "found_on": "2026-11-02",
        "place": "北围墙外",
        "description": "擅自搭建彩钢棚",
        "site_id": str(site("oldmill").id),
    }
    refused = browser.post("/campaigns/cases/new", data=data | {"place": "", "photos": picture()})
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'id="place-error"' in text and "擅自搭建彩钢棚" in text
    sha256 = text.split('name="photos-kept" value="')[1][:64]
    assert browser.post("/campaigns/cases/new", data=data | {"photos-kept": sha256}).status_code == 302
    case = db.session.scalars(sa.select(IllegalCase)).one()
    number = case.id
    assert [use.photo.sha256 for use in case.photos] == [sha256]
    outcome = {"version": "1", "outcome": "removed", "outcome_on": "2026-11-03", "area_m2": "３５．５"}
    path = f"/campaigns/cases/{number}/settle"
    early = browser.post(path, data=outcome | {"outcome_on": "2026-11-01"})
    assert early.status_code == 422 and 'id="outcome_on-error"' in early.get_data(as_text=True)
    assert browser.post(path, data=outcome | {"after": picture(200)}).status_code == 302
    case = db.session.get_one(IllegalCase, number)
    assert (case.outcome, case.area_m2) == (CaseOutcome.REMOVED, 35.5)
    assert [use.after for use in case.photos] == [False, True]
    text = browser.text(f"/campaigns/cases/{number}")
    assert "北围墙外" in text and "35.5" in text
    assert "擅自搭建彩钢棚" in browser.text("/campaigns/cases?outcome=removed&settled_from=2026-11-03")
    assert "擅自搭建彩钢棚" not in browser.text("/campaigns/cases?settled_to=2026-11-02")


def test_a_case_begun_from_a_check_names_it(
    as_user: Callable[[str], House], user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    check = visit(site("huaxin"), user("wang"))
    number, site_id = check.id, check.site_id
    browser = as_user("wang")
    page = browser.page(f"/campaigns/cases/new?check={number}")
    assert page.fields["check_id"] == str(number)
    data = {
        "check_id": str(number),
        "kind": "act",
        "found_on": "2026-11-02",
        "place": "车间",
        "description": "无证动火",
        "site_id": str(site_id),
    }
    browser.post("/campaigns/cases/new", data=data)
    assert db.session.scalars(sa.select(IllegalCase)).one().check_id == number


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(CaseKind.INSTALLATION, CaseOutcome.STOPPED), (CaseKind.ACT, CaseOutcome.REMOVED)]
    + [(kind, CaseOutcome.PENDING) for kind in CaseKind],
)
def test_an_outcome_must_fit_its_kind(
    user: Callable[[str], User], kind: CaseKind, outcome: CaseOutcome
) -> None:
    with pytest.raises(Refused):
        settle(record(user("wang"), kind=kind), outcome, user("wang"))


def test_an_outcome_lies_between_finding_and_today(user: Callable[[str], User]) -> None:
    case = record(user("wang"))
    for day in (date(2026, 10, 19), date(2026, 11, 4)):
        with pytest.raises(Refused):
            settle(case, CaseOutcome.REMOVED, user("wang"), outcome_on=day)


def test_a_referred_case_names_its_department_and_waits_for_the_result(user: Callable[[str], User]) -> None:
    wang, case = user("wang"), record(user("wang"))
    with pytest.raises(Refused):
        settle(case, CaseOutcome.REFERRED, wang)
    settle(case, CaseOutcome.REFERRED, wang, department="Planning bureau")
    assert case.is_open
    settle(case, CaseOutcome.REMOVED, wang, area_m2=40)
    assert case.department == "Planning bureau" and not case.is_open
    with pytest.raises(ActedFirst):
        settle(case, CaseOutcome.CLOSED_DOWN, wang)
    assert [row.action for row in history.of(case)] == ["record", "settle", "settle"]


def test_the_second_of_two_people_is_told(user: Callable[[str], User]) -> None:
    case = record(user("wang"))
    settle(case, CaseOutcome.REFERRED, user("wang"), department="Fire brigade")
    with pytest.raises(ActedFirst):
        settle(case, CaseOutcome.CLOSED_DOWN, user("lin"), version=1)


def test_only_the_office_takes_an_outcome_back(
    user: Callable[[str], User], as_user: Callable[[str], House]
) -> None:
    case = settle(record(user("wang")), CaseOutcome.REMOVED, user("wang"), area_m2=5)
    number = case.id
    with pytest.raises(NotAllowed):
        actions.reopen_case(case, "wrong", actor=user("wang"), now=cast.NOW)
    browser = as_user("admin")
    assert browser.post(f"/campaigns/cases/{number}/reopen", data={"reason": ""}).status_code == 422
    browser.post(f"/campaigns/cases/{number}/reopen", data={"reason": "It still stands"})
    case = db.session.get_one(IllegalCase, number)
    assert case.outcome is CaseOutcome.PENDING and case.outcome_on is None and case.area_m2 is None
    assert history.of(case)[-1].note == "It still stands"


def test_totals_of_the_cases_of_a_list(user: Callable[[str], User]) -> None:
    wang, admin = user("wang"), user("admin")
    for _ in range(2):
        settle(record(wang), CaseOutcome.REMOVED, wang, area_m2=10)
    settle(record(wang, kind=CaseKind.ACT), CaseOutcome.STOPPED, wang)
    settle(record(wang, kind=CaseKind.ACT), CaseOutcome.CLOSED_DOWN, wang)
    settle(record(wang), CaseOutcome.REFERRED, wang, department="Planning bureau")
    record(wang)
    assert queries.case_totals(queries.cases(admin, queries.CaseCriteria())) == queries.CaseTotals(
        found=6, removed=2, area_m2=20.0, stopped=1, closed_down=1, open=2
    )
    assert queries.case_totals(queries.cases(admin, queries.CaseCriteria(open=True))).found == 2
    figure = queries.CaseCriteria(
        kind=CaseKind.ACT, outcome=CaseOutcome.STOPPED, settled_from=DONE, settled_to=DONE
    )
    assert queries.CaseCriteria.from_args(figure.to_args()) == figure
    assert queries.case_totals(queries.cases(admin, figure)).found == 1


def test_who_sees_a_case_and_its_photos(
    as_user: Callable[[str], House], user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    browser = as_user("wang")
    data = {
        "kind": "act",
        "found_on": "2026-11-02",
        "place": "车间",
        "description": "无证动火",
        "site_id": str(site("huaxin").id),
        "photos": picture(),
    }
    browser.post("/campaigns/cases/new", data=data)
    case = db.session.scalars(sa.select(IllegalCase)).one()
    number, sha256 = case.id, case.photos[0].photo.sha256
    for name in ("admin", "leader", "auditor", "lin", "wang", "expert"):
        assert as_user(name).get(f"/campaigns/cases/{number}").status_code == 200, name
        assert as_user(name).get(f"/photos/{sha256}/thumb").status_code == 200, name
    for name, page in (("zhao", 404), ("chen", 404), ("officer", 403), ("stranger", 403)):
        assert as_user(name).get(f"/campaigns/cases/{number}").status_code == page, name
        assert as_user(name).get(f"/photos/{sha256}/thumb").status_code in {403, 404}, name
        with pytest.raises(NotAllowed):
            settle(case, CaseOutcome.STOPPED, user(name))


def test_a_site_of_others_cannot_be_named(user: Callable[[str], User], site: Callable[[str], Site]) -> None:
    with pytest.raises(Refused):
        record(user("chen"), site("huaxin"))
    for name in ("leader", "expert", "officer", "auditor"):
        with pytest.raises(NotAllowed):
            record(user(name))


def test_a_case_cannot_lie_in_the_future(user: Callable[[str], User]) -> None:
    with pytest.raises(Refused):
        actions.record_case(
            kind=CaseKind.ACT,
            place="x",
            description="y",
            found_on=date(2026, 11, 4),
            actor=user("wang"),
            now=cast.NOW,
        )
