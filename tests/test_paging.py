"""A list read by key: page by page it is exactly the ordered list, whatever is added meanwhile and whatever the address says."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.house import House, Page
from xuncha.core import paging
from xuncha.core.db import Nfc, db
from xuncha.enterprises.models import Site

LINES = sa.Table(
    "lines",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("day", sa.Date),
    sa.Column("name", Nfc),
    sa.Column("done", sa.Boolean),
    prefixes=["TEMPORARY"],
)
NAMES = ("day", "name", "done", "id")
# Few values: most rows tie in most keys.
rows = st.tuples(
    st.integers(0, 3).map(lambda number: date(2026, 11, 1) + timedelta(days=number)),
    st.sampled_from(["", "Ä", "a", "华鑫", "华鑫'\"%_"]),
    st.booleans(),
)
orders = st.tuples(
    st.lists(st.tuples(st.sampled_from(NAMES[:3]), st.booleans()), unique_by=lambda key: key[0]),
    st.booleans(),
).map(lambda drawn: [*drawn[0], ("id", drawn[1])])
Order = list[tuple[str, bool]]


@contextmanager
def table() -> Iterator[None]:
    LINES.create(db.session.connection())
    try:
        yield
    finally:
        db.session.rollback()


def insert(numbered: dict[int, tuple[date, str, bool]]) -> None:
    for number, values in numbered.items():
        db.session.execute(LINES.insert().values(id=number, **dict(zip(NAMES[:3], values, strict=True))))


def terms(order: Order) -> list[Any]:
    return [LINES.c[name].desc() if falls else LINES.c[name] for name, falls in order]


def page(order: Order, at: str | None, size: int) -> paging.Page:
    return paging.page(sa.select(LINES.c.id), terms(order), {"at": at} if at else {}, size=size)


def everything(order: Order) -> list[int]:
    return list(db.session.scalars(sa.select(LINES.c.id).order_by(*terms(order))))


def walk(order: Order, size: int, between: Callable[[int], None] = lambda _page: None) -> list[paging.Page]:
    pages, at = [page(order, None, size)], None
    while (at := pages[-1].next) is not None:
        between(len(pages))
        pages.append(page(order, at, size))
    return pages


def rows_of(pages: list[paging.Page]) -> list[int]:
    return [number for one in pages for number in one.rows]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(rows, max_size=14), order=orders, size=st.integers(1, 5))
def test_pages_forward_and_back_are_the_list(app: Flask, drawn: list[Any], order: Order, size: int) -> None:
    with table():
        insert(dict(enumerate(drawn, start=1)))
        pages = walk(order, size)
        assert rows_of(pages) == everything(order)
        assert all(len(one.rows) == size for one in pages[:-1]) and pages[0].previous is None
        back, at = [], pages[-1].previous
        while at is not None:
            back.insert(0, page(order, at, size))
            at = back[0].previous
        assert [one.rows for one in back] == [one.rows for one in pages[:-1]]
        assert all(one.next for one in back)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(rows, min_size=1, max_size=14),
    added=st.lists(st.lists(rows, max_size=3), max_size=6),
    order=orders,
    size=st.integers(1, 4),
)
def test_what_is_added_meanwhile_repeats_and_hides_nothing(
    app: Flask, drawn: list[Any], added: list[list[Any]], order: Order, size: int
) -> None:
    with table():
        insert({100 + number: values for number, values in enumerate(drawn)})

        def add(number: int) -> None:
            some = added[number] if number < len(added) else []
            # Numbers below and above those that were there.
            insert({(1 if at % 2 else 1000) + number * 10 + at: values for at, values in enumerate(some)})

        seen = rows_of(walk(order, size, add))
        assert len(seen) == len(set(seen))
        assert [number for number in seen if 100 <= number < 100 + len(drawn)] == [
            number for number in everything(order) if 100 <= number < 100 + len(drawn)
        ]
        assert seen == [number for number in everything(order) if number in set(seen)]


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).rstrip(b"=").decode()


ODD = [
    "x",
    "%00",
    "=",
    "é",
    "A" * 9000,
    cursor(),
    cursor(0, "华鑫"),
    cursor(0, "华鑫", 2**40),
    cursor(0, "华鑫", "1"),
    cursor(0, "\0", 1),
    cursor(0, None, 1),
    cursor(0, ["华鑫"], 1),
    cursor(0, "华鑫", 1, 1),
    cursor({}, {}, {}),
    base64.urlsafe_b64encode(b'[0,"\\ud800",1]').decode(),
    base64.urlsafe_b64encode(b"[" * 2500).decode(),
]


@pytest.fixture
def many(app: Flask) -> None:
    db.session.add_all(
        Site(name=f"第{number:04}号公司", area="东", created_at=cast.NOW) for number in range(1100)
    )
    db.session.commit()


def sites(page: Page) -> list[str]:
    return [link for link in page.links if link.removeprefix("/enterprises/").isdigit()]


@pytest.mark.parametrize("at", ODD)
def test_a_cursor_that_is_none_gives_the_first_page(
    many: None, as_user: Callable[[str], House], at: str
) -> None:
    browser = as_user("admin")
    first = sites(browser.page("/enterprises?area=东"))
    assert len(first) == paging.PER_PAGE
    assert sites(browser.page(f"/enterprises?area=东&at={at}")) == first


@pytest.mark.parametrize("sort", ["name", "-name", "risk", "-risk", "area", "-supervisor"])
def test_a_list_is_walked_through_the_links_of_its_pages(
    many: None, as_user: Callable[[str], House], sort: str
) -> None:
    browser, url = as_user("admin"), f"/enterprises?area=东&sort={sort}"
    seen: list[str] = []
    for _page in range(22):
        page = browser.page(url)
        seen += sites(page)
        onward = [link for link in page.links if "at=" in link]
        assert all("area=" in link and "sort=" in link for link in onward)
        url = onward[-1]
    assert len(seen) == len(set(seen)) == 1100


def test_a_long_list_is_counted_no_further_than_it_says(many: None, as_user: Callable[[str], House]) -> None:
    assert "999+" in as_user("admin").text("/enterprises?area=东")
    assert "999+" not in as_user("admin").text("/enterprises?area=东&text=第10")
