"""Passwords: long rather than odd, stored as Argon2id, changed by oneself, given anew by the office."""

from collections.abc import Callable

import pytest
from flask import Flask
from tests import cast
from tests.house import House, Page

from xuncha.accounts import passwords
from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.core.errors import Refused

NEW = "本区每月检查两次，绝不漏一家企业"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "安全第一预防为主综合治理落实责任",
        "     five words with spaces     ",
        "9f3a-11b2-77c0-e8d1",
        "é" + "tudes de sûreté publique",
        "这一句短短的话也可以当作口令用",
    ],
)
def test_long_passwords_of_any_script_are_good(password: str) -> None:
    passwords.demand_good(password, about=("wang", "王监管"))


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "fourteen chars",
        "x" * 129,
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "passwordpassword1",
        "xunchaxuncha2026",
        "wangwangwangwang",
        "王监管王监管王监管王监管王监管",
        "password12345678",
    ],
)
def test_short_or_guessable_ones_are_refused(password: str) -> None:
    with pytest.raises(Refused):
        passwords.demand_good(password, about=("wang", "王监管"))


def test_a_password_is_stored_as_argon2id_with_19_mib() -> None:
    stored = passwords.hash_password(NEW)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert NEW not in stored


def test_width_of_characters_makes_no_difference() -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in cast.PASSWORD)
    assert passwords.matches(passwords.hash_password(cast.PASSWORD), wide)


def test_changing_it_ends_other_sessions_and_keeps_this_one(
    as_user: Callable[[str], House], app: Flask
) -> None:
    here, elsewhere = as_user("wang"), as_user("wang")
    form = {"old": cast.PASSWORD, "password": NEW, "again": NEW}
    assert here.post("/me/password", data=form).status_code == 302
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302
    assert here.post("/sign-in", data={"username": "wang", "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"old": "not the present one"}, "当前密码不正确"),
        ({"again": NEW + "！"}, "两次输入的新密码不一致"),
        ({"password": "short", "again": "short"}, "至少15个字符"),
        ({"password": "", "again": ""}, "请输入新密码"),
    ],
)
def test_a_wrong_change_is_explained_and_changes_nothing(
    as_user: Callable[[str], House],
    app: Flask,
    user: Callable[[str], User],
    change: dict[str, str],
    words: str,
) -> None:
    stored = user("wang").password_hash
    db.session.rollback()
    form = {"old": cast.PASSWORD, "password": NEW, "again": NEW} | change
    answer = as_user("wang").post("/me/password", data=form)
    assert words in answer.get_data(as_text=True)
    assert user("wang").password_hash == stored


def test_a_first_password_must_be_changed_before_anything_else(
    as_user: Callable[[str], House], app: Flask, user: Callable[[str], User]
) -> None:
    number = user("wang").id
    db.session.rollback()
    answer = as_user("admin").post(f"/users/{number}/password")
    secret = next(
        part for part in Page(answer.get_data(as_text=True)).text if part.count("-") == 3 and len(part) == 19
    )
    browser = app.test_client()
    assert browser.post("/sign-in", data={"username": "wang", "password": cast.PASSWORD}).status_code == 422
    browser.post("/sign-in", data={"username": "wang", "password": secret})
    assert browser.get("/enterprises").headers["Location"] == "/me/password"
    form = {"old": secret, "password": NEW, "again": NEW}
    assert browser.post("/me/password", data=form).status_code == 302
    assert browser.get("/enterprises").status_code == 200
