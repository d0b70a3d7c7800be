"""Two languages: which one is spoken now, and how days, moments and numbers are written in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, gettext
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from .clock import ZONE
from .errors import Refused
from .labels import N_, Labelled

LANGUAGES = {"zh": "中文", "en": "English"}

babel = Babel()


def chosen_language() -> str:
    """The reader's language: their own setting, else this browser's choice, else Chinese."""
    if not has_request_context():
        return "zh"
    own = getattr(current_user, "lang", None)
    chosen = own or session.get("lang") or request.accept_languages.best_match(["zh", "en"], "zh")
    return chosen if chosen in LANGUAGES else "zh"


def language() -> str:
    """The language of what is being written now: found once a request, since a page asks for it a thousand times."""
    try:
        known: str | None = vars(g._get_current_object()).get("language")  # a tenth of what g.get costs
    except RuntimeError:  # outside of the application
        known = None
    if known is None:
        locale = get_locale()
        known = locale.language if locale else "zh"
        if locale:
            g.language = known
    return known


@contextmanager
def use_language(lang: str) -> Iterator[None]:
    """Write in another language for a while (a document printed in English)."""
    if not has_app_context():
        yield
        return
    with force_locale(lang):
        before, g.language = g.get("language"), lang
        try:
            yield
        finally:
            g.language = before


_known: defaultdict[str, dict[str, Markup]] = defaultdict(dict)


def word(message: str) -> Markup:
    """A message of the catalogue in the language of now, looked up once a process: a page of a list has a thousand."""
    words = _known[language()]
    found = words.get(message)
    if found is None:
        found = words[message] = Markup(gettext(message))
    return found


@pass_eval_context
def _in_template(evaluated: EvalContext, message: str, /, **variables: Any) -> str:
    """gettext for templates: what is put into the message is escaped where the page is."""
    text = word(message) if evaluated.autoescape else gettext(message)
    return text % variables if variables or "%" in text else text


def label(choice: Labelled | None) -> str:
    """The name of a stored choice in the language of now."""
    return str(word(choice.label)) if choice else ""


def sentence(problem: Refused) -> str:
    """What a refusal says, in the language of now."""
    params = {
        key: label(value) if isinstance(value, Labelled) else value for key, value in problem.params.items()
    }
    return gettext(problem.message, **params)


def pick(thing: Any, field: str, lang: str = "") -> str:
    """`field_zh` or `field_en` of a bilingual row, in a language or that of now; the Chinese where no English was written."""
    return getattr(thing, f"{field}_{lang or language()}", "") or getattr(thing, f"{field}_zh")


def write_day(value: date | datetime | None) -> str:
    """A day as papers write it: 2026年3月5日, 5 Mar 2026."""
    if value is None:
        return ""
    day = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
    if language() == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%b} {day.year}"


def write_moment(value: datetime | None) -> str:
    """A moment to the minute, in the zone's time."""
    if value is None:
        return ""
    return f"{write_day(value)} {value.astimezone(ZONE):%H:%M}"


def write_number(value: float | int | None) -> str:
    """A number with its separators; a dash where there is none."""
    return "—" if value is None else _decimal(value, language())


@lru_cache(1024)
def _decimal(value: float | int, lang: str) -> str:
    return format_decimal(value, locale=lang)


def write_parts(day: date, pattern: str) -> str:
    """What a pattern names of a day (MMM: the month), in the language of now."""
    return _parts(day, pattern, language())


@lru_cache(1024)
def _parts(day: date, pattern: str, lang: str) -> str:
    return format_date(day, pattern, locale=lang)


def write_rate(value: float | None) -> str:
    """A share of one as a percentage with one decimal, half up; a dash where the denominator is nought."""
    if value is None:
        return "—"
    tenths = int(value * 1000 + 0.5 + 1e-9)
    return f"{tenths // 10}.{tenths % 10}%"


def write_tenths(tenths: int | None) -> str:
    """A score kept in tenths, with one decimal; a dash where there is none."""
    return "—" if tenths is None else f"{tenths // 10}.{tenths % 10}"


# Weekday and month words used by the calendar pages.
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def set_up(app: Flask) -> None:
    """Give the application its languages and the templates their filters."""
    babel.init_app(
        app,
        default_locale="zh",
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(app.config["TRANSLATIONS"]),
        locale_selector=chosen_language,
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(gettext=_in_template, _=_in_template)
    app.jinja_env.filters.update(
        label=label,
        day=write_day,
        moment=write_moment,
        number=write_number,
        rate=write_rate,
        tenths=write_tenths,
        pick=pick,
    )
    app.jinja_env.globals.update(
        format_date=write_day, format_datetime=write_moment, format_number=write_number, languages=LANGUAGES
    )

    @app.context_processor
    def _language() -> dict[str, Any]:
        now = language()
        return {"language": now, "other_language": "en" if now == "zh" else "zh"}
