"""包保责任清单: the responsibility list by team, as a paper and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext

from ...core import settings
from ...core.i18n import label, pick, use_language, write_day
from ...core.labels import N_
from ...enterprises.responsibility import Held
from ...lists import xlsx
from ..layout.document import Column, Document, SignatureBlock
from ..layout.document_parts import in_language, open_paper
from ..printing import Kind, Order

OFFICE = N_("Telephone of the office")  # the same in each line: on paper it stands above the table
COLUMNS = (
    (N_("No."), 10, "center"),
    (N_("Enterprise"), 52, "left"),
    (N_("Credit code"), 38, "center"),
    (N_("Address"), 46, "left"),
    (N_("Risk"), 38, "center"),
    (N_("Supervisor"), 22, "center"),
    (N_("Phone"), 24, "center"),
    (OFFICE, 30, "center"),
    (N_("Since"), 24, "center"),
)


def order(lines: Sequence[Held], day: date) -> Order:
    """The order to print it."""
    return Order(Kind.RESPONSIBILITY, day.isoformat(), lambda lang: build(lines, day, lang))


def build(lines: Sequence[Held], day: date, lang: str) -> Document:
    """The list, a band for each team. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(
            gettext("Responsibility list"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            orientation="landscape",
        )
        nobody = sum(line.supervisor is None for line in lines)
        paper.note(
            gettext(
                "As of %(day)s. Enterprises: %(count)s, without a supervisor: %(nobody)s.",
                day=write_day(day),
                count=len(lines),
                nobody=nobody,
            )
        )
        if phone := settings.value("office_phone"):
            paper.note(gettext("Telephone of the office: %(phone)s", phone=phone))
        paper.table(
            [Column(gettext(head), width, align) for head, width, align in COLUMNS if head != OFFICE],
            _rows(lines),
            size=8.5,
        )
        paper.blank_below()
        paper.signatures([SignatureBlock(gettext("Prepared by")), SignatureBlock(gettext("Reviewed by"))])
        return paper


def _rows(lines: Sequence[Held]) -> list[Sequence[str] | str]:
    rows: list[Sequence[str] | str] = []
    number = 0
    for team, held in groupby(lines, key=_team):
        of_team = list(held)
        rows.append(gettext("%(team)s: %(count)s", team=team, count=len(of_team)))
        for line in of_team:
            number += 1
            *facts, _office, since = _cells(line)
            rows.append([str(number), *facts, since])
    return rows


def _team(line: Held) -> str:
    if line.supervisor is None:
        return gettext("Without a supervisor")
    return pick(line.team, "name") if line.team else gettext("Without a team")


def _cells(line: Held) -> list[str]:
    site, person = line.site, line.supervisor
    return [
        site.name,
        site.uscc or "",
        site.address,
        label(site.risk),
        person.name if person else "—",
        person.phone if person else "",
        settings.value("office_phone"),
        line.since.isoformat() if line.since else "",
    ]


def workbook(lines: Sequence[Held], day: date) -> bytes:
    """The same as a workbook, the team in a column of its own."""
    heads = [xlsx.Head(gettext(head), width // 2) for head, width, _align in COLUMNS[1:]]
    rows: list[list[Any]] = [[_team(line), *_cells(line)[:-1], line.since] for line in lines]
    title = gettext("Responsibility list")
    notes = [gettext("Data as of %(day)s", day=write_day(day))]
    return xlsx.write(
        title, [xlsx.Head(gettext("Team"), 14), *heads], rows, notes=notes, notes_title=gettext("Notes")
    )
