"""Ruled grids: tables whose head repeats and whose rows may split, and the field grids of office forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportlab.platypus import Flowable

from . import text_runs
from .typesetting import Line, Style, break_lines, draw_lines

PAD_X = 4.0
LOOSE = 1.42  # leading of a table in sizes
DENSE = 1.2  # leading of a table that must carry many rows a page
DENSE_PAD_X = 2.6
SPLIT_FROM = 0.35  # a row taller than this share of a page is split rather than moved
SHORTEST_PAGE = 495.0  # text height of a landscape page, in points


@dataclass(frozen=True)
class Column:
    """A table column: its head, its share of the width (any unit), and where its cells align."""

    label: str
    width: float
    align: str = "left"


@dataclass
class Cell:
    """Text over one or more grid columns; `lines` is filled when the grid knows its width."""

    text: str
    style: Style
    span: int = 1
    shade: bool = False
    lines: list[Line] | None = None

    def height(self) -> float:
        """Height of the set lines with padding, in points."""
        return len(self.lines or []) * self.style.leading + 2 * self.pad

    @property
    def pad(self) -> float:
        """Space above and below the text, in points; a dense table has less of it."""
        return (0.32 if self.style.leading > 1.3 * self.style.size else 0.26) * self.style.size


@dataclass
class Row:
    """Cells of one height; a `binding` row is never last on a page; `cut` marks a part of a split row."""

    cells: list[Cell]
    binding: bool = False
    cut: bool = False
    least: float = 0

    def height(self) -> float:
        """Height in points."""
        return max([self.least, *(cell.height() for cell in self.cells)])


class Grid(Flowable):
    """Rows of cells between rules. `shares` are widths in any unit; the first `head` rows repeat."""

    def __init__(
        self, shares: Sequence[float], rows: list[Row], head: int = 0, *, pad_x: float = PAD_X
    ) -> None:
        super().__init__()
        self.shares, self.rows, self.head, self.pad_x = list(shares), rows, head, pad_x
        self.spaceBefore, self.spaceAfter = 4, 8
        self.width = 0.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Set every cell; points."""
        if width != self.width:
            self.width = width
            self.columns = [share * width / sum(self.shares) for share in self.shares]
            for row in self.rows:
                self._set(row)
        self.height = sum(row.height() for row in self.rows)
        return width, self.height

    def _set(self, row: Row) -> None:
        at = 0
        for cell in row.cells:
            if cell.lines is None:
                inner = sum(self.columns[at : at + cell.span]) - 2 * self.pad_x
                cell.lines = break_lines(cell.text, inner, cell.style)
            at += cell.span

    def minimum(self, width: float) -> float:
        """The height below which starting the grid on a page makes no sense, in points."""
        self.wrap(width, 0)
        first = 0.0
        for row in self.rows[self.head :]:
            first += min(row.height(), SPLIT_FROM * SHORTEST_PAGE)  # a taller row may begin on any page
            if not row.binding:
                break
        return sum(row.height() for row in self.rows[: self.head]) + first

    def split(self, width: float, height: float) -> list[Flowable]:
        """What fits on this page and the rest under a repeated head; nothing when not even one row fits."""
        self.wrap(width, height)
        head, body = self.rows[: self.head], self.rows[self.head :]
        room = height - sum(row.height() for row in head)
        fitting: list[Row] = []
        while body and body[0].height() <= room:
            room -= body[0].height()
            fitting.append(body.pop(0))
        if body and body[0].height() > SPLIT_FROM * self._page_height(height):
            parts = _split_row(body[0], room)
            if parts:
                fitting.append(parts[0])
                body[0] = parts[1]
        while len(fitting) > 1 and fitting[-1].binding:
            body.insert(0, fitting.pop())
        if not fitting or not body or all(row.binding for row in fitting):
            return []
        return [self._part(head + fitting), self._part(head + body)]

    def _page_height(self, fallback: float) -> float:
        frame = getattr(self, "_frame", None)
        return float(frame._height) if frame is not None else max(fallback, 600)

    def _part(self, rows: list[Row]) -> Grid:
        part = Grid(self.shares, rows, self.head, pad_x=self.pad_x)
        part.width, part.columns = self.width, self.columns
        return part

    def draw(self) -> None:
        """Draw cells and rules: thin inside, stronger round the outside."""
        top = self.height
        for row in self.rows:
            x, height, at = 0.0, row.height(), 0
            for cell in row.cells:
                width = sum(self.columns[at : at + cell.span])
                self._draw_cell(cell, x, top, width, height, middle=not row.cut)
                x, at = x + width, at + cell.span
            top -= height
        self.canv.setLineWidth(0.9)
        self.canv.rect(0, 0, self.width, self.height)

    def _draw_cell(
        self, cell: Cell, x: float, top: float, width: float, height: float, *, middle: bool
    ) -> None:
        self.canv.setLineWidth(0.4)
        if cell.shade:
            self.canv.setFillGray(0.93)
        self.canv.rect(x, top - height, width, height, stroke=1, fill=int(cell.shade))
        self.canv.setFillGray(0)
        slack = (height - cell.height()) / 2 if middle else 0
        left, inner = x + self.pad_x, width - 2 * self.pad_x
        draw_lines(self.canv, cell.lines or [], cell.style, left, top - cell.pad - slack, inner)


