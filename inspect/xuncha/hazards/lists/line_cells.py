"""The lines of the list of hazards. As functions they cost a list a third of macros."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from flask import current_app
from jinja2.filters import do_truncate
from markupsafe import Markup, escape

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
        self._environment = current_app.jinja_env

    def __call__(self, hazards: Iterable[Hazard]) -> Markup:
        """The lines of some hazards."""
        return joined([self._line(hazard) for hazard in hazards])

    def _line(self, hazard: Hazard) -> Markup:
        number = hazard.number
        select = self._select % {"name": number}
        words = self.shortened(hazard.description, DESCRIPTION)
        marks = badges.marks(hazard, inside=True)
        cells = joined([cell(write(hazard, self)) for cell, write in self._columns])
        return html(LINE, hazard.id, select, self._address(hazard.id), words, number, marks, cells)

    def shortened(self, text: str, most: int) -> str:
        """A text of which a line shows the beginning."""
        return do_truncate(self._environment, text, most) if len(text) > most else text


LINE = (
    '<tr><td class="sel"><label><input type="checkbox" name="ids" value="%s"> <span class="vh">%s</span></label></td>'
    '<th scope="row"><a href="%s">%s</a><span class="line small">'
    '<span class="quiet num">%s</span> %s</span></th>%s</tr>'
)


def _site(hazard: Hazard, lines: Lines) -> Markup:
    place = "" if lines.shows_place else hazard.place
    return html(SITE_AND_PLACE, hazard.site.name, place) if place else escape(hazard.site.name)


SITE_AND_PLACE = '%s<br><span class="quiet small">%s</span>'


def _place(hazard: Hazard, _lines: Lines) -> str:
    return hazard.place


def _found(hazard: Hazard, _lines: Lines) -> Markup:
    return _unbroken(write_day(hazard.found_on))


def _supervisor(hazard: Hazard, _lines: Lines) -> str:
    return hazard.site.supervisor.name if hazard.site.supervisor else ""


def _measure(hazard: Hazard, lines: Lines) -> str:
    return lines.shortened(hazard.measure, MEASURE)


def _due(hazard: Hazard, lines: Lines) -> Markup:
    late = badges.late_badge(hazard, lines.day)
    step = badges.step_badge(lines.steps.get(hazard.id))
    return joined([_unbroken(write_day(hazard.due_on) or "—"), SPACE, late, SPACE, step])


SPACE = Markup(" ")


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
