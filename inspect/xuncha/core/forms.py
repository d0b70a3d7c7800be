"""What forms of all domains share: choices from stored enums, empty choices, problems shown beside the field."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import flash
from flask_babel import gettext, lazy_gettext
from wtforms import FloatField, Form, IntegerField
from wtforms.widgets import TextInput

from .db import db
from .errors import Refused
from .i18n import label, sentence
from .words import Labelled

Result = TypeVar("Result")


def choices(
    kind: type[Labelled], *, empty: str | None = None, only: Iterable[Labelled] | None = None
) -> list[tuple[str, str]]:
    """The choices of an enum, in its order, in the language of now; `empty` adds a first choice of nothing."""
    first = [] if empty is None else [("", empty)]
    return first + [(member.value, label(member)) for member in (only or kind)]


def int_or_none(value: Any) -> int | None:
    """A number from a select, or None from its empty choice."""
    if value in (None, "", "None"):
        return None
    return int(value)


def show_problem(form: Form, problem: Refused) -> None:
    """Put a refusal beside the field it is about, or at the top when it is about none."""
    db.session.rollback()
    field = form._fields.get(problem.field or "")
    if field is None:
        flash(sentence(problem), "error")
    else:
        field.errors = [*field.errors, sentence(problem)]


def attempt(form: Form, action: Callable[[], Result]) -> Result | None:
    """Run an action for a valid form; a refusal is shown and everything typed stays."""
    try:
        return action()
    except Refused as problem:
        if problem.status in {403, 404}:
            raise
        show_problem(form, problem)
        return None


def plain_number(text: str) -> str:
    """A number as Chinese keyboards type it (full-width digits, separators), made plain."""
    return unicodedata.normalize("NFKC", text).strip().replace(",", "")


class WholeNumberField(IntegerField):
    """A whole number typed on any keyboard; what does not fit stays to be corrected."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        self.data = None
        if valuelist and (text := plain_number(valuelist[0])):
            try:
                self.data = int(text)
            except ValueError:
                raise ValueError(gettext("Enter a whole number, for example 12.")) from None


class DecimalNumberField(FloatField):
    """A number with decimals typed on any keyboard; what does not fit stays to be corrected."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        self.data = None
        if valuelist and (text := plain_number(valuelist[0])):
            try:
                number = float(text)
                if not math.isfinite(number):
                    raise ValueError
            except ValueError:
                raise ValueError(gettext("Enter a number, for example 1.5.")) from None
            self.data = number


class Translations:
    """WTForms' own messages in the language of now."""

    def gettext(self, text: str) -> str:
        """One message."""
        return gettext(text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """A message that counts."""
        return gettext(singular if n == 1 else plural)


EMPTY = lazy_gettext("Please choose")
