"""事故隐患台账: the running register of hazards, filtered like their list, as it stood at the end of a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from ...accounts.models import User
from ...core import settings
from ...core.access import Role
from ...core.db import db
from ...core.i18n import use_language, write_day
from ...core.labels import N_
from ...hazards.follow_up.escalation_steps import EscalationStep
from ...hazards.lifecycle import State
from ...hazards.lists import ledger_lines
from ...hazards.lists.filters import Criteria, View
from ...hazards.lists.ledger_lines import Line, Wording
from ...hazards.lists.list_queries import filtered
from ...hazards.models import Hazard
from ...hazards.queries import soon
from ...stats.scope import Scope
from ..layout.document import Column, Document, SignatureBlock
from ..layout.document_parts import in_language, open_paper
from .hazard_state import BY_DAY, StateAsOf, holds, state_as_of

WIDTHS = {
    "zh": (21, 49, 104, 49, 122, 157, 97, 43, 47, 49, 47),
    "en": (19, 74, 100, 64, 106, 130, 90, 54, 48, 56, 50),
}
"""Widths of the columns: English names of classes, sources and heads are longer."""
GRAVER = tuple(EscalationStep)[2:]
"""The steps of the escalation that a date alone does not tell."""
FLOWING = (2, 4, 5, 6)
"""The columns whose text runs from the left edge: enterprise, description, basis, measure."""


def lines(scope: Scope, criteria: Criteria, as_of: date) -> Iterator[tuple[Line, StateAsOf]]:
    """The hazards of a scope that fit the filters on a day, oldest first, each with how it stood then."""
    near = soon()
    for line in ledger_lines.lines(_found(scope, criteria, as_of).order_by(Hazard.found_on, Hazard.id)):
        then = state_as_of(line.hazard, line.events, as_of)
        fits = criteria.state in (None, then.state) and criteria.step in (None, then.step)
        if fits and holds(criteria.view, then, as_of, near):
            yield line, then


def most(scope: Scope, criteria: Criteria, as_of: date) -> int:
    """How many lines there are at most: some may not have stood then as the filters ask."""
    found = _found(scope, criteria, as_of).with_only_columns(Hazard.id)
    return db.session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0


def _found(scope: Scope, criteria: Criteria, as_of: date) -> sa.Select[Hazard]:
    reader, timeless = scope.actor or anybody(), _timeless(criteria, as_of)
    queries = [filtered(reader, timeless, as_of), scope.hazards(as_of)]
    if timeless.view is View.ALL:  # what was made void later was not void then
        queries.insert(1, filtered(reader, replace(timeless, state=State.VOID), as_of))
    *fitting, within = (Hazard.id.in_(query.with_only_columns(Hazard.id).order_by(None)) for query in queries)
    return sa.select(Hazard).where(sa.or_(*fitting), within)


def _timeless(criteria: Criteria, as_of: date) -> Criteria:
    """The filters without what depends on the day: that is asked of the events."""
    view = View.ALL if criteria.view in BY_DAY else criteria.view
    return replace(
        criteria, state=None, step=None, view=view, found_to=min(criteria.found_to or as_of, as_of)
    )


def anybody() -> User:
    """A reader of the whole zone, for papers that no signed-in person asks for."""
    return User(name="", username="", role=Role.AUDITOR, active=True)


def build(scope: Scope, criteria: Criteria, as_of: date, lang: str, *, draft: bool = False) -> Document:
    """The ledger of a scope and what the filters leave of it. Raises FontMissing."""
    with use_language(lang):
        words = Wording()
        found = (_row(line, then, as_of, words) for line, then in lines(scope, criteria, as_of))
        rows = [[str(number), *cells] for number, cells in enumerate(found, start=1)]
        paper = open_paper(
            gettext("Hazard ledger"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject=period_text(criteria),
            orientation="landscape",
            draft=draft,
        )
        paper.note(gettext("As of %(day)s. Hazards: %(count)s.", day=write_day(as_of), count=len(rows)))
        paper.table(_columns(lang), rows, size=7, dense=True)
        paper.blank_below()
        paper.signatures([SignatureBlock(gettext("Prepared by")), SignatureBlock(gettext("Reviewed by"))])
        return paper


def period_text(criteria: Criteria) -> str:
    """The days in which the hazards were found, as the paper names them."""
    if criteria.found_from and criteria.found_to:
        return gettext(
            "%(start)s to %(end)s", start=write_day(criteria.found_from), end=write_day(criteria.found_to)
        )
    return ""


def _columns(lang: str) -> list[Column]:
    """What belongs together stands one above the other, so that a row takes three lines and a page many rows."""
    heads = (
        gettext("No."),
        _over(gettext("Hazard number"), gettext("Class"), gettext("Grade")),
        _over(gettext("Enterprise"), gettext("Credit code"), gettext("Place")),
        _over(gettext("Checked on"), gettext("Source"), gettext("Inspector")),
        gettext("Description"),
        gettext("Basis"),
        gettext("What must be done"),
        _over(gettext("Who rectifies it"), gettext("Money spent (10,000 yuan)")),
        _over(gettext("Original due date"), gettext("Now due on")),
        _over(gettext("Reported rectified on"), gettext("Verified on"), gettext("Verified by")),
        _over(gettext("State"), gettext("Closed on")),
    )
    widths = WIDTHS.get(lang, WIDTHS["en"])
    return [
        Column(head, width, "left" if at in FLOWING else "center")
        for at, (head, width) in enumerate(zip(heads, widths, strict=True))
    ]


def _over(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _row(line: Line, then: StateAsOf, as_of: date, words: Wording) -> list[str]:
    hazard, name = line.hazard, words.label
    first = hazard.original_due_on.isoformat() if hazard.original_due_on else ""
    later = then.due_on.isoformat() if then.due_on and then.due_on.isoformat() != first else ""
    return [
        _over(hazard.number, name(hazard.hazard_class), name(then.grade)),
        _over(hazard.site_name, hazard.site_uscc or "", hazard.place),
        _over(hazard.found_on.isoformat(), name(hazard.source), hazard.found_by_name),
        hazard.description,
        line.basis,
        hazard.measure,
        _over(then.responsible, "" if then.cost is None else f"{then.cost:g}"),
        # A day on a line of its own: Word would divide it at a hyphen.
        _over(first, words.say(N_("to %(day)s"), day=f"\n{later}") if later else ""),
        _over(
            *(day.isoformat() if day else "" for day in (then.reported_on, then.looked_on)), then.looked_by
        ),
        _state(hazard, then, as_of, words),
    ]


def _counted(number: int, once: str, often: str, words: Wording) -> str:
    if not number:
        return ""
    return words.say(once if number == 1 else often, count=number, days=number)


def _state(hazard: sa.Row[Any], then: StateAsOf, as_of: date, words: Wording) -> str:
    days = (as_of - then.due_on).days if then.due_on and then.overdue(as_of) else 0
    return _over(
        words.label(then.state),
        then.closed_on.isoformat() if then.closed_on else "",
        _counted(days, N_("1 day overdue"), N_("%(days)s days overdue"), words),
        words.say(N_("round %(number)s"), number=then.round) if then.round > 1 else "",
        words.label(then.step) if then.step in GRAVER else "",
        _counted(then.urged, N_("urged once"), N_("urged %(count)s times"), words),
        words.say(N_("repeated")) if hazard.repeat_of_id else "",
    )
