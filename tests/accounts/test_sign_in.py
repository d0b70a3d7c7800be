"""Sign-in: right, wrong, slowed down, and ended at once when duty changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.house import House, Page
from werkzeug.test import TestResponse

from xuncha.accounts.models import FailedSignIn, User
from xuncha.core.db import db
from xuncha.core.history import HistoryRow


def sign_in(
    browser: House, name: str = "wang", password: str = cast.PASSWORD, **more: object
) -> TestResponse:
    return browser.post("/sign-in", data={"username": name, "password": password}, **more)


def test_the_right_password_opens_the_account(client: House) -> None:
    answer = sign_in(client, " WANG ")
    assert answer.status_code == 302
    assert "王监管" in client.text("/me")
    assert (
        db.session.scalar(sa.select(HistoryRow.actor_name).where(HistoryRow.action == "sign_in")) == "王监管"
    )


def test_one_goes_on_where_one_wanted_to_go_but_never_outside(client: House) -> None:
    wanted = client.get("/enterprises?text=华").headers["Location"]
    assert sign_in(client).status_code == 302
    assert (
        client.post(wanted, data={"username": "wang", "password": cast.PASSWORD})
        .headers["Location"]
        .startswith("/enterprises?text=")
    )
    for outside in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post(
            "/sign-in", query_string={"next": outside}, data={"username": "wang", "password": cast.PASSWORD}
        )
        assert answer.headers["Location"].startswith("/") and "evil" not in answer.headers["Location"]


def test_unknown_names_and_wrong_passwords_get_the_same_words(client: House) -> None:
    texts = []
    for name in ("wang", "nobody"):
        answer = sign_in(client, name, "not the password at all")
        assert answer.status_code == 422
        text = answer.get_data(as_text=True)
        texts.append(
            text.replace(name, "").replace(Page(text).fields["csrf_token"], "")
        )  # it tells the second
    assert texts[0] == texts[1]
    assert "登录名或密码不正确" in texts[0]


@pytest.mark.parametrize(
    "form", [{}, {"username": "wang"}, {"password": "x"}, {"username": "\x00" * 9000, "password": "y" * 9000}]
)
def test_an_incomplete_form_is_explained(client: House, form: dict[str, str]) -> None:
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 422
    assert 'class="errors"' in answer.get_data(as_text=True)


def test_guessing_is_slowed_for_the_account_and_ends_after_ten_minutes(app: Flask, client: House) -> None:
    for _ in range(5):
        assert sign_in(client, password="a wrong guess every time").status_code == 422
    assert sign_in(client).status_code == 429
    assert sign_in(client, "zhao").status_code == 302
    with time_machine.travel(cast.NOW + timedelta(minutes=11)):
        assert sign_in(app.test_client(), "wang").status_code == 302


def test_guessing_names_is_slowed_for_the_address(client: House) -> None:
    db.session.add_all(
        FailedSignIn(
            username=f"guess{number}", address="127.0.0.1", at=cast.NOW - timedelta(minutes=number % 5)
        )
        for number in range(20)
    )
    db.session.commit()
    assert sign_in(client).status_code == 429


def test_an_ended_account_cannot_sign_in(client: House, user: Callable[[str], User]) -> None:
    user("wang").active = False
    db.session.commit()
    assert sign_in(client).status_code == 422


@pytest.mark.parametrize("change", [{"role": "team_lead"}, {"active": ""}, {"team_id": "2"}])
def test_a_change_of_duty_ends_open_sessions(
    as_user: Callable[[str], House], user: Callable[[str], User], change: dict[str, str]
) -> None:
    person = user("lin")
    number, form = (
        person.id,
        {"username": "lin", "name": person.name, "role": "team_lead", "team_id": "1", "active": "y"},
    )
    db.session.rollback()
    change = {"role": "auditor"} if "role" in change else change
    browser, office = as_user("lin"), as_user("admin")
    assert browser.get("/me").status_code == 200
    form = {key: value for key, value in (form | change).items() if value}
    assert office.post(f"/users/{number}", data=form).status_code == 302
    assert browser.get("/me").status_code == 302


def test_signing_out_ends_the_session_and_keeps_the_language(as_user: Callable[[str], House]) -> None:
    browser = as_user("wang")
    browser.post("/language", data={"lang": "en", "next": "/me"})
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/me").status_code == 302
    assert "Sign in" in browser.text("/sign-in")


def test_the_language_stays_with_the_person(
    app: Flask, as_user: Callable[[str], House], user: Callable[[str], User]
) -> None:
    browser = as_user("wang")
    assert "账号" in browser.text("/me")
    answer = browser.post("/language", data={"lang": "en", "next": "https://evil.example"})
    assert "evil" not in answer.headers["Location"]
    db.session.rollback()
    assert user("wang").lang == "en"
    assert "Account" in as_user("wang").text("/me")
    browser.post("/language", data={"lang": "xx"})
    db.session.rollback()
    assert user("wang").lang == "en"


def test_the_pages_of_the_account_ask_for_sign_in(client: House) -> None:
    for url in ("/me", "/me/password", "/users", "/users/new", "/users/1"):
        assert client.get(url).headers["Location"].startswith("/sign-in?next=")
