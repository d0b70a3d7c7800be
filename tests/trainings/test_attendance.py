"""Sign-in by code: once a person, only while it is open, told to nobody else; heads, paper and persons follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.hazards.by_link import BASE
from tests.house import House
from tests.reports.papers import bare, read
from tests.reports.test_notice_code import codes
from tests.trainings.by_code import LI, phone, sheet_path, training_today

from xuncha.accounts import actions as accounts
from xuncha.core.db import db
from xuncha.reports import printing
from xuncha.trainings import attendance
from xuncha.trainings.attendance import Attendee
from xuncha.trainings.models import Training

Browser = Callable[[str], House]


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


def rows() -> list[Attendee]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Attendee).order_by(Attendee.id)))


def test_the_same_person_twice_is_one_attendance(app: Flask) -> None:
    browser, page = phone(app, sheet_path(training_today()))
    assert browser.post(page, data=LI).status_code == 302
    again = browser.post(page, data=LI | {"name": " 李 工 ", "phone": ""})
    assert again.status_code == 302
    other, other_page = phone(app, sheet_path(1))
    assert other.post(other_page, data=LI | {"name": "王工"}).status_code == 302
    assert other.post(other_page, data=LI | {"enterprise": "无名小店"}).status_code == 302
    found = rows()
    assert [(one.name, one.site_id is None) for one in found] == [
        ("李工", False),
        ("王工", False),
        ("李工", True),
    ]
    assert found[0].phone == "13900000001"


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"enterprise": ""}, {"name": "长" * 61}, {"phone": "1" * 41}, {"name": "a\x01"}]
)
def test_what_does_not_fit_is_said_and_kept(app: Flask, wrong: dict[str, str]) -> None:
    browser, page = phone(app, sheet_path(training_today()))
    kept = "enterprise" if "enterprise" not in wrong else "name"
    answer = browser.post(page, data=LI | wrong)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and LI[kept] in text and 'class="error"' in text
    assert rows() == []


def test_it_closes_half_an_hour_after_the_end(app: Flask) -> None:
    path = sheet_path(training_today(hours=2))
    browser, page = phone(app, path)
    end = timedelta(hours=2)
    with time_machine.travel(cast.NOW + end + timedelta(minutes=29), tick=True):
        assert browser.post(page, data=LI).status_code == 302
    with time_machine.travel(cast.NOW + end + timedelta(minutes=31), tick=True):
        assert browser.post(page, data=LI | {"name": "王工"}).status_code == 404
        assert browser.get(path).status_code == 404
    assert len(rows()) == 1


def test_whoever_holds_the_training_opens_and_closes_it(app: Flask, as_user: Browser) -> None:
    number = training_today()
    wang, address = as_user("wang"), f"/trainings/{number}/attendance"
    bad = wang.post(f"{address}/open", data={"starts_at": "25:00"})
    assert bad.status_code == 422 and "25:00" in bad.get_data(as_text=True)
    assert wang.post(f"{address}/close").status_code == 404
    assert wang.post(f"{address}/open", data={"starts_at": "10:00"}).status_code == 302
    assert wang.get(f"{address}/code.svg").mimetype == "image/svg+xml"
    training = db.session.get_one(Training, number)
    sheet = attendance.sheet_of(training)
    assert sheet is not None and (sheet.closes_at - sheet.starts_at) == timedelta(hours=2, minutes=30)
    db.session.rollback()
    assert wang.post(f"{address}/close").status_code == 302
    assert wang.post(f"{address}/close").status_code == 409


def test_a_sign_in_that_would_be_closed_already_is_not_opened(app: Flask, as_user: Browser) -> None:
    address = f"/trainings/{training_today()}/attendance"
    wang = as_user("wang")
    with time_machine.travel(cast.NOW + timedelta(hours=6), tick=True):
        answer = wang.post(f"{address}/open", data={"starts_at": "08:00"})
    assert answer.status_code == 422 and "培训已经结束" in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", ["zhao", "chen", "auditor", "leader", "expert", "officer"])
def test_others_open_close_take_and_strike_nothing(app: Flask, as_user: Browser, who: str) -> None:
    number = training_today()
    browser, page = phone(app, sheet_path(number))
    browser.post(page, data=LI)
    other = as_user(who)
    for step in ("attendance/open", "attendance/close", "attendance/take"):
        assert other.post(f"/trainings/{number}/{step}", data={"starts_at": "10:00"}).status_code == 403
    entry = rows()[0].id
    assert other.post(f"/trainings/attendees/{entry}/strike", data={"reason": "x"}).status_code == 403
    answer = other.get(f"/trainings/{number}/attendance")
    assert answer.status_code == (403 if who in {"expert", "officer"} else 200)
    assert LI["phone"] not in answer.get_data(as_text=True)
    assert rows()[0].struck_reason == ""


def test_the_code_opens_no_page_of_anybody_else(app: Flask, client: House) -> None:
    path = sheet_path(training_today())
    browser, page = phone(app, path)
    browser.post(page, data=LI)
    other, other_page = phone(app, path)
    for address in (other_page, f"{other_page}/signed"):
        assert LI["name"] not in other.text(address) and LI["phone"] not in other.text(address)
    assert client.get(other_page).status_code == 404
    for wrong in (f"{path}x", "/s/" + "a" * 26, path.replace("/s/", "/x/")):
        assert client.get(wrong).status_code == 404
    assert path.rsplit("/", 1)[-1] not in page
    with db.engine.connect() as connection:
        assert path.rsplit("/", 1)[-1] not in str(
            connection.exec_driver_sql("SELECT * FROM sign_in_sheets").all()
        )


def test_a_flood_from_one_address_is_slowed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "ATTENDANCES", 3)
    browser, page = phone(app, sheet_path(training_today()))
    answers = [browser.post(page, data=LI | {"name": f"工{at}"}).status_code for at in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert len(rows()) == 3
    with time_machine.travel(cast.NOW + timedelta(minutes=11), tick=True):
        assert browser.post(page, data=LI).status_code == 302


def test_heads_persons_and_the_paper_follow(app: Flask, as_user: Browser, tmp_path: Path) -> None:
    number = training_today()
    browser, page = phone(app, sheet_path(number))
    people = [
        ("李工", "华鑫化工有限公司"),
        ("王工", "91320500MA1MXXJX62"),
        ("赵工", "无名小店"),
        ("捣乱", "无名小店"),
    ]
    for name, enterprise in people:
        browser.post(page, data={"name": name, "enterprise": enterprise, "phone": ""})
    wang = as_user("wang")
    entry = rows()[-1].id
    assert wang.post(f"/trainings/attendees/{entry}/strike", data={"reason": " "}).status_code == 422
    assert wang.post(f"/trainings/attendees/{entry}/strike", data={"reason": "测试"}).status_code == 302
    version = wang.page(f"/trainings/{number}/attendance").fields["version"]
    assert wang.post(f"/trainings/{number}/attendance/take", data={"version": "99"}).status_code == 409
    assert wang.post(f"/trainings/{number}/attendance/take", data={"version": version}).status_code == 302
    training = db.session.get_one(Training, number)
    assert training.attendances == 3
    assert {
        (group.site.name if group.site else group.group_name): group.headcount for group in training.audience
    } == {
        "华鑫化工有限公司": 2,
        "无名小店": 1,
    }
    assert attendance.persons(sa.select(Training.id)) == 3
    printing.write(printing.attendance(training), tmp_path / "a.pdf", "zh")
    text = read(tmp_path / "a.pdf")
    assert all(bare(name) in text for name in ("李工", "王工", "赵工")) and bare("捣乱") not in text


def test_one_person_at_two_trainings_is_two_attendances_and_one_person(app: Flask) -> None:
    for number in (training_today(), training_today()):
        browser, page = phone(app, sheet_path(number))
        assert browser.post(page, data=LI).status_code == 302
    assert len(rows()) == 2
    assert attendance.persons(sa.select(Training.id)) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_printed_code_is_read_back_and_signs_in(app: Flask, as_user: Browser, lang: str) -> None:
    number = training_today()
    path = sheet_path(number)
    paper = as_user("auditor").get(f"/papers/sign-in-codes/{number}?format=pdf&lang={lang}")
    assert paper.mimetype == "application/pdf"
    (address,) = codes(paper.data, 100 / 72)
    assert urlsplit(address).path == path
    browser, page = phone(app, urlsplit(address).path)
    assert browser.post(page, data=LI).status_code == 302
    assert as_user("officer").get(f"/papers/sign-in-codes/{number}?format=pdf").status_code == 403
    assert as_user("wang").get(f"/papers/exam-codes/{number}?format=pdf").status_code == 404
