"""A list as it stands on the screen as a workbook: every text a text; small pictures in its cells where they are asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from flask_babel import gettext
from PIL import Image

from ..core.clock import local_day
from ..core.errors import Refused
from ..core.labels import N_
from . import sheet_rows, xlsx

Cell = str | int | float
WorkbookColumn = tuple[str, int, Callable[[Any], Cell]]
"""Its head (a message), its width in characters, what it says of a row."""
Pictures = Mapping[tuple[int, str], Path]
"""The picture of a row (its number) under one of the heads of pictures."""

PICTURED_AT_MOST = 200
"""Rows whose pictures are put in: two small copies each, some ten megabytes in all."""
PICTURE_WIDTH, PICTURE_HEIGHT = 150, 112  # pixels
ROW_POINTS, COLUMN_CHARACTERS, MARGIN = 90, 22, 4


def day_cell(value: date | datetime | None) -> str:
    """A day as a list writes it."""
    if value is None:
        return ""
    return (local_day(value) if isinstance(value, datetime) else value).isoformat()


def _rows(rows: Iterable[Any], columns: Sequence[WorkbookColumn]) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows, start=1):
        yield xlsx.harmless_row([number, *(read(row) for _name, _width, read in columns)])


def written(title: str, columns: Sequence[WorkbookColumn], rows: Iterable[Any]) -> bytes:
    """A workbook with some columns of some rows, as long as it may be."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet, body = _begun(book, title, columns)
    xlsx.add_sample(sheet, body, body, body)
    book.close()
    return sheet_rows.filled(target.getvalue(), _rows(rows, columns), first=2)


def pictured(rows: Sequence[Any]) -> None:
    """Refuse more rows than pictures are put in for. Read one more than that many to know."""
    if len(rows) > PICTURED_AT_MOST:
        raise Refused(
            N_("Photos are put in for at most %(most)s lines. Narrow the filters, or export without photos."),
            most=PICTURED_AT_MOST,
        )


def with_pictures(
    title: str,
    columns: Sequence[WorkbookColumn],
    rows: Sequence[tuple[int, Any]],
    heads: Mapping[str, str],
    pictures: Pictures,
) -> bytes:
    """The same of numbered rows with their pictures; `heads` names the kinds of pictures (messages)."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    more: list[WorkbookColumn] = [(head, COLUMN_CHARACTERS, lambda _row: "") for head in heads.values()]
    sheet, body = _begun(book, title, [*columns, *more])
    lines = _rows((row for _number, row in rows), columns)
    for line, ((number, _row), cells) in enumerate(zip(rows, lines, strict=True), start=1):
        sheet.set_row(line, ROW_POINTS)
        for column, value in enumerate(cells):
            sheet.write_string(line, column, value, body) if isinstance(value, str) else sheet.write(
                line, column, value, body
            )
        for column, kind in enumerate(heads, start=len(cells)):
            sheet.write_blank(line, column, None, body)
            if path := pictures.get((number, kind)):
                _put(sheet, line, column, path)
    book.close()
    return target.getvalue()


def _put(sheet: Any, row: int, column: int, path: Path) -> None:
    """A picture in a cell, moving and growing with it."""
    with Image.open(path) as image:
        scale = min(PICTURE_WIDTH / image.width, PICTURE_HEIGHT / image.height)
    place = {"x_offset": MARGIN, "y_offset": MARGIN, "x_scale": scale, "y_scale": scale, "object_position": 1}
    sheet.insert_image(row, column, str(path), place)


def _begun(book: Any, title: str, columns: Sequence[WorkbookColumn]) -> tuple[Any, Any]:
    """A sheet with its heads, ready to be printed on A4 lying; and how its cells look."""
    sheet = book.add_worksheet(xlsx.NAME.sub(" ", title)[:31])
    head = book.add_format(
        {"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter", "bg_color": "#E9EDEC"}
    )
    body = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    heads = [(N_("No."), 6), *((name, width) for name, width, _read in columns)]
    for column, (name, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, gettext(name), head)
    sheet.freeze_panes(1, 3)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return sheet, body
