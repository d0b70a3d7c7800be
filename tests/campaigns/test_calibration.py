"""Calibration: what an expert found although a check had passed it within 30 days, by item and by team, and the lessons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import sqlalchemy as sa

from tests import cast
from tests.campaigns.visits import visit
from tests.hazards.builders import item
from tests.house import House
from xuncha.accounts.models import User
from xuncha.campaigns import calibration, expert_opinions
from xuncha.campaigns.expert_opinions import Decision
from xuncha.checklists.models import HazardClass
from xuncha.checks.filing import AnswerPart, Finding
from xuncha.checks.models import LegalMode, Result, VisitKind
from xuncha.core.db import commit, db
from xuncha.enterprises.models import Site

FOUND = date(2026, 10, 30)
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def passed(site: Site, who: User, day: date, code: str = "GEN-02", result: Result = Result.COMPLY) -> int:
    return visit(site, who, day, answers=[AnswerPart(item_id=item(code).id, result=result)]).id


def found(site: Site, expert: User, issuer: User, code: str = "GEN-02", *, taken: bool = True) -> None:
    """An expert's finding on an item, confirmed or rejected by the zone."""
    part = Finding(
        uuid=uuid4(),
        item_id=item(code).id,
        description="规程与现状不符",
        hazard_class=next(iter(HazardClass)),
        due_on=FOUND + timedelta(days=20),
    )
    answers = [AnswerPart(item_id=item(code).id, result=Result.FAIL)]
    check = visit(
        site, expert, FOUND, kind=VisitKind.EXPERT, mode=LegalMode.EXPERT, answers=answers, findings=[part]
    )
    decision = Decision(True, FOUND + timedelta(days=20)) if taken else Decision(False, reason="不是隐患")
    waiting = expert_opinions.undecided_of(check)
    expert_opinions.decide(check, {one.id: decision for one in waiting}, actor=issuer, now=cast.NOW)
    expert_opinions.issue(check, actor=issuer, now=cast.NOW)
    commit()


def test_it_counts_a_pass_within_thirty_days_and_the_nearest_one(
    user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    admin, huaxin = user("admin"), site("huaxin")
    passed(huaxin, user("wang"), FOUND - timedelta(days=30))
    near = passed(huaxin, user("wang"), FOUND - timedelta(days=10))
    found(huaxin, user("expert"), admin)
    rows = calibration.passed_before(admin, *YEAR)
    assert [(row.check.id, row.days, row.hazard.item_code) for row in rows] == [(near, 10, "GEN-02")]
    assert calibration.by_item(rows) == [("GEN-02", 1)]
    assert [(team and team.name_en, count) for team, count in calibration.by_team(rows)] == [
        ("North area", 1)
    ]
    assert calibration.found_by_experts(admin, *YEAR) == 1
    assert calibration.passed_before(admin, date(2026, 1, 1), FOUND - timedelta(days=1)) == []
    assert calibration.passed_before(user("chen"), *YEAR) == []


def test_it_counts_no_older_pass_no_failure_no_other_item_and_no_rejected_finding(
    user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    admin, huaxin, wang = user("admin"), site("huaxin"), user("wang")
    passed(huaxin, wang, FOUND - timedelta(days=31))
    passed(huaxin, wang, FOUND - timedelta(days=5), "GEN-03")
    passed(huaxin, wang, FOUND - timedelta(days=4), result=Result.NA)
    passed(huaxin, wang, FOUND + timedelta(days=1))
    found(huaxin, user("expert"), admin)
    assert calibration.passed_before(admin, *YEAR) == []
    found(huaxin, user("expert"), admin, "GEN-03", taken=False)
    assert calibration.passed_before(admin, *YEAR) == []
    assert calibration.found_by_experts(admin, *YEAR) == 1


def test_the_office_proposes_a_lesson_on_the_page(
    as_user: Callable[[str], House], user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    passed(site("huaxin"), user("wang"), FOUND - timedelta(days=10))
    found(site("huaxin"), user("expert"), user("admin"))
    office = as_user("admin")
    text = office.text("/campaigns/calibration")
    assert "1/1" in text and "规程与现状不符" in text and "王监管" not in text, "no person is ranked"
    lesson = {"item_code": "GEN-02", "text": "逐条对照现场核对规程"}
    empty = office.post("/campaigns/lessons", data=lesson | {"text": ""})
    assert empty.status_code == 422 and 'id="text-error"' in empty.get_data(as_text=True)
    assert office.post("/campaigns/lessons", data=lesson | {"item_code": "GEN-09"}).status_code == 422
    assert as_user("wang").post("/campaigns/lessons", data=lesson).status_code == 403
    assert office.post("/campaigns/lessons", data=lesson).status_code == 302
    kept = db.session.scalars(sa.select(calibration.Lesson)).one()
    assert (kept.item_code, kept.text, kept.proposed_by.name) == ("GEN-02", "逐条对照现场核对规程", "安管理")
    db.session.rollback()
    assert "逐条对照现场核对规程" in as_user("wang").text("/campaigns/calibration")
