"""Lists as files: .xlsx, .xls, .ods and text with separators, known by their content, never by their name.

One reader for all, with one set of limits; what a cell computes or has lost is told as in an .xlsx.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import python_calamine as calamine
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from . import ods, separated, xls, xlsx
from .errors import Refused
from .labels import N_
from .xlsx import Broken, Formula, Sheet

FILE_TYPES = (
    ".xlsx,.xls,.ods,.csv,.txt,text/csv,application/vnd.ms-excel,"
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,"
    "application/vnd.oasis.opendocument.spreadsheet"
)
UNREADABLE = N_(
    "This file cannot be read as a list. Open it in your spreadsheet program, save it as .xlsx and try again."
)


def read(data: bytes) -> Sheet:
    """The first visible sheet of a workbook, or the rows of a text. Raises Refused, field "file"."""
    if len(data) > xlsx.MAX_BYTES:
        raise Refused(N_("The file is larger than 10 MB. Split it."), field="file")
    if not data.strip():
        raise Refused(N_("This file is empty. Choose the file with the list."), field="file")
    if data.startswith(xls.MAGIC):
        return _guarded(_read_xls, data)
    if not data.startswith(b"PK"):
        return separated.read(data)
    return _guarded(_read_ods, data) if _is_ods(data) else xlsx.read(data)


def _is_ods(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "content.xml" in packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _guarded(read_one: Any, data: bytes) -> Sheet:
    try:
        return read_one(data)
    except Refused:
        raise
    except BaseException as problem:
        # A panic inside the library is no Exception; whatever a broken file makes of it is one thing to the reader.
        if not isinstance(problem, Exception) and type(problem).__name__ != "PanicException":
            raise
        raise Refused(UNREADABLE, field="file") from None


def _read_xls(data: bytes) -> Sheet:
    book = xls.scan(data)
    epoch = MAC_EPOCH if book.counts_from_1904 else WINDOWS_EPOCH
    number, rows = _first_visible(data)
    marks = book.sheets[number] if number < len(book.sheets) else xls.Marks()
    return xlsx.sheet_of(_marked(rows, marks.formulas, marks.errors), epoch)


def _read_ods(data: bytes) -> Sheet:
    xlsx.measure(data)
    sheets = ods.scan(data)
    number, rows = _first_visible(data)
    formulas = sheets[number] if number < len(sheets) else set()
    return xlsx.sheet_of(_marked(rows, formulas, set()), WINDOWS_EPOCH)


def _first_visible(data: bytes) -> tuple[int, list[list[Any]]]:
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        kinds, visible = calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible
        found = [
            number
            for number, sheet in enumerate(book.sheets_metadata)
            if sheet.typ == kinds and sheet.visible == visible
        ]
        number = found[0] if found else 0
        sheet = book.get_sheet_by_index(number)
        return number, sheet.to_python(skip_empty_area=False)


def _marked(
    rows: list[list[Any]], formulas: set[tuple[int, int]], errors: set[tuple[int, int]]
) -> Iterator[list[Any]]:
    for line, cells in enumerate(rows):
        yield [
            _cell(value, (line, column) in formulas, (line, column) in errors)
            for column, value in enumerate(cells[: xlsx.MAX_COLUMNS])
        ]


def _cell(value: Any, computes: bool, broken: bool) -> Any:
    if broken:
        return Broken(value or "#")
    if computes:
        return Formula(value or "=")
    if value == "":
        return None
    if isinstance(value, time | timedelta):
        return str(value)
    return xlsx.shown(value)
