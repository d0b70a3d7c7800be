"""The ledger of trainings as a workbook: what the list shows, and its totals, as text and numbers and never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from flask_babel import gettext

from ..core.i18n import label
from .models import Training
from .queries import Totals

WIDTHS = (12, 16, 32, 22, 22, 14, 8, 40, 10, 10, 30, 10, 10, 10, 10, 14, 48)
# Spreadsheets take a cell that begins so for a formula, also when it is pasted or saved as CSV (OWASP).
STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTERS) else text


def _heads() -> list[str]:
    return [
        gettext("Held on"),
        gettext("Kind of training"),
        gettext("Topic"),
        gettext("Venue"),
        gettext("Organiser"),
        gettext("Lecturer"),
        gettext("Hours"),
        gettext("Audience"),
        gettext("Attendances"),
        gettext("Copies"),
        gettext("Materials handed out"),
        gettext("Took the exam"),
        gettext("Passed"),
        gettext("Pass rate"),
        gettext("Average mark"),
        gettext("Recorded by"),
        gettext("Content of the training"),
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
        training.handed_out,
        "; ".join(materials),
        training.exam_taken,
        training.exam_passed,
        training.pass_rate,
        training.exam_average,
        training.recorded_by.name,
        training.content,
    ]


def _sums(totals: Totals) -> list[Any]:
    events = gettext("Total: %(count)s events", count=totals.events)
    exams = [totals.taken, totals.passed, totals.pass_rate]
    return [events, *[None] * 5, totals.hours, None, totals.attendances, totals.materials, None, *exams]


def ledger(trainings: Iterable[Training], totals: Totals) -> bytes:
    """The workbook's bytes: one line a training, the totals of exactly these lines under them."""
    out = io.BytesIO()
    settings = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, settings)
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#E9EDEC", "bottom": 1, "text_wrap": True}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"}),
        "rate": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "sum": book.add_format({"bold": True, "top": 1}),
        "sum_rate": book.add_format({"bold": True, "top": 1, "num_format": "0.0%"}),
    }
    sheet = book.add_worksheet(gettext("Trainings")[:31])
    heads = _heads()
    rate = heads.index(gettext("Pass rate"))
    for column, (head, width) in enumerate(zip(heads, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, styles["head"])
    row = 0
    for row, training in enumerate(trainings, 1):
        for column, value in enumerate(_cells(training)):
            _put(
                sheet, row, column, value, styles["rate"] if column == rate else styles["text"], styles["day"]
            )
    for column, value in enumerate(_sums(totals)):
        _put(sheet, row + 1, column, value, styles["sum_rate" if column == rate else "sum"], styles["day"])
    sheet.freeze_panes(1, 1)
    if row:
        sheet.autofilter(0, 0, row, len(heads) - 1)
    book.close()
    return out.getvalue()


def _put(sheet: Any, row: int, column: int, value: Any, style: Any, day: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, neutral(value), style)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_datetime(row, column, value, day)
