"""The lists that are declared (checks, enterprises, idle sites, trainings): one set of rules that holds for each of them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape

import openpyxl
import pytest
from flask import Flask
from tests.checks.filings import filing, sent_photo, visit
from tests.house import House
from tests.stats import builders

from xuncha.checks.actions import file_check
from xuncha.checks.list_columns import CHECKS
from xuncha.checks.models import VisitKind
from xuncha.core import paging
from xuncha.core.clock import utcnow
from xuncha.core.db import db
from xuncha.enterprises.list_columns import LISTINGS
from xuncha.enterprises.models import Risk, Site, SiteKind
from xuncha.lists import list_workbook, listing
from xuncha.lists.listing import Listing
from xuncha.trainings.list_columns import TRAININGS

As = Callable[[str], House]


@dataclass(frozen=True)
class Listed:
    """A list under test: where it stands, where its rows lead, its workbook, its selection."""

    listing: Listing
    page: str
    row: str
    book: str
    selected: str


CASES = [
    Listed(CHECKS, "/checks?", "/checks/", "/checks/list.xlsx?", "/checks/selected?"),
    Listed(
        LISTINGS[SiteKind.ENTERPRISE],
        "/enterprises?",
        "/enterprises/",
        "/enterprises/list.xlsx?",
        "/enterprises/selected?",
    ),
    Listed(
        LISTINGS[SiteKind.IDLE],
        "/enterprises/idle?",
        "/enterprises/",
        "/enterprises/list.xlsx?kind=idle&",
        "/enterprises/selected?kind=idle&",
    ),
    Listed(TRAININGS, "/trainings?", "/trainings/", "/trainings/list.xlsx?", "/trainings/selected?"),
]
SORTS = [
    pytest.param(case, column.name, id=f"{case.listing.name}-{column.name}")
    for case in CASES
    for column in (case.listing.subject, *case.listing.columns)
    if column.keys
]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.listing.name)


@pytest.fixture
def zone(app: Flask) -> None:
    """Seven checks, five sites of either kind, five trainings; some of them level in every column but their number."""
    for at in range(7):
        kind = list(VisitKind)[at % 3]
        builders.visit(date(2026, 6, 1) + timedelta(days=at // 2), ("huaxin", "lifeng")[at % 2], "wang", kind)
    for at in range(5):
        for kind in SiteKind:
            risk = list(Risk)[at % 3]
            db.session.add(Site(name=f"厂{at // 2}", kind=kind, risk=risk, area="东", created_at=utcnow()))
        builders.training(date(2026, 6, 1 + at // 2), heads=(at // 2 * 10,), copies=(at, 1))
    db.session.commit()


def rows(html: str, case: Listed) -> list[int]:
    found = re.findall(rf'<th scope="row"><a href="{case.row}(\d+)"', html)
    return [int(number) for number in found]


def walked(browser: House, case: Listed, address: str) -> list[int]:
    """The rows that the pages of an address list, from the first page to the last."""
    found: list[int] = []
    at: str | None = address
    while at:
        html = browser.get(at).get_data(as_text=True)
        found += rows(html, case)
        beside = re.search(r'<a href="([^"]+)" rel="next"', html)
        at = unescape(beside[1]) if beside else None
    return found


def book(answer: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize(("case", "sort"), SORTS)
def test_every_column_pages_through_every_row_once_and_turns_round(
    zone: None, as_user: As, monkeypatch: pytest.MonkeyPatch, case: Listed, sort: str
) -> None:
    browser = as_user("admin")
    every = walked(browser, case, case.page)
    monkeypatch.setattr(paging.page, "__kwdefaults__", {"total": None, "size": 2})
    found = walked(browser, case, f"{case.page}sort={sort}")
    assert len(found) == len(set(found)) and set(found) == set(every) and len(every) >= 5
    assert walked(browser, case, f"{case.page}sort=-{sort}") == found[::-1]


@EACH
def test_the_head_of_a_column_tells_how_the_list_stands_and_turns_it(
    zone: None, as_user: As, case: Listed
) -> None:
    browser, name = as_user("admin"), case.listing.subject.name
    html = browser.get(f"{case.page}sort=-{name}").get_data(as_text=True)
    head = re.search(r'<th scope="col" aria-sort="(\w+)">\s*<a href="([^"]+)"', html)
    assert head and head[1] == "descending" and f"sort={name}" in unescape(head[2])


@EACH
def test_the_workbook_holds_the_columns_and_rows_of_the_screen(zone: None, as_user: As, case: Listed) -> None:
    browser = as_user("admin")
    browser.post("/language", data={"lang": "en", "next": "/"})
    columns = case.listing.columns[1:3]
    asked = "&".join(f"columns={one.name}" for one in columns) + f"&sort=-{case.listing.subject.name}"
    html = browser.get(case.page + asked).get_data(as_text=True)
    shown = re.findall(r'<td data-label="([^"]+)"', html)
    assert shown[:2] == [one.head for one in columns]
    lines = book(browser.get(case.book + asked).data)
    assert lines[0] == ["No.", case.listing.subject.head, *(one.head for one in columns)]
    names = re.findall(rf'<th scope="row"><a href="{case.row}\d+">([^<]+)</a>', html)
    assert [line[1] for line in lines[1:]] == [unescape(name) for name in names]


@EACH
def test_what_is_selected_is_shown_before_it_is_exported_and_nothing_else(
    zone: None, as_user: As, case: Listed
) -> None:
    browser = as_user("admin")
    some = walked(browser, case, case.page)[1:4]
    ids = "&".join(f"ids={number}" for number in some)
    html = browser.get(f"{case.selected}act=export&{ids}").get_data(as_text=True)
    link = re.search(r'href="([^"]+list\.xlsx[^"]+)"', html)
    assert link and html.count('<th scope="row">') == len(some)
    assert len(book(browser.get(unescape(link[1])).data)) == 1 + len(some)
    assert browser.get(f"{case.selected}act=export").status_code == 302
    assert browser.get(f"{case.selected}act=nonsense&{ids}").status_code == 404


@EACH
def test_a_view_is_saved_with_its_order_and_columns(zone: None, as_user: As, case: Listed) -> None:
    browser, column = as_user("wang"), case.listing.columns[0].name
    html = browser.get(f"{case.page}sort=-{case.listing.subject.name}&columns={column}").get_data(
        as_text=True
    )
    query = re.search(r'name="query" value="([^"]+)"', html)
    assert query
    answer = browser.post(
        "/views", data={"list": case.listing.name, "query": unescape(query[1]) + "&evil=1", "name": "我的"}
    )
    assert answer.status_code == 302
    (kept,) = browser.get(f"/views/tabs?list={case.listing.name}").get_json()
    assert f"sort=-{case.listing.subject.name}" in kept["url"] and f"columns={column}" in kept["url"]
    assert "evil" not in kept["url"]
    assert browser.get(kept["url"]).status_code == 200


@EACH
def test_a_list_too_long_to_be_sorted_says_so(
    zone: None, as_user: As, monkeypatch: pytest.MonkeyPatch, case: Listed
) -> None:
    monkeypatch.setattr(listing, "SORTED_AT_MOST", 3)
    browser = as_user("admin")
    browser.post("/language", data={"lang": "en", "next": "/"})
    dear = next(one for one in case.listing.columns if one.keys and not one.indexed)
    html = browser.get(f"{case.page}sort={dear.name}").get_data(as_text=True)
    assert "Narrow the filters to sort by this column" in html
    assert rows(html, case) == rows(browser.get(case.page).get_data(as_text=True), case)


@EACH
@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("auditor", 200), ("wang", 200)])
def test_workbooks_are_for_staff(app: Flask, as_user: As, case: Listed, who: str, status: int) -> None:
    assert as_user(who).get(case.book).status_code == status


def test_a_foreign_row_is_neither_shown_nor_exported(zone: None, as_user: As) -> None:
    case = CASES[0]
    some = walked(as_user("admin"), case, case.page)
    assert some and walked(as_user("chen"), case, case.page) == []
    chosen = ",".join(str(number) for number in some)
    assert len(book(as_user("chen").get(f"{case.book}chosen={chosen}").data)) == 1
    ids = "&".join(f"ids={number}" for number in some)
    assert as_user("chen").get(f"{case.selected}act=export&{ids}").status_code == 302


def test_photos_of_checks_stand_in_cells(
    app: Flask,
    as_user: As,
    user: Callable[..., object],
    site: Callable[[str], Site],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wang = builders.person("wang")
    raw = visit(site("huaxin"), photos=[sent_photo(wang, 5)])
    file_check(filing(raw), actor=wang, now=utcnow())
    db.session.commit()
    answer = as_user("wang").get("/checks/list.xlsx?photos=1&columns=number")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert (sheet.max_row, sheet.max_column) == (2, 3 + 2)
    assert [image.anchor._from.col for image in sheet._images] == [3]
    monkeypatch.setattr(list_workbook, "PICTURED_AT_MOST", 0)
    assert as_user("wang").get("/checks/list.xlsx?photos=1").status_code == 422
