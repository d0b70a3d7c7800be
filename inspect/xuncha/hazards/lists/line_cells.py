"""The cells of a line of the list of hazards. As functions they cost a list a third of macros."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from flask import current_app
from jinja2.filters import do_truncate
from markupsafe import Markup

from ...core.components import html, td
from ...core.i18n import label, write_day
from .. import badges
from ..follow_up.escalation_steps import EscalationStep
from ..models import Hazard
from .filters import Column

MEASURE = 120  # characters of it


class Cells:
    """Writes the cells of each line of one page: its columns in their order."""

    def __init__(self, columns: Iterable[Column], day: date, steps: Mapping[int, EscalationStep]) -> None:
        self._columns = [(label(column), _WRITERS[column]) for column in columns]
        self.shows_place = any(write is _place for _words, write in self._columns)
        self.day, self.steps = day, steps

    def __call__(self, hazard: Hazard) -> Markup:
        """The cells of a line."""
        return Markup("").join([write(words, hazard, self) for words, write in self._columns])


def _site(words: str, hazard: Hazard, cells: Cells) -> Markup:
    place = "" if cells.shows_place else hazard.place
    below = html('<br><span class="quiet small">%s</span>', place) if place else ""
    return td(words, caller=lambda: html("%s%s", hazard.site.name, below))


def _place(words: str, hazard: Hazard, _cells: Cells) -> Markup:
    return td(words, hazard.place)


def _found(words: str, hazard: Hazard, _cells: Cells) -> Markup:
    return td(words, caller=lambda: _unbroken(write_day(hazard.found_on)))


def _supervisor(words: str, hazard: Hazard, _cells: Cells) -> Markup:
    return td(words, hazard.site.supervisor.name if hazard.site.supervisor else "")


def _measure(words: str, hazard: Hazard, _cells: Cells) -> Markup:
    return td(words, do_truncate(current_app.jinja_env, hazard.measure, MEASURE))


def _due(words: str, hazard: Hazard, cells: Cells) -> Markup:
    late = badges.late_badge(hazard, cells.day)
    step = badges.step_badge(cells.steps.get(hazard.id))
    return td(words, caller=lambda: html("%s %s %s", _unbroken(write_day(hazard.due_on) or "—"), late, step))


def _state(words: str, hazard: Hazard, _cells: Cells) -> Markup:
    return td(words, caller=lambda: badges.state_badge(hazard))


def _unbroken(text: str) -> Markup:
    return html('<span class="nowrap">%s</span>', text)


_WRITERS: dict[Column, Callable[[str, Hazard, Cells], Markup]] = {
    Column.SITE: _site,
    Column.PLACE: _place,
    Column.HAZARD_CLASS: lambda words, hazard, _cells: td(words, label(hazard.hazard_class)),
    Column.GRADE: lambda words, hazard, _cells: td(words, label(hazard.grade)),
    Column.SOURCE: lambda words, hazard, _cells: td(words, label(hazard.source)),
    Column.FOUND: _found,
    Column.FINDER: lambda words, hazard, _cells: td(words, hazard.found_by.name),
    Column.SUPERVISOR: _supervisor,
    Column.MEASURE: _measure,
    Column.RESPONSIBLE: lambda words, hazard, _cells: td(words, hazard.responsible),
    Column.DUE: _due,
    Column.STATE: _state,
    Column.CLOSED: lambda words, hazard, _cells: td(words, write_day(hazard.closed_at), nowrap=True),
    Column.ROUND: lambda words, hazard, _cells: td(words, hazard.round, num=True),
}
