"""Users: the office alone adds and changes them; the first one comes from the command line."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.core.history import HistoryRow

NEW = {"username": "sun", "name": "孙新来", "role": "supervisor", "team_id": "1", "active": "y"}


def by_name(name: str) -> User | None:
    return db.session.scalar(sa.select(User).where(User.username == name))


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "expert", "auditor", "officer"])
def test_nobody_else_manages_users(
    as_user: Callable[[str], House], user: Callable[[str], User], name: str
) -> None:
    number = user("zhao").id
    db.session.rollback()
    browser = as_user(name)
    assert [browser.get(url).status_code for url in ("/users", "/users/new", f"/users/{number}")] == [403] * 3
    assert browser.post("/users/new", data=NEW).status_code == 403
    assert browser.post(f"/users/{number}/password").status_code == 403
    assert by_name("sun") is None


def test_the_office_adds_a_person_with_a_password_shown_once(
    as_user: Callable[[str], House], app: Flask
) -> None:
    browser = as_user("admin")
    answer = browser.post(
        "/users/new", data=NEW | {"must_change_password": "", "session_version": "9", "password_hash": "x"}
    )
    assert answer.status_code == 200 and "只显示这一次" in answer.get_data(as_text=True)
    made = by_name("sun")
    assert made is not None
    assert (made.role, made.must_change_password, made.session_version) == (Role.SUPERVISOR, True, 1)
    assert (
        db.session.scalar(sa.select(HistoryRow.after).where(HistoryRow.action == "add"))["username"] == "sun"
    )
    assert "孙新来" in browser.text("/users?text=sun")
    assert "王监管" not in browser.text("/users?text=sun")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "wang"}, "已被使用"),
        ({"username": "A B"}, "2至32个字符"),
        ({"name": ""}, "请填写姓名"),
        ({"name": " "}, "请填写姓名"),
        ({"role": "ent_officer"}, "所属企业"),
        ({"enterprise_id": "1"}, "所属企业"),
        ({"role": "king"}, "角色"),
        ({"team_id": "x"}, "片区"),
        ({"enterprise_id": "99999"}, "企业"),
    ],
)
def test_bad_input_is_named_and_kept(
    as_user: Callable[[str], House], app: Flask, change: dict[str, str], words: str
) -> None:
    answer = as_user("admin").post("/users/new", data=NEW | {"title": "片区网格员"} | change)
    text = answer.get_data(as_text=True)
    assert 'class="errors"' in text and words in text and "片区网格员" in text
    assert by_name("sun") is None


def test_nobody_ends_the_own_access(
    as_user: Callable[[str], House], user: Callable[[str], User], app: Flask
) -> None:
    number = user("admin").id
    db.session.rollback()
    form = {"username": "admin", "name": "安管理", "role": "office_admin"}
    assert "不能停用或更改自己的权限" in as_user("admin").post(f"/users/{number}", data=form).get_data(
        as_text=True
    )
    assert user("admin").active


def test_who_still_has_sites_cannot_be_ended(
    as_user: Callable[[str], House], user: Callable[[str], User], app: Flask
) -> None:
    number = user("wang").id
    db.session.rollback()
    form = {"username": "wang", "name": "王监管", "role": "supervisor", "team_id": "1"}
    answer = as_user("admin").post(f"/users/{number}", data=form)
    assert "名下还有2个场所" in answer.get_data(as_text=True)
    db.session.rollback()
    assert user("wang").active


def test_the_list_is_paged(as_user: Callable[[str], House], app: Flask) -> None:
    db.session.add_all(
        User(username=f"p{number}", name=f"第{number:02}人", role=Role.SUPERVISOR, created_at=cast.NOW)
        for number in range(45)
    )
    db.session.commit()
    browser = as_user("admin")
    assert [link for link in browser.page("/users").links if "at=" in link]
    assert browser.get("/users?at=999").status_code == 200


def test_the_first_administrator_comes_from_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["users", "add", "Root", "--name", "首位管理员"])
    assert result.exit_code == 0, result.output
    name, secret = result.output.split()
    made = by_name("root")
    assert name == "root" and made is not None
    assert (made.role, made.must_change_password) == (Role.OFFICE_ADMIN, True)
    browser = app.test_client()
    assert (
        browser.post("/sign-in", data={"username": "root", "password": secret})
        .headers["Location"]
        .startswith("/")
    )
    assert browser.get("/users").headers["Location"] == "/me/password"


def test_the_command_line_refuses_what_the_page_refuses(app: Flask) -> None:
    runner = app.test_cli_runner()
    for args in (
        ["wang", "--name", "又一个"],
        ["new1", "--name", "新", "--password", "short"],
        ["new2", "--name", "新", "--role", "ent_officer"],
    ):
        result = runner.invoke(args=["users", "add", *args])
        assert result.exit_code != 0 and "Traceback" not in result.output
    assert by_name("new1") is None
