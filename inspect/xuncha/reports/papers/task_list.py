"""任务清单: a supervisor's half-month on paper: where to go by when, what was last found, what is open, whom to call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext

from ...accounts.models import User
from ...core import settings
from ...core.i18n import label, pick, use_language, write_day
from ...core.labels import N_
from ...enterprises.models import ContactDuty, Site
from ...hazards.rounds import Stop
from ...schedule.lifecycle import Window
from ...schedule.queries import state_of
from ..layout.document import Column, Document
from ..layout.document_parts import in_language, open_paper
from ..printing import Kind, Order

LONGEST = 40
PHONES = 2
FIRST_TO_CALL = (ContactDuty.SAFETY_OFFICER, ContactDuty.PRINCIPAL, ContactDuty.KEEPER)
COLUMNS = (
    (N_("No."), 9, "center"),
    (N_("Enterprise"), 58, "left"),
    (N_("Due on"), 22, "center"),
    (N_("State"), 20, "center"),
    (N_("Last finding"), 62, "left"),
    (N_("Not closed"), 22, "center"),
    (N_("Whom to call"), 52, "left"),
    (N_("Checked on"), 24, "center"),
)


def order(person: User, window: Window, stops: Sequence[Stop], day: date) -> Order:
    """The order to print it."""
    name = f"{person.name} {window.start.isoformat()}"
    return Order(Kind.TASKS, name, lambda lang: build(person, window, stops, day, lang))


def build(person: User, window: Window, stops: Sequence[Stop], day: date, lang: str) -> Document:
    """The list; what was missed earlier and can be made up stands first. Raises FontMissing."""
    with use_language(lang):
        days = gettext("%(first)s to %(last)s", first=write_day(window.start), last=write_day(window.end))
        team = pick(person.team, "name") if person.team else ""
        paper = open_paper(
            gettext("Task list"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject="  ".join(part for part in (person.name, team, days) if part),
            orientation="landscape",
        )
        earlier = [one for one in stops if one.task.window_start < window.start]
        now = [one for one in stops if one.task.window_start >= window.start]
        done = sum(one.task.done_on is not None for one in now)
        paper.note(
            gettext(
                "As of %(day)s. Tasks: %(count)s, carried out: %(done)s, to be made up: %(late)s.",
                day=write_day(day),
                count=len(now),
                done=done,
                late=len(earlier),
            )
        )
        paper.table(
            [Column(gettext(head), width, align) for head, width, align in COLUMNS],
            _rows(earlier, now, day),
            size=8.5,
        )
        return paper


def _rows(earlier: Sequence[Stop], now: Sequence[Stop], day: date) -> list[Sequence[str] | str]:
    rows: list[Sequence[str] | str] = []
    number = 0
    for title, stops in ((gettext("To be made up"), earlier), (gettext("This half-month"), now)):
        if stops and earlier:
            rows.append(title)
        for stop in stops:
            number += 1
            rows.append([str(number), *_cells(stop, day)])
    return rows


def _cells(stop: Stop, day: date) -> list[str]:
    task, site = stop.task, stop.task.site
    open_ones = str(stop.unsettled)
    if stop.overdue:
        open_ones += "\n" + gettext("overdue %(count)s", count=stop.overdue)
    return [
        "\n".join(part for part in (site.name, site.address or site.area) if part),
        task.due_on.isoformat(),
        label(state_of(task, day)),
        _last(stop),
        open_ones,
        _phones(site),
        task.done_on.isoformat() if task.done_on else "",
    ]


def _last(stop: Stop) -> str:
    found = stop.last_found
    if found is None:
        return ""
    text = found.description
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return f"{found.found_on.isoformat()} {short}\n{label(found.state)}"


def _phones(site: Site) -> str:
    ordered = sorted(
        (one for one in site.contacts if one.phone),
        key=lambda one: FIRST_TO_CALL.index(one.duty) if one.duty in FIRST_TO_CALL else len(FIRST_TO_CALL),
    )
    return "\n".join(f"{one.name} {one.phone}" for one in ordered[:PHONES])
