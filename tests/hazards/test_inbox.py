"""The inbox of an enterprise: what is expected, nearest first, each with one step; its papers and what happened last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from tests.hazards.builders import (
    LATER,
    NOW,
    TODAY,
    do,
    in_state,
    issued,
    person,
    planned,
)
from tests.hazards.test_own_findings import found
from tests.house import House

from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.hazards.follow_up.progress import month_after
from xuncha.hazards.inbox import inbox_of
from xuncha.hazards.lifecycle import Act, State

Browser = Callable[[str], House]


def expected(who: str = "officer", days: int = 0) -> list[tuple[str, Act]]:
    """What stands in a person's inbox after so many days: the hazard's words and the step."""
    box = inbox_of(person(who), TODAY + timedelta(days=days))
    return [(one.hazard.description, one.act) for one in box.expected]


@pytest.mark.parametrize("who", ["officer", "principal"])
def test_the_enterprise_begins_in_its_inbox(as_user: Browser, who: str) -> None:
    browser = as_user(who)
    assert browser.get("/").headers["Location"] == "/hazards/inbox"
    assert "/hazards/inbox" in browser.page("/hazards/inbox").links


@pytest.mark.parametrize("who", ["wang", "admin", "leader", "auditor", "expert"])
def test_nobody_else_has_one(as_user: Browser, who: str) -> None:
    browser = as_user(who)
    assert browser.get("/hazards/inbox").status_code == 403
    assert "/hazards/inbox" not in browser.page("/hazards" if who != "expert" else "/checks").links


def test_what_is_due_first_stands_first_with_its_step(app: object) -> None:
    issued(description="后到期", due_on=(LATER + timedelta(days=3)).isoformat())
    do(issued(description="先到期", due_on=TODAY.isoformat()), Act.ACCEPT)
    issued(description="中间", due_on=LATER.isoformat())
    assert expected() == [("先到期", Act.REPORT_DONE), ("中间", Act.ACCEPT), ("后到期", Act.ACCEPT)]


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (State.OPEN, Act.ACCEPT),
        (State.IN_PROGRESS, Act.REPORT_DONE),
        (State.SENT_BACK, Act.REPORT_DONE),
        (State.EXTENSION_PENDING, None),
        (State.REPORTED_DONE, None),
        (State.VERIFIED, None),
        (State.REFERRED, None),
        (State.DRAFT, None),
        (State.CLOSED, None),
        (State.VOID, None),
    ],
)
def test_every_state_asks_for_its_step_or_waits_for_others(
    as_user: Browser, state: State, act: Act | None
) -> None:
    hazard = in_state(state)
    url = f"/hazards/{hazard.id}"
    page = as_user("officer").page("/hazards/inbox")
    steps = {link.removeprefix(f"{url}/") for link in page.links if link.startswith(f"{url}/")}
    assert steps == ({act.value} if act else set())
    shown = state in {State.DRAFT, State.CLOSED, State.VOID}
    assert (url in page.links) or shown


def test_a_major_hazard_asks_for_its_plan_then_for_progress(app: object) -> None:
    hazard = do(issued(description="重大"), Act.CONFIRM_MAJOR)
    assert expected() == [("重大", Act.SUBMIT_PLAN), ("重大", Act.REPORT_PROGRESS)]
    do(hazard, Act.SUBMIT_PLAN)
    assert ("重大", Act.SUBMIT_PLAN) not in expected()
    do(hazard, Act.ACCEPT_PLAN)
    box = inbox_of(person("officer"), TODAY)
    due = {one.act: one.by for one in box.expected}
    assert due[Act.REPORT_PROGRESS] == month_after(local_day(NOW))
    assert due[Act.ACCEPT] == hazard.due_on


def test_late_ones_are_marked_and_answers_told(as_user: Browser) -> None:
    hazard = do(do(issued(description="延期"), Act.ACCEPT), Act.ASK_EXTENSION)
    do(hazard, Act.GRANT_EXTENSION, note="同意一次")
    assert hazard.due_on is not None
    granted = hazard.due_on
    officer = as_user("officer")
    assert "同意一次" in officer.text("/hazards/inbox")
    with time_machine.travel(NOW + timedelta(days=(granted - TODAY).days + 1), tick=True):
        assert "已逾期" in as_user("officer").text("/hazards/inbox")
    refused = do(do(issued(description="不同意"), Act.ACCEPT), Act.ASK_EXTENSION)
    do(refused, Act.REFUSE_EXTENSION)
    assert "配件本地有货" in officer.text("/hazards/inbox")


def test_a_colleague_closes_and_a_principal_signs_from_the_inbox(app: object) -> None:
    hazard = found()
    assert expected() == [("车间地面积油", Act.ACCEPT)]
    do(hazard, Act.REPORT_DONE)
    assert expected() == []
    assert expected("principal") == [("车间地面积油", Act.CLOSE_OWN)]
    do(hazard, Act.CLOSE_OWN)
    assert expected("principal") == []
    major = do(do(do(do(found(), Act.CONFIRM_MAJOR), Act.SUBMIT_PLAN), Act.ACCEPT_PLAN), Act.ACCEPT)
    assert Act.SIGN_OFF in {act for _words, act in expected("principal")}
    assert Act.REPORT_DONE not in {act for _words, act in expected("officer")}
    do(major, Act.SIGN_OFF)
    assert Act.REPORT_DONE in {act for _words, act in expected("officer")}


def test_other_enterprises_stand_in_no_inbox(as_user: Browser) -> None:
    planned(description="甲标记七")
    db.session.rollback()
    assert "甲标记七" not in as_user("stranger").text("/hazards/inbox")


def test_papers_are_read_and_saved_from_the_inbox(as_user: Browser) -> None:
    hazard = issued()
    assert hazard.check is not None
    page = as_user("officer").page("/hazards/inbox")
    for address in (f"/papers/notices/{hazard.notice_id}", f"/papers/records/{hazard.check_id}"):
        assert address in page.links
        (saved,) = (link for link in page.links if link.startswith(f"{address}?"))
        assert "download=1" in saved
