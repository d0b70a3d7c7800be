"""Excuses: asked with reasons, decided once, by somebody else."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core import history
from xuncha.core.db import db
from xuncha.core.errors import ActedFirst, NotAllowed, Refused
from xuncha.schedule import actions, excuses
from xuncha.schedule.excuses import Grounds
from xuncha.schedule.lifecycle import TaskState
from xuncha.schedule.models import Excuse, Task
from xuncha.schedule.queries import state_of

GetUser, FindTask, Browse = Callable[[str], User], Callable[..., Task], Callable[[str], House]
DAY = date(2026, 11, 3)


def ask(task: Task, who: User) -> Excuse:
    return excuses.ask_excuse(task, Grounds("台风停产", evidence="预警第5号"), actor=who, now=cast.NOW)


def test_an_accepted_excuse_excuses_and_is_remembered(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    excuse = ask(task, user("wang"))
    assert state_of(task, DAY) is TaskState.DUE, "asking alone excuses nothing"
    excuses.decide_excuse(excuse, accept=True, actor=user("lin"), now=cast.NOW)
    assert state_of(task, DAY) is TaskState.EXCUSED
    assert [row.action for row in history.of(task)] == ["ask_excuse", "accept_excuse"]


def test_a_declined_excuse_needs_a_reason_and_may_be_asked_again(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    excuse = ask(task, user("wang"))
    with pytest.raises(Refused):
        excuses.decide_excuse(excuse, accept=False, actor=user("lin"), now=cast.NOW)
    excuses.decide_excuse(excuse, accept=False, note="未停产", actor=user("lin"), now=cast.NOW)
    assert state_of(task, DAY) is TaskState.DUE
    again = ask(task, user("wang"))
    assert again.accepted is None
    assert again.decided_by is None


def test_nobody_asks_twice_or_decides_twice(november: FindTask, user: GetUser) -> None:
    excuse = ask(november("huaxin"), user("wang"))
    with pytest.raises(ActedFirst):
        ask(november("huaxin"), user("lin"))
    excuses.decide_excuse(excuse, accept=True, actor=user("lin"), now=cast.NOW)
    with pytest.raises(ActedFirst):
        excuses.decide_excuse(excuse, accept=False, note="不同意", actor=user("leader"), now=cast.NOW)


def test_a_done_task_or_an_empty_reason_is_refused(november: FindTask, user: GetUser) -> None:
    task, wang = november("huaxin"), user("wang")
    with pytest.raises(Refused):
        excuses.ask_excuse(task, Grounds("  "), actor=wang, now=cast.NOW)
    actions.mark_done(task, DAY, actor=wang, now=cast.NOW)
    with pytest.raises(Refused):
        ask(task, wang)


@pytest.mark.parametrize("name", ["zhao", "chen", "leader", "auditor", "expert", "officer"])
def test_only_who_is_responsible_asks(november: FindTask, user: GetUser, name: str) -> None:
    with pytest.raises(NotAllowed):
        ask(november("huaxin"), user(name))


@pytest.mark.parametrize("name", ["wang", "zhao", "chen", "auditor", "officer"])
def test_who_is_not_over_the_asker_decides_nothing(november: FindTask, user: GetUser, name: str) -> None:
    excuse = ask(november("huaxin"), user("wang"))
    with pytest.raises(NotAllowed):
        excuses.decide_excuse(excuse, accept=True, actor=user(name), now=cast.NOW)


def test_whoever_asked_does_not_decide(november: FindTask, user: GetUser) -> None:
    excuse = ask(november("huaxin"), user("admin"))
    with pytest.raises(NotAllowed):
        excuses.decide_excuse(excuse, accept=True, actor=user("admin"), now=cast.NOW)


def test_the_pages_ask_and_decide(app: Flask, november: FindTask, as_user: Browse) -> None:
    number = november("huaxin").id
    db.session.rollback()
    wang, lin, chen = as_user("wang"), as_user("lin"), as_user("chen")
    url = f"/schedule/tasks/{number}"
    assert wang.post(f"{url}/excuse", data={"reason": ""}).status_code == 200
    assert wang.post(f"{url}/excuse", data={"reason": "企业停产检修", "evidence": "通知"}).status_code == 302
    assert "企业停产检修" in lin.text("/today")
    assert "企业停产检修" in lin.text("/schedule/excuses")
    assert "企业停产检修" not in chen.text("/schedule/excuses")
    assert wang.post(f"{url}/excuse/decision", data={"decision": "accept"}).status_code == 403
    assert chen.post(f"{url}/excuse/decision", data={"decision": "accept"}).status_code in {403, 404}
    assert lin.post(f"{url}/excuse/decision", data={"decision": "decline"}).status_code == 200
    assert lin.post(f"{url}/excuse/decision", data={"decision": "accept"}).status_code == 302
    assert state_of(november("huaxin"), DAY) is TaskState.EXCUSED
