"""A major hazard on its pages: the plan that settles its date, monthly progress, listing, two people on site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from tests.hazards.builders import (
    LATER,
    NOW,
    TODAY,
    day,
    do,
    draft,
    in_state,
    issued,
    person,
    place,
    planned,
)
from tests.hazards.test_pages import again, sent
from tests.house import House

from xuncha.core.db import db
from xuncha.hazards.follow_up import progress
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.lists import list_queries
from xuncha.hazards.lists.filters import Criteria, View
from xuncha.hazards.models import Hazard, HazardPhotoRole, LetterKind

Browser = Callable[[str], House]
PLAN: dict[str, Any] = {
    "responsible": "周厂长",
    "measures": "更换配电箱",
    "funds": "１２．５",  # as a Chinese keyboard types it
    "due_on": day(40).isoformat(),
    "emergency_plan": "断电疏散",
    "interim_measures": "停用该车间",
}


def confirmed(**more: Any) -> Hazard:
    return do(issued(**more), Act.CONFIRM_MAJOR)


def test_a_major_hazard_is_reported_rectified_only_after_its_plan_is_accepted(as_user: Browser) -> None:
    hazard = confirmed()
    url = f"/hazards/{hazard.id}"
    officer = as_user("officer")
    early = officer.post(f"{url}/report_done", data={"note": "已更换", "photos": [sent()]})
    assert early.status_code == 422
    assert "已更换" in early.get_data(as_text=True)
    assert again(hazard).state is State.OPEN
    assert officer.post(f"{url}/submit_plan", data=PLAN).status_code == 302
    hazard = again(hazard)
    assert (hazard.due_on, hazard.plans[0].funds) == (LATER, 12.5)  # the date stands until the office decides
    assert as_user("admin").post(f"{url}/accept_plan", data={}).status_code == 302
    hazard = again(hazard)
    assert (hazard.due_on, hazard.original_due_on, hazard.responsible) == (day(40), LATER, "周厂长")
    assert hazard.events[-1].due_on == day(40)
    assert as_user("principal").post(f"{url}/sign_off", data={}).status_code == 302
    done = officer.post(f"{url}/report_done", data={"note": "已更换", "photos": [sent()]})
    assert done.status_code == 302
    assert again(hazard).state is State.REPORTED_DONE


def test_every_point_that_a_plan_lacks_is_named_at_once_and_the_rest_is_kept(as_user: Browser) -> None:
    hazard = confirmed()
    answer = as_user("officer").post(f"/hazards/{hazard.id}/submit_plan", data={"measures": "更换配电箱"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "更换配电箱" in text
    assert text.count('aria-invalid="true"') == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [("funds", "很多"), ("funds", "-3"), ("due_on", day(-1).isoformat()), ("due_on", "2095-01-01")],
)
def test_a_plan_that_does_not_fit_is_refused_beside_its_field(
    as_user: Browser, field: str, value: str
) -> None:
    hazard = confirmed()
    answer = as_user("officer").post(f"/hazards/{hazard.id}/submit_plan", data={**PLAN, field: value})
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count('aria-invalid="true"') == 1
    assert again(hazard).plans == []


def test_a_plan_may_cost_nothing(as_user: Browser) -> None:
    hazard = confirmed()
    assert (
        as_user("officer").post(f"/hazards/{hazard.id}/submit_plan", data={**PLAN, "funds": "0"}).status_code
        == 302
    )
    assert again(hazard).plans[0].funds == 0


def test_a_returned_plan_moves_no_date_and_is_offered_to_be_mended(as_user: Browser) -> None:
    hazard = do(confirmed(), Act.SUBMIT_PLAN)
    url = f"/hazards/{hazard.id}"
    assert as_user("admin").post(f"{url}/return_plan", data={}).status_code == 422
    assert as_user("admin").post(f"{url}/return_plan", data={"note": "资金未落实"}).status_code == 302
    hazard = again(hazard)
    assert (hazard.due_on, hazard.accepted_plan) == (LATER, None)
    officer = as_user("officer")
    assert "资金未落实" in officer.text(url)
    assert "断电疏散，拨打119" in officer.text(f"{url}/submit_plan")
    assert officer.post(f"{url}/submit_plan", data=PLAN).status_code == 302


def test_the_office_enters_a_plan_and_another_person_decides_on_it(as_user: Browser) -> None:
    hazard = confirmed()
    url = f"/hazards/{hazard.id}"
    assert as_user("admin").post(f"{url}/submit_plan", data=PLAN).status_code == 302
    assert as_user("admin").post(f"{url}/accept_plan", data={}).status_code == 403
    assert as_user("officer").post(f"{url}/accept_plan", data={}).status_code == 403
    assert as_user("stranger").post(f"{url}/submit_plan", data=PLAN).status_code == 404
    assert as_user("leader").post(f"{url}/accept_plan", data={}).status_code == 302


def test_without_a_plan_no_later_date_is_asked_for(as_user: Browser) -> None:
    hazard = confirmed()
    data = {"reason": "等配件", "interim_measures": "断电", "due_on": day(60).isoformat()}
    answer = as_user("officer").post(f"/hazards/{hazard.id}/ask_extension", data=data)
    assert answer.status_code == 422
    assert again(hazard).state is State.OPEN


def test_what_was_reported_before_it_was_confirmed_needs_no_plan(as_user: Browser) -> None:
    hazard = do(in_state(State.REPORTED_DONE), Act.CONFIRM_MAJOR)
    assert do(hazard, Act.VERIFY).state is State.VERIFIED


def test_two_people_verify_on_site_and_a_third_approves(as_user: Browser) -> None:
    hazard = do(planned(), Act.REPORT_DONE)
    url = f"/hazards/{hazard.id}"
    wang = as_user("wang")
    alone = wang.post(f"{url}/verify", data={"method": "on_site", "note": "已看"})
    assert alone.status_code == 422
    assert "已看" in alone.get_data(as_text=True)
    for second in ("王监管", " 王 监管 "):
        himself = wang.post(f"{url}/verify", data={"method": "on_site", "second": second})
        assert himself.status_code == 422
    assert (
        wang.post(f"{url}/verify", data={"method": "photo", "second": "李分管", "note": "清晰"}).status_code
        == 422
    )
    assert wang.post(f"{url}/verify", data={"method": "on_site", "second": "李分管"}).status_code == 302
    assert again(hazard).state is State.VERIFIED
    # The second person on site is not the one who approves, whoever wrote the name down.
    assert as_user("leader").post(f"{url}/approve_closure", data={}).status_code == 403
    assert as_user("admin").post(f"{url}/approve_closure", data={}).status_code == 302
    assert again(hazard).state is State.CLOSED


def test_a_general_hazard_is_verified_by_one_person(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    assert 'name="second"' not in wang.text(f"/hazards/{hazard.id}/verify")
    assert wang.post(f"/hazards/{hazard.id}/verify", data={"method": "on_site"}).status_code == 302


def shown(name: str, view: View, today: date) -> list[int]:
    found = list_queries.filtered(person(name), Criteria(view=view), today)
    return [hazard.id for hazard in db.session.scalars(found)]


def test_progress_is_missing_a_month_after_the_last_report_until_one_comes(as_user: Browser) -> None:
    hazard = planned()
    due = progress.month_after(TODAY)
    assert progress.of(hazard).due_on == due
    assert shown("wang", View.PROGRESS, due) == []
    assert shown("wang", View.PROGRESS, due + timedelta(days=1)) == [hazard.id]
    late = NOW + (due - TODAY) + timedelta(days=4)
    with time_machine.travel(late):
        for name, page in (
            ("wang", "/today"),
            ("admin", "/today"),
            ("admin", "/figures"),
            ("officer", "/hazards"),
            ("wang", f"/enterprises/{hazard.site_id}"),
            ("wang", f"/hazards/{hazard.id}"),
        ):
            assert "进展" in as_user(name).text(page), (name, page)
        officer = as_user("officer")
        url = f"/hazards/{hazard.id}/report_progress"
        assert officer.post(url, data={"note": ""}).status_code == 422
        data = {"note": "配电箱到货", "interim_measures": "停用该车间", "photos": [sent(5)]}
        assert officer.post(url, data=data).status_code == 302
        hazard = again(hazard)
        assert [use.role for use in hazard.photos] == [HazardPhotoRole.PROGRESS]
        (report,) = progress.of(hazard).reports
        assert (report.due_on, report.days_late) == (due, 4)
        assert shown("wang", View.PROGRESS, due + timedelta(days=5)) == []
        assert "配电箱到货" in officer.text(f"/hazards/{hazard.id}")


@pytest.mark.parametrize("act", [Act.REPORT_DONE, Act.REFER, Act.VOID, Act.DISMISS_MAJOR])
def test_progress_is_not_asked_for_when_the_enterprise_is_not_at_work_on_a_major_hazard(
    app: object, act: Act
) -> None:
    hazard = do(planned(), act)
    assert progress.of(hazard).due_on is None
    assert shown("wang", View.PROGRESS, day(400)) == []


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)))
def test_the_last_beginning_is_the_last_day_whose_month_is_over(today: date) -> None:
    last = progress.last_begun(today)
    assert progress.month_after(last) < today <= progress.month_after(last + timedelta(days=1))


def test_plans_stand_in_the_views_of_who_must_act(app: object) -> None:
    hazard = confirmed()
    assert (shown("officer", View.PLAN_DUE, TODAY), shown("admin", View.PLAN, TODAY)) == ([hazard.id], [])
    do(hazard, Act.SUBMIT_PLAN)
    assert (shown("officer", View.PLAN_DUE, TODAY), shown("admin", View.PLAN, TODAY)) == ([], [hazard.id])
    do(hazard, Act.RETURN_PLAN)
    assert (shown("officer", View.PLAN_DUE, TODAY), shown("admin", View.PLAN, TODAY)) == ([hazard.id], [])
    do(do(hazard, Act.SUBMIT_PLAN), Act.ACCEPT_PLAN)
    assert (shown("officer", View.PLAN_DUE, TODAY), shown("admin", View.PLAN, TODAY)) == ([], [])


def test_listing_and_delisting_are_numbered_and_move_no_date(as_user: Browser) -> None:
    hazard = planned()
    due, url = hazard.due_on, f"/hazards/{hazard.id}"
    leader = as_user("leader")
    assert leader.post(f"{url}/list", data={"reason": "重大隐患"}).status_code == 422
    data = {"reason": "重大隐患", "leader": "李分管", "deadline": day(-1).isoformat()}
    assert leader.post(f"{url}/list", data=data).status_code == 422
    assert leader.post(f"{url}/list", data={**data, "deadline": day(50).isoformat()}).status_code == 302
    hazard = again(hazard)
    assert hazard.due_on == due
    assert hazard.listing is not None and hazard.listing.number == "（开安）挂牌〔2026〕1号"
    assert "（开安）挂牌〔2026〕1号" in as_user("officer").text(url)
    assert leader.post(f"{url}/delist", data={"reason": "已整改"}).status_code == 422
    for act in (Act.REPORT_DONE, Act.VERIFY):
        do(hazard, act)
    do(hazard, Act.APPROVE_CLOSURE, actor="admin")
    assert leader.post(f"{url}/delist", data={"reason": "已整改"}).status_code == 302
    hazard = again(hazard)
    assert [letter.kind for letter in hazard.letters] == [LetterKind.LISTING, LetterKind.DELISTING]
    closure = hazard.letters[-1].facts["closure"]
    assert (closure["verified_by"], closure["approved_by"]) == (["王监管", "郑同行"], "安管理")
    assert hazard.listed_at is None


def test_letters_to_a_department_are_not_the_enterprises_to_read(as_user: Browser) -> None:
    hazard = confirmed()
    do(hazard, Act.REPORT_MAJOR)
    do(hazard, Act.LIST)
    do(hazard, Act.REFER, reply_by=day(20))
    report, listing, referral = hazard.letters
    assert [letter.number for letter in hazard.letters] == [
        "（开安）报告〔2026〕1号",
        "（开安）挂牌〔2026〕1号",
        "（开安）移送〔2026〕1号",
    ]
    for letter in (report, referral):
        assert as_user("officer").get(f"/papers/letters/{letter.id}").status_code == 404
        assert letter.number not in as_user("officer").text(f"/hazards/{hazard.id}")
        assert as_user("wang").get(f"/papers/letters/{letter.id}").status_code == 200
    assert as_user("officer").get(f"/papers/letters/{listing.id}").status_code == 200
    assert as_user("stranger").get(f"/papers/letters/{listing.id}").status_code == 404


def test_only_a_major_hazard_is_reported_to_the_department(as_user: Browser) -> None:
    hazard = draft(suspected_major=True, major_criterion="判定标准第三条")
    answer = as_user("wang").post(f"/hazards/{hazard.id}/report_major", data={"department": "应急管理局"})
    assert answer.status_code == 422
    assert again(hazard).letters == []


def test_interim_measures_are_asked_for_at_confirmation_and_stand_until_closure(as_user: Browser) -> None:
    hazard = issued()
    admin, url = as_user("admin"), f"/hazards/{hazard.id}"
    assert admin.post(f"{url}/confirm_major", data={"criterion": "判定标准第三条"}).status_code == 422
    data = {"criterion": "判定标准第三条", "interim_measures": "停产撤人"}
    assert admin.post(f"{url}/confirm_major", data=data).status_code == 302
    assert "停产撤人" in as_user("officer").text(url)
    assert "停产撤人" in as_user("officer").text(f"{url}/submit_plan")


def test_steps_and_pages_speak_both_languages(as_user: Browser) -> None:
    hazard = do(confirmed(), Act.SUBMIT_PLAN)
    person("admin").lang = "en"
    db.session.commit()
    text = as_user("admin").text(f"/hazards/{hazard.id}")
    assert "Accept the plan" in text and "Interim measures" in text
    assert place("huaxin").name in text
