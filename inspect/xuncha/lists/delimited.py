"""Text with separators (.csv): UTF-8 or GB 18030, comma, semicolon or tab; all of it is found out from the text."""

from __future__ import annotations

import csv
import io
import re
from statistics import median

from ..core.errors import Refused
from ..core.labels import N_
from .xlsx import MAX_COLUMNS, Formula, Sheet, Shortened, sheet_of, shown

SEPARATORS = (",", "\t", ";")
LOOKED_AT = 30  # rows from which the separator is told
KEPT_AS_TEXT = re.compile(r'="([^"]*)"')  # how spreadsheet programs write text that looks like a number
SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d{2,3}")
UNREADABLE = N_(
    "This file cannot be read as a list. Open it in your spreadsheet program, save it as .xlsx and try again."
)


def read(data: bytes) -> Sheet:
    """The rows of a text. Raises Refused, field "file"."""
    text = _decoded(data)
    if re.match(r"\s*<(!doctype|html|table|\?xml|meta)", text[:200], re.IGNORECASE):
        raise Refused(
            N_("This is a web page under the name of a list. Open it, save it as .xlsx and try again."),
            field="file",
        )
    if "\0" in text:
        raise Refused(UNREADABLE, field="file")
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
        return sheet_of(_cell_row(cells) for cells in rows)
    except csv.Error:
        raise Refused(UNREADABLE, field="file") from None


def _decoded(data: bytes) -> str:
    names = ["utf-8-sig", "gb18030"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ["utf-16"]
    for name in names:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise Refused(
        N_("The writing of this file is neither UTF-8 nor GB 18030. Save it as .xlsx and try again."),
        field="file",
    )


def _separator(text: str) -> str:
    """The separator that gives most columns in the middle of the first rows; titles have but one."""
    start = "".join(text.splitlines(keepends=True)[: LOOKED_AT * 2])

    def columns(separator: str) -> float:
        rows = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
        counts = [len(row) for row in rows if row][:LOOKED_AT]
        return median(counts) if counts else 0

    return max(SEPARATORS, key=columns)


def _cell_row(cells: list[str]) -> list[str | None]:
    return [_cell(cell) for cell in cells[:MAX_COLUMNS]]


def _cell(text: str) -> str | None:
    plain = text.strip()
    if not plain:
        return None
    if kept := KEPT_AS_TEXT.fullmatch(plain):
        return kept[1]
    if plain.startswith("="):
        return Formula(plain)
    if SHORTENED.fullmatch(plain):
        return Shortened(plain)
    return str(shown(text))
