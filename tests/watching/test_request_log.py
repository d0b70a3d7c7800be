"""The reference of a request: on error pages, in JSON, on the phone's receipt and in the log."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.house import House
from tests.sync.phones import Phone, visit

from xuncha.core import request_log
from xuncha.core.db import db
from xuncha.enterprises.models import Site

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What a server that logs JSON has written."""
    kept, root, requests = io.StringIO(), logging.getLogger(), logging.getLogger("xuncha.requests")
    before = root.handlers, root.level, requests.level
    for logger in (requests, request_log.statements, logging.getLogger("xuncha")):
        logger.disabled = (
            False  # import-linter, run by another test of this process, switches off what it does not know
        )
    request_log.write_to(kept, "json")
    yield lambda: [json.loads(line) for line in kept.getvalue().splitlines()]
    root.handlers = before[0]
    root.setLevel(before[1])
    requests.setLevel(before[2])


def test_an_error_page_tells_the_reference_of_its_line(client: House, lines: Lines) -> None:
    answer = client.get("/no/such/page")
    reference = answer.headers["X-Request-ID"]
    assert answer.status_code == 404 and reference in answer.text
    assert [(line["status"], line["route"]) for line in lines() if line["request"] == reference] == [
        (404, "-")
    ]


def test_every_request_has_a_reference_of_its_own(client: House) -> None:
    seen = {client.get("/sign-in").headers["X-Request-ID"] for _number in range(20)}
    assert len(seen) == 20


def test_a_refusal_of_the_phones_interface_tells_it(as_user: Callable[[str], House], lines: Lines) -> None:
    answer = as_user("wang").post("/sync/filings", data=b"{", content_type="application/json")
    assert answer.status_code >= 400
    assert answer.json["reference"] == answer.headers["X-Request-ID"]
    assert answer.json["reference"] in {line["request"] for line in lines()}


def test_signing_in_again_tells_it_too(client: House) -> None:
    answer = client.get("/sync/token")
    assert answer.status_code == 401 and answer.json["reference"] == answer.headers["X-Request-ID"]


def test_the_receipt_comes_with_it_and_stays_the_same(
    as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    number = site("huaxin").id
    db.session.rollback()
    phone, given = Phone(as_user("wang")), visit(number)
    first, again = (phone.file(given) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["X-Request-ID"] != again.headers["X-Request-ID"]
    assert first.json == again.json


def test_a_line_cannot_be_forged_by_what_was_sent(client: House, lines: Lines) -> None:
    client.get("/sign-in?next=%0d%0a{%22level%22:%22error%22}")
    logging.getLogger("xuncha").warning("told: %s", 'x\r\n{"level": "error"}')
    assert {line["level"] for line in lines()} <= {"info", "warning"}


def test_a_slow_statement_is_told_without_its_values(app: Flask, lines: Lines) -> None:
    app.config["SLOW_MS"] = 1
    slow = sa.text(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000)"
        " select count(*) from n where :told != ''"
    )
    db.session.execute(slow, {"told": "a-name-of-a-person"})
    found = [line for line in lines() if line["message"] == "slow statement"]
    assert found and "with recursive" in found[0]["statement"] and found[0]["ms"] >= 1
    assert "a-name-of-a-person" not in json.dumps(found)
