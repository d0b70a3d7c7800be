"""The other zones of this installation, and work inside one of them as if its own server did it."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar, cast

from flask import Flask, current_app

from ..core.db import db
from ..core.errors import Refused
from ..core.paths import running_app

Result = TypeVar("Result")
AT_ONCE = 8
ANSWERS_WITHIN_S = 10


class Declared(Protocol):
    """A zone as the file of zones declares it."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which it answers."""


class Zones(Protocol):
    """The zones of an installation."""

    @property
    def zones(self) -> dict[str, Declared]:
        """All of them by key."""

    def counties(self) -> list[str]:
        """The keys of the zones below the province."""

    def app(self, key: str) -> Flask:
        """The application of a zone."""

    def is_open(self, key: str) -> bool:
        """Whether it is served."""


class Unreachable(Exception):
    """A zone whose database does not answer."""


def zones() -> Zones | None:
    """The zones of this installation; None where it has but one."""
    return cast("Zones | None", current_app.extensions.get("zones"))


def inside(app: Flask, work: Callable[[], Result]) -> Result:
    """Do something in a zone, in a context of its own: nothing of the request that asks for it is seen there.

    As in a page that only reads, so that no writer waits for it; `work` that writes says so (`write_in_get`).
    """

    def run() -> Result:
        with app.test_request_context():
            try:
                return work()
            finally:
                db.session.remove()

    return contextvars.Context().run(run)


def in_zone(found: Zones, key: str, work: Callable[[], Result]) -> Result:
    """The same in a zone by its key. Raises Unreachable when it is not served or its database does not answer."""
    try:
        if not found.is_open(key):
            raise Unreachable(key)
        return inside(found.app(key), work)
    except Refused:
        raise
    except Exception as problem:
        current_app.logger.warning("zone %s: %s", key, type(problem).__name__)
        raise Unreachable(key) from problem


def in_each(found: Zones, keys: Sequence[str], work: Callable[[], Result]) -> dict[str, Result | None]:
    """The same in many zones at once; None for one that does not answer in time."""
    if not keys:
        return {}
    asking = running_app()

    def ask(key: str) -> Result:
        with asking.app_context():  # only for its log
            return in_zone(found, key, work)

    pool = ThreadPoolExecutor(min(AT_ONCE, len(keys)), thread_name_prefix="zone")
    try:
        asked: dict[str, Future[Result]] = {key: pool.submit(ask, key) for key in keys}
        wait(asked.values(), ANSWERS_WITHIN_S)
        return {
            key: one.result() if one.done() and not one.exception() else None for key, one in asked.items()
        }
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
