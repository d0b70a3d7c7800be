"""What higher domains add to the pages of this one."""

from collections.abc import Callable, Collection, Mapping
from datetime import date

import pytest
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.enterprises import actions, assignments, queries
from xuncha.enterprises.models import Site


@pytest.fixture
def widgets(site: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that another domain counts: seven at Huaxin, two at the old mill."""
    known = {site("huaxin").id: 7, site("oldmill").id: 2}
    monkeypatch.setattr(queries, "_tallies", [])

    @queries.tally("Widgets", link=lambda person: f"/widgets?of={person.id}")
    def _count(numbers: Collection[int], _day: date) -> Mapping[int, int]:
        return {number: known[number] for number in numbers if number in known}

    db.session.rollback()


def test_a_tally_is_a_column_of_the_load_summed_by_supervisor(
    as_user: Callable[[str], House], user: Callable[[str], User], widgets: None
) -> None:
    html = as_user("leader").get("/enterprises/load").get_data(as_text=True)
    assert f'<a href="/widgets?of={user("wang").id}">9</a>' in html


def test_a_tally_is_a_column_of_the_handover_by_site(
    as_user: Callable[[str], House], user: Callable[[str], User], widgets: None
) -> None:
    number = user("wang").id
    db.session.rollback()
    text = as_user("leader").text(f"/enterprises/handover?supervisor={number}")
    assert "Widgets" in text and " 7 " in text and " 2 " in text


def test_a_handler_hears_of_a_new_holder_once_he_holds(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(assignments, "_handlers", [])

    @actions.when_assigned
    def _note(site: Site, previous: User | None, *, actor: User | None, now: object) -> None:
        assert site.supervisor is not None and previous is not None
        heard.append((previous.username, site.supervisor.username))

    actions.assign(site("huaxin"), user("chen"), date(2026, 11, 20), actor=user("admin"), now=cast.NOW)
    assert heard == []
    actions.assign(site("huaxin"), user("zhao"), date(2026, 11, 3), actor=user("admin"), now=cast.NOW)
    assert heard == [("wang", "zhao")]
