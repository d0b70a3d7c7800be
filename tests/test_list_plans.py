"""The pages of lists at the size of a province: few statements, each of which a database answers by an index."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.conftest import build, shut_down
from tests.hazards.builders import in_state
from tests.house import House
from tests.multiply import multiply
from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.hazards.lifecycle import State

HAZARDS, SITES = 100_000, 4_000


@pytest.fixture(scope="module")
def province(settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hazards in every state and their sites, multiplied in the database."""
    folder = tmp_path_factory.mktemp("province")
    shutil.copy(settled, folder / "xuncha.db")
    app = build(f"sqlite:///{folder / 'xuncha.db'}", folder)
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        for state in State:
            in_state(state)
        states, sites = len(State), len(cast.PLACES)
        shift = SITES // sites
        multiply(
            "sites",
            shift,
            {"id": "id + {base} * n", "name": "name || '第' || n || '分厂'", "uscc": "NULL"},
        )
        multiply(
            "hazards",
            HAZARDS // states,
            {
                "id": "id + {base} * n",
                "uuid": "lower(hex(randomblob(16)))",
                "number": "'YH2025-' || (id + {base} * n)",
                "year": "2025",
                "serial": "id + {base} * n",
                # One in fifty stands as it is, the others are closed.
                "state": "CASE WHEN n % 50 = 0 THEN state ELSE 'closed' END",
                "site_id": f"site_id + {sites} * (n % {shift})",
                "found_on": "date(found_on, '-' || (n % 700) || ' days')",
                "due_on": "date(due_on, '-' || (n % 700) || ' days')",
                "description": "description || '，编号' || (n * 7919 % 100003)",
            },
        )
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()
    shut_down(app)
    return folder


@pytest.fixture
def big(province: Path) -> Iterator[Flask]:
    app = build(f"sqlite:///{province / 'xuncha.db'}", province)
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


class Seen:
    """The statements of one page, and how the database answers them."""

    def __init__(self, app: Flask, name: str, url: str) -> None:
        self.asked: list[tuple[str, Any]] = []
        browser = app.test_client()
        assert isinstance(browser, House)
        browser.sign_in(db.session.scalars(sa.select(User.id).where(User.username == name)).one())
        browser.get(url)  # what is made once in a process
        db.session.rollback()
        engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", self._ask)
        try:
            self.page = browser.page(url)
        finally:
            sa.event.remove(engine, "before_cursor_execute", self._ask)

    def _ask(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        self.asked.append((statement, parameters))

    def plan(self, of: str, having: str = "") -> list[str]:
        """The steps of every statement that reads a table, or of those with some words in them."""
        connection = db.session.connection()
        rows = [
            row[3]
            for statement, parameters in self.asked
            if f"FROM {of}" in statement and having in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
        db.session.rollback()
        return rows


# What each page costs at most, and the index that the list itself is walked by.
PAGES = [
    ("admin", "/hazards", 8, "order_hazards_queue"),
    ("admin", "/hazards?view=all", 8, "order_hazards_queue"),
    ("admin", "/hazards?view=closed", 8, "order_hazards_queue"),
    ("admin", "/hazards?view=overdue", 8, "order_hazards_queue"),
    ("admin", "/hazards?view=all&order=found", 8, "ix_hazards_found"),
    ("admin", "/hazards?view=closed&order=site", 8, "ix_hazards_site_found"),
    ("admin", "/enterprises", 9, "ix_sites_by_name"),
    ("admin", "/enterprises?sort=-area", 9, "ix_sites_by_area"),
    ("admin", "/enterprises?sort=risk", 9, "order_sites_risk"),
    ("admin", "/checks", 7, "ix_checks_visited_id"),
    ("admin", "/schedule/grid", 8, "ix_sites_name"),
]


@pytest.mark.parametrize(("name", "url", "most", "index"), PAGES)
def test_a_page_is_few_statements_and_walks_its_index(
    big: Flask, name: str, url: str, most: int, index: str
) -> None:
    seen = Seen(big, name, url)
    assert len(seen.asked) <= most, [statement for statement, _parameters in seen.asked]
    for table in ("hazards", "sites", "checks", "tasks"):
        plan = seen.plan(table, "ORDER BY")
        assert index in " ".join(plan) or table not in index
        assert not [step for step in plan if step.startswith(f"SCAN {table}") and "INDEX" not in step], plan


def test_what_may_be_major_is_counted_among_the_few(big: Flask) -> None:
    plan = Seen(big, "admin", "/hazards?view=all").plan("hazards", "count(*)")
    assert "SCAN hazards USING INDEX ix_hazards_major" in plan, plan


@pytest.mark.parametrize("url", [url for _name, url, _most, _index in PAGES if "hazards" in url])
def test_no_page_of_hazards_sorts_or_counts_all(big: Flask, url: str) -> None:
    seen = Seen(big, "admin", url)
    texts = [statement for statement, _parameters in seen.asked if "FROM hazards" in statement]
    assert len(texts) == 2, "the numbers of the views and the page"
    assert all("LIMIT" in text for text in texts)
    assert not [step for step in seen.plan("hazards") if "TEMP B-TREE FOR ORDER BY" in step]
    at = next(link for link in seen.page.links if "at=" in link)
    inner = Seen(big, "admin", at)
    assert len(inner.asked) <= len(seen.asked) + 1
    assert not [step for step in inner.plan("hazards") if "TEMP B-TREE FOR ORDER BY" in step]
    assert [link for link in inner.page.links if link.removeprefix("/hazards/").isdigit()]


@pytest.mark.parametrize(
    ("url", "table"),
    [
        ("/hazards?view=all&q=2025-4711", "hazards_search"),
        ("/hazards?view=all&q=号7", "hazards_search_terms"),
        ("/enterprises?text=第77分厂", "sites_search"),
        ("/enterprises?text=77", "sites_search_terms"),
        ("/checks?text=检记", "checks_search_terms"),
        ("/users?text=监管", "users_search_terms"),
    ],
)
def test_text_is_searched_by_the_index(big: Flask, url: str, table: str) -> None:
    seen = Seen(big, "admin", url)
    assert len(seen.asked) <= 10
    assert f"SCAN {table} VIRTUAL TABLE" in " ".join(seen.plan(table))


def test_a_person_of_the_field_is_shown_only_what_is_theirs(big: Flask) -> None:
    seen = Seen(big, "wang", "/hazards?view=all")
    assert len(seen.asked) <= 9
    numbers = [
        int(link.rsplit("/")[-1]) for link in seen.page.links if link.removeprefix("/hazards/").isdigit()
    ]
    mine = sa.text(
        "SELECT count(*) FROM hazards JOIN sites ON sites.id = site_id JOIN users ON users.username = 'wang' "
        "WHERE hazards.id IN :numbers AND users.id IN (sites.supervisor_id, hazards.found_by_id)"
    ).bindparams(sa.bindparam("numbers", expanding=True))
    assert numbers and db.session.scalar(mine, {"numbers": numbers}) == len(numbers)
    db.session.rollback()
