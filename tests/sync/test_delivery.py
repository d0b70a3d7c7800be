"""A colleague or the office brings in another's unsent check: in the author's name, marked, and once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House
from tests.sync.phones import sha256, visit

from xuncha.accounts.actions import change_user
from xuncha.accounts.models import User
from xuncha.checks.models import Check
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.enterprises.actions import assign
from xuncha.enterprises.models import Site

Browser = Callable[[str], House]


@pytest.fixture
def number(user: Callable[[str], User]) -> Callable[[str], int]:
    def of(name: str) -> int:
        found = user(name).id
        db.session.rollback()
        return found

    return of


@pytest.fixture
def huaxin(site: Callable[[str], Site]) -> int:
    found = site("huaxin").id
    db.session.rollback()
    return found


def send(browser: House, raw: dict[str, Any], author: int | None = None) -> Any:
    body = json.dumps(raw).encode()
    address = "/sync/filings" + (f"?for={author}" if author else "")
    headers = {"X-Filing-SHA256": sha256(body)}
    return browser.post(address, data=body, content_type="application/json", headers=headers)


def checks() -> list[Check]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Check)))


@pytest.mark.parametrize("deliverer", ["zhao", "lin", "admin"])
def test_it_is_filed_in_the_authors_name_and_says_who_brought_it(
    app: Flask, as_user: Browser, number: Callable[[str], int], huaxin: int, deliverer: str
) -> None:
    answer = send(as_user(deliverer), visit(huaxin), number("wang"))
    assert answer.status_code == 201
    (check,) = checks()
    assert check.inspector.username == "wang"
    assert [flag for flag in check.flags if str(flag).startswith("delivered_by:")]


def test_it_counts_once_whoever_sends_it_again(
    app: Flask, as_user: Browser, number: Callable[[str], int], huaxin: int
) -> None:
    raw = visit(huaxin)
    first = send(as_user("zhao"), raw, number("wang"))
    own = send(as_user("wang"), raw)
    again = send(as_user("zhao"), raw, number("wang"))
    assert [answer.status_code for answer in (first, own, again)] == [201, 200, 200]
    assert first.get_json()["receipt"] == own.get_json()["receipt"] == again.get_json()["receipt"]
    assert len(checks()) == 1


@pytest.mark.parametrize("deliverer", ["leader", "auditor", "officer", "expert"])
def test_only_the_field_and_the_office_deliver(
    app: Flask, as_user: Browser, number: Callable[[str], int], huaxin: int, deliverer: str
) -> None:
    assert send(as_user(deliverer), visit(huaxin), number("wang")).status_code == 403
    assert checks() == []


@pytest.mark.parametrize("author", ["chen", "officer", "leader"])
def test_nobody_delivers_for_one_who_may_not_file_there(
    app: Flask, as_user: Browser, number: Callable[[str], int], huaxin: int, author: str
) -> None:
    answer = send(as_user("zhao"), visit(huaxin), number(author))
    assert answer.status_code in {403, 422}
    assert answer.get_json()["message"]
    assert checks() == []


@pytest.fixture
def handed_over(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> int:
    """Wang handed his sites over to Zhao two days before his visit of Huaxin."""
    before = cast.NOW - timedelta(days=2)
    for name in ("oldmill", "huaxin"):
        assign(site(name), user("zhao"), local_day(before), actor=user("admin"), now=before)
    db.session.commit()
    number = site("huaxin").id
    db.session.rollback()
    return number


@pytest.mark.parametrize("deliverer", ["admin", "lin"])
def test_what_was_refused_for_lost_duty_is_taken_when_the_office_brings_it(
    as_user: Browser, number: Callable[[str], int], handed_over: int, deliverer: str
) -> None:
    raw, wang = visit(handed_over), number("wang")
    refused = send(as_user("wang"), raw)
    assert refused.status_code == 403
    assert "安委办" in refused.get_json()["message"]
    assert send(as_user("zhao"), raw, wang).status_code == 403
    assert send(as_user(deliverer), raw, wang).status_code == 201
    (check,) = checks()
    assert "duty_changed" in check.flags
    assert [flag for flag in check.flags if str(flag).startswith("delivered_by:")]
    # The phone that still holds it gets its receipt.
    assert send(as_user("wang"), raw).status_code == 200


def test_what_an_ended_account_left_on_a_phone_is_taken_when_the_office_brings_it(
    as_user: Browser, user: Callable[[str], User], number: Callable[[str], int], handed_over: int
) -> None:
    change_user(user("wang"), actor=user("admin"), now=cast.NOW, active=False)
    db.session.commit()
    raw, wang = visit(handed_over), number("wang")
    assert send(as_user("zhao"), raw, wang).status_code == 403
    assert send(as_user("admin"), raw, wang).status_code == 201
    (check,) = checks()
    assert check.inspector.username == "wang"
    assert "duty_changed" in check.flags


@pytest.mark.parametrize("author", ["officer", "nobody"])
def test_the_office_brings_nothing_in_for_an_enterprise_or_nobody(
    as_user: Browser, number: Callable[[str], int], huaxin: int, author: str
) -> None:
    whose = 10**25 if author == "nobody" else number(author)
    assert send(as_user("admin"), visit(huaxin), whose).status_code == 422
    assert checks() == []
