"""The states in SQL are the states of the life cycle, for any task and any day."""

from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import cast

from xuncha.accounts.models import User
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.schedule import queries
from xuncha.schedule.lifecycle import TaskState, window_of
from xuncha.schedule.models import Excuse, Task

relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 3, 31))


@relaxed
@given(
    opened=DAYS,
    due_back=st.integers(0, 9),
    done_after=st.none() | st.integers(0, 60),
    answer=st.sampled_from(["none", "waiting", True, False]),
    decided_after=st.integers(0, 60),
    moved=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=2),
    look_after=st.integers(-20, 120),
)
def test_sql_and_python_agree(
    app: Flask,
    site: Callable[[str], Site],
    user: Callable[[str], User],
    opened: date,
    due_back: int,
    done_after: int | None,
    answer: str | bool,
    decided_after: int,
    moved: list[tuple[int, int]],
    look_after: int,
) -> None:
    window = window_of(opened)
    task = Task(
        site=site("huaxin"),
        supervisor=user("wang"),
        window_start=window.start,
        window_end=window.end,
        due_on=window.end - timedelta(due_back),
        opened_at=cast.NOW,
        done_on=None if done_after is None else window.start + timedelta(done_after),
    )
    asked = {"reason": "停产", "asked_by": user("wang"), "asked_at": cast.NOW}
    decided_on = window.start
    for later, further in moved:
        decided_on += timedelta(later)
        before, task.due_on = task.due_on, max(task.due_on, window.end) + timedelta(further)
        moment = at(decided_on, 23, 59)
        task.excuses.append(
            Excuse(**asked, accepted=True, decided_at=moment, postponed_to=task.due_on, due_before=before)
        )
    if answer != "none":
        decided = isinstance(answer, bool)
        moment = at(decided_on + timedelta(decided_after), 23, 59)
        task.excuses.append(
            Excuse(**asked, accepted=answer if decided else None, decided_at=moment if decided else None)
        )
    db.session.add(task)
    db.session.flush()
    day = window.start + timedelta(look_after)
    state = queries.state_of(task, day)
    query = sa.select(Task.id).where(Task.id == task.id)
    found = [one for one in TaskState if db.session.scalar(query.where(queries.state_filter(one, day)))]
    assert found == [state]
    db.session.rollback()
