"""Workbooks (.xlsx) in and out: measured before they are opened, text kept as text, no cell that starts a formula."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter

from ..core.errors import Refused
from ..core.labels import N_
from . import sheet_rows

MAX_BYTES = 10 * 1024 * 1024
MAX_PARTS = 200
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_ROWS = 20_000
MAX_COLUMNS = 60
# 20,000 rows of 30 cells have about 3 million tags; openpyxl needs about 10 microseconds for a cell.
MAX_TAGS = 6_000_000
NAME = re.compile(r"[\[\]:*?/\\']")
# = + - @ in both widths, tab, line ends: what spreadsheet programs take for a formula (OWASP, CSV injection).
STARTS_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
SHOWN_AS_TEXT = re.compile(r"'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
DAY = re.compile(
    r"(\d{4})\s*[-/.\u5e74]\s*(\d{1,2})\s*[-/.\u6708]\s*(\d{1,2})\s*[\u65e5\u53f7]?(?:[ T]00:00(?::00)?)?"
)
PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 1, 1)
# Day nought of the serial numbers of workbooks that count from 1900 (the usual) and from 1904 (old ones of Macs).
FROM_1900, FROM_1904 = map(datetime.fromisoformat, ("1899-12-30", "1904-01-01"))


class Formula(str):
    """A cell that computes: its value is not what was typed."""


class Broken(str):
    """A cell that shows an error, such as #N/A."""


class Shortened(str):
    """A number of which only the first digits were kept, such as 1.38E+10."""


@dataclass
class Sheet:
    """The first sheet of a workbook: its rows by their number, empty ones left out."""

    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    epoch: datetime = FROM_1900


def measure(data: bytes) -> None:
    """Refuse a bomb by its table of contents, before anything of it is unpacked."""
    if len(data) > MAX_BYTES:
        raise Refused(N_("The file is larger than 10 MB. Split it."), field="file")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        size = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or size > MAX_UNPACKED or size > MAX_RATIO * max(len(data), 1):
            raise Refused(
                N_("This file unpacks to far more than a list of sites. Copy the cells into a new file."),
                field="file",
            )
        tags = 0
        for part in parts:
            if part.filename.endswith(".xml"):
                tags += _tags(packed, part)
            if tags > MAX_TAGS:
                raise Refused(
                    N_(
                        "This file holds far more cells than a list of sites. Copy the cells into a new file."
                    ),
                    field="file",
                )


def _tags(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    count = 0
    with packed.open(part) as stream:
        while piece := stream.read(1 << 20):
            count += piece.count(b"<")
    return count


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula(value)
    if cell.data_type == "e":
        return Broken(value)
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and re.fullmatch("0{2,}", cell.number_format or "")
    ):
        return str(int(value)).zfill(len(cell.number_format))  # zeros that only the format shows
    return shown(value)


def shown(value: Any) -> Any:
    """A cell as the sheet shows it: without the mark that keeps text from being a formula."""
    return value[1:] if isinstance(value, str) and SHOWN_AS_TEXT.match(value) else value


def sheet_of(rows: Iterable[list[Any]], epoch: datetime = FROM_1900) -> Sheet:
    """A sheet of rows counted from one, the empty ones left out. Raises Refused for too many."""
    found = Sheet(epoch=epoch)
    for number, values in enumerate(rows, start=1):
        if any(value is not None and str(value).strip() for value in values):
            found.rows.append((number, values))
        if len(found.rows) > MAX_ROWS + 1:
            raise Refused(N_("The sheet has more than %(most)s rows. Split it."), field="file", most=MAX_ROWS)
    return found


