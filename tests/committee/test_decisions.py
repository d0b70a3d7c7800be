"""Decisions of signed minutes are tasks: on Today when due, reported, accepted or sent back, changed, withdrawn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from PIL import Image
from tests.committee.meetings import decided, decision_of, enter, hold, meeting, sign, step
from tests.house import House

from xuncha.accounts.models import User
from xuncha.committee import queries
from xuncha.committee.lifecycle import DecisionState
from xuncha.committee.minutes import CommitteeMinutes
from xuncha.committee.models import Decision
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Sector
from xuncha.schedule.queries import today_sections
from xuncha.stats.period import Period

Browser, People = Callable[[str], House], Callable[[str], User]
PASSAGE, GAS, DRILL = "整治消防通道", "排查燃气用户", "组织应急演练"


@pytest.fixture
def users(app: Flask) -> dict[str, int]:
    found = {row.username: row.id for row in db.session.execute(sa.select(User.username, User.id))}
    db.session.rollback()
    return found


@pytest.fixture
def members(as_user: Browser, users: dict[str, int]) -> dict[str, int]:
    return enter(as_user("admin"), users)


@pytest.fixture
def signed(as_user: Browser, users: dict[str, int], members: dict[str, int]) -> int:
    """A meeting of 2 November (today is the 3rd) with three decisions, signed off."""
    rows = decided(
        (PASSAGE, users["wang"], "2026-11-04"),
        (GAS, users["zhao"], "2026-12-20"),
        (DRILL, users["lin"], "2026-11-30"),
    )
    number = hold(as_user("admin"), meeting(members) | rows)
    assert sign(as_user("leader"), number) == 302
    return number


def picture() -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 60)).save(data, "JPEG")
    data.seek(0)
    return data, "a.jpg"


def state(number: int) -> DecisionState:
    found = db.session.get_one(Decision, number).state
    db.session.rollback()
    return found


def test_a_phone_gets_its_pack_while_a_decision_is_due(as_user: Browser, signed: int) -> None:
    wang = as_user("wang")
    assert PASSAGE in wang.text("/today")
    assert wang.get("/sync/pack").get_json()["entries"]


def test_today_shows_a_decision_to_whom_it_is_due(as_user: Browser, signed: int) -> None:
    assert PASSAGE in as_user("wang").text("/today")  # due tomorrow
    assert GAS not in as_user("zhao").text("/today")  # due in seven weeks
    assert PASSAGE not in as_user("zhao").text("/today")


def test_the_digest_tells_number_and_day_but_not_what_was_decided(
    app: Flask, user: People, signed: int
) -> None:
    with app.test_request_context():
        panels = today_sections.of(date(2026, 11, 3), user("wang"))
    told = [one for panel in panels for one in panel.summaries if "2026-11-02-1" in "".join(one.lines)]
    assert len(told) == 1 and told[0].total == 1
    assert PASSAGE not in "".join(told[0].lines)


def test_reported_sent_back_reported_again_and_accepted(as_user: Browser, signed: int) -> None:
    number = decision_of(PASSAGE)
    for who in ("zhao", "lin", "admin", "auditor"):
        assert step(as_user(who), number, "report", "report", note="已办") == 403, who
    wang, lin = as_user("wang"), as_user("lin")
    assert step(wang, number, "report", "report", note=" ") == 422
    assert state(number) is DecisionState.OPEN
    assert step(wang, number, "report", "report", note="通道已清理", photos=picture()) == 302
    assert state(number) is DecisionState.REPORTED
    assert PASSAGE in lin.text("/today") and PASSAGE not in wang.text("/today")
    # Only the secretary accepts; who reported never does.
    for who in ("wang", "admin", "leader"):
        assert step(as_user(who), number, "accept", "answer", note="") == 403, who
    assert "退回整改" not in lin.text(f"/committee/decisions/{number}"), "a decision is no hazard"
    assert step(lin, number, "return", "answer", note="") == 422
    assert step(lin, number, "return", "answer", note="东侧仍堆放") == 302
    assert state(number) is DecisionState.OPEN
    assert step(wang, number, "report", "report", note="东侧已清") == 302
    assert step(lin, number, "accept", "answer", note="") == 302
    assert step(lin, number, "accept", "answer", note="") == 422  # it is settled already
    page = wang.get(f"/committee/decisions/{number}").get_data(as_text=True)
    places = [page.index(words) for words in ("东侧已清", "东侧仍堆放", "通道已清理")]
    assert (
        places == sorted(places) and page.count(f"decision-{number}") == 1
    )  # one photo, the newest step first
    acts = [one.act.value for one in db.session.get_one(Decision, number).steps]
    assert acts == ["make", "report", "return", "report", "accept"]


def test_a_photo_of_a_report_is_shown_to_the_staff_only(as_user: Browser, signed: int) -> None:
    number = decision_of(PASSAGE)
    assert step(as_user("wang"), number, "report", "report", note="已清", photos=picture()) == 302
    sha256 = db.session.get_one(Decision, number).steps[-1].photos[0].photo.sha256
    db.session.rollback()
    assert as_user("chen").get(f"/photos/{sha256}/thumb").status_code == 200
    for who in ("officer", "expert"):
        assert as_user(who).get(f"/photos/{sha256}/thumb").status_code == 404, who
    stamped = as_user("lin").get(f"/photos/{sha256}/stamped?of=decision-{number}")
    assert stamped.status_code == 200


def test_where_the_secretary_is_responsible_a_manager_accepts(as_user: Browser, signed: int) -> None:
    number = decision_of(DRILL)
    assert step(as_user("lin"), number, "report", "report", note="已演练") == 302
    assert step(as_user("lin"), number, "accept", "answer", note="") == 403
    assert step(as_user("wang"), number, "accept", "answer", note="") == 403
    assert step(as_user("leader"), number, "accept", "answer", note="") == 302
    assert state(number) is DecisionState.ACCEPTED


def test_another_person_and_another_day_leave_the_minutes_as_they_were(
    as_user: Browser, users: dict[str, int], signed: int
) -> None:
    number, admin = decision_of(GAS), as_user("admin")
    wanted = {"responsible_id": users["chen"], "due_on": "2026-12-31", "note": "片区调整"}
    assert step(as_user("wang"), number, "change", "change", **wanted) == 403
    assert step(admin, number, "change", "change", **wanted | {"due_on": "2026-11-01"}) == 422
    assert step(admin, number, "change", "change", **wanted | {"note": ""}) == 422
    same = {"responsible_id": users["zhao"], "due_on": "2026-12-20"}
    assert step(admin, number, "change", "change", **wanted | same) == 422
    assert step(admin, number, "change", "change", **wanted) == 302
    assert step(as_user("zhao"), number, "report", "report", note="已办") == 403
    text = as_user("chen").text(f"/committee/decisions/{number}")
    assert "片区调整" in text and "陈外片" in text and "赵同事" in text  # now and as decided
    frozen = db.session.scalars(sa.select(CommitteeMinutes)).one().facts["decisions"][1]
    assert (frozen["responsible"], frozen["due_on"]) == ("赵同事", "2026-12-20")


def test_a_withdrawn_decision_stays_readable_with_its_reason(as_user: Browser, signed: int) -> None:
    number, admin = decision_of(GAS), as_user("admin")
    assert step(admin, number, "withdraw", "withdraw", note="") == 422
    assert step(admin, number, "withdraw", "withdraw", note="另案办理") == 302
    late = {"report-version": "2", "report-note": "我已办完"}
    answer = as_user("zhao").post(f"/committee/decisions/{number}/report", data=late)
    assert answer.status_code == 422 and "我已办完" in answer.get_data(as_text=True)  # nothing typed is lost
    assert state(number) is DecisionState.WITHDRAWN
    assert "另案办理" in as_user("zhao").text(f"/committee/decisions/{number}")
    assert GAS not in as_user("zhao").text("/committee/decisions")
    assert GAS in as_user("zhao").text("/committee/decisions?view=all")


def test_what_is_overdue_stands_in_the_next_minutes_by_itself(
    as_user: Browser, members: dict[str, int], signed: int
) -> None:
    with time_machine.travel(at(date(2026, 11, 10), 10)):
        wang = as_user("wang")
        assert PASSAGE in wang.text("/committee/decisions?view=overdue")
        assert GAS not in wang.text("/committee/decisions?view=overdue")
        later = hold(as_user("admin"), meeting(members, held_on="2026-11-10"))
        text = wang.text(f"/committee/meetings/{later}")
        assert PASSAGE in text and GAS not in text
        assert sign(as_user("leader"), later) == 302
    query = sa.select(CommitteeMinutes).where(CommitteeMinutes.meeting_id == later)
    listed = db.session.scalars(query).one().facts["overdue"]
    assert [(one["number"], one["what"], one["due_on"]) for one in listed] == [
        ("2026-11-02-1", PASSAGE, "2026-11-04")
    ]
    # What is done later changes no minutes.
    db.session.rollback()
    assert step(as_user("wang"), decision_of(PASSAGE), "report", "report", note="已清") == 302
    assert PASSAGE in as_user("wang").text(f"/committee/meetings/{later}")


def test_facts_for_the_summary_of_a_period(
    as_user: Browser, users: dict[str, int], members: dict[str, int], signed: int
) -> None:
    number = decision_of(PASSAGE)
    assert step(as_user("wang"), number, "report", "report", note="已清") == 302
    assert step(as_user("lin"), number, "accept", "answer", note="") == 302
    hold(as_user("admin"), meeting(members))  # not signed off: it does not count
    plan = {"sector": "hazchem", "name": "危化品专项方案", "name_en": "Chemicals plan", "reach": "sector"}
    plan |= {"from_on": "2026-10-01", "until_on": "2026-12-31", "goals": "全覆盖", "hazard_class": ""}
    plan |= {"checklist_id": "", "responsible_id": str(users["lin"])}
    assert as_user("admin").post("/committee/plans/new", data=plan).status_code == 302
    day = date(2026, 11, 3)
    half = Period.between(date(2026, 7, 1), date(2026, 12, 31), None, today=day)
    facts = queries.for_summary(half)
    assert (facts.meetings, facts.decisions_made, facts.decisions_done) == (1, 3, 1)
    assert facts.decisions_overdue == 0
    assert facts.plans == ((Sector.HAZCHEM, ({"zh": "危化品专项方案", "en": "Chemicals plan"},)),)
    # Five weeks later the drill (30 November) is overdue, the gas (20 December) is not.
    later = Period.between(date(2026, 7, 1), date(2026, 12, 31), None, today=date(2026, 12, 5))
    assert queries.for_summary(later).decisions_overdue == 1
    # As of the day before the signature there was no decision yet.
    before = Period.between(date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 2), today=day)
    assert (queries.for_summary(before).meetings, queries.for_summary(before).decisions_made) == (0, 0)
    first_half = Period.between(date(2026, 1, 1), date(2026, 6, 30), None, today=day)
    assert queries.for_summary(first_half) == queries.SummaryFacts(0, 0, 0, 0, ())
    # The paragraph names the meeting, linked, and the sectors that have a plan; without a meeting it leaves a blank.
    with time_machine.travel(at(day, 9), tick=False):
        page = as_user("admin").get("/papers/summary?of=2026-H2")
    assert re.search(r'召开安委会会议<a href="/committee\?from=[^>]*>1</a>次，制定危化等', page.text)
