"""What forms of all domains share: choices from stored enums, empty choices, problems shown beside the field."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar
from uuid import uuid4

from flask import flash
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from markupsafe import Markup
from wtforms import DateField, FloatField, Form, HiddenField, IntegerField, SelectField
from wtforms.widgets import Select, TextInput

from .components import html, joined
from .db import db
from .errors import Refused
from .i18n import label, sentence
from .labels import N_, Labelled
from .parsing import read_day, read_number

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
    number = read_number(value)
    if number is None:
        raise ValueError(value)
    return number


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


class PlainSelect(Select):
    """A choice whose options have a value and words and nothing else: one of some hundred people costs little."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        """The choice with its options."""
        named = {"id": field.id, "name": field.name} | attributes
        chosen = None if field.data is None else str(field.data)
        offered = tuple([(str(value), str(words)) for value, words in field.choices or ()])
        return html("<select %s>%s</select>", _attributes(tuple(named.items())), _options(offered, chosen))


@lru_cache(256)
def _attributes(named: tuple[tuple[str, str], ...]) -> Markup:
    return Markup(" ").join([html('%s="%s"', name, value) for name, value in sorted(named)])


@lru_cache(256)
def _options(offered: tuple[tuple[str, str], ...], chosen: str | None) -> Markup:
    """Written once: who filters a list sees the same ones on each of its pages."""
    return joined([_option(value, words, chosen) for value, words in offered])


def _option(value: str, words: str, chosen: str | None) -> Markup:
    pattern = (
        '<option selected value="%s">%s</option>' if value == chosen else '<option value="%s">%s</option>'
    )
    return html(pattern, value, words or value)


class FilterSelectField(SelectField):
    """A choice among the filters of a list: there are many on a page, and none has to be made."""

    widget = PlainSelect()


class WholeNumberField(IntegerField):
    """A whole number typed on any keyboard; what does not fit stays to be corrected."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        self.data = None
        if valuelist and (text := plain_number(valuelist[0])):
            number = read_number(text.removeprefix("-"))
            if number is None:
                raise ValueError(gettext("Enter a whole number, for example 12."))
            self.data = -number if text.startswith("-") else number


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


class DayField(DateField):
    """A day of this century."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = read_day(valuelist[0])
            if self.data is None:
                raise ValueError(gettext("Enter a day of the years 2000 to 2099, for example 2026-03-31."))


class OnceField(HiddenField):
    """Tells a form from every other one, so that it makes its row once (see `idempotency.py`)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=lambda: str(uuid4()), **kwargs)


OWN_WORDS = {
    "Invalid Choice: could not coerce.": N_("Choose one of the entries offered."),
    "Not a valid choice.": N_("Choose one of the entries offered."),
}


class _Words:
    """WTForms' own messages, those that a person meets in our words."""

    def gettext(self, text: str) -> str:
        """One message."""
        return gettext(OWN_WORDS[text]) if text in OWN_WORDS else translations.gettext(text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """A message that counts."""
        return translations.ngettext(singular, plural, n)


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Row(Form):
    """The fields of one line of a form."""

    class Meta:
        """Speaks our words."""

        def get_translations(self, _form: Form) -> _Words:
            """Who words the messages."""
            return _Words()

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse what no keyboard types and PostgreSQL does not store."""
        fine = bool(super().validate(extra_validators))
        for field in self:
            typed = field.raw_data or []
            if any(isinstance(text, str) and CONTROL.search(text) for text in typed):
                field.errors = [gettext("This holds characters that cannot be shown. Type it again.")]
                fine = False
        return fine


class PageForm(Row, FlaskForm):
    """A form that a page posts."""


EMPTY = lazy_gettext("Please choose")
