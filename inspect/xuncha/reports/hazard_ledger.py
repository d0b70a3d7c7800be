"""事故隐患台账: the running register of hazards, filtered like their list, as it stood at the end of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import current_app
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..core.db import db
from ..core.i18n import label, speaking, write_day
from ..hazards.criteria import Criteria, View
from ..hazards.models import Hazard
from ..hazards.queries import SOON, filtered
from .document import Column, Document, SignatureBlock
from .paper import in_language, open_paper
from .standing import BY_STATE, Standing, holds, standing

BY_DAY = {*BY_STATE, View.OVERDUE, View.SOON}


@dataclass(frozen=True)
class Line:
    """A hazard and how it stood."""

    hazard: Hazard
    then: Standing


def lines(actor: User, criteria: Criteria, as_of: date) -> list[Line]:
    """The hazards that fit the filters on a day, as they stood then, oldest first."""
    last = min(criteria.found_to or as_of, as_of)
    timeless = replace(
        criteria, state=None, view=View.ALL if criteria.view in BY_DAY else criteria.view, found_to=last
    )
    query = filtered(actor, timeless, as_of).order_by(None).order_by(Hazard.found_on, Hazard.id)
    loaded = query.options(joinedload(Hazard.site), joinedload(Hazard.found_by), selectinload(Hazard.events))
    found = [Line(hazard, then) for hazard in db.session.scalars(loaded) if (then := standing(hazard, as_of))]
    return [
        line
        for line in found
        if holds(criteria.view, line.then, as_of, SOON) and criteria.state in (None, line.then.state)
    ]


def build(
    actor: User, criteria: Criteria, as_of: date, lang: str, *, subject: str = "", draft: bool = False
) -> Document:
    """The ledger of what the actor sees and the filters leave. Raises FontMissing."""
    with speaking(lang):
        found = lines(actor, criteria, as_of)
        paper = open_paper(
            gettext("Hazard ledger"),
            lang,
            organisation=in_language(current_app.config["ORG"]),
            subject=subject or period_text(criteria),
            orientation="landscape",
            draft=draft,
        )
        paper.note(
            gettext(
                "As of %(day)s. %(count)s.",
                day=write_day(as_of),
                count=ngettext("%(num)d hazard", "%(num)d hazards", len(found)),
            )
        )
        paper.table(_columns(), [_row(at, line, as_of) for at, line in enumerate(found, start=1)], size=7.5)
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


def _columns() -> list[Column]:
    return [
        Column(gettext("No."), 24, "center"),
        Column(gettext("Hazard number"), 56, "center"),
        Column(_over(gettext("Enterprise"), gettext("Credit code")), 78),
        Column(_over(gettext("Found on"), gettext("Source"), gettext("Found by")), 54, "center"),
        Column(gettext("Place"), 46),
        Column(gettext("Hazard description"), 116),
        Column(_over(gettext("Class"), gettext("Grade")), 48, "center"),
        Column(gettext("Basis"), 82),
        Column(gettext("Rectification measure"), 62),
        Column(_over(gettext("Person responsible"), gettext("Cost (10,000 yuan)")), 44, "center"),
        Column(_over(gettext("Rectify by"), gettext("Extended to")), 52, "center"),
        Column(_over(gettext("Reported done"), gettext("Re-inspected")), 52, "center"),
        Column(_over(gettext("State"), gettext("Closed on")), 54, "center"),
    ]


def _over(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _row(number: int, line: Line, as_of: date) -> list[str]:
    hazard, then = line.hazard, line.then
    first = hazard.original_due_on.isoformat() if hazard.original_due_on else ""
    later = then.due_on.isoformat() if then.due_on and then.due_on.isoformat() != first else ""
    return [
        str(number),
        hazard.number,
        _over(hazard.site.name, hazard.site.uscc or ""),
        _over(hazard.found_on.isoformat(), label(hazard.source), hazard.found_by.name),
        hazard.place,
        hazard.description,
        _over(label(hazard.hazard_class), label(hazard.grade)),
        hazard.basis,
        hazard.measure,
        _over(then.responsible, "" if then.cost is None else f"{then.cost:g}"),
        _over(first, gettext("to %(day)s", day=later) if later else ""),
        _over(
            *(day.isoformat() if day else "" for day in (then.reported_on, then.looked_on)), then.looked_by
        ),
        _state(hazard, then, as_of),
    ]


def _state(hazard: Hazard, then: Standing, as_of: date) -> str:
    days = (as_of - then.due_on).days if then.due_on and then.overdue(as_of) else 0
    return _over(
        label(then.state),
        then.closed_on.isoformat() if then.closed_on else "",
        gettext("%(days)s days overdue", days=days) if days else "",
        gettext("round %(number)s", number=then.round) if then.round > 1 else "",
        gettext("repeated") if hazard.repeat_of_id else "",
    )
