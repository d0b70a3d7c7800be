"""What the codes of trainings have in common on a phone: the address of a code, and a form that may be refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from flask import Blueprint, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from ..accounts.secret_addresses import AddressCookie, closed_page
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.errors import Missing, Refused
from ..core.forms import show_problem
from ..core.web import needs


class _Opener(Protocol):
    def __call__(self, token: str, *, address: str, now: datetime) -> int | None: ...


Held = TypeVar("Held")


def open_by_code(
    pages: Blueprint,
    cookie: AddressCookie,
    opener: _Opener,
    held: Callable[[int], Held],
    first: str,
    closed: str,
) -> None:
    """Let a code open its pages: its secret is swapped for a cookie, and what is over is said."""

    @pages.get("/<token>")
    @needs(Permission.USE_TRAINING_CODE)
    def enter(token: str) -> Response:
        """Swap the secret of the code for a cookie, and go on to an address without it."""

        def opened() -> int | None:
            number = opener(token, address=request.remote_addr or "", now=utcnow())
            if number:
                held(number)
            return number

        return cookie.swapped(opened, lambda number: url_for(first, number=number), closed)

    @pages.errorhandler(Missing)
    def _closed(problem: Missing) -> tuple[str, int]:
        return closed_page(problem)


def sent(form: FlaskForm, act: Callable[[], Response]) -> Response | int:
    """Do what a form asks for; else the status of the page that shows it again, with what was typed. Raises Missing."""
    if not form.is_submitted():
        return 200
    if not form.validate():
        return 422
    try:
        return act()
    except Missing:
        raise
    except Refused as problem:
        show_problem(form, problem)
        return problem.status
