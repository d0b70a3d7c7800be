"""The address on a notice's paper: what it opens and to whom, when it ends, who may see and change it."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import downgrade, upgrade
from tests.evidence import guarded
from tests.hazards.builders import NOW, again_of, do, issued, person
from tests.hazards.by_link import BASE, holder, opened, path_of, report, report_at_once
from tests.house import House, Page

from xuncha.core import history
from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Extension, Hazard, HazardPhotoRole, Notice
from xuncha.hazards.public.notice_links import NoticeLink, address_of, change_link
from xuncha.photos.models import Photo

Browser = Callable[[str], House]


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


def notice_of(hazard: Hazard) -> Notice:
    assert hazard.notice is not None
    return hazard.notice


def test_the_paper_carries_a_hazard_from_receipt_to_verification(app: Flask, as_user: Browser) -> None:
    hazard, phone, page = holder(app)
    shown = phone.text(page)
    assert hazard.description in shown and "请接收并填写整改责任人" in shown
    receipt = {"responsible": "孙安全", "who": "周厂长"}
    assert phone.post(f"{page}/receipt", data=receipt).status_code == 302
    hazard = again_of(hazard)
    assert (hazard.state, hazard.responsible) == (State.IN_PROGRESS, "孙安全")
    assert phone.post(f"{page}/hazards/{hazard.id}/report_done", data=report()).status_code == 302
    hazard = again_of(hazard)
    assert (hazard.state, hazard.cost) == (State.REPORTED_DONE, 0.3)
    assert hazard.reported_by is None
    assert [use.role for use in hazard.photos] == [HazardPhotoRole.AFTER]
    accepted, reported = hazard.events[-2:]
    assert (accepted.actor_id, accepted.actor_name) == (None, "周厂长")
    assert (reported.actor_id, reported.actor_name) == (None, "孙安全")
    assert reported.link_id is not None and reported.brought["notice"] == notice_of(hazard).number
    assert hazard.photos[0].photo.received_from_id is None
    timeline = as_user("wang").text(f"/hazards/{hazard.id}")
    assert f"{notice_of(hazard).number}" in timeline and "孙安全" in timeline
    do(hazard, Act.VERIFY)
    assert again_of(hazard).state is State.CLOSED


def test_an_extension_is_asked_for_and_its_decision_shown(app: Flask) -> None:
    hazard, phone, page = holder(app)
    later = (hazard.due_on or NOW.date()) + timedelta(days=5)
    asked = {"reason": "等配件", "interim_measures": "断电挂牌", "due_on": later.isoformat(), "who": "孙安全"}
    assert phone.post(f"{page}/hazards/{hazard.id}/ask_extension", data=asked).status_code == 302
    hazard = again_of(hazard)
    assert (hazard.state, hazard.extensions[0].asked_by_id) == (State.EXTENSION_PENDING, None)
    do(hazard, Act.REFUSE_EXTENSION)
    assert "配件本地有货" in phone.text(page)


def test_of_a_major_hazard_the_page_says_that_its_plan_comes_first(app: Flask) -> None:
    hazard, phone, page = holder(app)
    number = hazard.id
    do(again_of(hazard), Act.CONFIRM_MAJOR)
    db.session.rollback()
    phone.post("/language", data={"lang": "en"})
    assert "its plan comes first" in phone.text(page)
    assert phone.get(f"{page}/hazards/{number}/report_done").status_code == 422
    do(db.session.get_one(Hazard, number), Act.SUBMIT_PLAN)
    db.session.rollback()
    assert "A plan waits for the office" in phone.text(page)
    do(db.session.get_one(Hazard, number), Act.ACCEPT_PLAN)
    db.session.rollback()
    assert "the principal of the enterprise signs" in phone.text(page)
    assert phone.get(f"{page}/hazards/{number}/report_done").status_code == 422
    do(db.session.get_one(Hazard, number), Act.SIGN_OFF)
    db.session.rollback()
    assert "the principal of the enterprise signs" not in phone.text(page)
    assert phone.get(f"{page}/hazards/{number}/report_done").status_code == 200


def test_the_address_is_swapped_for_a_cookie_of_these_pages_alone(app: Flask, client: House) -> None:
    notice = notice_of(issued())
    path = path_of(notice)
    answer = client.get(path)
    page = answer.headers["Location"]
    cookie = answer.headers["Set-Cookie"]
    assert path not in page and path.rsplit("/", 1)[-1] not in cookie
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and f"Path={page};" in f"{cookie};"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(page).status_code == 200
    other = app.test_client()
    assert other.get(page).status_code == 404


def test_a_link_shows_nothing_of_another_notice(app: Flask) -> None:
    mine, phone, page = holder(app, description="甲标记七")
    other = issued(description="乙标记八")
    number, photo = other.id, do(other, Act.REPORT_DONE).photos[0].photo.sha256
    db.session.rollback()
    assert "乙标记八" not in phone.text(page)
    for address in (
        f"{page}/hazards/{number}/report_done",
        f"{page}/photos/{photo}/clean",
        f"/n/{notice_of(again_of(other)).id + 1000}",
        f"/hazards/{mine.id}",
        f"/hazards/{number}",
        f"/photos/{photo}/clean",
    ):
        assert phone.get(address).status_code in {302, 404}, address
    assert phone.post(f"{page}/hazards/{number}/report_done", data=report()).status_code == 404
    assert again_of(other).state is State.REPORTED_DONE
    assert phone.get(f"{page}/hazards/{mine.id}/verify").status_code == 404


def test_photos_of_the_notice_and_of_this_phone_are_shown(app: Flask) -> None:
    hazard, phone, page = holder(app)
    answer = phone.post(f"{page}/hazards/{hazard.id}/report_done", data=report(note=""))
    assert answer.status_code == 422
    kept = db.session.scalars(sa.select(Photo.sha256).where(Photo.link_id.is_not(None))).one()
    text = answer.get_data(as_text=True)
    assert f'value="{kept}"' in text and 'value="孙安全"' in text
    assert phone.get(f"{page}/photos/{kept}/thumb").mimetype == "image/jpeg"
    again = {"note": "已封堵", "who": "孙安全", "kept": kept}
    assert phone.post(f"{page}/hazards/{hazard.id}/report_done", data=again).status_code == 302


def test_an_empty_photo_is_refused_in_words_and_nothing_is_lost(app: Flask) -> None:
    hazard, phone, page = holder(app)
    fine = report()["photos"]
    assert isinstance(fine, list)
    answer = phone.post(
        f"{page}/hazards/{hazard.id}/report_done",
        data=report(photos=[*fine, (io.BytesIO(b""), "empty.jpg")]),
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="photos-error"' in text
    assert "已关闭箱门并封堵" in text and "0.3" in text
    kept = db.session.scalars(sa.select(Photo.sha256).where(Photo.link_id.is_not(None))).one()
    assert f'value="{kept}"' in text


def refused(app: Flask, path: str) -> str:
    answer = app.test_client().get(path)
    assert answer.status_code == 404
    page = answer.get_data(as_text=True)
    return page[page.index("<h1>") : page.index("<footer")]


def test_every_link_that_does_not_hold_gets_the_same_answer_by_the_same_work(app: Flask) -> None:
    hazard = issued()
    notice = notice_of(hazard)
    path = path_of(notice)
    token = path.rsplit("/", 1)[-1]
    revoked = path_of(notice_of(issued()))
    other = db.session.scalars(sa.select(Notice).where(Notice.id != notice.id)).one()
    link = db.session.scalars(sa.select(NoticeLink).where(NoticeLink.notice_id == other.id)).one()
    change_link(other, seen=link.id, renew=False, actor=person("wang"), now=NOW)
    db.session.commit()
    do(do(hazard, Act.REPORT_DONE), Act.VERIFY)
    db.session.rollback()
    statements: list[str] = []
    answers = set()
    counts = set()

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def _count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with time_machine.travel(NOW + timedelta(days=31), tick=True):
        for bad in (
            path,  # expired
            revoked,
            f"/n/{'a' * 26}",  # forged
            path[:-1],  # cut
            f"/n/{token[1]}{token[0]}{token[2:]}" if token[0] != token[1] else f"/n/{token[::-1]}",  # swapped
            "/n/%E4%B8%AD%00",
            f"/n/{'7' * 5000}",
        ):
            statements.clear()
            answers.add(refused(app, bad))
            counts.add(len(statements))
    assert len(answers) == 1
    assert len(counts) == 1


def test_a_link_ends_some_days_after_the_last_hazard_is_settled(app: Flask) -> None:
    hazard, phone, page = holder(app)
    path = path_of(notice_of(hazard))
    do(do(hazard, Act.REPORT_DONE), Act.VERIFY)
    db.session.rollback()
    with time_machine.travel(NOW + timedelta(days=29), tick=True):
        assert phone.get(page).status_code == 200
        opened(app, path)
    with time_machine.travel(NOW + timedelta(days=31), tick=True):
        assert phone.get(page).status_code == 404
        refused(app, path)


def test_typed_from_paper_it_opens_in_capitals_and_with_like_digits(app: Flask) -> None:
    path = path_of(notice_of(issued()))
    db.session.rollback()
    token = path.removeprefix("/n/")
    typed = token.upper().replace("O", "0").replace("L", "1").replace("B", "8")
    opened(app, f"/n/{typed[:13]}-{typed[13:]}")


def test_guessing_is_slowed_down_and_signing_in_from_there_is_not(app: Flask, client: House) -> None:
    path = path_of(notice_of(issued()))
    db.session.rollback()
    for number in range(20):
        assert client.get(f"/n/{'a' * 25}{'abcdefghijklmnopqrstuvwx'[number]}").status_code == 404
    assert client.get(path).status_code == 429
    assert client.post("/sign-in", data={"username": "wang", "password": "wrong"}).status_code == 422
    with time_machine.travel(NOW + timedelta(minutes=11), tick=True):
        assert client.get(path).status_code == 302


def test_the_office_sees_each_opening_and_revokes_and_renews(app: Flask, as_user: Browser) -> None:
    hazard, phone, page = holder(app)
    number, notice = hazard.id, notice_of(hazard).id
    opened(app, path_of(notice_of(hazard)))
    link = db.session.scalars(sa.select(NoticeLink.id)).one()
    db.session.rollback()
    wang = as_user("wang")
    assert "打开过 2 次" in wang.text(f"/hazards/notices/{notice}")
    assert "打开过 2 次" in wang.text(f"/hazards/{number}")
    old = path_of(db.session.get_one(Notice, notice))
    db.session.rollback()
    answer = wang.post(f"/hazards/notices/{notice}/link", data={"link": link, "renew": "1"})
    assert answer.status_code == 302
    new = path_of(db.session.get_one(Notice, notice))
    assert new != old
    db.session.rollback()
    refused(app, old)
    assert phone.get(page).status_code == 404
    late = phone.post(f"{page}/hazards/{number}/report_done", data=report(version="1"))
    assert late.status_code == 404
    assert "已关闭箱门并封堵" in late.get_data(as_text=True)  # what was written stands there to be copied
    opened(app, new)
    # A second press of the same page changes nothing.
    assert wang.post(f"/hazards/notices/{notice}/link", data={"link": link}).status_code == 409
    opened(app, new)
    rows = history.of(db.session.get_one(Notice, notice))
    assert [row.action for row in rows if row.action != "open_link"] == [
        "make_link",
        "revoke_link",
        "make_link",
    ]


def test_a_phone_that_comes_back_without_the_paper_is_seen_too(app: Flask, as_user: Browser) -> None:
    hazard, phone, page = holder(app)
    notice = notice_of(hazard).id
    phone.get(page)
    assert "打开过 1 次" in as_user("wang").text(f"/hazards/notices/{notice}")
    with time_machine.travel(NOW + timedelta(days=2), tick=True):
        phone.get(page)
        phone.get(page)
    rows = history.of(db.session.get_one(Notice, notice))
    assert [row.at.date() for row in rows if row.action == "open_link"] == [
        NOW.date(),
        (NOW + timedelta(days=2)).date(),
    ]


def test_only_who_gets_the_paper_sees_the_address(app: Flask, as_user: Browser) -> None:
    notice = notice_of(issued())
    number, token = notice.id, path_of(notice)
    db.session.rollback()
    for who in ("admin", "leader", "wang", "lin", "officer"):
        assert token in as_user(who).text(f"/hazards/notices/{number}"), who
    for who in ("auditor", "expert"):
        assert token not in as_user(who).text(f"/hazards/notices/{number}"), who
    for who in ("leader", "auditor", "expert", "officer"):
        answer = as_user(who).post(f"/hazards/notices/{number}/link", data={"renew": "1"})
        assert answer.status_code == 403, who


def copied(app: Flask) -> bytes:
    """What whoever has a copy of the database can read in it."""
    if db.engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in app.config["DATA"].glob("xuncha.db*"))
    names = sa.inspect(db.engine).get_table_names()
    return "".join(
        str(db.session.scalars(sa.text(f"SELECT t::text FROM {name} t")).all()) for name in names
    ).encode()


def test_a_copy_of_the_database_holds_no_token_and_no_log_does(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        hazard, phone, page = holder(app)
        phone.post(f"{page}/receipt", data={"responsible": "孙安全", "who": "周厂长"})
        token = path_of(notice_of(hazard)).removeprefix("/n/")
    assert token not in caplog.text
    files = copied(app)
    assert hashlib.sha256(token.encode()).hexdigest().encode() in files
    assert token[:12].encode() not in files


def test_a_former_key_still_prints_the_same_address(app: Flask) -> None:
    notice = notice_of(issued())
    before = address_of(notice)
    app.config["SECRET_KEY"], app.config["SECRET_KEY_FALLBACKS"] = "new", ["test"]
    assert address_of(notice) == before
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert address_of(notice) is None
    app.config["SECRET_KEY"] = "test"
    app.config["PUBLIC_URL"] = ""
    assert address_of(notice) is None


def test_whoever_comes_second_is_told_and_keeps_what_was_written(app: Flask) -> None:
    hazard, phone, page = holder(app)
    do(hazard, Act.REPORT_DONE)
    db.session.rollback()
    opened = phone.get(f"{page}/hazards/{hazard.id}/report_done").text
    assert "孙安全" in opened and "您填写的内容" not in opened  # nobody has written anything yet
    answer = phone.post(f"{page}/hazards/{hazard.id}/report_done", data=report(note="我也整改了"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "我也整改了" in text and "孙安全" in text
    second = phone.post(f"{page}/receipt", data={"responsible": "钱", "who": "李某某"})
    assert second.status_code == 422 and "李某某" in second.get_data(as_text=True)


def test_an_old_page_keeps_what_was_typed_and_asks_nobody_to_sign_in(app: Flask) -> None:
    hazard, phone, page = holder(app)
    app.config["WTF_CSRF_ENABLED"] = True
    old = {"note": "已封堵", "who": "孙安全", "csrf_token": "from-an-older-page"}
    answer = phone.post(
        f"{page}/hazards/{hazard.id}/report_done", data=old, headers={"Origin": "http://localhost"}
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400 and 'value="已封堵"' in text and "/sign-in" not in text


def test_the_pages_send_their_forms_under_https(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    notice = notice_of(issued())
    path, phone = path_of(notice), app.test_client()
    assert isinstance(phone, House)
    db.session.rollback()
    here = "https://localhost"
    page = phone.get(path, base_url=here).headers["Location"]
    shown = phone.get(page, base_url=here)
    assert shown.headers["Referrer-Policy"] == "same-origin"
    fields = Page(shown.get_data(as_text=True)).fields | {"responsible": "孙安全", "who": "周厂长"}
    answer = phone.post(f"{page}/receipt", data=fields, base_url=here, headers={"Referer": f"{here}{page}"})
    assert answer.status_code == 302


def test_of_six_phones_at_one_moment_one_reports_and_the_others_are_told(app: Flask) -> None:
    path = path_of(notice_of(issued()))
    db.session.remove()
    codes, told = report_at_once(app, path, 6)
    assert codes == [302, 409, 409, 409, 409, 409]
    assert all("孙安全" in text and "已关闭箱门并封堵" in text for text in told)


def test_the_migration_goes_back_with_what_links_brought_and_evidence_stays_guarded(app: Flask) -> None:
    hazard, phone, page = holder(app)
    later = (hazard.due_on or NOW.date()) + timedelta(days=5)
    asked = {"reason": "等配件", "interim_measures": "断电挂牌", "due_on": later.isoformat(), "who": "孙安全"}
    phone.post(f"{page}/hazards/{hazard.id}/ask_extension", data=asked)
    other, phone, page = holder(app)
    phone.post(f"{page}/hazards/{other.id}/report_done", data=report())
    wang = person("wang").id
    db.session.remove()
    downgrade(revision="0013")
    connection = db.engine.connect()
    assert connection.scalar(sa.text("SELECT asked_by_id FROM extensions")) == wang
    senders = connection.execute(sa.text("SELECT received_from_id FROM photos")).scalars().all()
    assert set(senders) == {wang}
    for table in ("photos", "hazard_events"):
        with guarded():
            connection.execute(sa.text(f"DELETE FROM {table}"))
        connection.rollback()
    connection.close()
    upgrade()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Extension)) == 1
