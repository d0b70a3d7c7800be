"""The queue on both databases: a job runs once, is taken up again when its worker goes, paused, given up, stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.house import House
from tests.jobs.work import work_off
from xuncha.core.clock import utcnow
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.jobs import actions, kinds, queue
from xuncha.jobs.kinds import Work
from xuncha.jobs.models import Job, JobState
from xuncha.jobs.worker import Worker

Browsers = Callable[[str], House]
TRIED = 4
LEASE = timedelta(seconds=60)


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Work], Any]], None]]:
    """Say what jobs of the kind `test` do."""

    def set_work(work: Callable[[Work], Any]) -> None:
        monkeypatch.setitem(kinds.KINDS, "test", kinds.Kind("test", "Test", work, TRIED, writes=False))

    return set_work


def ask(count: int = 1, total: int = 0) -> list[int]:
    numbers = [
        actions.add("test", {"at": at}, asked_by_id=None, now=cast.NOW, total=total).id for at in range(count)
    ]
    db.session.commit()
    return numbers


def at(seconds: int, act: Callable[..., str], *given: Any) -> str:
    """Do something so many seconds after cast.NOW, by a clock that stands still."""
    with time_machine.travel(cast.NOW + timedelta(seconds=seconds), tick=False):
        return act(*given)


def job(number: int) -> Job:
    db.session.rollback()
    found = db.session.get_one(Job, number)
    db.session.expunge(found)  # no transaction stays open that keeps workers waiting
    db.session.rollback()
    return found


def test_of_many_workers_each_job_has_one(app: Flask, doing: Any) -> None:
    """Six workers in threads of their own, sixty jobs."""
    ran: list[int] = []
    doing(lambda work: ran.append(work.job_id))
    numbers = ask(60)
    db.session.rollback()
    start = threading.Barrier(6)
    made = []

    def work() -> None:
        start.wait()
        made.append(Worker(app).run_due())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(ran) == numbers
    assert sum(made) == len(numbers)
    states = db.session.scalars(sa.select(Job.state)).all()
    assert set(states) == {JobState.DONE} and len(states) == len(numbers)


def test_a_claim_is_one_statement_and_an_empty_queue_is_only_read(app: Flask, doing: Any) -> None:
    doing(lambda _work: None)
    told: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: told.append(given[2]))
    work_off(app)
    asked = [one for one in told if "FROM jobs" in one or "UPDATE jobs" in one]
    assert len(asked) == 1 and asked[0].startswith("SELECT")
    ask()
    told.clear()
    assert queue.claim(db.engine, kinds.KINDS, "me", LEASE, utcnow()) is not None
    claims = [one for one in told if "SET state" in one and "RETURNING" in one]
    assert len(claims) == 1 and ("SKIP LOCKED" in claims[0]) == (db.engine.dialect.name == "postgresql")
    assert queue.claim(db.engine, kinds.KINDS, "other", LEASE, utcnow()) is None


def test_a_job_whose_worker_is_gone_is_taken_up_after_its_lease_and_the_first_changes_nothing_more(
    app: Flask, doing: Any
) -> None:
    doing(lambda _work: {"by": "second"})
    (number,) = ask()
    first = queue.claim(db.engine, kinds.KINDS, "first", LEASE, cast.NOW)
    assert first is not None
    assert "0 jobs" in at(0, work_off, app)
    assert queue.renew(db.engine, first, cast.NOW + timedelta(seconds=30) + LEASE)
    assert "0 jobs" in at(80, work_off, app)
    assert "1 jobs" in at(100, work_off, app)
    late = cast.NOW + timedelta(seconds=100)
    found = job(number)
    assert (found.state, found.attempts, found.result) == (JobState.DONE, 2, {"by": "second"})
    assert not queue.renew(db.engine, first, late + LEASE)
    assert not queue.settle(db.engine, first, {"by": "first"}, late)
    assert not queue.fail(db.engine, first, "late", late)
    assert job(number).result == {"by": "second"}


def test_what_ends_its_workers_again_and_again_is_given_up(app: Flask, doing: Any) -> None:
    doing(lambda _work: None)
    (number,) = ask()
    for turn in range(TRIED):
        moment = cast.NOW + timedelta(minutes=10 * turn)
        assert queue.claim(db.engine, kinds.KINDS, "killed", LEASE, moment) is not None
    assert "0 jobs" in at(3600, work_off, app)
    assert (job(number).state, job(number).error) == (JobState.DEAD, queue.LOST)


def test_what_fails_is_tried_after_growing_pauses_and_then_given_up_and_seen(
    app: Flask, doing: Any, as_user: Browsers
) -> None:
    tries: list[timedelta] = []

    def refuse(_work: Work) -> None:
        tries.append(utcnow() - cast.NOW)
        raise OSError("disk full")

    doing(refuse)
    (number,) = ask()
    for second in range(0, 600, 5):
        at(second, work_off, app)
    assert [round(one.total_seconds()) for one in tries] == [0, 15, 75, 315]
    found = job(number)
    assert (found.state, found.attempts, found.error) == (JobState.DEAD, TRIED, "OSError: disk full")
    admin = as_user("admin")
    assert "OSError: disk full" in admin.text("/jobs")
    listed = app.test_cli_runner().invoke(args=["jobs", "list"]).output
    assert f"{number} test dead 4/4 0/0" in listed and "1 given up" in listed
    doing(lambda _work: None)
    with time_machine.travel(cast.NOW + timedelta(hours=1), tick=True):
        assert admin.post(f"/jobs/{number}/retry").status_code == 302
        assert "1 jobs" in work_off(app)
        assert admin.post(f"/jobs/{number}/retry").status_code == 404
    assert (job(number).state, job(number).attempts) == (JobState.DONE, 1)
    assert as_user("wang").get("/jobs").status_code == 403


def test_what_is_refused_is_not_tried_again(app: Flask, doing: Any) -> None:
    def refuse(_work: Work) -> None:
        raise Refused("There is nothing to print.")

    doing(refuse)
    (number,) = ask()
    work_off(app)
    assert (job(number).state, job(number).attempts) == (JobState.DEAD, 1)


def test_a_job_that_runs_is_stopped_from_the_page(app: Flask, doing: Any, as_user: Browsers) -> None:
    going, seen = threading.Event(), []

    def slow(work: Work) -> None:
        for step in range(1, 500):
            work.progress(step)
            seen.append(step)
            going.set()
            time.sleep(0.02)

    doing(slow)
    (number,) = ask(total=500)
    admin = as_user("admin")
    db.session.rollback()
    thread = threading.Thread(target=lambda: Worker(app).run_due())
    thread.start()
    assert going.wait(30)
    assert admin.post(f"/jobs/{number}/cancel").status_code == 302
    thread.join(30)
    assert not thread.is_alive() and len(seen) < 400
    assert (job(number).state, job(number).result) == (JobState.CANCELLED, None)


def test_the_lease_is_renewed_while_a_job_runs(app: Flask, doing: Any) -> None:
    """Its work lasts several leases; another worker that looks all the while gets nothing."""
    app.config["JOB_LEASE_S"] = 1
    other: list[Any] = []

    def slow(work: Work) -> None:
        end = time.monotonic() + 3
        while time.monotonic() < end:
            other.append(queue.claim(db.engine, kinds.KINDS, "other", LEASE, utcnow()))
            time.sleep(0.2)

    doing(slow)
    (number,) = ask()
    work_off(app)
    assert (job(number).state, job(number).attempts) == (JobState.DONE, 1)
    assert len(other) > 3 and not any(other)


def test_a_worker_that_stops_lets_a_short_job_end_and_gives_a_long_one_back(app: Flask, doing: Any) -> None:
    going, on = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        going.set()
        on.wait(20)
        work.progress(1)

    doing(slow)
    for seconds, state, attempts in ((20.0, JobState.DONE, 1), (0.0, JobState.WAITING, 0)):
        (number,) = ask(total=2)
        db.session.rollback()
        going.clear()
        on.clear()
        worker = Worker(app).start()
        assert going.wait(20)
        worker.stop()
        if seconds:
            on.set()
        worker.finish(seconds)
        found = job(number)
        assert (found.state, found.attempts) == (state, attempts)
        on.set()
        assert worker._thread is not None
        worker._thread.join(20)
        assert (job(number).state, job(number).done) == (state, 1 if seconds else 0)


def test_jobs_of_a_kind_that_this_release_does_not_know_wait_for_one_that_does(
    app: Flask, doing: Any
) -> None:
    doing(lambda _work: None)
    (number,) = ask()
    db.session.execute(sa.update(Job).values(kind="of a newer release"))
    db.session.commit()
    assert "0 jobs" in work_off(app)
    assert job(number).state is JobState.WAITING


def test_what_ended_is_forgotten_after_a_day_and_what_was_given_up_is_not(app: Flask, doing: Any) -> None:
    doing(lambda _work: None)
    done, dead, cancelled, waits = ask(4)
    db.session.execute(sa.update(Job).where(Job.id == done).values(state="done", ended_at=cast.NOW))
    db.session.execute(sa.update(Job).where(Job.id == dead).values(state="dead", ended_at=cast.NOW))
    db.session.commit()
    actions.cancel(cancelled, now=cast.NOW)
    db.session.commit()
    assert queue.forget_old(db.engine, cast.NOW + timedelta(hours=23)) == 0
    assert queue.forget_old(db.engine, cast.NOW + timedelta(hours=25)) == 2
    db.session.rollback()
    assert set(db.session.scalars(sa.select(Job.id))) == {dead, waits}


def test_a_job_is_there_with_what_asked_for_it_or_not_at_all(app: Flask, doing: Any) -> None:
    doing(lambda _work: None)
    actions.add("test", {}, asked_by_id=None, now=utcnow())
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_the_command_stops_and_tries_again_and_says_what_it_cannot(app: Flask, doing: Any) -> None:
    doing(lambda _work: None)
    first, second = ask(2)
    db.session.rollback()

    def run(*words: object) -> Any:
        return app.test_cli_runner().invoke(args=["jobs", *map(str, words)])

    assert "1 cancelled" in run("cancel", first).output
    again = run("retry", first, second, 999)
    assert again.exit_code == 1
    assert f"job {first} is cancelled" in again.output and "there is no job 999" in again.output
    assert "1 will be tried again" in again.output
    assert run("retry").exit_code == 2
    assert "0 waiting, 0 running, 0 given up" in run("list").output or "1 waiting" in run("list").output
    assert f"{first} test cancelled" in run("list", "--state", "cancelled").output


def test_alarms_and_figures_tell_how_the_queue_stands(
    app: Flask, doing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing(lambda _work: None)
    number, _other = ask(2)

    def alarm() -> str:
        db.session.rollback()
        lines = app.test_cli_runner().invoke(args=["alarms"]).output.splitlines()
        return next((line for line in lines if line.startswith("jobs: ")), "")

    assert alarm() == ""
    with time_machine.travel(cast.NOW + timedelta(minutes=20), tick=True):
        assert alarm() == "jobs: Jobs: 2 wait, the first for 20 minutes; 0 were given up."
        monkeypatch.setitem(app.config, "METRICS_TOKEN", "scrape-scrape-scrape")
        text = (
            app.test_client()
            .get("/metrics", headers={"Authorization": "Bearer scrape-scrape-scrape"})
            .get_data(as_text=True)
        )
    assert "xuncha_jobs_waiting 2.0" in text and "xuncha_jobs_dead 0.0" in text
    age = float(text.split("\nxuncha_jobs_oldest_seconds ")[1].split()[0])
    assert 1200 <= age < 1300
    work_off(app)
    db.session.execute(sa.update(Job).where(Job.id == number).values(state="dead"))
    db.session.commit()
    assert alarm() == "jobs: Jobs: 0 wait, the first for 0 minutes; 1 were given up."


def test_the_page_asks_a_fixed_number_of_statements(app: Flask, doing: Any, as_user: Browsers) -> None:
    doing(lambda _work: None)
    admin = as_user("admin")

    def statements() -> int:
        told: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *given: told.append(given[2]))
        assert admin.get("/jobs").status_code == 200
        return len(told)

    few = statements()
    ask(20)
    db.session.rollback()
    assert statements() == few
