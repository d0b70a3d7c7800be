"""A deduction for a false record: on evidence, after a hearing, decided by another, appealed against, withdrawn, frozen."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.appraisal import halves
from tests.appraisal.test_issue import edition_id, every_paper, issue, paper
from tests.committee.test_decisions import picture
from tests.house import House
from tests.reports.papers import bare, read
from tests.stats import builders
from tests.stats.builders import number

from xuncha.accounts.models import User
from xuncha.appraisal.models import Deduction, DeductionState
from xuncha.checks.models import Check
from xuncha.core import settings
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.enterprises.models import Assignment, Site, SiteKind
from xuncha.hazards.models import Hazard
from xuncha.reports.models import Edition

Browser = Callable[[str], House]
REASON = "门卫登记显示当日无人到场"
AFTER_5 = "83.1"  # 88.1 less the 5 points that are set at first


@pytest.fixture
def wang(app: Flask) -> int:
    halves.settle()
    found = number("wang")
    db.session.rollback()
    return found


def a_check(who: str = "wang") -> str:
    query = sa.select(Check.number).join(User, User.id == Check.inspector_id).where(User.username == who)
    found = db.session.scalars(query.order_by(Check.id)).first()
    db.session.rollback()
    assert found
    return found


def record(browser: House, person: int, **more: object) -> int:
    data: dict[str, object] = {
        "record": a_check(),
        "found_on": "2026-11-01",
        "reason": REASON,
        "evidence": "门卫登记簿第12页",
    } | more
    return browser.post(f"/appraisal/{person}/deductions/new?{halves.OF}", data=data).status_code


def newest() -> int:
    found = db.session.scalars(sa.select(Deduction.id).order_by(Deduction.id.desc())).first()
    db.session.rollback()
    assert found
    return found


def take(browser: House, step: str, **data: str) -> int:
    return browser.post(f"/appraisal/deductions/{newest()}/{step}", data=data).status_code


def impose(as_user: Browser, person: int, **more: object) -> None:
    """Recorded by the administrator, answered, and decided by the leader."""
    assert record(as_user("admin"), person, **more) == 302
    assert take(as_user("wang"), "statement", statement="当日走北门进场") == 302
    assert take(as_user("leader"), "decision", verdict="impose", note="北门当日未开启") == 302


def state() -> DeductionState:
    found = db.session.scalars(sa.select(Deduction.state).order_by(Deduction.id.desc())).first()
    db.session.rollback()
    assert found
    return found


def test_the_person_is_heard_before_points_are_deducted(wang: int, as_user: Browser) -> None:
    own, leader = as_user("wang"), as_user("leader")
    assert record(as_user("admin"), wang, photo=picture()) == 302
    address = f"/appraisal/deductions/{newest()}"
    assert halves.score_on(own, wang) == halves.SCORE
    assert address in own.page("/today").links
    assert take(leader, "decision", verdict="impose", note="x") == 422
    assert (
        "应先听取本人陈述申辩"
        in leader.post(f"{address}/decision", data={"verdict": "impose", "note": "x"}).text
    )
    assert state() is DeductionState.HEARING
    assert take(own, "statement", statement="当日走北门进场") == 302
    assert take(own, "statement", statement="再说一次") == 422
    assert address not in own.page("/today").links
    assert address in leader.page("/figures").links
    assert take(leader, "decision", verdict="impose", note="北门当日未开启") == 302
    assert address not in leader.page("/figures").links
    assert halves.score_on(own, wang) == AFTER_5
    for text in (REASON, "门卫登记簿第12页", "当日走北门进场", "北门当日未开启", "李分管"):
        assert text in own.text(address)
    page = own.text(f"/appraisal/{wang}?{halves.OF}")
    assert REASON in page
    assert "扣 5 分" in page
    assert halves.score_on(own, wang, "of=2026") == AFTER_5
    photo = next(link for link in own.page(address).links if "/photos/" in link)
    assert own.get(photo).status_code == 200
    assert as_user("zhao").get(photo).status_code == 404
    assert as_user("zhao").get(address).status_code == 404


def test_who_says_nothing_is_decided_on_after_the_term(wang: int, as_user: Browser) -> None:
    assert record(as_user("admin"), wang) == 302
    with time_machine.travel(cast.NOW + timedelta(days=5), tick=True):
        assert take(as_user("leader"), "decision", verdict="impose", note="x") == 422
    with time_machine.travel(cast.NOW + timedelta(days=6), tick=True):
        assert take(as_user("leader"), "decision", verdict="drop", note="证据不足") == 302
        assert state() is DeductionState.DROPPED
        assert halves.score_on(as_user("wang"), wang) == halves.SCORE
        assert take(as_user("wang"), "statement", statement="迟到的陈述") == 422


def test_only_managers_record_and_only_another_leader_decides(wang: int, as_user: Browser) -> None:
    for name in ("wang", "zhao", "lin", "auditor", "expert", "officer"):
        assert record(as_user(name), wang) in {403, 404}
        assert as_user(name).get(f"/appraisal/{wang}/deductions/new").status_code in {403, 404}
    leader = as_user("leader")
    assert record(leader, wang) == 302
    for name in ("admin", "auditor", "zhao", "lin"):
        assert take(as_user(name), "statement", statement="x") in {403, 404}
    assert take(as_user("wang"), "statement", statement="x") == 302
    for name, status in (("admin", 403), ("auditor", 403), ("wang", 403), ("zhao", 403)):
        assert take(as_user(name), "decision", verdict="impose", note="x") == status
        assert take(as_user(name), "withdrawal", note="x") == status
    assert take(leader, "decision", verdict="impose", note="x") == 422  # recorded it
    assert state() is DeductionState.HEARING
    person = db.session.get_one(User, wang)
    person.role = Role.LEADER
    db.session.commit()
    for step in ("decision", "withdrawal"):
        assert take(as_user("wang"), step, verdict="drop", note="x") == 403
    assert record(as_user("wang"), wang) == 403
    assert state() is DeductionState.HEARING


def test_an_accepted_appeal_withdraws_it_and_the_history_keeps_all(wang: int, as_user: Browser) -> None:
    impose(as_user, wang)
    own, leader = as_user("wang"), as_user("leader")
    assert take(as_user("zhao"), "appeal", appeal_reason="x", appeal_evidence="y") == 404
    assert take(own, "appeal", appeal_reason="北门登记簿已找到", appeal_evidence="北门登记簿") == 302
    assert take(own, "appeal", appeal_reason="x", appeal_evidence="y") == 422
    assert halves.score_on(own, wang) == AFTER_5
    assert f"/appraisal/deductions/{newest()}" in leader.page("/figures").links
    assert take(leader, "withdrawal", note="x") == 422  # the appeal waits
    assert take(own, "appeal-decision", verdict="accept", note="x") == 403
    assert take(leader, "appeal-decision", verdict="accept", note="北门登记属实") == 302
    assert halves.score_on(own, wang) == halves.SCORE
    told = leader.get(f"/appraisal/scores.json?{halves.OF}").get_json()
    mine = next(one for one in told["people"] if one["id"] == wang)
    assert (mine["deducted"], mine["deductions"]) == (0, [])
    assert "北门登记属实" in own.text(f"/appraisal/deductions/{newest()}")
    rows = db.session.scalars(
        sa.select(HistoryRow).where(HistoryRow.thing == "deductions").order_by(HistoryRow.id)
    ).all()
    assert [(row.action, row.actor_name) for row in rows] == [
        ("record", "安管理"),
        ("state", "王监管"),
        ("decide", "李分管"),
        ("appeal", "王监管"),
        ("accept_appeal", "李分管"),
    ]
    assert rows[2].after == {"state": "imposed", "points": 5}
    assert rows[4].after == {"state": "withdrawn", "points": 5}


def test_a_declined_appeal_leaves_it_and_a_leader_may_still_withdraw(wang: int, as_user: Browser) -> None:
    impose(as_user, wang)
    own, leader = as_user("wang"), as_user("leader")
    assert take(own, "appeal", appeal_reason="x", appeal_evidence="y") == 302
    assert take(leader, "appeal-decision", verdict="decline", note="无新证据") == 302
    assert halves.score_on(own, wang) == AFTER_5
    assert take(leader, "withdrawal", note=" ") == 422
    assert take(leader, "withdrawal", note="登记簿抄录有误") == 302
    assert take(leader, "withdrawal", note="登记簿抄录有误") == 422
    assert halves.score_on(own, wang) == halves.SCORE
    # Withdrawn, the same record may be raised on new evidence.
    assert record(as_user("admin"), wang) == 302


def test_an_appeal_has_a_term(wang: int, as_user: Browser) -> None:
    impose(as_user, wang)
    with time_machine.travel(cast.NOW + timedelta(days=16), tick=True):
        assert take(as_user("wang"), "appeal", appeal_reason="x", appeal_evidence="y") == 422
    with time_machine.travel(cast.NOW + timedelta(days=15), tick=True):
        assert take(as_user("wang"), "appeal", appeal_reason="x", appeal_evidence="y") == 302


def test_what_was_issued_keeps_it_with_its_reason(wang: int, as_user: Browser, tmp_path: Path) -> None:
    impose(as_user, wang)
    leader = as_user("leader")
    assert issue(leader)[0] == 302
    first = edition_id()
    before = every_paper(leader, first)
    (tmp_path / "a.pdf").write_bytes(paper(leader, first, "pdf", "zh"))
    words = bare(read(tmp_path / "a.pdf"))
    for text in ("不实记录扣分", REASON, "门卫登记簿第12页", "北门当日未开启", AFTER_5):
        assert bare(text) in words
    assert REASON in leader.text(f"/appraisal/issued/{first}")
    assert take(leader, "withdrawal", note="登记簿抄录有误") == 302
    assert every_paper(leader, first) == before
    assert issue(leader)[0] == 302
    (tmp_path / "b.pdf").write_bytes(paper(leader, edition_id(), "pdf", "zh"))
    later = bare(read(tmp_path / "b.pdf"))
    assert REASON not in later
    assert bare(f"王监管{AFTER_5}{halves.SCORE}") in later
    kept = {one["id"]: one["deducted"] for one in db.session.get_one(Edition, first).facts["people"]}
    assert kept[wang] == 5


def test_the_workbook_tells_points_and_reason(wang: int, as_user: Browser) -> None:
    impose(as_user, wang)
    data = as_user("auditor").get(f"/appraisal/scores.xlsx?{halves.OF}").data
    heads, *rows = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()
    ]
    mine = dict(zip(heads, next(row for row in rows if row[0] == "王监管"), strict=True))
    assert (mine["考核得分"], mine["扣分"]) == (float(AFTER_5), 5)
    assert REASON in str(mine["扣分事由"])


def test_points_are_those_that_are_set_and_never_more_than_the_most(wang: int, as_user: Browser) -> None:
    settings.write({"deduction_points": "8", "deduction_most": "10"}, actor=None, now=cast.NOW)
    db.session.commit()
    query = sa.select(Check.number).where(Check.inspector_id == wang).order_by(Check.id).limit(2)
    one, other = db.session.scalars(query).all()
    db.session.rollback()
    own = as_user("wang")
    impose(as_user, wang, record=one)
    assert halves.score_on(own, wang) == "80.1"
    impose(as_user, wang, record=other)
    assert halves.score_on(own, wang) == "78.1"
    # The points of a decision stay as they were.
    settings.write({"deduction_points": "1"}, actor=None, now=cast.NOW)
    db.session.commit()
    assert halves.score_on(own, wang) == "78.1"


def test_a_hazard_counts_on_the_day_of_the_persons_step(wang: int, as_user: Browser) -> None:
    hazard = db.session.scalars(sa.select(Hazard).order_by(Hazard.id)).first()
    assert hazard
    text, day = hazard.number, hazard.found_on
    db.session.rollback()
    assert record(as_user("admin"), wang, record=text) == 302
    found = db.session.get_one(Deduction, newest())
    assert (found.hazard_id, found.check_id, found.record_on) == (hazard.id, None, day)


@pytest.mark.parametrize(
    "more",
    [
        {"record": "没有此号"},
        {"record": ""},
        {"found_on": "2026-11-30"},
        {"found_on": "2025-12-31"},
        {"found_on": ""},
        {"reason": " "},
        {"evidence": ""},
    ],
)
def test_what_does_not_fit_is_said_and_the_rest_stays(
    wang: int, as_user: Browser, more: dict[str, str]
) -> None:
    data = {
        "record": a_check(),
        "found_on": "2026-11-01",
        "reason": "理由甲乙",
        "evidence": "依据丙丁",
    } | more
    answer = as_user("admin").post(f"/appraisal/{wang}/deductions/new?{halves.OF}", data=data)
    assert answer.status_code == 422
    for name, text in (("reason", "理由甲乙"), ("evidence", "依据丙丁")):
        assert (text in answer.text) is (name not in more)
    assert db.session.scalars(sa.select(Deduction)).all() == []


def test_a_record_of_somebody_else_is_none_of_this_person(wang: int, as_user: Browser) -> None:
    assert record(as_user("admin"), wang, record=a_check("zhao")) == 422
    assert record(as_user("admin"), wang) == 302
    assert record(as_user("admin"), wang) == 422  # it is raised already
    assert db.session.scalar(sa.select(sa.func.count(Deduction.id))) == 1


def test_a_check_far_away_with_every_flag_deducts_nothing_by_itself(wang: int, as_user: Browser) -> None:
    check = db.session.scalars(sa.select(Check).where(Check.inspector_id == wang)).first()
    assert check
    for name in ("far", "late", "clock", "repeated_photo"):
        builders.visit(check.visited_on, "huaxin", "wang").flags = [name]
    db.session.commit()
    assert halves.score_on(as_user("wang"), wang) == halves.SCORE
    assert db.session.scalars(sa.select(Deduction)).all() == []


def test_distance_stands_beside_the_score(wang: int, as_user: Browser) -> None:
    before = halves.score_on(as_user("wang"), wang)
    mine = sa.select(Assignment.site_id).where(Assignment.supervisor_id == wang)
    held = db.session.scalars(
        sa.select(Site).where(Site.id.in_(mine), Site.kind == SiteKind.ENTERPRISE).order_by(Site.id)
    ).all()
    assert held
    for at, site in enumerate(held):
        site.latitude, site.longitude = 31.3 + at * 0.09, 120.6
    settings.write({settings.OFFICE_PLACE: "31.21000,120.60000"}, actor=None, now=cast.NOW)
    db.session.commit()
    own = as_user("wang")
    # A ninth of a degree of latitude is 10.0 km: from the office to the first, and between each two.
    assert f"{len(held) * 10}.0 公里" in own.text(f"/appraisal/{wang}?{halves.OF}")
    assert halves.score_on(own, wang) == before
