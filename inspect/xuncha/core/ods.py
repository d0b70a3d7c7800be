"""What an OpenDocument sheet (.ods) holds beside values: formulas, and cells written once but repeated many times."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.sax.handler import ContentHandler  # only the base class; defusedxml parses

from defusedxml import sax

from .errors import Refused
from .labels import N_
from .xlsx import MAX_TAGS, MAX_UNPACKED

MOST_REPEATED = 2**20  # rows of the largest sheet there is


class _Cells(ContentHandler):
    """Where each sheet computes, and how much room its cells need."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[set[tuple[int, int]]] = []
        self.row = self.column = self.rows = self.width = self.height = 0
        self.room = self.letters = self.copies = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  (SAX's name)
        if name == "table:table":
            self.sheets.append(set())
            self.row = self.width = self.height = 0
        elif name == "table:table-row":
            self.rows = _count(attrs, "table:number-rows-repeated")
            self.column = 0
        elif name in {"table:table-cell", "table:covered-table-cell"} and self.sheets:
            self._cell(attrs)

    def _cell(self, attrs: Any) -> None:
        columns = _count(attrs, "table:number-columns-repeated")
        if "table:formula" in attrs:
            self.sheets[-1].add((self.row, self.column))
        self.copies = self.rows * columns
        filled = "office:value-type" in attrs or "table:formula" in attrs
        self.column += columns
        if filled:
            self.width, self.height = max(self.width, self.column), self.row + self.rows

    def characters(self, content: str) -> None:
        self.letters += len(content) * max(self.copies, 1)
        if self.letters > MAX_UNPACKED:
            _refuse()

    def endElement(self, name: str) -> None:  # noqa: N802  (SAX's name)
        if name in {"table:table-cell", "table:covered-table-cell"}:
            self.copies = 0
        elif name == "table:table-row":
            self.row += self.rows
        elif name == "table:table":
            self.room += self.width * self.height
        if self.room + self.width * self.height > MAX_TAGS:
            _refuse()


def _refuse() -> None:
    raise Refused(
        N_("This file holds far more cells than a list of sites. Copy the cells into a new file."),
        field="file",
    )


def _count(attrs: Any, name: str) -> int:
    text = attrs.get(name, "1")
    return min(int(text), MOST_REPEATED) if text.isascii() and text.isdigit() else 1


def scan(data: bytes) -> list[set[tuple[int, int]]]:
    """For each sheet, the cells that compute. Raises Refused for what would take too much room."""
    handler = _Cells()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, packed.open("content.xml") as stream:
        sax.parse(stream, handler)
    return handler.sheets
