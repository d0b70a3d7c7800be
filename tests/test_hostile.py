"""Whatever stands in an address, the answer is a page: numbers and days that no row can have never break a view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.house import House

NINES, LONG = "9" * 25, "9" * 5000
NUMBERS = (
    "page",
    "site",
    "task",
    "supervisor",
    "holder",
    "inspector",
    "campaign",
    "check",
    "notice",
    "version",
    "year",
)
DAYS = (
    "from",
    "to",
    "as_of",
    "on_from",
    "on_to",
    "closed_from",
    "closed_to",
    "due_from",
    "due_to",
    "open_on",
    "start",
)
VALUES = {
    "long": (NINES, "9999-12-31"),
    "longer": (LONG, "0001-01-01"),
    "raised": ("²", "2026-02-30"),
    "control": ("\x00", "\x00"),
}


@pytest.mark.parametrize("value", VALUES)
def test_no_address_breaks_a_page(app: Flask, as_user: Callable[[str], House], value: str) -> None:
    number, day = VALUES[value]
    browser = as_user("admin")
    query = dict.fromkeys(NUMBERS, number) | dict.fromkeys(DAYS, day)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        path = rule.rule
        for name, converter in rule._converters.items():
            named = "<int:" if type(converter).__name__ == "NumberConverter" else "<"
            path = path.replace(f"{named}{name}>", number)
        answer = browser.get(path, query_string=query | {"state": "late"})
        assert answer.status_code < 500, path


@pytest.mark.parametrize(
    "address",
    [
        "/hazards?closed_to=9999-12-31",
        "/hazards?closed_from=0001-01-01",
        "/hazards?open_on=9999-12-31",
        "/hazards/export.xlsx?closed_to=9999-12-31",
        "/papers/ledger?closed_to=9999-12-31",
        "/schedule?as_of=9999-12-31&state=late",
        "/schedule?as_of=0001-01-01&state=due",
        "/schedule/grid?to=0001-01",
        "/schedule/grid?to=9999-12",
        f"/figures/hazards_found?page={NINES}",
        f"/checks/new?task={NINES}",
        f"/hazards/opinions/new?site={NINES}",
    ],
)
def test_each_filter_alone_breaks_nothing(as_user: Callable[[str], House], address: str) -> None:
    assert as_user("admin").get(address).status_code < 500


@pytest.mark.parametrize("number", [NINES, LONG, "²", "\x00"])
def test_no_post_breaks_on_a_number(app: Flask, as_user: Callable[[str], House], number: str) -> None:
    browser = as_user("admin")
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or set()) or rule.endpoint in {
            "accounts.sign_out",
            "accounts.set_language",
        }:
            continue
        path = rule.rule
        for name, converter in rule._converters.items():
            named = "<int:" if type(converter).__name__ == "NumberConverter" else "<"
            path = path.replace(f"{named}{name}>", "1" if named == "<int:" else "x")
        names = (
            "site",
            "site_id",
            "site_ids",
            "check",
            "check_id",
            "hazard",
            "hazards",
            "task_id",
            "version",
            "counting",
            "name",
            "title",
            "note",
            "text",
            "reason",
            "username",
        )
        answer = browser.post(path, data=dict.fromkeys(names, number))
        assert answer.status_code < 500, path
