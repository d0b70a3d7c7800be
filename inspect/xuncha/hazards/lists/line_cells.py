"""The lines of the list of hazards. As functions they cost a list a third of macros."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from flask import current_app
from jinja2.filters import do_truncate
from markupsafe import Markup

from ...core.components import Cell, html, joined
from ...core.i18n import label, word, write_day
from ...core.labels import N_
from .. import badges
from ..follow_up.escalation_steps import EscalationStep
from ..models import Hazard
from .filters import Column

DESCRIPTION, MEASURE = 80, 120  # characters of them


class Lines:
    """Writes the lines of one page: the hazard itself, to be selected and opened, and its columns in their order.

    `address` gives that of a hazard's page by its number. The readers are the zone's: an enterprise has rows instead.
    """

    def __init__(
        self,
        columns: Iterable[Column],
        day: date,
        steps: Mapping[int, EscalationStep],
        address: Callable[[int], str],
    ) -> None:
        self._columns = [
            (Cell(label(column), **_LOOKS.get(column, {})), _WRITERS[column]) for column in columns
        ]
        self.shows_place = any(write is _place for _cell, write in self._columns)
        self.day, self.steps, self._address = day, steps, address
        self._select = str(word(N_("Select %(name)s")))

    def __call__(self, hazards: Iterable[Hazard]) -> Markup:
        """The lines of some hazards."""
        return joined([self._line(hazard) for hazard in hazards])

    def _line(self, hazard: Hazard) -> Markup:
        select = html(SELECT, hazard.id, self._select % {"name": hazard.number})
        words = do_truncate(current_app.jinja_env, hazard.description, DESCRIPTION)
        marks = badges.marks(hazard, inside=True)
        named = html(NAMED, self._address(hazard.id), words, hazard.number, marks)
        cells = joined([cell(write(hazard, self)) for cell, write in self._columns])
        return html("<tr>%s%s%s</tr>", select, named, cells)


SELECT = '<td class="sel"><label><input type="checkbox" name="ids" value="%s"> <span class="vh">%s</span></label></td>'
NAMED = (
    '<th scope="row"><a href="%s">%s</a><span class="line small">'
    '<span class="quiet num">%s</span> %s</span></th>'
)


def _site(hazard: Hazard, lines: Lines) -> Markup:
    place = "" if lines.shows_place else hazard.place
    below = html('<br><span class="quiet small">%s</span>', place) if place else ""
    return html("%s%s", hazard.site.name, below)


def _place(hazard: Hazard, _lines: Lines) -> str:
    return hazard.place


def _found(hazard: Hazard, _lines: Lines) -> Markup:
    return _unbroken(write_day(hazard.found_on))


def _supervisor(hazard: Hazard, _lines: Lines) -> str:
    return hazard.site.supervisor.name if hazard.site.supervisor else ""


def _measure(hazard: Hazard, _lines: Lines) -> str:
    return do_truncate(current_app.jinja_env, hazard.measure, MEASURE)


def _due(hazard: Hazard, lines: Lines) -> Markup:
    late = badges.late_badge(hazard, lines.day)
    step = badges.step_badge(lines.steps.get(hazard.id))
    return html("%s %s %s", _unbroken(write_day(hazard.due_on) or "—"), late, step)


def _state(hazard: Hazard, _lines: Lines) -> Markup:
    return badges.state_badge(hazard)


@lru_cache(1024)
def _unbroken(text: str) -> Markup:
    return html('<span class="nowrap">%s</span>', text)


_WRITERS: dict[Column, Callable[[Hazard, Lines], str]] = {
    Column.SITE: _site,
    Column.PLACE: _place,
    Column.HAZARD_CLASS: lambda hazard, _lines: label(hazard.hazard_class),
    Column.GRADE: lambda hazard, _lines: label(hazard.grade),
    Column.SOURCE: lambda hazard, _lines: label(hazard.source),
    Column.FOUND: _found,
    Column.FINDER: lambda hazard, _lines: hazard.found_by.name,
    Column.SUPERVISOR: _supervisor,
    Column.MEASURE: _measure,
    Column.RESPONSIBLE: lambda hazard, _lines: hazard.responsible,
    Column.DUE: _due,
    Column.STATE: _state,
    Column.CLOSED: lambda hazard, _lines: write_day(hazard.closed_at),
    Column.ROUND: lambda hazard, _lines: str(hazard.round),
}
_LOOKS = {Column.CLOSED: {"nowrap": True}, Column.ROUND: {"num": True}}
