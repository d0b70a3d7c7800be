"""隐患台账 as a workbook: the columns that offices keep (domain 3.1), every text a text, for whatever list is filtered."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import date, datetime

import xlsxwriter
from flask_babel import gettext

from ..core.clock import local_day
from ..core.i18n import label
from ..core.labels import N_
from .lifecycle import Act
from .models import Hazard

Cell = str | int | float
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    return (local_day(value) if isinstance(value, datetime) else value).isoformat()


def result_of(hazard: Hazard) -> str:
    """What the last re-inspection found."""
    looked = [
        event.act for event in hazard.events if event.act in (Act.VERIFY, Act.SEND_BACK, Act.FIX_ON_SPOT)
    ]
    if not looked:
        return ""
    return gettext("Not rectified") if looked[-1] is Act.SEND_BACK else gettext("Rectified")


def _remarks(hazard: Hazard) -> str:
    marks = [
        gettext("Rectified on the spot") if hazard.fixed_on_spot else "",
        gettext("Repeats %(number)s", number=hazard.repeat_of.number) if hazard.repeat_of else "",
        gettext("Publicly listed") if hazard.listed_at else "",
        gettext("Referred to %(department)s", department=hazard.referred_to) if hazard.referred_to else "",
    ]
    return "; ".join(mark for mark in marks if mark)


COLUMNS: tuple[tuple[str, int, Callable[[Hazard], Cell]], ...] = (
    (N_("Number"), 14, lambda h: h.number),
    (N_("Enterprise"), 24, lambda h: h.site.name),
    (N_("Credit code"), 20, lambda h: h.site.uscc or ""),
    (N_("Checked on"), 12, lambda h: _day(h.found_on)),
    (N_("Source"), 14, lambda h: label(h.source)),
    (N_("Inspector"), 10, lambda h: h.found_by.name),
    (N_("Place"), 18, lambda h: h.place),
    (N_("Description"), 44, lambda h: h.description),
    (N_("Class"), 14, lambda h: label(h.hazard_class)),
    (N_("Grade"), 10, lambda h: label(h.grade)),
    (N_("Basis"), 36, lambda h: h.cited_basis),
    (N_("What must be done"), 36, lambda h: h.measure),
    (N_("Who rectifies it"), 12, lambda h: h.responsible),
    (N_("Money spent (10,000 yuan)"), 10, lambda h: h.cost if h.cost is not None else ""),
    (N_("Original due date"), 12, lambda h: _day(h.original_due_on)),
    (N_("Extended to"), 12, lambda h: _day(h.due_on) if h.due_on != h.original_due_on else ""),
    (N_("Reported rectified on"), 12, lambda h: _day(h.reported_done_at)),
    (N_("Verified on"), 12, lambda h: _day(h.verified_at)),
    (N_("Verified by"), 10, lambda h: h.verified_by.name if h.verified_by else ""),
    (N_("Result"), 10, result_of),
    (N_("Round"), 6, lambda h: h.round),
    (N_("State"), 10, lambda h: label(h.state)),
    (N_("Closed on"), 12, lambda h: _day(h.closed_at)),
    (N_("Remark"), 30, _remarks),
)


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also after it was saved as CSV (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def line(hazard: Hazard) -> list[Cell]:
    """A hazard as the ledger writes it, without the running number."""
    values = [read(hazard) for _name, _width, read in COLUMNS]
    return [neutral(value) if isinstance(value, str) else value for value in values]


def workbook(hazards: Iterable[Hazard]) -> bytes:
    """The ledger as an XLSX file in the language of now."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(gettext("Hazard ledger"))
    head = book.add_format(
        {"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter", "bg_color": "#E9EDEC"}
    )
    body = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    for column, (name, width) in enumerate(
        [(N_("No."), 6), *((name, width) for name, width, _read in COLUMNS)]
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, gettext(name), head)
    for row, hazard in enumerate(hazards, 1):
        sheet.write_number(row, 0, row, body)
        for column, value in enumerate(line(hazard), 1):
            if isinstance(value, str):
                sheet.write_string(row, column, value, body)
            else:
                sheet.write_number(row, column, value, body)
    sheet.freeze_panes(1, 3)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return target.getvalue()
