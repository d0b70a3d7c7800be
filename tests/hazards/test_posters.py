"""Posters: what workers report without an account, who decides on it and who sees it, what a poster never opens."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests.hazards.builders import LATER, NOW, issued, person, picture, place
from tests.hazards.by_link import BASE, opened, path_of
from tests.hazards.by_poster import hung, report, report_at_once, worker
from tests.house import House

from xuncha.accounts.models import FailedSignIn
from xuncha.core.db import db
from xuncha.hazards.lifecycle import State
from xuncha.hazards.models import Hazard, Source
from xuncha.hazards.public.worker_reports import WorkerReport, WorkerReportPhoto
from xuncha.photos.models import Photo

Browser = Callable[[str], House]
TAKE = {
    "description": "配电箱冒烟",
    "place": "一车间东侧",
    "hazard_class": "electrical",
    "due_on": LATER.isoformat(),
}


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


def reports() -> list[WorkerReport]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(WorkerReport).order_by(WorkerReport.id)))


def sent(app: Flask, **more: object) -> int:
    """The number of a report that came by a poster of Huaxin."""
    phone, page = worker(app, hung()[1])
    assert phone.post(page, data=report(**more)).status_code == 302
    return reports()[-1].id


def test_a_worker_reports_with_a_photo_and_without_an_account(app: Flask, as_user: Browser) -> None:
    number, path = hung("二车间")
    phone, page = worker(app, path)
    assert page == f"/r/{number}"
    assert phone.page(page).fields["place"] == "二车间"
    answer = phone.post(page, data=report(place="二车间门口"))
    assert answer.status_code == 302
    assert "上报已收到" in phone.text(answer.headers["Location"]) or "Thank you" in phone.text(
        answer.headers["Location"]
    )
    (row,) = reports()
    assert (row.words, row.place, row.reporter, row.accepted) == ("配电箱冒烟", "二车间门口", "", None)
    (use,) = row.photos
    assert (use.photo.poster_id, use.photo.received_from_id, use.photo.link_id) == (number, None, None)
    shown = as_user("officer").get(f"/hazards/worker-reports/{row.id}").get_data(as_text=True)
    assert "配电箱冒烟" in shown and use.photo.sha256 in shown


def test_the_officer_takes_it_and_the_supervisor_sees_it(app: Flask, as_user: Browser) -> None:
    number = sent(app)
    officer = as_user("officer")
    answer = officer.post(f"/hazards/worker-reports/{number}/take", data=TAKE)
    assert answer.status_code == 302
    hazard = db.session.scalars(sa.select(Hazard)).one()
    assert (hazard.source, hazard.state) == (Source.SELF_CHECK, State.OPEN)
    (row,) = reports()
    assert (row.accepted, row.hazard_id) == (True, hazard.id)
    assert [use.photo_id for use in hazard.photos] == [use.photo_id for use in row.photos]
    shown = as_user("wang").text(f"/hazards/worker-reports/{number}")
    assert hazard.number in shown
    again = officer.post(f"/hazards/worker-reports/{number}/take", data=TAKE)
    assert again.status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hazard)) == 1


def test_a_report_is_turned_down_with_a_reason(app: Flask, as_user: Browser) -> None:
    number = sent(app)
    officer, address = as_user("officer"), f"/hazards/worker-reports/{number}/turn_down"
    assert officer.post(address, data={"reason": " "}).status_code == 422
    assert officer.post(address, data={"reason": "当日已断电更换"}).status_code == 302
    (row,) = reports()
    assert (row.accepted, row.reason, row.hazard_id) == (False, "当日已断电更换", None)
    assert "当日已断电更换" in as_user("wang").text(f"/hazards/worker-reports/{number}")


def test_what_waits_is_on_today_of_its_supervisor_and_in_the_inbox(app: Flask, as_user: Browser) -> None:
    number = sent(app)
    shown = f"/hazards/worker-reports/{number}"
    wang = as_user("wang")
    assert shown in wang.page("/today").links and "配电箱冒烟" in wang.text("/today")
    for other in ("zhao", "chen", "leader"):  # of another site, of the team, of the zone
        assert shown not in as_user(other).page("/today").links, other
    inbox = as_user("officer").page("/hazards/inbox")
    assert "/hazards/worker-reports" in inbox.links
    assert as_user("officer").post(f"{shown}/turn_down", data={"reason": "已更换"}).status_code == 302
    assert shown not in wang.page("/today").links
    assert "/hazards/worker-reports" not in as_user("officer").page("/hazards/inbox").links


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 200),
        ("principal", 200),
        ("wang", 200),
        ("lin", 200),
        ("admin", 200),
        ("auditor", 200),
        ("chen", 404),
        ("zhao", 404),
        ("stranger", 404),
        ("expert", 403),
    ],
)
def test_reports_are_seen_by_the_enterprise_and_those_who_watch_over_it(
    app: Flask, as_user: Browser, who: str, status: int
) -> None:
    number = sent(app, who="李工")
    (photo,) = {use.photo.sha256 for use in reports()[0].photos}
    browser = as_user(who)
    answer = browser.get(f"/hazards/worker-reports/{number}")
    assert answer.status_code == status
    assert ("李工" in answer.get_data(as_text=True)) == (status == 200 and who != "auditor")
    assert browser.get(f"/photos/{photo}/thumb").status_code == (200 if status == 200 else 404)
    if who not in {"officer", "principal"}:
        assert browser.post(f"/hazards/worker-reports/{number}/take", data=TAKE).status_code in {403, 404}


def test_a_poster_shows_no_report_and_no_photo(app: Flask) -> None:
    _number, path = hung()
    phone, page = worker(app, path)
    phone.post(page, data=report(words="甲标记七", who="李工"))
    (photo,) = {use.photo.sha256 for use in reports()[0].photos}
    other, other_page = worker(app, path)
    for browser in (phone, other):
        for address in (other_page, f"{other_page}/sent"):
            text = browser.text(address)
            assert "甲标记七" not in text and "李工" not in text and photo not in text
        assert browser.get(f"/photos/{photo}/clean").status_code == 302
        assert browser.get(f"/hazards/worker-reports/{reports()[0].id}").status_code == 302


def test_forged_cut_and_foreign_addresses_open_nothing(app: Flask, client: House) -> None:
    number, path = hung()
    notice = issued().notice
    assert notice is not None
    foreign = path_of(notice).replace("/n/", "/r/")
    db.session.rollback()
    for address in (f"{path}x", path[:-1], "/r/" + "a" * 26, "/r/绝无此号", foreign):
        assert client.get(address).status_code == 404, address
    assert client.get(path.replace("/r/", "/n/")).status_code == 404
    assert client.get(f"/r/{number}").status_code == 404
    assert client.post(f"/r/{number}", data=report()).status_code == 404
    assert reports() == []


def test_the_cookie_of_one_poster_or_of_a_notice_opens_no_other_poster(app: Flask) -> None:
    mine, path = hung()
    other, _path = hung("二车间")
    phone, page = worker(app, path)
    cookie = phone.get_cookie("poster", path=page)
    assert cookie is not None
    phone.set_cookie("poster", cookie.value, path=f"/r/{other}")
    assert phone.get(f"/r/{other}").status_code == 404
    hazard = issued()
    assert hazard.notice is not None
    reader, notice_page = opened(app, path_of(hazard.notice))
    taken = reader.get_cookie("notice", path=notice_page)
    assert taken is not None
    reader.set_cookie("poster", taken.value, path=f"/r/{mine}")
    assert reader.get(f"/r/{mine}").status_code == 404


def test_the_address_is_swapped_for_a_cookie_and_told_to_nobody(app: Flask, client: House) -> None:
    number, path = hung()
    answer = client.get(path)
    cookie = answer.headers["Set-Cookie"]
    assert answer.headers["Location"] == f"/r/{number}"
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and f"Path=/r/{number};" in f"{cookie};"
    assert path.rsplit("/", 1)[-1] not in cookie
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    token = path.rsplit("/", 1)[-1]
    with db.engine.connect() as connection:
        dump = str(connection.exec_driver_sql("SELECT * FROM posters").fetchall())
    assert token not in dump


def test_a_revoked_poster_opens_nothing_and_takes_nothing(app: Flask, as_user: Browser) -> None:
    number, path = hung()
    phone, page = worker(app, path)
    assert as_user("wang").post(f"/hazards/posters/{number}/revoke").status_code == 302
    assert as_user("officer").post(f"/hazards/posters/{number}/revoke").status_code == 409
    for answer in (phone.get(path), phone.get(page), phone.post(page, data=report())):
        assert answer.status_code == 404
    assert reports() == []
    assert as_user("officer").get(f"/papers/posters/{number}").status_code == 404


@pytest.mark.parametrize("who", ["zhao", "chen", "stranger", "auditor", "leader", "expert"])
def test_posters_are_made_and_revoked_by_whom_they_concern(app: Flask, as_user: Browser, who: str) -> None:
    number, _path = hung()
    site = place("huaxin").id
    db.session.rollback()
    browser = as_user(who)
    assert browser.get(f"/hazards/posters?site={site}").status_code in {403, 404}
    assert browser.post(f"/hazards/posters?site={site}", data={"area": "三车间"}).status_code in {403, 404}
    assert browser.post(f"/hazards/posters/{number}/revoke").status_code in {403, 404}
    assert browser.get(f"/papers/posters/{number}?format=pdf").status_code in {403, 404}


def test_an_officer_makes_a_poster_on_its_page(app: Flask, as_user: Browser) -> None:
    officer = as_user("officer")
    answer = officer.post("/hazards/posters", data={"area": "喷漆房", "once": str(uuid4())})
    assert answer.status_code == 302
    shown = officer.get("/hazards/posters").get_data(as_text=True)
    assert "喷漆房" in shown and "/papers/posters/" in shown


BAD: dict[str, tuple[dict[str, Any], int]] = {
    "nothing said": ({"words": "  "}, 422),
    "no place": ({"place": ""}, 422),
    "a photo of 0 bytes": ({"photos": [(b"", "empty.jpg")]}, 422),
    "no picture at all": ({"photos": [(b"%PDF-1.7 no picture", "x.jpg")]}, 422),
    "a photo that never came": ({"photos": [], "kept": "0" * 64}, 422),
    "too long a name": ({"who": "李" * 81}, 422),
}


@pytest.mark.parametrize("case", BAD)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(app: Flask, case: str) -> None:
    more, status = BAD[case]
    phone, page = worker(app, hung()[1])
    fields = {key: value for key, value in more.items() if key != "photos"}
    photos = [(io.BytesIO(data), name) for data, name in more.get("photos", [])]
    given = report(shade=None if photos or "kept" in more else 8, **fields)
    answer = phone.post(page, data={**given, **({"photos": photos} if photos else {})})
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert 'role="alert"' in text
    assert all(str(given[name]).strip() in text for name in ("place", "words"))
    assert reports() == []


def test_a_photo_sent_with_an_error_is_kept_for_the_next_try(app: Flask) -> None:
    phone, page = worker(app, hung()[1])
    first = phone.post(page, data=report(words=""))
    kept = db.session.scalars(sa.select(Photo.sha256)).one()
    assert f'value="{kept}"' in first.get_data(as_text=True)
    assert phone.post(page, data=report(shade=None, kept=kept)).status_code == 302
    assert [use.photo.sha256 for use in reports()[0].photos] == [kept]


def test_the_same_form_twice_and_two_at_once_make_one_report(app: Flask) -> None:
    answers = report_at_once(app, hung()[1], 3)
    assert answers == [302, 302, 302]
    assert len(reports()) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkerReportPhoto)) == 1


def test_two_people_deciding_at_once_are_told_apart(app: Flask, as_user: Browser) -> None:
    number = sent(app)
    officer, principal = as_user("officer"), as_user("principal")
    assert (
        officer.post(f"/hazards/worker-reports/{number}/turn_down", data={"reason": "重复"}).status_code
        == 302
    )
    late = principal.post(f"/hazards/worker-reports/{number}/take", data=TAKE)
    assert late.status_code == 409 and "孙安全" in late.get_data(as_text=True)
    assert reports()[0].accepted is False


def test_reports_are_slowed_down_by_address_and_by_poster(app: Flask) -> None:
    phone, page = worker(app, hung()[1])
    taken = [phone.post(page, data=report(shade=None, words=f"第{n}条")).status_code for n in range(20)]
    refused = phone.post(page, data=report(shade=None, words="第二十一条"))
    assert taken == [302] * 20
    assert refused.status_code == 429 and "第二十一条" in refused.get_data(as_text=True)
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    more = [phone.post(page, data=report(shade=None), **elsewhere).status_code for _ in range(11)]
    assert more == [302] * 10 + [429]
    with time_machine.travel(NOW + timedelta(minutes=11), tick=True):
        assert phone.post(page, data=report(shade=None)).status_code == 302
    # What no longer counts is forgotten: nothing tells for long from where a report came.
    left = db.session.scalars(sa.select(FailedSignIn).where(FailedSignIn.username == "(report)")).all()
    assert len(left) == 1
    assert person("officer").active


def test_many_wrong_addresses_are_slowed_down(app: Flask, client: House) -> None:
    for _ in range(20):
        assert client.get("/r/" + "b" * 26).status_code == 404
    assert client.get(hung()[1]).status_code == 429


def test_a_photo_known_already_serves_a_report_too(app: Flask) -> None:
    phone, page = worker(app, hung()[1])
    data = picture(61)
    for _ in range(2):
        given = report(shade=None, photos=[(io.BytesIO(data), "x.jpg")])
        assert phone.post(page, data=given).status_code == 302
    assert [len(row.photos) for row in reports()] == [1, 1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Photo)) == 1
