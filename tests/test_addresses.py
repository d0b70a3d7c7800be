"""Addresses that are kept are those that would be built anew."""

import pytest
from flask import Flask, url_for

KINDS = [
    ("hazards.show", {"number": 7}),
    ("hazards.index", {"view": "all", "q": "灭火 & 器"}),
    ("hazards.index", {"q": "x", "view": "all"}),
    ("schedule.grid", {"_anchor": "open"}),
    ("schedule.today", {"_external": True}),
    ("static", {"filename": "build/app.css"}),
]


@pytest.mark.parametrize(("endpoint", "values"), KINDS)
def test_a_kept_address_is_the_one_that_is_built(
    app: Flask, endpoint: str, values: dict[str, str | int]
) -> None:
    with app.test_request_context("/"):
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        given = {name: value for name, value in values.items() if not name.startswith("_")}
        first, again = url_for(endpoint, **values), url_for(endpoint, **values)
        assert first == again
        assert adapter.build(endpoint, given) in first


def test_values_that_are_equal_but_written_otherwise_are_kept_apart(app: Flask) -> None:
    with app.test_request_context("/"):
        assert url_for("hazards.index", repeat=1) == "/hazards?repeat=1"
        assert url_for("hazards.index", repeat=True) == "/hazards?repeat=True"
        assert url_for("hazards.index", columns=["place", "due"]) == "/hazards?columns=place&columns=due"
        assert url_for("hazards.index", columns="place") == "/hazards?columns=place"


def test_below_another_root_the_address_is_another(app: Flask) -> None:
    with app.test_request_context("/"):
        assert url_for("hazards.show", number=7) == "/hazards/7"
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/east"}):
        assert url_for("hazards.show", number=7) == "/east/hazards/7"
