"""Saved views of lists: saved as the list reads them, shared by managers only, of nobody else's business otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.house import House

from xuncha.core.db import db
from xuncha.lists import saved_views
from xuncha.lists.saved_views import SavedView

Browsers = Callable[[str], House]


def save(browser: House, name: str, query: str = "view=overdue&class=fire", **more: str) -> int:
    return browser.post("/views", data={"list": "hazards", "query": query, "name": name, **more}).status_code


def tabs(browser: House, name: str = "hazards") -> list[dict[str, str]]:
    found: list[dict[str, str]] = browser.get(f"/views/tabs?list={name}").get_json()
    return found


def only() -> SavedView:
    db.session.rollback()
    return db.session.scalars(sa.select(SavedView)).one()


def test_a_view_is_saved_as_the_list_reads_it_and_opens_there(app: Flask, as_user: Browsers) -> None:
    browser = as_user("wang")
    answer = browser.post(
        "/views",
        data={
            "list": "hazards",
            "name": "  消防超期 ",
            "query": "view=overdue&class=fire&grade=x&evil=1&at=abc",
        },
    )
    assert answer.status_code == 302
    assert only().name == "消防超期" and only().query == "view=overdue&class=fire"
    assert tabs(browser) == [
        {"name": "消防超期", "url": "/hazards?view=overdue&class=fire", "query": only().query}
    ]
    page = browser.get(tabs(browser)[0]["url"]).get_data(as_text=True)
    assert f'data-query="{escape(only().query)}"' in page, "the page knows that it shows this view"


def test_a_view_keeps_order_and_columns(app: Flask, as_user: Browsers) -> None:
    browser = as_user("wang")
    html = browser.get("/hazards?view=all&order=site&turned=1&columns=due&columns=place").get_data(
        as_text=True
    )
    query = re.search(r'name="query" value="([^"]+)"', html)
    assert query
    assert save(browser, "我的列", unescape(query[1])) == 302
    assert only().args == {"order": "site", "turned": "1", "columns": "place,due"}


@pytest.mark.parametrize(
    ("name", "list_", "query"),
    [
        ("", "hazards", "view=all"),
        ("甲" * 41, "hazards", "view=all"),
        ("甲", "nonsense", "view=all"),
        ("甲", "hazards", "q=" + "x" * 2000),
    ],
)
def test_what_does_not_fit_is_refused_and_what_was_typed_stays(
    app: Flask, as_user: Browsers, name: str, list_: str, query: str
) -> None:
    answer = as_user("wang").post("/views", data={"list": list_, "query": query, "name": name})
    assert answer.status_code == 422
    assert f'value="{name}"' in answer.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SavedView)) == 0


def test_a_name_stands_once_a_person(app: Flask, as_user: Browsers) -> None:
    assert save(as_user("wang"), "甲") == 302
    assert save(as_user("wang"), "甲") == 422
    assert save(as_user("zhao"), "甲") == 302


def test_there_is_a_bound(app: Flask, as_user: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "AT_MOST", 2)
    browser = as_user("wang")
    assert [save(browser, name) for name in "甲乙丙"] == [302, 302, 422]


def test_a_view_is_renamed_and_deleted_by_its_owner(app: Flask, as_user: Browsers) -> None:
    browser = as_user("wang")
    save(browser, "甲")
    number = only().id
    assert browser.post(f"/views/{number}/rename", data={"name": ""}).status_code == 422
    assert browser.post(f"/views/{number}/rename", data={"name": "乙"}).status_code == 302
    assert only().name == "乙"
    assert browser.post(f"/views/{number}/delete").status_code == 302
    db.session.rollback()
    assert db.session.get(SavedView, number) is None


@pytest.mark.parametrize("act", ["rename", "delete", "share"])
@pytest.mark.parametrize("who", ["zhao", "lin", "admin", "auditor"])
def test_a_view_of_ones_own_is_nobody_elses(app: Flask, as_user: Browsers, act: str, who: str) -> None:
    save(as_user("wang"), "王的视图")
    number = only().id
    db.session.rollback()
    status = as_user(who).post(f"/views/{number}/{act}", data={"name": "x", "shared": "1"}).status_code
    assert status == (403 if act == "share" and who in {"zhao", "lin", "auditor"} else 404)
    assert only().name == "王的视图" and not only().shared
    assert "王的视图" not in as_user(who).text("/views")


def test_managers_share_and_take_back(app: Flask, as_user: Browsers) -> None:
    save(as_user("admin"), "办公室视图", shared="1")
    number = only().id
    assert only().shared
    db.session.rollback()
    assert [one["name"] for one in tabs(as_user("wang"))] == ["办公室视图"]
    assert as_user("wang").post(f"/views/{number}/delete").status_code == 403
    assert as_user("leader").post(f"/views/{number}/share", data={"shared": "0"}).status_code == 302
    assert tabs(as_user("wang")) == []


def test_a_supervisor_does_not_share(app: Flask, as_user: Browsers) -> None:
    assert save(as_user("wang"), "甲", shared="1") == 403
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SavedView)) == 0


@pytest.mark.parametrize("who", ["officer", "expert"])
def test_others_than_staff_keep_none(app: Flask, as_user: Browsers, who: str) -> None:
    assert as_user(who).get("/views").status_code == 403
    assert save(as_user(who), "甲") == 403
