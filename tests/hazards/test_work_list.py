"""The list of hazards for work: sorted by any column, with the columns that are chosen, as a workbook, seen as a saved view."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape

import openpyxl
import pytest
from flask import Flask
from tests.hazards.builders import draft, in_state, issued
from tests.house import House

from xuncha.core import paging
from xuncha.core.db import db
from xuncha.hazards.lifecycle import State
from xuncha.hazards.lists import filters, list_queries
from xuncha.hazards.lists.filters import Order, View
from xuncha.hazards.models import Hazard
from xuncha.lists import list_workbook


def shown(browser: House, address: str) -> list[int]:
    """The hazards that the pages of an address list, in their order, from the first page to the last."""
    found: list[int] = []
    at: str | None = address
    while at:
        html = browser.get(at).get_data(as_text=True)
        found += [int(number) for number in re.findall(r'<th scope="row"><a href="/hazards/(\d+)"', html)]
        beside = re.search(r'<a href="([^"]+)" rel="next"', html)
        at = unescape(beside[1]) if beside else None
    return found


@pytest.fixture
def three(app: Flask) -> dict[str, int]:
    """Three hazards: one draft, one major and open, one closed."""
    first = draft(place="乙车间")
    second = issued(place="甲车间", suspected_major=True, major_criterion="判定标准第三条")
    third = in_state(State.CLOSED, place="丙车间")
    db.session.commit()
    found = {"draft": first.id, "major": second.id, "closed": third.id}
    db.session.rollback()
    return found


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("number", ["draft", "major", "closed"]),
        ("grade", ["major"]),
        ("state", ["draft", "major", "closed"]),
        ("closed", ["closed"]),
    ],
)
def test_a_column_sorts_and_turns_round(
    three: dict[str, int], as_user: Callable[[str], House], order: str, first: list[str]
) -> None:
    found = shown(as_user("admin"), f"/hazards?view=all&order={order}")
    assert found[: len(first)] == [three[name] for name in first]
    turned = shown(as_user("admin"), f"/hazards?view=all&order={order}&turned=1")
    assert turned == found[::-1]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("turned", ["", "&turned=1"])
def test_every_order_pages_through_every_hazard_once(
    app: Flask, as_user: Callable[[str], House], monkeypatch: pytest.MonkeyPatch, order: Order, turned: str
) -> None:
    numbers = {in_state(state).id for state in State if state is not State.VOID}
    db.session.commit()
    monkeypatch.setattr(paging.page, "__kwdefaults__", {"total": None, "size": 3})
    found = shown(as_user("admin"), f"/hazards?view=all&order={order.value}{turned}")
    assert len(found) == len(numbers) and set(found) == numbers


@pytest.mark.parametrize("view", [view.value for view in View])
def test_every_view_is_sorted_for_who_reads_all(
    three: dict[str, int], as_user: Callable[[str], House], view: str
) -> None:
    browser = as_user("leader")
    by_due = shown(browser, f"/hazards?view={view}")
    for order in Order:
        assert sorted(shown(browser, f"/hazards?view={view}&order={order.value}")) == sorted(by_due), order


def test_what_would_sort_too_many_stands_by_due_date_and_says_so(
    three: dict[str, int], as_user: Callable[[str], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_queries, "SORTED", 2)
    browser = as_user("admin")
    by_due = shown(browser, "/hazards?view=all")
    assert shown(browser, "/hazards?view=all&order=number&turned=1") == by_due
    browser.post("/language", data={"lang": "en", "next": "/"})
    assert "Narrow the filters to sort by this column" in browser.text("/hazards?view=all&order=number")
    assert "Narrow the filters to sort" not in browser.text("/hazards?view=all&order=number&state=draft")


def test_the_chosen_columns_are_shown_and_no_others(
    three: dict[str, int], as_user: Callable[[str], House]
) -> None:
    browser = as_user("admin")
    browser.post("/language", data={"lang": "en", "next": "/"})
    html = browser.get("/hazards?view=all&columns=place&columns=round").get_data(as_text=True)
    assert re.findall(r'<td data-label="([^"]+)"', html)[:2] == ["Place", "Round"]
    assert 'data-label="Enterprise"' not in html
    usual = browser.get("/hazards?view=all&columns=nonsense").get_data(as_text=True)
    assert 'data-label="Enterprise"' in usual


def cells(answer: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("order", list(Order))
def test_the_workbook_holds_what_is_on_the_screen(
    three: dict[str, int], as_user: Callable[[str], House], order: Order
) -> None:
    browser = as_user("admin")
    browser.post("/language", data={"lang": "en", "next": "/"})
    address = f"view=all&order={order.value}&turned=1&columns=place&columns=supervisor&columns=round"
    rows = cells(browser.get(f"/hazards/list.xlsx?{address}").data)
    assert rows[0] == ["No.", "Number", "Description", "Place", "Supervisor", "Round"]
    numbers = [db.session.get_one(Hazard, one).number for one in shown(browser, f"/hazards?{address}")]
    assert [row[1] for row in rows[1:]] == numbers
    assert {row[4] for row in rows[1:]} == {"王监管"}
    assert browser.get(f"/hazards/export.xlsx?view=all&order={order.value}").status_code == 200


def test_photos_stand_in_cells_where_they_are_asked_for(app: Flask, as_user: Callable[[str], House]) -> None:
    in_state(State.CLOSED)
    db.session.commit()
    browser = as_user("admin")
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/hazards/list.xlsx?view=all&photos=1").data))
    sheet = book.worksheets[0]
    assert sheet.max_row == 2 and sheet.max_column == 3 + len(filters.USUAL) + 2
    columns = {image.anchor._from.col for image in sheet._images}
    assert columns and columns <= {sheet.max_column - 2, sheet.max_column - 1}


def test_more_photos_than_a_workbook_holds_are_refused_in_words(
    three: dict[str, int], as_user: Callable[[str], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_workbook, "PICTURED_AT_MOST", 2)
    answer = as_user("admin").get("/hazards/list.xlsx?view=all&photos=1")
    assert answer.status_code == 422 and "2" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 403), ("expert", 403), ("wang", 200), ("auditor", 200)]
)
def test_the_workbook_is_for_staff(
    as_user: Callable[[str], House], app: Flask, who: str, status: int
) -> None:
    assert as_user(who).get("/hazards/list.xlsx").status_code == status


def test_a_foreign_hazard_is_not_chosen(three: dict[str, int], as_user: Callable[[str], House]) -> None:
    chosen = ",".join(str(one) for one in three.values())
    assert shown(as_user("admin"), f"/hazards?view=all&chosen={chosen}")
    assert shown(as_user("chen"), f"/hazards?view=all&chosen={chosen}") == []
    assert len(cells(as_user("chen").get(f"/hazards/list.xlsx?view=all&chosen={chosen}").data)) == 1
