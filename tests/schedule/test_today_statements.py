"""Today asks once which of its panels have anything, and sends no statement for the others."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import in_state
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.asked import Asked
from xuncha.core.db import db
from xuncha.core.panels import Panel, Panels
from xuncha.hazards.lifecycle import State

Browse = Callable[[str], House]
MOST = 9  # with the transaction's begin, the person, the settings and the bell
OF_PANELS = ("deductions", "look_backs", "worker_reports", "pulses", "drill_measures", "committee_decisions")


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement that goes to the database from now on."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_more: Any) -> None:
        found.append(text)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_panels_that_have_nothing_are_asked_in_one_statement(as_user: Browse, statements: list[str]) -> None:
    browser = as_user("zhao")  # without an idle site
    browser.page("/today")  # what is made once in a process
    statements.clear()
    browser.page("/today")
    assert len(statements) <= MOST, statements
    for table in OF_PANELS:
        asking = [text for text in statements if f"FROM {table}" in text]
        assert len(asking) == 1 and asking[0].startswith("SELECT EXISTS"), table


def test_the_hazards_of_all_cards_come_in_one_statement(as_user: Browse, statements: list[str]) -> None:
    waiting = [in_state(state).id for state in (State.DRAFT, State.REPORTED_DONE, State.EXTENSION_PENDING)]
    db.session.commit()
    browser = as_user("wang")
    statements.clear()
    links = browser.page("/today").links
    assert {f"/hazards/{number}" for number in waiting} <= set(links)
    of_hazards = [text for text in statements if text.startswith("SELECT") and "hazards.description" in text]
    assert len(of_hazards) == 1, of_hazards


def test_a_panel_is_made_only_where_what_it_asks_finds_a_row(app: Flask) -> None:
    named = sa.select(User).where(User.username == sa.bindparam("name"))
    panels, made = Panels(), []

    @panels.where(lambda name, _reader: [Asked(named, {"name": name})])
    def person(name: str, _reader: object) -> Panel:
        made.append(name)
        return Panel("person.html", {"name": name})

    @panels.where(lambda _name, _reader: [])
    def nothing(_name: str, _reader: object) -> Panel:
        raise AssertionError("who asks for nothing shows nothing")

    @panels.add
    def always(_name: str, _reader: object) -> Panel:
        return Panel("always.html", position=1)

    assert [panel.template for panel in panels.of("wang", None)] == ["always.html", "person.html"]
    assert [panel.template for panel in panels.of("nobody", None)] == ["always.html"]
    assert made == ["wang"]


def test_one_name_is_never_run_with_two_values(app: Flask) -> None:
    since = sa.select(User).where(User.created_at > sa.bindparam("day"))
    panels = Panels()
    for day in (date(2026, 11, 1), date(2026, 11, 2)):
        panels.where(lambda _thing, _reader, day=day: [Asked(since, {"day": day})])(lambda *_given: None)
    with pytest.raises(AssertionError):
        panels.of(None, None)
