"""What an OpenDocument sheet (.ods) holds beside values: formulas, and cells written once but repeated many times."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.parsers import expat

from ..core.errors import Refused
from ..core.labels import N_
from .xlsx import MAX_COLUMNS, MAX_ROWS, MAX_TAGS, MAX_UNPACKED

CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
MOST_REPEATED = 2**20  # rows of the largest sheet there is


class _Cells:
    """Where each sheet computes, and how much room its cells need."""

    def __init__(self) -> None:
        self.sheets: list[set[tuple[int, int]]] = []
        self.row = self.column = self.rows = self.width = self.height = 0
        self.room = self.letters = self.copies = 0

    def opened(self, name: str, attrs: dict[str, str]) -> None:
        """An element begins."""
        if name in CELLS and self.sheets:
            self._cell(attrs)
        elif name == "table:table":
            self.sheets.append(set())
            self.row = self.width = self.height = 0
        elif name == "table:table-row":
            self.rows = _count(attrs, "table:number-rows-repeated")
            self.column = 0

    def _cell(self, attrs: dict[str, str]) -> None:
        columns = _count(attrs, "table:number-columns-repeated")
        if "table:formula" in attrs:
            self.sheets[-1].update(
                (line, column)
                for line in range(self.row, self.row + min(self.rows, MAX_ROWS + 1))
                for column in range(self.column, min(self.column + columns, MAX_COLUMNS))
            )
        self.copies = self.rows * columns
        filled = "office:value-type" in attrs or "table:formula" in attrs
        self.column += columns
        if filled:
            self.width, self.height = max(self.width, self.column), self.row + self.rows

    def written(self, content: str) -> None:
        """Text stands there."""
        self.letters += len(content) * max(self.copies, 1)
        if self.letters > MAX_UNPACKED:
            _refuse()

    def closed(self, name: str) -> None:
        """An element ends."""
        if name in CELLS:
            self.copies = 0
        elif name == "table:table-row":
            self.row += self.rows
        elif name == "table:table":
            self.room += self.width * self.height
            self.width = self.height = 0
        else:
            return
        if self.room + self.width * self.height > MAX_TAGS:
            _refuse()


def _refuse() -> None:
    raise Refused(
        N_("This file holds far more cells than a list of sites. Copy the cells into a new file."),
        field="file",
    )


def _refuse_entity(*_declared: Any) -> None:
    raise ValueError("a sheet declares no entities")


def _count(attrs: dict[str, str], name: str) -> int:
    text = attrs.get(name, "1")
    return min(int(text), MOST_REPEATED) if text.isascii() and text.isdigit() else 1


def scan(data: bytes) -> list[set[tuple[int, int]]]:
    """For each sheet, the cells that compute. Raises Refused for what would take too much room."""
    cells, parser = _Cells(), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = cells.opened, cells.closed
    parser.CharacterDataHandler = cells.written
    parser.EntityDeclHandler = _refuse_entity  # else a few bytes could be told to grow without end
    with zipfile.ZipFile(io.BytesIO(data)) as packed, packed.open("content.xml") as stream:
        parser.ParseFile(stream)
    return cells.sheets
