"""Many records at once: printed outside the request, in one archive, for the person who asked."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from pypdf import PdfReader
from tests import cast
from tests.house import House
from tests.jobs.work import work_off
from tests.reports import half_year, visits

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.core.paths import data_folder
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.jobs.models import Job, JobState
from xuncha.jobs.worker import Worker
from xuncha.reports import batch, printing
from xuncha.reports.layout.document import Document
from xuncha.reports.papers import hazard_ledger

Places, People, Browsers = Callable[[str], Site], Callable[[str], User], Callable[[str], House]


def printed(number: int) -> Job:
    """The job after a worker was at it."""
    work_off()
    db.session.rollback()
    return db.session.get_one(Job, number)


def test_the_records_of_a_filter_come_in_one_archive(site: Places, user: People, as_user: Browsers) -> None:
    for _ in range(3):
        visits.file(visits.filing(site("huaxin")), user("wang"))
    wang = as_user("wang")
    answer = wang.post("/papers/jobs", data={"kind": "routine"})
    address = answer.headers["Location"]
    job = printed(int(address.rsplit("/", 1)[1]))
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    assert "已生成" in wang.text(address)
    with zipfile.ZipFile(BytesIO(wang.get(f"{address}/records.zip").data)) as box:
        names = box.namelist()
        assert len(names) == 3
        assert all(name.endswith("号.pdf") for name in names)
        assert "现场检查记录" in PdfReader(BytesIO(box.read(names[0]))).pages[0].extract_text()
    for foreign in ("zhao", "admin"):
        assert as_user(foreign).get(address).status_code == 404
        assert as_user(foreign).get(f"{address}/records.zip").status_code == 404


def test_selected_records_come_as_one_pdf_in_the_order_of_the_list(
    site: Places, user: People, as_user: Browsers
) -> None:
    checks = [visits.file(visits.filing(site("huaxin")), user("wang")) for _ in range(3)]
    told = [(check.id, check.number) for check in checks[:2]]
    wang = as_user("wang")
    ids = "&".join(f"ids={number}" for number, _name in told)
    html = wang.get(f"/checks/selected?act=print&{ids}").get_data(as_text=True)
    assert all(name in html for _number, name in told) and 'name="joined" value="1"' in html
    chosen = ",".join(str(number) for number, _name in told)
    answer = wang.post("/papers/jobs", data={"chosen": chosen, "joined": "1", "sort": "number"})
    address = answer.headers["Location"]
    assert printed(int(address.rsplit("/", 1)[1])).state is JobState.DONE
    assert "/records.pdf" in wang.get(address).get_data(as_text=True)
    paper = PdfReader(BytesIO(wang.get(f"{address}/records.pdf").data))
    assert [mark["/Title"] for mark in paper.outline] == [name for _number, name in told]
    assert len(paper.pages) >= 2


def test_a_job_that_fails_says_so(
    app: Flask, site: Places, user: People, as_user: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError("disk full")

    visits.file(visits.filing(site("huaxin")), user("wang"))
    monkeypatch.setattr(printing, "write", refuse)
    wang = as_user("wang")
    address = wang.post("/papers/jobs").headers["Location"]
    number = int(address.rsplit("/", 1)[1])
    assert printed(number).state is JobState.WAITING
    page = wang.get(address).get_data(as_text=True)
    assert "OSError" in page and "http-equiv" in page and "生成中断" not in page
    for minutes in (1, 10):
        with time_machine.travel(cast.NOW + timedelta(minutes=minutes), tick=True):
            work_off()
    assert printed(number).state is JobState.DEAD
    assert "生成中断" in wang.text(address)


def test_a_long_ledger_is_offered_and_printed_outside_the_request(
    site: Places, user: People, as_user: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_year.settle(site, user)
    monkeypatch.setattr(batch, "LONG", 8)
    admin = as_user("admin")
    address = "/papers/ledger?period=custom&from=2026-07-01&to=2026-12-31&draft=1&lang=en"
    assert "9 " in admin.text(address)
    begun = admin.post(address.replace("/papers/", "/papers/jobs/")).headers["Location"]
    job = printed(int(begun.rsplit("/", 1)[1]))
    assert (job.state, job.done, job.total) == (JobState.DONE, 9, 9)
    assert f'href="{begun}/ledger.pdf"' in admin.get(begun).get_data(as_text=True)
    text = "".join(
        page.extract_text() for page in PdfReader(BytesIO(admin.get(f"{begun}/ledger.pdf").data)).pages
    )
    assert "Hazards: 9." in text
    assert "Draft" in text
    numbers = db.session.scalars(sa.select(Hazard.number)).all()
    assert [number for number in numbers if number not in text] == []
    assert as_user("zhao").get(f"{begun}/ledger.pdf").status_code == 404
    assert as_user("zhao").post(f"{begun}/cancel").status_code == 404
    assert admin.post("/papers/jobs/ledger?period=bogus").status_code == 422


def test_a_short_ledger_comes_at_once(site: Places, user: People, as_user: Browsers) -> None:
    half_year.settle(site, user)
    answer = as_user("admin").get("/papers/ledger?period=half&format=pdf")
    assert answer.mimetype == "application/pdf"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_a_job_that_was_stopped_prints_no_further_and_keeps_nothing(
    app: Flask, site: Places, user: People, as_user: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_year.settle(site, user)
    going, stopped = threading.Event(), threading.Event()
    build = hazard_ledger.build

    def slow(*asked: Any, **more: Any) -> Document:
        going.set()
        assert stopped.wait(20)
        return build(*asked, **more)

    monkeypatch.setattr(hazard_ledger, "build", slow)
    admin = as_user("admin")
    address = admin.post("/papers/jobs/ledger?period=half").headers["Location"]
    number = int(address.rsplit("/", 1)[1])
    thread = threading.Thread(target=lambda: Worker(app).run_due())
    thread.start()
    assert going.wait(20)
    assert f'action="{address}/cancel"' in admin.get(address).get_data(as_text=True)
    assert admin.post(f"{address}/cancel").headers["Location"] == address
    stopped.set()
    thread.join(20)
    db.session.rollback()
    job = db.session.get_one(Job, number)
    assert (job.state, job.done) == (JobState.CANCELLED, 0)
    assert not list((data_folder() / "papers").iterdir())
    assert admin.get(f"{address}/ledger.pdf").status_code == 404
    assert "http-equiv" not in admin.get(address).get_data(as_text=True)


def test_what_is_done_cannot_be_stopped(site: Places, user: People, as_user: Browsers) -> None:
    visits.file(visits.filing(site("huaxin")), user("wang"))
    wang = as_user("wang")
    address = wang.post("/papers/jobs").headers["Location"]
    number = int(address.rsplit("/", 1)[1])
    assert printed(number).state is JobState.DONE
    wang.post(f"{address}/cancel")
    assert printed(number).state is JobState.DONE
    assert wang.get(f"{address}/records.zip").status_code == 200


def test_nothing_foreign_and_not_too_much_is_printed(
    site: Places, user: People, as_user: Browsers, tmp_path: Path
) -> None:
    check = visits.file(visits.filing(site("huaxin")), user("wang"))
    with pytest.raises(NotAllowed):
        batch.begin([check], "zh", actor=user("chen"), now=cast.NOW)
    with pytest.raises(Refused):
        batch.begin([check] * 101, "zh", actor=user("wang"), now=cast.NOW)
    assert as_user("chen").post("/papers/jobs").status_code == 422
    assert as_user("principal").post("/papers/jobs").status_code == 403
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0
