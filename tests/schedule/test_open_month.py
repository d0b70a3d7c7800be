"""Opening a month's tasks: whom, when due, once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed
from xuncha.enterprises.assignments import apply_due_assignments, assign
from xuncha.enterprises.models import Assignment, Site, WorkingState
from xuncha.schedule import actions, workdays
from xuncha.schedule.models import Task

GetSite, GetUser = Callable[[str], Site], Callable[[str], User]


def tasks_of(site: Site) -> list[Task]:
    return list(
        db.session.scalars(sa.select(Task).where(Task.site_id == site.id).order_by(Task.window_start))
    )


def test_each_key_enterprise_gets_two_tasks_and_no_more(app: Flask, site: GetSite) -> None:
    assert actions.open_month(2026, 11, actor=None, now=cast.NOW) == 6
    assert actions.open_month(2026, 11, actor=None, now=cast.NOW) == 0
    assert [(task.window_start, task.window_end) for task in tasks_of(site("huaxin"))] == [
        (date(2026, 11, 1), date(2026, 11, 15)),
        (date(2026, 11, 16), date(2026, 11, 30)),
    ]
    assert tasks_of(site("oldmill")) == []


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ((2026, 1), [date(2026, 1, 15), date(2026, 1, 30)]),
        ((2026, 2), [date(2026, 2, 14), date(2026, 2, 28)]),  # both adjusted Saturdays are worked
        ((2026, 5), [date(2026, 5, 15), date(2026, 5, 29)]),
        ((2026, 11), [date(2026, 11, 13), date(2026, 11, 30)]),
        ((2024, 2), [date(2024, 2, 9), date(2024, 2, 29)]),  # the holiday from 10 to 17 February
        ((2026, 10), [date(2026, 10, 15), date(2026, 10, 30)]),
    ],
)
def test_due_days_are_the_last_legal_working_days(
    app: Flask, site: GetSite, month: tuple[int, int], due: list[date]
) -> None:
    site("huaxin").key_since = None
    if month == (2024, 2):
        # New Year's Eve, 9 February 2024, was worked by the notice; firms were only asked to give leave.
        assert workdays.is_workday(date(2024, 2, 9))
    actions.open_month(*month, actor=None, now=cast.NOW)
    tasks = tasks_of(site("huaxin"))
    assert [task.due_on for task in tasks] == due
    assert all(task.calendar_known for task in tasks)


def test_a_year_without_its_notice_is_marked_and_counts_monday_to_friday(app: Flask, site: GetSite) -> None:
    actions.open_month(2027, 5, actor=None, now=cast.NOW)
    tasks = tasks_of(site("huaxin"))
    assert [task.due_on for task in tasks] == [date(2027, 5, 14), date(2027, 5, 31)]
    assert not any(task.calendar_known for task in tasks)


@pytest.mark.parametrize(
    ("state", "count"), [(WorkingState.PRODUCING, 2), (WorkingState.STOPPED, 2), (WorkingState.CLOSED, 0)]
)
def test_a_stopped_plant_is_still_visited_a_closed_one_is_not(
    app: Flask, site: GetSite, state: WorkingState, count: int
) -> None:
    site("huaxin").working_state = state
    actions.open_month(2026, 11, actor=None, now=cast.NOW)
    assert len(tasks_of(site("huaxin"))) == count


def test_an_enterprise_that_nobody_holds_waits_until_somebody_does(
    app: Flask, site: GetSite, user: GetUser
) -> None:
    place = site("huaxin")
    place.supervisor_id = None
    db.session.execute(sa.delete(Assignment).where(Assignment.site_id == place.id))
    actions.open_month(2026, 11, actor=None, now=cast.NOW)
    assert tasks_of(place) == []
    assign(place, user("zhao"), date(2026, 11, 3), actor=user("admin"), now=cast.NOW)
    actions.open_month(2026, 11, actor=None, now=cast.NOW)
    assert {task.supervisor.username for task in tasks_of(place)} == {"zhao"}


@pytest.mark.parametrize(
    ("since", "starts"),
    [
        (date(2026, 11, 10), [date(2026, 11, 1), date(2026, 11, 16)]),
        (date(2026, 11, 14), [date(2026, 11, 16)]),  # after the first half's due day
        (date(2026, 12, 1), []),
    ],
)
def test_an_enterprise_listed_within_a_window_is_covered_from_then(
    app: Flask, site: GetSite, since: date, starts: list[date]
) -> None:
    place = site("huaxin")
    place.key = False
    actions.open_month(2026, 11, actor=None, now=cast.NOW)
    assert tasks_of(place) == []
    place.key, place.key_since = True, since
    actions.open_month(2026, 11, actor=None, now=at(since, 9))
    assert [task.window_start for task in tasks_of(place)] == starts


def test_a_handover_within_a_window_moves_what_is_open(app: Flask, site: GetSite, user: GetUser) -> None:
    place = site("huaxin")
    actions.open_month(2026, 10, actor=None, now=at(date(2026, 10, 1), 9))
    actions.open_month(2026, 11, actor=None, now=cast.NOW)
    late, done, open_, later = *tasks_of(place)[:2], *tasks_of(place)[2:]
    actions.mark_done(done, date(2026, 10, 20), actor=user("wang"), now=cast.NOW)
    assign(place, user("zhao"), date(2026, 11, 3), actor=user("admin"), now=cast.NOW)
    assert [task.supervisor.username for task in (late, done, open_, later)] == [
        "wang",
        "wang",
        "zhao",
        "zhao",
    ]


def test_a_handover_in_the_future_moves_the_tasks_on_its_day(
    app: Flask, site: GetSite, user: GetUser
) -> None:
    place, begins = site("huaxin"), date(2026, 11, 20)
    actions.open_month(2026, 11, actor=None, now=cast.NOW)
    assign(place, user("zhao"), begins, actor=user("admin"), now=cast.NOW)
    assert {task.supervisor.username for task in tasks_of(place)} == {"wang"}
    apply_due_assignments(now=at(begins, 1))
    assert [task.supervisor.username for task in tasks_of(place)] == ["wang", "zhao"]


def test_a_month_opened_ahead_knows_who_will_hold_the_site(app: Flask, site: GetSite, user: GetUser) -> None:
    place = site("huaxin")
    assign(place, user("zhao"), date(2026, 12, 10), actor=user("admin"), now=cast.NOW)
    actions.open_month(2026, 12, actor=None, now=cast.NOW)
    assert [task.supervisor.username for task in tasks_of(place)] == ["wang", "zhao"]


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "auditor", "expert", "officer"])
def test_only_the_office_opens_a_month(app: Flask, user: GetUser, name: str) -> None:
    with pytest.raises(NotAllowed):
        actions.open_month(2026, 11, actor=user(name), now=cast.NOW)


def test_the_command_opens_a_month_once(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert "6" in run(args=["schedule", "open", "--month", "2026-12"]).output
    assert "0" in run(args=["schedule", "open", "--month", "2026-12"]).output
    assert run(args=["schedule", "open", "--month", "December"]).exit_code == 2


def let_go(site: Site) -> None:
    """Nobody holds the site any more, nor ever did."""
    db.session.execute(sa.delete(Assignment).where(Assignment.site_id == site.id))
    site.supervisor_id = None
    db.session.commit()


def test_the_command_names_who_gets_no_task(app: Flask, site: GetSite) -> None:
    let_go(site("huaxin"))
    run = app.test_cli_runner().invoke
    said = run(args=["schedule", "open", "--month", "2026-12"])
    assert said.stdout == "4 opened\n"
    assert said.stderr == "2026-12: no task for 华鑫化工有限公司, it has no supervisor\n"
    assert "no task for 华鑫化工" in run(args=["nightly"]).stderr


def test_the_command_says_when_the_holidays_are_not_known(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["schedule", "open", "--month", "2026-12"]).stderr == ""
    assert "2033-01: holidays not announced" in run(args=["schedule", "open", "--month", "2033-01"]).stderr


def test_the_office_finds_who_has_no_supervisor(
    app: Flask, site: GetSite, as_user: Callable[[str], House]
) -> None:
    let_go(site("huaxin"))
    number = site("huaxin").id
    db.session.rollback()
    assert f"/enterprises/{number}/assign" in as_user("admin").page("/today").links
    assert "无人负责的重点企业" in as_user("admin").text("/today")
    assert "无人负责的重点企业" not in as_user("lin").text("/today")


def test_the_night_opens_this_month_and_one_that_is_a_week_away(app: Flask) -> None:
    import time_machine

    run = app.test_cli_runner().invoke
    for day, months in ((date(2026, 11, 23), {11}), (date(2026, 11, 24), {11, 12})):
        with time_machine.travel(at(day, 1)):
            assert run(args=["nightly"]).exit_code == 0
        db.session.rollback()
        assert {start.month for start in db.session.scalars(sa.select(Task.window_start))} == months


@pytest.mark.parametrize(
    ("on", "marked"),
    [
        (date(2026, 11, 1), date(2026, 11, 1)),
        (date(2026, 11, 15), date(2026, 11, 1)),
        (date(2026, 11, 30), date(2026, 11, 1)),  # made up in the second half
        (date(2026, 12, 1), date(2026, 12, 1)),  # too late: it does the task of its own half-month
        (date(2026, 10, 31), None),  # a wrong clock never ticks a window to come
    ],
)
def test_a_visit_does_the_task_of_its_half_month(
    app: Flask, site: GetSite, user: GetUser, on: date, marked: date | None
) -> None:
    for month in (11, 12):
        actions.open_month(2026, month, actor=None, now=cast.NOW)
    task = tasks_of(site("huaxin"))[0]
    right = actions.mark_done(task, on, actor=user("wang"), now=at(on, 9) + timedelta(hours=1))
    assert (right.window_start if right else None) == marked
    assert [one.window_start for one in tasks_of(site("huaxin")) if one.done_on] == (
        [marked] if marked else []
    )
