"""A page that was open for too long is sent: nothing typed is lost, and nobody else's words are put before a reader."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.house import House, Page
from tests.test_bad_input import HAZARD, count
from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard

HERE = {"Origin": "http://localhost"}
OLD = {"csrf_token": "from-an-older-page"}


@pytest.fixture
def guarded(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def test_what_an_old_page_held_is_sent_again(
    guarded: Flask, as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    fields = HAZARD | {"site_id": str(site("huaxin").id), "measure": '第一行\n第二行 <b>&"引号"'}
    db.session.rollback()
    browser = as_user("wang")
    answer = browser.post("/hazards/new", data=fields | OLD, headers=HERE)
    assert answer.status_code == 400
    held = Page(answer.get_data(as_text=True)).fields
    assert {name: held[name] for name in fields} == fields
    assert held["csrf_token"] != OLD["csrf_token"]
    assert browser.post("/hazards/new", data=held, headers=HERE).status_code == 302
    assert count(Hazard) == 1


def test_photos_are_named_and_asked_for_again(guarded: Flask, as_user: Callable[[str], House]) -> None:
    data = HAZARD | OLD | {"photos": (io.BytesIO(b"x"), "2号仓库.jpg")}
    page = as_user("wang").post("/hazards/new", data=data, headers=HERE).get_data(as_text=True)
    assert "2号仓库.jpg" in page and "照片和文件无法保留" in page
    assert "photos" in Page(page).fields


def test_a_check_form_keeps_its_fields_too(guarded: Flask, as_user: Callable[[str], House]) -> None:
    data = {"summary": "总体情况", "signatures.site.strokes": "[[[0,1]]]"}
    held = Page(as_user("wang").post("/checks", data=data | OLD, headers=HERE).get_data(as_text=True)).fields
    assert {name: held[name] for name in data} == data


def test_no_password_is_given_back(guarded: Flask, as_user: Callable[[str], House]) -> None:
    data = {"old": "secret one", "password": "secret two", "again": "secret two"}
    page = as_user("wang").post("/me/password", data=data | OLD, headers=HERE).get_data(as_text=True)
    assert "secret" not in page


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site", **HERE}]
)
def test_words_from_elsewhere_are_not_shown(
    guarded: Flask, as_user: Callable[[str], House], headers: dict[str, str]
) -> None:
    answer = as_user("wang").post("/hazards/new", data=HAZARD | OLD, headers=headers)
    assert answer.status_code == 400
    assert HAZARD["description"] not in answer.get_data(as_text=True)


def test_a_sign_in_that_ended_while_a_form_was_filled_loses_nothing(
    guarded: Flask, as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    fields = HAZARD | {"site_id": str(site("huaxin").id), "once": "one-page"}
    browser = as_user("wang")
    token = browser.page("/hazards/new").fields["csrf_token"]
    person = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
    person.session_version += 1
    db.session.commit()
    answer = browser.post("/hazards/new", data=fields | {"csrf_token": token}, headers=HERE)
    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 401 and "您已退出登录" in answer.get_data(as_text=True)
    assert {name: page.fields[name] for name in fields} == fields
    # A tap on a button alone has nothing to hold.
    assert browser.post("/sign-out", data={"csrf_token": token}, headers=HERE).status_code == 302
    # Signed in on another page, it is sent once, and a second time it leads to what the first one made.
    sign_in = browser.page("/sign-in").fields["csrf_token"]
    signed_in = {"username": "wang", "password": cast.PASSWORD, "csrf_token": sign_in}
    assert browser.post("/sign-in", data=signed_in, headers=HERE).status_code == 302
    places = [browser.post("/hazards/new", data=page.fields, headers=HERE).headers["Location"] for _ in "12"]
    assert len(set(places)) == 1
    assert count(Hazard) == 1


def test_a_form_whose_answer_was_lost_with_the_sign_in_makes_no_second_row(
    as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    fields = HAZARD | {"site_id": str(site("huaxin").id), "once": "one-page"}
    browser = as_user("wang")
    first = browser.post("/hazards/new", data=fields)
    person = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
    person.session_version += 1
    number, version = person.id, person.session_version
    db.session.commit()
    assert browser.post("/hazards/new", data=fields, headers=HERE).status_code == 401
    browser.sign_in(number, version)
    again = browser.post("/hazards/new", data=fields)
    assert again.headers["Location"] == first.headers["Location"]
    assert count(Hazard) == 1


def test_signing_in_changes_the_token_where_no_form_is_held(guarded: Flask, client: House) -> None:
    token = client.page("/sign-in").fields["csrf_token"]
    signed_in = {"username": "wang", "password": cast.PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=signed_in, headers=HERE).status_code == 302
    assert client.post("/hazards/new", data={"csrf_token": token}, headers=HERE).status_code == 400


def test_who_was_signed_out_meanwhile_loses_nothing(guarded: Flask, client: House) -> None:
    answer = client.post("/hazards/new", data=HAZARD | OLD, headers=HERE)
    assert Page(answer.get_data(as_text=True)).fields["description"] == HAZARD["description"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hazard)) == 0
