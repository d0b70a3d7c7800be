"""An appeal: by whom it concerns, once, within the term; decided by a leader with a note; both values are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.appraisal import halves
from tests.committee.test_decisions import picture
from tests.house import House
from tests.stats.builders import number

from xuncha.accounts.models import User
from xuncha.appraisal.models import Appeal, AppealState
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.core.history import HistoryRow

Browser = Callable[[str], House]


@pytest.fixture
def wang(app: Flask) -> int:
    halves.settle()
    found = number("wang")
    db.session.rollback()
    return found


def test_an_accepted_appeal_counts_and_both_values_stay(wang: int, as_user: Browser) -> None:
    own, leader = as_user("wang"), as_user("leader")
    assert halves.appeal(own, wang) == 302
    page = own.text(f"/appraisal/{wang}?{halves.OF}")
    assert "9/10 9/10" in page
    assert "待处理" in page
    assert halves.score_on(own, wang) == halves.SCORE
    link = next(link for link in leader.page("/figures").links if link.endswith("#appeals"))
    assert link == f"/appraisal?{halves.OF}#appeals"
    assert halves.decide(leader, halves.appeal_id(), "1", "停电属实，予以采纳") == 302
    assert not [link for link in leader.page("/figures").links if link.endswith("#appeals")]
    # 30 instead of 27 points of 90: 82.25 / 90 = 91.39 %.
    assert halves.score_on(own, wang) == "91.4"
    page = own.text(f"/appraisal/{wang}?{halves.OF}")
    assert "9/10 10/10" in page
    shown = own.text(f"/appraisal/appeals/{halves.appeal_id()}")
    assert "停电属实，予以采纳" in shown
    assert "李分管" in shown
    told = leader.get(f"/appraisal/scores.json?{halves.OF}").get_json()
    line = next(one for one in told["people"] if one["id"] == wang)["lines"][0]
    assert (line["part"], line["whole"], line["credited"]) == (9, 10, 1)
    rows = db.session.scalars(
        sa.select(HistoryRow).where(HistoryRow.thing == "appeals").order_by(HistoryRow.id)
    ).all()
    assert [(row.action, row.actor_name, row.after["counted"]) for row in rows] == [
        ("file", "王监管", "9/10"),
        ("decide", "李分管", "10/10"),
    ]
    assert rows[1].before["counted"] == "9/10"


def test_a_declined_appeal_changes_nothing_and_is_final(wang: int, as_user: Browser) -> None:
    own, leader = as_user("wang"), as_user("leader")
    assert halves.appeal(own, wang) == 302
    assert halves.decide(leader, halves.appeal_id(), "0", "通知与当日无关") == 302
    assert halves.score_on(own, wang) == halves.SCORE
    assert "通知与当日无关" in own.text(f"/appraisal/appeals/{halves.appeal_id()}")
    assert halves.appeal(own, wang) == 422
    late = leader.post(
        f"/appraisal/appeals/{halves.appeal_id()}/decision", data={"credited": "1", "note": "另一份意见"}
    )
    assert late.status_code == 422
    assert "此申诉已由他人处理" in late.text
    assert "另一份意见" in late.text
    assert db.session.scalars(sa.select(Appeal.state)).all() == [AppealState.DECLINED]


@pytest.mark.parametrize("field", ["component", "reason", "evidence"])
def test_what_is_missing_is_said_and_the_rest_stays(wang: int, as_user: Browser, field: str) -> None:
    data = {"component": "record", "reason": "理由甲乙丙", "evidence": "依据丁戊己", "photo": picture()} | {
        field: ""
    }
    answer = as_user("wang").post(f"/appraisal/{wang}/appeal?{halves.OF}", data=data)
    assert answer.status_code == 422
    for name, text in (("reason", "理由甲乙丙"), ("evidence", "依据丁戊己")):
        assert (text in answer.text) is (name != field)
    assert (' selected value="record"' in answer.text) is (field != "component")
    assert 'name="photo-kept"' in answer.text
    assert db.session.scalars(sa.select(Appeal)).all() == []


def test_the_photo_is_seen_by_who_sees_the_appeal(wang: int, as_user: Browser) -> None:
    own = as_user("wang")
    data = {"component": "record", "reason": "理由", "evidence": "依据", "photo": picture()}
    assert own.post(f"/appraisal/{wang}/appeal?{halves.OF}", data=data).status_code == 302
    address = f"/appraisal/appeals/{halves.appeal_id()}"
    photo = next(link for link in as_user("leader").page(address).links if "/photos/" in link)
    assert as_user("auditor").get(photo).status_code == 200
    assert as_user("zhao").get(photo).status_code == 404
    assert as_user("zhao").get(address).status_code == 404


def test_nobody_decides_on_the_own_appeal(wang: int, as_user: Browser) -> None:
    assert halves.appeal(as_user("wang"), wang) == 302
    appeal = halves.appeal_id()
    for name, status in (("wang", 403), ("admin", 403), ("auditor", 403), ("lin", 403), ("zhao", 403)):
        assert halves.decide(as_user(name), appeal) == status
    person = db.session.get_one(User, wang)
    person.role = Role.LEADER
    db.session.commit()
    assert halves.decide(as_user("wang"), appeal) == 403
    assert db.session.scalars(sa.select(Appeal.state)).all() == [AppealState.WAITING]
    db.session.rollback()
    assert halves.decide(as_user("leader"), appeal) == 302


@pytest.mark.parametrize(
    ("credited", "note"), [("2", "x"), ("-1", "x"), ("", "x"), ("viel", "x"), ("1", " ")]
)
def test_a_decision_that_does_not_fit_is_refused(
    wang: int, as_user: Browser, credited: str, note: str
) -> None:
    assert halves.appeal(as_user("wang"), wang) == 302
    assert halves.decide(as_user("leader"), halves.appeal_id(), credited, note) == 422
    assert db.session.scalars(sa.select(Appeal.state)).all() == [AppealState.WAITING]


def test_nobody_appeals_for_another_or_where_all_is_done(wang: int, as_user: Browser) -> None:
    for name in ("leader", "admin", "lin", "zhao"):
        assert halves.appeal(as_user(name), wang) in {403, 404}
    assert halves.appeal(as_user("wang"), wang, component="recheck") == 422
    assert halves.appeal(as_user("wang"), wang, component="visits") == 422
    assert db.session.scalars(sa.select(Appeal)).all() == []


def test_only_within_the_term(wang: int, as_user: Browser) -> None:
    own = as_user("wang")
    assert halves.appeal(own, wang, "of=2026-H2") == 422  # it still runs
    leader = as_user("leader")
    seen = leader.page(f"/appraisal/issue?{halves.OF}").fields["seen"]
    data = {"of": "2026-H1", "seen": seen, "read": "1"}
    assert leader.post("/appraisal/issue", data=data).status_code == 302
    assert "截止 2026年11月18日" in own.text(f"/appraisal/{wang}?{halves.OF}")
    with time_machine.travel(cast.NOW.replace(day=19), tick=True):
        late = as_user("wang")
        text = late.text(f"/appraisal/{wang}?{halves.OF}")
        assert "申诉期限已于 2026-11-18 截止" in text
        assert halves.appeal(late, wang) == 422
    assert db.session.scalars(sa.select(Appeal)).all() == []
    with time_machine.travel(cast.NOW.replace(day=18), tick=True):
        assert halves.appeal(as_user("wang"), wang) == 302
