"""Postponements (顺延): asked by a supervisor, decided by a leader, honoured by states and figures from the decision on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core import history
from xuncha.core.access import Role
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.core.errors import ActedFirst, NotAllowed, Refused
from xuncha.schedule import actions, excuses
from xuncha.schedule.excuses import Grounds
from xuncha.schedule.lifecycle import TaskState, state_on, window_of
from xuncha.schedule.models import Cause, DayKind, Task
from xuncha.schedule.notices import NamedDay
from xuncha.schedule.queries import marks, open_task_for, state_of, visible_to
from xuncha.stats.figure import Figures
from xuncha.stats.period import Period
from xuncha.stats.scope import Scope

GetUser, FindTask, Browse = Callable[[str], User], Callable[..., Task], Callable[[str], House]
TO = date(2026, 11, 27)  # a Friday of the half-month after that of the task
GROUNDS = Grounds("台风停产", Cause.WEATHER, TO, "预警第5号")


def postponed(task: Task, user: GetUser, on: date = date(2026, 11, 3)) -> None:
    excuse = excuses.ask_excuse(task, GROUNDS, actor=user("wang"), now=cast.NOW)
    excuses.decide_excuse(excuse, accept=True, actor=user("lin"), now=at(on, 11))


def test_a_check_is_postponed_from_the_decision_on(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    due = task.due_on
    excuse = excuses.ask_excuse(task, GROUNDS, actor=user("wang"), now=cast.NOW)
    assert state_of(task, due + timedelta(1)) is TaskState.LATE, "asking alone moves nothing"
    excuses.decide_excuse(excuse, accept=True, actor=user("lin"), now=at(due + timedelta(3), 9))
    assert state_of(task, due) is TaskState.DUE, "as people knew it then"
    assert state_of(task, due + timedelta(1)) is TaskState.LATE
    assert state_of(task, due + timedelta(3)) is TaskState.POSTPONED
    assert state_of(task, TO) is TaskState.POSTPONED
    assert state_of(task, TO + timedelta(1)) is TaskState.LATE
    assert state_of(task, date(2026, 12, 15)) is TaskState.LATE, "made up until the next half-month ends"
    assert state_of(task, date(2026, 12, 16)) is TaskState.MISSED
    last = history.of(task)[-1]
    assert (last.action, last.before, last.after["due_on"]) == (
        "postpone",
        {"due_on": due.isoformat()},
        TO.isoformat(),
    )


def test_a_check_by_the_new_day_is_in_time_and_after_it_late(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    postponed(task, user)
    assert actions.mark_done(task, TO, actor=user("wang"), now=cast.NOW) is task
    assert state_of(task, TO) is TaskState.DONE
    actions.move_done(task, [TO + timedelta(4)], actor=user("wang"), now=cast.NOW)
    assert state_of(task, TO + timedelta(4)) is TaskState.DONE_LATE


def test_a_visit_does_the_half_month_of_its_day_first(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    postponed(task, user)
    second = november("huaxin", date(2026, 11, 16))
    assert open_task_for(task.site, TO) == second
    actions.mark_done(second, TO, actor=user("wang"), now=cast.NOW)
    assert open_task_for(task.site, TO) == task


def test_figures_ask_for_a_postponed_check_on_its_new_day(
    app: Flask, november: FindTask, user: GetUser
) -> None:
    task = november("huaxin")

    def counted(as_of: date, *names: str) -> list[object]:
        period = Period(date(2026, 11, 1), date(2026, 11, 15), as_of)
        figures = Figures(period, Scope(supervisor=user("wang").id))
        return [figures.number(name) for name in names]

    planned = counted(date(2026, 11, 20), "tasks_planned", "tasks_not_done")
    postponed(task, user)
    db.session.commit()
    task = november("huaxin")
    assert planned == [1, 1]
    assert counted(date(2026, 11, 20), "tasks_planned", "tasks_not_done") == [0, 0]
    assert counted(TO + timedelta(1), "tasks_planned", "tasks_not_done") == [1, 1]
    actions.mark_done(task, TO, actor=user("wang"), now=cast.NOW)
    db.session.commit()
    assert counted(TO, "tasks_planned", "tasks_done", "tasks_done_late") == [1, 1, 0]


def test_it_may_be_postponed_again_and_then_excused(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    first_due = task.due_on
    postponed(task, user)
    further = Grounds("检修延长", Cause.SHUTDOWN, TO + timedelta(7))
    with pytest.raises(Refused):
        excuses.ask_excuse(task, GROUNDS, actor=user("wang"), now=cast.NOW)  # no later than now
    again = excuses.ask_excuse(task, further, actor=user("wang"), now=cast.NOW)
    assert task.due_on == TO, "the first postponement holds while the second waits"
    excuses.decide_excuse(again, accept=True, actor=user("leader"), now=at(date(2026, 11, 20), 9))
    assert [one.due_before for one in task.excuses] == [first_due, TO]
    assert state_of(task, TO + timedelta(2)) is TaskState.POSTPONED
    last = excuses.ask_excuse(task, Grounds("停产"), actor=user("wang"), now=cast.NOW)
    excuses.decide_excuse(last, accept=True, actor=user("leader"), now=at(date(2026, 11, 25), 9))
    assert state_of(task, date(2026, 11, 25)) is TaskState.EXCUSED
    with pytest.raises(ActedFirst):
        excuses.ask_excuse(task, further, actor=user("wang"), now=cast.NOW)


def test_the_calendar_does_not_move_a_postponed_check(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    postponed(task, user)
    actions.enter_days(
        [NamedDay(date(2026, 11, 13), DayKind.OFF, "停工")], source="x", actor=user("admin"), now=cast.NOW
    )
    assert task.due_on == TO


@pytest.mark.parametrize("to", [date(2026, 11, 2), date(2026, 11, 15), date(2027, 2, 1)])
def test_a_day_that_does_not_fit_is_said(november: FindTask, user: GetUser, to: date) -> None:
    with pytest.raises(Refused) as refused:
        excuses.ask_excuse(
            november("huaxin"), Grounds("台风", postponed_to=to), actor=user("wang"), now=cast.NOW
        )
    assert refused.value.field == "postponed_to"


def test_a_leader_moves_many_at_once_and_a_supervisor_asks(
    november: FindTask, user: GetUser, as_user: Browse
) -> None:
    numbers = [november("huaxin").id, november("lifeng").id]
    db.session.rollback()
    form = {"tasks": numbers, "postponed_to": TO.isoformat(), "cause": "weather", "reason": "台风红色预警"}
    wang, leader = as_user("wang"), as_user("leader")
    asked = wang.post("/schedule/postpone", data=form)
    assert asked.status_code == 302
    assert november("huaxin").excuse is not None and november("huaxin").excuse.accepted is None
    assert november("lifeng").excuse is None, "not his"
    refused = leader.post("/schedule/postpone", data=form)
    assert refused.status_code == 422
    assert "台风红色预警" in refused.text and november("lifeng").excuse is None, "all or none, nothing lost"
    page = leader.text("/schedule/excuses")
    assert "台风红色预警" in page and "王监管" in page
    excuse = november("huaxin").excuse
    assert excuse is not None
    number = excuse.id
    db.session.rollback()
    url = "/schedule/excuses/decision"
    assert leader.post(url, data={"excuses": number, "decision": "decline"}).status_code == 422
    assert leader.post(url, data={"decision": "accept"}).status_code == 422
    assert leader.post(url, data={"excuses": number, "decision": "accept"}).status_code == 302
    assert leader.post("/schedule/postpone", data=form | {"tasks": numbers[1]}).status_code == 302
    assert november("huaxin").due_on == november("lifeng").due_on == TO
    with pytest.raises(NotAllowed):
        excuses.postpone([november("huaxin")], GROUNDS, actor=user("chen"), now=cast.NOW)


def test_own_checks_are_never_decided_by_oneself(november: FindTask, user: GetUser) -> None:
    task = november("huaxin")
    task.supervisor_id = user("lin").id
    made = excuses.postpone([task], GROUNDS, actor=user("lin"), now=cast.NOW)
    assert [one.accepted for one in made] == [None]


@pytest.mark.parametrize("who", ["chen", "expert", "officer", "auditor"])
def test_others_do_not_reach_the_page(november: FindTask, as_user: Browse, who: str) -> None:
    number = november("huaxin").id
    db.session.rollback()
    browser = as_user(who)
    form = {"tasks": number, "postponed_to": TO.isoformat(), "cause": "weather", "reason": "x"}
    assert browser.post("/schedule/postpone", data=form).status_code in {403, 422}
    assert november("huaxin").excuse is None


def test_a_postponed_check_is_marked_in_the_grid_and_stays_on_today(
    november: FindTask, user: GetUser, as_user: Browse
) -> None:
    postponed(november("huaxin"), user)
    db.session.commit()
    states = {mark.state for mark in marks(visible_to(user("wang")), date(2026, 11, 20))}
    assert "postponed" in states
    db.session.rollback()
    assert "11月27日" in as_user("wang").text("/today")
    assert user("leader").role is Role.LEADER


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    opened=st.dates(date(2026, 1, 1), date(2028, 3, 31)),
    later=st.integers(1, 60),
    done=st.none() | st.integers(0, 90),
    look=st.integers(0, 120),
)
def test_a_postponement_never_makes_a_check_later(
    opened: date, later: int, done: int | None, look: int
) -> None:
    """Whatever happens, with an accepted postponement a task stands at least as well as without."""
    window = window_of(opened)
    done_on = window.start + timedelta(done) if done is not None else None
    day = window.start + timedelta(look)
    plain = state_on(day, window_end=window.end, due_on=window.end, done_on=done_on, excused=False)
    moved = state_on(
        day, window_end=window.end, due_on=window.end + timedelta(later), done_on=done_on, excused=False
    )
    rank = [
        TaskState.MISSED,
        TaskState.LATE,
        TaskState.DONE_LATE,
        TaskState.DUE,
        TaskState.POSTPONED,
        TaskState.DONE,
    ]
    assert rank.index(moved) >= rank.index(plain)
