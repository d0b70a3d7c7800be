"""Real processes: the server's own worker, the command's, killed and stopped; and nodes that share one database and store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from pypdf import PdfReader

from tests import cast
from tests.conftest import build
from tests.house import House
from tests.jobs.work import work_off
from tests.photos.s3_server import KEYS, S3Server
from tests.reports import visits
from tests.served import Served
from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.jobs.models import Job, JobState

Places, People, Browsers = Callable[[str], Site], Callable[[str], User], Callable[[str], House]
PATIENCE_S = 120


def until(number: int, holds: Callable[[Job], bool]) -> Job:
    """The job as soon as something holds of it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        db.session.rollback()
        job = db.session.get_one(Job, number)
        db.session.expunge(job)
        db.session.rollback()
        if holds(job):
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job.state} {job.attempts} {job.done}/{job.total} {job.error}")


@pytest.fixture
def asked(site: Places, user: People, as_user: Browsers) -> Callable[[int], str]:
    """Ask for so many records in one PDF; the address of the job."""

    def ask(count: int) -> str:
        for _ in range(count):
            visits.file(visits.filing(site("huaxin")), user("wang"))
        db.session.commit()
        answer = as_user("wang").post("/papers/jobs", data={"joined": "1"})
        db.session.rollback()
        return answer.headers["Location"]

    return ask


@pytest.fixture
def served(app: Flask, tmp_path: Path) -> Iterator[Served]:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    server = Served(
        tmp_path,
        database=url if url.startswith("postgresql") else "",
        settings={"XUNCHA_PROCESSES": "2", "XUNCHA_JOB_LEASE_S": "3", "SECRET_KEY": "test"},
    )
    yield server
    server.kill()


def number_of(address: str) -> int:
    return int(address.rsplit("/", 1)[1])


def pages_of(answer: bytes) -> int:
    return len(PdfReader(BytesIO(answer)).outline)


@pytest.mark.timeout(400)
def test_a_job_outlives_the_server_and_the_death_of_its_process(
    asked: Callable[[int], str], served: Served, as_user: Browsers
) -> None:
    """Asked for while no server runs; the process that prints is killed in the middle; another one ends the work."""
    address = asked(30)
    served.start(PATIENCE_S)
    running = until(
        number_of(address), lambda job: job.state is JobState.RUNNING and 0 < job.done < job.total
    )
    assert running.claimed_by
    killed = int(running.claimed_by.rsplit(":", 1)[1])
    assert killed in served.children() and killed not in served.workers()
    os.kill(killed, signal.SIGKILL)
    ended = until(number_of(address), lambda job: not job.is_open)
    assert (ended.state, ended.attempts, ended.done) == (JobState.DONE, 2, 30)
    assert pages_of(as_user("wang").get(f"{address}/records.pdf").data) == 30


@pytest.mark.timeout(400)
def test_a_server_without_a_worker_leaves_jobs_to_the_command_which_ends_its_job_when_it_is_stopped(
    asked: Callable[[int], str], served: Served
) -> None:
    served.settings["XUNCHA_WORKER"] = "0"
    address = asked(12)
    served.start(PATIENCE_S)
    assert served.process
    os.kill(served.process.pid, signal.SIGUSR1)  # as a watch would ask, if there were one
    time.sleep(3)
    assert until(number_of(address), lambda _job: True).state is JobState.WAITING
    assert len(served.children()) == 2
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
    worker = subprocess.Popen(
        command, cwd=served.root, env=served.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        until(number_of(address), lambda job: job.state is JobState.RUNNING)
        worker.send_signal(signal.SIGTERM)
        said, _none = worker.communicate(timeout=60)
    finally:
        worker.kill()
    assert worker.returncode == 0, said
    ended = until(number_of(address), lambda _job: True)
    given_back = (ended.state, ended.attempts) == (JobState.WAITING, 0)
    assert given_back or (ended.state, ended.attempts) == (JobState.DONE, 1)


@pytest.mark.timeout(400)
def test_a_server_that_is_stopped_leaves_no_job_behind_that_nobody_holds(
    asked: Callable[[int], str], served: Served
) -> None:
    served.start(PATIENCE_S)
    address = asked(12)
    until(number_of(address), lambda job: job.state is JobState.RUNNING)
    assert served.process
    served.process.terminate()
    assert served.process.wait(60) == 0
    ended = until(number_of(address), lambda _job: True)
    assert (ended.state, ended.attempts) in {(JobState.DONE, 1), (JobState.WAITING, 0)}


@pytest.mark.timeout(400)
def test_the_process_of_jobs_ends_when_there_are_none_and_comes_back_for_the_next(
    asked: Callable[[int], str], served: Served
) -> None:
    served.program = "tests.jobs.brief"
    served.start(PATIENCE_S)
    while served.children() != served.workers() or len(served.workers()) != 2:
        time.sleep(0.1)  # what is tidied once an hour is tidied at the start
    for count in (1, 2):
        ended = until(number_of(asked(count)), lambda job: not job.is_open)
        assert (ended.state, ended.attempts) == (JobState.DONE, 1)
        while served.children() != served.workers():
            time.sleep(0.1)
    said = (served.data / "server.log").read_text("utf-8")
    assert "another one starts" not in said


@pytest.fixture
def nodes(settled_pg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Flask]]:
    """Two applications with folders of their own on one PostgreSQL and one bucket."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    store = S3Server(tmp_path / "s3").start()
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made.append(build(settled_pg, tmp_path / name, PHOTO_STORE=store.address, PHOTO_CACHE_BYTES=10**6))
    with time_machine.travel(cast.NOW, tick=True):
        yield made
    store.stop()


def test_one_node_delivers_what_another_printed(nodes: list[Flask], tmp_path: Path) -> None:
    """A job's file, and the pages of a preview; a job is asked of one node and worked off by the other."""
    first, second = nodes
    with first.app_context():
        wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
        huaxin = db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES["huaxin"].name)).one()
        checks = [visits.file(visits.filing(huaxin), wang).id for _ in range(3)]
        number = wang.id
        db.session.remove()
    browsers = [node.test_client().sign_in(number) for node in nodes]
    address = browsers[1].post("/papers/jobs", data={"joined": "1"}).headers["Location"]
    with first.app_context():
        assert "1 jobs" in work_off(first)
        db.session.remove()
    assert not list((tmp_path / "b" / "papers").glob("job-*"))
    assert "/records.pdf" in browsers[1].get(address).get_data(as_text=True)
    assert pages_of(browsers[1].get(f"{address}/records.pdf").data) == 3
    assert list((tmp_path / "b" / "papers").glob("job-*"))

    shown = browsers[0].get(f"/papers/records/{checks[0]}").get_data(as_text=True)
    picture = next(part for part in shown.split('"') if part.endswith("/1.webp"))
    answer = browsers[1].get(picture)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")

    kept = tmp_path / "s3" / "photos" / "zone" / "papers"
    assert len(list(kept.iterdir())) == 2
    with second.app_context():
        from xuncha.core.clock import utcnow
        from xuncha.reports import printed_files

        written = max(path.stat().st_mtime for path in kept.iterdir())
        for hours, left in ((1, 2), (3, 1), (25, 0)):
            with time_machine.travel(written + hours * 3600, tick=True):
                printed_files.clear(utcnow())
            assert len(list(kept.glob("*"))) == left
        assert not list((tmp_path / "b" / "papers").iterdir())
    for node in nodes:
        with node.app_context():
            db.engine.dispose()
