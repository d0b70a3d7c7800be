"""巡查计划: the visits of a supervisor's day on one sheet: where to go in which order, what to do there, whom to call."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext

from ...accounts.models import User
from ...core import settings
from ...core.i18n import pick, use_language, write_day
from ...core.labels import N_
from ...schedule.planner import Stop, plan_of
from ..layout.document import Column, Document
from ..layout.document_parts import in_language, open_paper
from ..printing import Kind, Order
from .task_list import phones

TICKED, OPEN = "√", "□"
COLUMNS = (
    (N_("No."), 10, "center"),
    (N_("Enterprise"), 78, "left"),
    (N_("To do there"), 104, "left"),
    (N_("Whom to call"), 57, "left"),
    (N_("Done, remarks"), 20, "center"),
)


def order(person: User, day: date, today: date) -> Order:
    """The order to print it."""
    return Order(
        Kind.VISITS, f"{person.name} {day.isoformat()}", lambda lang: build(person, day, today, lang)
    )


def build(person: User, day: date, today: date, lang: str) -> Document:
    """The day's visits in their order; a plan is made of words, so it is made in the paper's language. Raises FontMissing."""
    with use_language(lang):
        plan = plan_of(person, day, today)
        team = pick(person.team, "name") if person.team else ""
        paper = open_paper(
            gettext("Visit plan"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject="  ".join(part for part in (person.name, team, write_day(day)) if part),
            orientation="landscape",
        )
        paper.note(gettext("Visits: %(count)s.", count=len(plan.stops)))
        rows = [[str(number), *_cells(stop)] for number, stop in enumerate(plan.stops, 1)]
        heads = [Column(gettext(head), width, align) for head, width, align in COLUMNS]
        paper.table(heads, rows, size=9)
        return paper


def _cells(stop: Stop) -> list[str]:
    site = stop.entry.site
    matters = [f"{TICKED if stop.is_taken(one) else OPEN} {one.words}" for one in stop.entry.matters]
    return [
        "\n".join(part for part in (site.name, site.address or site.area, stop.way) if part),
        "\n".join([*matters, *([stop.entry.caution] if stop.entry.caution else [])]),
        phones(site),
        "",
    ]
