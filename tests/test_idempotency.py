"""A form that makes a row makes it once, also without scripts: by two presses, by two requests at one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.house import House
from tests.test_bad_input import CASE, MAKING, count, making
from xuncha.accounts.models import User
from xuncha.campaigns.models import IllegalCase
from xuncha.core.db import db
from xuncha.enterprises.models import Site

__all__ = ["making"]
SITE = {"name": "新来机械厂", "sector": "industry", "risk": "blue", "working_state": "producing"}


@pytest.mark.parametrize("kind", [*MAKING, "site"])
def test_the_same_form_twice_makes_one_row(
    as_user: Callable[[str], House],
    making: Callable[[str], tuple[str, str, dict[str, str], type]],
    kind: str,
) -> None:
    who, path, fields, model = making(kind) if kind in MAKING else ("admin", "/enterprises/new", SITE, Site)
    browser, before = as_user(who), count(model)
    once = browser.page(path).fields["once"]
    first = browser.post(path, data=fields | {"once": once})
    second = browser.post(path, data=fields | {"once": once})
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(model) == before + 1
    assert "没有重复录入" in browser.text(second.headers["Location"])


def test_another_page_or_other_words_are_another_row(as_user: Callable[[str], House]) -> None:
    browser, path = as_user("wang"), "/campaigns/cases/new"
    once = browser.page(path).fields["once"]
    browser.post(path, data=CASE | {"once": once})
    browser.post(path, data=CASE | {"once": once, "place": "创业路9号"})
    browser.post(path, data=CASE | {"once": browser.page(path).fields["once"]})
    as_user("zhao").post(path, data=CASE | {"once": once})
    assert count(IllegalCase) == 4


def post_at_once(app: Flask, user_id: int, times: int) -> list[str]:
    """The same case posted several times at one moment; where each answer leads."""
    barrier, places = threading.Barrier(times), [""] * times

    def post(index: int) -> None:
        browser = app.test_client()
        assert isinstance(browser, House)
        browser.sign_in(user_id)
        barrier.wait()
        answer = browser.post("/campaigns/cases/new", data=CASE | {"once": "one-page"})
        places[index] = answer.headers.get("Location", answer.status)

    threads = [threading.Thread(target=post, args=(index,)) for index in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return places


def test_two_posts_at_one_moment_make_one_row(app: Flask, user: Callable[[str], User]) -> None:
    number = user("wang").id
    db.session.rollback()
    places = post_at_once(app, number, 4)
    assert len(set(places)) == 1 and places[0].startswith("/campaigns/cases/")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(IllegalCase)) == 1
