"""Equal posts at one instant, on both databases, through the shipped server; `make soak` runs a hundred rounds."""

from collections.abc import Callable

from flask import Flask

from tests.faults.races import races
from tests.served import Served


def test_twenty_equal_posts_at_one_instant_are_one_check(on: tuple[Flask, Callable[[], Served]]) -> None:
    app, serve = on
    assert races(app, serve(), rounds=4) == []
