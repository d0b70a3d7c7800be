"""Lists as files: .xlsx, .xls, .ods and text with separators, known by their content, never by their name.

One reader for all, with one set of limits; what a cell computes or has lost is told as in an .xlsx.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from ..core.errors import Refused
from ..core.labels import N_
from ..core.programs import run_program
from . import delimited, ods, xls, xlsx
from .xlsx import Broken, Formula, Sheet

FILE_TYPES = (
    ".xlsx,.xls,.ods,.csv,.txt,text/csv,application/vnd.ms-excel,"
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,"
    "application/vnd.oasis.opendocument.spreadsheet"
)
READER = Path(__file__).with_name("workbook_process.py")
PATIENCE_S = 30
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
        return delimited.read(data)
    return _guarded(_read_ods, data) if _is_ods(data) else xlsx.read(data)


def _is_ods(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "content.xml" in packed.namelist()
    except Exception:  # broken in whatever way: the reader of .xlsx says so
        return False


def _guarded(read_one: Callable[[bytes], Sheet], data: bytes) -> Sheet:
    try:
        return read_one(data)
    except Refused:
        raise
    except Exception:  # whatever a broken file makes of the libraries is one thing to the reader
        raise Refused(UNREADABLE, field="file") from None


def _read_xls(data: bytes) -> Sheet:
    book = xls.scan(data)
    number, rows = _cells_of(data)
    marks = book.sheets[number] if number < len(book.sheets) else xls.Marks()
    epoch = xlsx.FROM_1904 if book.counts_from_1904 else xlsx.FROM_1900
    return xlsx.sheet_of(_marked(rows, marks.formulas, marks.errors), epoch)


def _read_ods(data: bytes) -> Sheet:
    xlsx.measure(data)
    sheets = ods.scan(data)
    number, rows = _cells_of(data)
    formulas = sheets[number] if number < len(sheets) else set()
    return xlsx.sheet_of(_marked(rows, formulas, set()), xlsx.FROM_1900)


def _cells_of(data: bytes) -> tuple[int, dict[int, list[Any]]]:
    """The first visible sheet: its place among all, and its rows by their number from nought."""
    command = [sys.executable, "-I", str(READER), str(xlsx.MAX_ROWS + 1), str(xlsx.MAX_COLUMNS)]
    try:
        found = json.loads(run_program(command, given=data, patience_s=PATIENCE_S).stdout)
    except (subprocess.TimeoutExpired, ValueError):  # a reader that fails writes nothing
        raise Refused(UNREADABLE, field="file") from None
    return found["sheet"], dict(found["rows"])


def _marked(
    rows: dict[int, list[Any]], formulas: set[tuple[int, int]], errors: set[tuple[int, int]]
) -> Iterator[list[Any]]:
    """Every row to the last one that holds something; a marked cell may have no value to show."""
    for line, column in formulas | errors:
        if column < xlsx.MAX_COLUMNS:
            cells = rows.setdefault(line, [])
            cells += [""] * (column + 1 - len(cells))
    for line in range(max(rows, default=-1) + 1):
        yield [
            _cell(value, (line, column) in formulas, (line, column) in errors)
            for column, value in enumerate(rows.get(line, []))
        ]


def _cell(value: Any, computes: bool, broken: bool) -> Any:
    if broken:
        return Broken(value or "#")
    if computes:
        return Formula(value or "=")
    if value == "":
        return None
    if isinstance(value, dict):
        return datetime.fromisoformat(f"{value['day']}T{value['clock']}")
    return xlsx.shown(value)
