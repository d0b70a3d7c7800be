"""The ledger of trainings as a workbook: the lines of the list, and under them the totals of exactly these lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext

from ..core.i18n import label, write_rate
from ..lists.xlsx import Head, write
from .models import Training
from .plans import PlanItem, progress
from .queries import Totals


def _heads() -> list[Head]:
    return [
        Head(gettext("Held on"), 12),
        Head(gettext("Kind of training"), 16),
        Head(gettext("Topic"), 32),
        Head(gettext("Venue"), 22),
        Head(gettext("Organiser"), 22),
        Head(gettext("Lecturer"), 14),
        Head(gettext("Hours"), 8),
        Head(gettext("Audience"), 40),
        Head(gettext("Attendances"), 10),
        Head(gettext("Materials handed out"), 30),
        Head(gettext("Copies"), 10),
        Head(gettext("Took the exam"), 10),
        Head(gettext("Passed"), 10),
        Head(gettext("Pass rate"), 10),
        Head(gettext("Average mark"), 10),
        Head(gettext("Recorded by"), 14),
        Head(gettext("Content of the training"), 48),
    ]


def _cells(training: Training) -> list[Any]:
    audience = (
        f"{group.site.name if group.site else group.group_name} {group.headcount}"
        for group in training.audience
    )
    materials = (f"{material.name} {material.count}" for material in training.materials)
    return [
        training.held_on,
        label(training.kind),
        training.topic,
        training.place,
        training.organiser,
        training.lecturer,
        training.hours,
        "; ".join(audience),
        training.attendances,
        "; ".join(materials),
        training.handed_out,
        training.exam_taken,
        training.exam_passed,
        "" if training.exam_taken is None else write_rate(training.pass_rate),
        training.exam_average,
        training.recorded_by.name,
        training.content,
    ]


def _rows(trainings: Iterable[Training], totals: Totals) -> Iterator[list[Any]]:
    for training in trainings:
        yield _cells(training)
    events = ngettext("Total: %(num)s event", "Total: %(num)s events", totals.events)
    exams = [totals.taken, totals.passed, write_rate(totals.pass_rate)]
    yield [events, *[None] * 5, totals.hours, None, totals.attendances, None, totals.materials, *exams]


def ledger(trainings: Iterable[Training], totals: Totals) -> bytes:
    """The workbook's bytes."""
    return write(gettext("Trainings"), _heads(), _rows(trainings, totals))


def plan(year: int, items: Sequence[PlanItem], day: date) -> bytes:
    """The plan of a year against what was held by a day, its totals below."""
    heads = [
        Head(gettext("Month"), 8),
        Head(gettext("Kind of training"), 16),
        Head(gettext("Topic"), 36),
        Head(gettext("Audience"), 28),
        Head(gettext("Expected headcount"), 12),
        Head(gettext("Who is responsible"), 14),
        Head(gettext("State"), 16),
        Head(gettext("Held on"), 24),
        Head(gettext("Attendances"), 12),
        Head(gettext("Reason"), 36),
    ]
    rows = [
        [
            item.month,
            label(item.kind),
            item.topic,
            item.audience,
            item.expected,
            item.responsible.name,
            label(item.state_on(day)),
            "; ".join(training.held_on.isoformat() for training in item.held),
            sum(training.attendances for training in item.held),
            item.reason,
        ]
        for item in items
    ]
    made = progress(items)
    share = gettext("%(done)s of %(planned)s held", done=made.done, planned=made.planned)
    total = [gettext("Total"), None, None, None, made.expected, None, share, None, made.came, None]
    return write(gettext("Training plan %(year)s", year=year), heads, [*rows, total])
