"""Lists in every kind of file that is taken, made as other programs make them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt

Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows) -> bytes:
    """A workbook of today."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(list(cells))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: Rows) -> bytes:
    """A workbook of the old binary kind; text after "=" computes."""
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("隐藏").visibility = 1
    sheet = book.add_sheet("台账")
    days = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for line, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write(line, column, value, days)
            elif isinstance(value, str) and value.startswith("="):
                sheet.write(line, column, xlwt.Formula(value[1:]))
            elif value is not None:
                sheet.write(line, column, value)
    book.active_sheet = 1
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
HIDDEN = '<style:style style:name="unseen" style:family="table"><style:table-properties table:display="false"/></style:style>'
KIND = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/></manifest:manifest>'
)


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value:%Y-%m-%d}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if value.startswith("="):
        return f'<table:table-cell office:value-type="float" office:value="2" table:formula="of:{escape(value)}"/>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def ods(rows: Rows, repeated: int = 1) -> bytes:
    """An OpenDocument sheet behind a hidden one, padded with empty rows as LibreOffice writes it."""
    opened = f'<table:table-row table:number-rows-repeated="{repeated}">'
    lines = "".join(opened + "".join(map(_ods_cell, cells)) + "</table:table-row>" for cells in rows)
    padding = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{HIDDEN}</office:automatic-styles>"
        '<office:body><office:spreadsheet><table:table table:name="x" table:style-name="unseen"/>'
        f'<table:table table:name="y">{lines}{padding}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": KIND, "content.xml": content, "META-INF/manifest.xml": MANIFEST})


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return target.getvalue()


def separated(rows: Rows, encoding: str = "gb18030", separator: str = ",") -> bytes:
    """A text with separators."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=separator)
    writer.writerows(["" if cell is None else cell for cell in cells] for cells in rows)
    return target.getvalue().encode(encoding)


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "xlsx": xlsx,
    "xls": xls,
    "ods": ods,
    "csv": separated,
}
TEXTS: dict[str, Callable[[Rows], bytes]] = {
    f"{encoding} {name}": lambda rows, encoding=encoding, mark=mark: separated(rows, encoding, mark)
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16")
    for name, mark in (("comma", ","), ("semicolon", ";"), ("tab", "\t"))
}