def read(data: bytes) -> Sheet:
    """The first visible sheet. Raises Refused for what is no .xlsx, is too large or cannot be read."""
    try:
        measure(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles that it does not know
            return _read(data)
    except Refused:
        raise
    except Exception:  # whatever a hostile or broken file makes of the libraries is one thing to the reader
        raise Refused(
            N_("This is not a readable .xlsx workbook. Open it, save it as .xlsx and try again."),
            field="file",
        ) from None


def _read(data: bytes) -> Sheet:
    import openpyxl  # with numpy, where that is installed, 17 MB: loaded by who brings a workbook

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    visible[0].reset_dimensions()
    rows = visible[0].iter_rows(max_col=MAX_COLUMNS)
    return sheet_of(([_value(cell) for cell in cells] for cells in rows), book.epoch)


def text_of(value: Any) -> str:
    """A cell as text; a number that Excel has shortened to 15 digits is refused."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        raise Refused(N_("This cell computes. Copy it and paste its value."))
    if isinstance(value, Broken):
        raise Refused(N_("This cell shows an error."))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Shortened) or (isinstance(value, int | float) and abs(value) >= 1e15):
        raise Refused(
            N_(
                "Excel has turned this into a number and lost its last digits. Format the column as text and type it again."
            )
        )
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def text_shown(value: Any) -> str:
    """A cell as a page shows it, also one that cannot be taken."""
    try:
        return text_of(value).strip()
    except Refused:
        return str(value).strip()


def number_of(value: Any) -> float | None:
    """A cell as a number."""
    text = text_of(value).strip().replace(",", "")
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,15})?", text, re.ASCII):
        raise Refused(N_("Write a number in digits."))
    return float(text)


def day_of(value: Any, epoch: datetime) -> date | None:
    """A cell as a day: a date, a serial of the workbook's own system, or text with the year first.

    Impossible and ambiguous ones (3/5/2026) are refused.
    """
    found: date | None = None
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _written_day(str(int(value))) if 19_000_000 < value < 30_000_000 else _serial(value, epoch)
    else:
        text = text_of(value).strip()
        if not text:
            return None
        found = (
            _serial(int(text), epoch) if re.fullmatch(r"[1-9]\d{4}", text, re.ASCII) else _written_day(text)
        )
    if found is None or not EARLIEST <= found < LATEST:
        raise Refused(N_("This is not a day, or not a clear one. Write it as 2026-03-05."))
    return found


def _serial(value: float, epoch: datetime) -> date | None:
    if not 1 <= value < 100_000:
        return None
    from openpyxl.utils.datetime import from_excel

    moment = from_excel(value, epoch)
    return moment.date() if isinstance(moment, datetime) else None


def _written_day(text: str) -> date | None:
    match = DAY.fullmatch(text) or PLAIN_DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def harmless(text: str) -> str:
    """Text that no program takes for a formula; reading takes the mark away again."""
    return "'" + text if STARTS_FORMULA.match(text) else text


@dataclass(frozen=True)
class Head:
    """A column of a sheet that is written: its words, its width in characters, what may be chosen."""

    label: str
    width: int = 14
    choices: Sequence[str] = ()
    hint: str = ""


def write(
    title: str,
    heads: Sequence[Head],
    rows: Iterable[Sequence[Any]],
    *,
    notes: Sequence[str] = (),
    notes_title: str = "",
) -> bytes:
    """A workbook of one list, its columns typed as text; `notes` go to a second sheet."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(NAME.sub(" ", title)[:31])
    text, bold = (
        book.add_format({"num_format": "@"}),
        book.add_format({"bold": True, "bg_color": "#E1EFEC", "border": 1, "num_format": "@"}),
    )
    for column, head in enumerate(heads):
        sheet.set_column(column, column, head.width, text)
        sheet.write_string(0, column, harmless(head.label), bold)
    _guide(sheet, heads)
    sheet.freeze_panes(1, 1)
    add_sample(sheet, text, text, book.add_format({"num_format": "yyyy-mm-dd"}))
    if notes:
        second = book.add_worksheet(NAME.sub(" ", notes_title)[:31])
        second.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for line, note in enumerate(notes):
            second.write_string(line, 0, harmless(note))
    book.close()
    return sheet_rows.filled(target.getvalue(), map(harmless_row, rows), first=2)


def add_sample(sheet: Any, text: Any, number: Any, day: Any) -> None:
    """Below the heads, how the cells of the rows look that `sheet_rows` puts there."""
    sheet.write_string(1, 0, "-", text)
    sheet.write_number(1, 1, 0, number)
    sheet.write_datetime(1, 2, EARLIEST, day)


def harmless_row(cells: Sequence[Any]) -> list[Any]:
    """A row no text of which starts a formula."""
    return [harmless(value) if isinstance(value, str) else value for value in cells]


def _guide(sheet: Any, heads: Sequence[Head]) -> None:
    for column, head in enumerate(heads):
        rule: dict[str, Any] = {"validate": "any"}
        if head.choices and len(",".join(head.choices)) < 250:
            rule = {"validate": "list", "source": list(head.choices), "error_type": "warning"}
        if head.hint:
            rule |= {"input_title": head.label[:32], "input_message": head.hint[:255]}
        if len(rule) > 1:
            sheet.data_validation(1, column, MAX_ROWS, column, rule)