def _split_row(row: Row, room: float) -> tuple[Row, Row] | None:
    """Each cell gives the lines that fit and keeps the rest; None when fewer than two would fit."""
    first, rest = [], []
    for cell in row.cells:
        lines = cell.lines or []
        count = max(0, int((room - 2 * cell.pad) / cell.style.leading))
        if count < min(2, len(lines)):
            return None
        first.append(replace(cell, lines=lines[:count]))
        rest.append(replace(cell, lines=lines[count:]))
    return Row(first, cut=True), Row(rest, cut=True)


def table_grid(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str] | str],
    total: Sequence[str] | None,
    size: float,
    *,
    dense: bool = False,
) -> Grid:
    """A table with a shaded head; a row given as one string is a section band across the table."""
    style = Style(size=size, leading=round(size * (DENSE if dense else LOOSE), 1))
    bold = replace(style, bold=True)
    head = Row([Cell(column.label, replace(bold, align="center"), shade=True) for column in columns])
    body = [_table_row(row, columns, style) for row in rows]
    if total is not None:
        cells = zip(columns, total, strict=True)
        body.append(Row([Cell(text, replace(bold, align=column.align)) for column, text in cells]))
    shares = [column.width for column in columns]
    return Grid(shares, [head, *body], head=1, pad_x=DENSE_PAD_X if dense else PAD_X)


def _table_row(row: Sequence[str] | str, columns: Sequence[Column], style: Style) -> Row:
    if isinstance(row, str):
        band = Cell(row, replace(style, bold=True), span=len(columns), shade=True)
        return Row([band], binding=True)
    return Row([Cell(text, replace(style, align=col.align)) for col, text in zip(columns, row, strict=True)])


def field_grid(fields: Sequence[tuple[str, str]], columns: int, width: float) -> Grid:
    """Label and value cells, `columns` pairs a row; a value of three or more lines takes the whole row."""
    style = Style(size=10, leading=15)
    label_share = _label_share([label for label, _ in fields], columns, width, style)
    value_share = 1 / columns - label_share
    inner = value_share * width - 2 * PAD_X
    rows: list[Row] = []
    waiting: list[tuple[str, str]] = []
    for label, value in fields:
        if columns > 1 and (value.count("\n") or text_runs.text_width(value, style.size) > 1.9 * inner):
            rows += _field_rows(waiting, columns, style)
            rows += _field_rows([(label, value)], columns, style)
            waiting = []
            continue
        waiting.append((label, value))
        if len(waiting) == columns:
            rows += _field_rows(waiting, columns, style)
            waiting = []
    rows += _field_rows(waiting, columns, style)
    return Grid([label_share, value_share] * columns, rows)


def _label_share(labels: Sequence[str], columns: int, width: float, style: Style) -> float:
    """As wide as the longest label, yet between a quarter and a third of its pair of cells."""
    longest = max(text_runs.text_width(label, style.size) for label in labels) + 2 * PAD_X + 1
    pair = width / columns
    least, most = (0.25, 0.35) if columns > 1 else (0.14, 0.24)
    return min(max(longest, least * pair), most * pair) / width


def _field_rows(pairs: Sequence[tuple[str, str]], columns: int, style: Style) -> list[Row]:
    cells: list[Any] = []
    for label, value in pairs:
        cells += [Cell(label, replace(style, align="center")), Cell(value, style)]
    if not cells:
        return []
    cells[-1].span += 2 * (columns - len(pairs))
    return [Row(cells, least=24)]
