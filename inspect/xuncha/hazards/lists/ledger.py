"""隐患台账 as a workbook: the columns that offices keep (domain 3.1), every text a text, for whatever list is filtered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from flask_babel import gettext

from ...core.labels import N_
from ...lists.list_workbook import Cell, WorkbookColumn, day_cell, written
from ..lifecycle import Act
from .ledger_lines import Line, Wording, urged_times

LOOKED = (Act.VERIFY, Act.SEND_BACK, Act.FIX_ON_SPOT)
TOLD = (*LOOKED, Act.REMIND)
"""The events that a ledger tells of."""


def result_of(line: Line, words: Wording) -> str:
    """What the last re-inspection found."""
    looked = [event.act for event in line.events if event.act in LOOKED]
    if not looked:
        return ""
    return words.say(N_("Not rectified")) if looked[-1] is Act.SEND_BACK else words.say(N_("Rectified"))


def _urged(times: int, words: Wording) -> str:
    if not times:
        return ""
    return words.say(N_("Urged once") if times == 1 else N_("Urged %(count)s times"), count=times)


def remarks(line: Line, words: Wording) -> str:
    """What is out of the ordinary about a hazard."""
    hazard, say = line.hazard, words.say
    marks = [
        say(N_("Rectified on the spot")) if hazard.fixed_on_spot else "",
        say(N_("Repeats %(number)s"), number=hazard.repeat_of_number) if hazard.repeat_of_id else "",
        say(N_("Publicly listed")) if hazard.listed_at else "",
        _urged(urged_times(line.events), words),
        say(N_("Referred to %(department)s"), department=hazard.referred_to) if hazard.referred_to else "",
    ]
    return gettext("; ").join(mark for mark in marks if mark)


LedgerColumn = tuple[str, int, Callable[[Line, Wording], Cell]]
"""Its head, its width in characters, what it says of a hazard."""
COLUMNS: tuple[LedgerColumn, ...] = (
    (N_("Number"), 14, lambda line, _: line.hazard.number),
    (N_("Enterprise"), 24, lambda line, _: line.hazard.site_name),
    (N_("Credit code"), 20, lambda line, _: line.hazard.site_uscc or ""),
    (N_("Checked on"), 12, lambda line, _: day_cell(line.hazard.found_on)),
    (N_("Source"), 14, lambda line, words: words.label(line.hazard.source)),
    (N_("Inspector"), 10, lambda line, _: line.hazard.found_by_name),
    (N_("Place"), 18, lambda line, _: line.hazard.place),
    (N_("Description"), 44, lambda line, _: line.hazard.description),
    (N_("Class"), 14, lambda line, words: words.label(line.hazard.hazard_class)),
    (N_("Grade"), 10, lambda line, words: words.label(line.hazard.grade)),
    (N_("Basis"), 36, lambda line, _: line.basis),
    (N_("What must be done"), 36, lambda line, _: line.hazard.measure),
    (N_("Who rectifies it"), 12, lambda line, _: line.hazard.responsible),
    (
        N_("Money spent (10,000 yuan)"),
        10,
        lambda line, _: "" if line.hazard.cost is None else line.hazard.cost,
    ),
    (N_("Original due date"), 12, lambda line, _: day_cell(line.hazard.original_due_on)),
    (N_("Extended to"), 12, lambda line, _: _extended(line)),
    (N_("Reported rectified on"), 12, lambda line, _: day_cell(line.hazard.reported_done_at)),
    (N_("Verified on"), 12, lambda line, _: day_cell(line.hazard.verified_at)),
    (N_("Verified by"), 10, lambda line, _: line.hazard.verified_by_name or ""),
    (N_("Result"), 10, result_of),
    (N_("Round"), 6, lambda line, _: line.hazard.round),
    (N_("State"), 10, lambda line, words: words.label(line.hazard.state)),
    (N_("Closed on"), 12, lambda line, _: day_cell(line.hazard.closed_at)),
    (N_("Remark"), 30, remarks),
)


def _extended(line: Line) -> str:
    return day_cell(line.hazard.due_on) if line.hazard.due_on != line.hazard.original_due_on else ""


def worded(columns: Sequence[LedgerColumn]) -> list[WorkbookColumn]:
    """The columns with the words of now, each looked up once."""
    words = Wording()
    return [(head, width, partial(_said, read, words)) for head, width, read in columns]


def _said(read: Callable[[Line, Wording], Cell], words: Wording, line: Line) -> Cell:
    return read(line, words)


def workbook(lines: Iterable[Line]) -> bytes:
    """The ledger as an XLSX file in the language of now."""
    return written(gettext("Hazard ledger"), worded(COLUMNS), lines)
