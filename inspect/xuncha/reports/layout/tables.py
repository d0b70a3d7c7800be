"""Ruled grids: tables whose head repeats and whose rows may split, and the field grids of office forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from reportlab.platypus import Flowable

from . import text_runs
from .typesetting import CLOSE, Line, Style, break_lines, draw_lines, may_break

Texts = Sequence[str] | str
"""A row to be set: the texts of its cells, or the one text of a band across the table."""
PAD_X = 4.0
LOOSE = 1.42  # leading of a table in sizes
DENSE = 1.2  # leading of a table that must carry many rows a page
DENSE_PAD_X = 2.6
SPLIT_FROM = 0.35  # a row taller than this share of a page is split rather than moved
SHORTEST_PAGE = 495.0  # text height of a landscape page, in points
FEWEST_LINES = 3  # of a cell that is divided, on either page
AHEAD = 1600.0  # points set before a page is filled: more than a page and what closes a paper


@dataclass(frozen=True)
class Column:
    """A table column: its head, its share of the width (any unit), and where its cells align."""

    label: str
    width: float
    align: str = "left"


@dataclass(slots=True)
class Cell:
    """Text over one or more grid columns; `lines` is filled when the grid knows its width."""

    text: str
    style: Style
    span: int = 1
    shade: bool = False
    lines: Sequence[Line] = ()

    def height(self) -> float:
        """Height of the set lines with padding, in points."""
        return len(self.lines) * self.style.leading + 2 * self.pad

    @property
    def pad(self) -> float:
        """Space above and below the text, in points; a dense table has less of it."""
        return (0.32 if self.style.leading > 1.3 * self.style.size else 0.26) * self.style.size


@dataclass(slots=True)
class Row:
    """Cells of one height; a `binding` row is never last on a page, a `bound` one never first after a page of rows; `cut`
    marks a part of a split row."""

    cells: list[Cell]
    binding: bool = False
    bound: bool = False
    cut: bool = False
    least: float = 0
    tall: float = 0

    def measure(self) -> None:
        """Keep the height of its set cells, in points."""
        self.tall = max(self.least, *(cell.height() for cell in self.cells))


class Grid(Flowable):
    """Rows of cells between rules. `shares` are widths in any unit; the first `head` rows repeat.

    Rows are made and set only as far as the pages in hand need them, and a page keeps its own: a table of any length takes
    linear time and level memory. So the height of a long grid is known only as more than any page has.
    """

    def __init__(
        self, shares: Sequence[float], rows: Sequence[Row], head: int = 0, *, pad_x: float = PAD_X
    ) -> None:
        super().__init__()
        self.shares, self.pad_x = list(shares), pad_x
        self.head, self.rows = list(rows[:head]), list(rows[head:])
        self.to_come: Sequence[Any] = ()
        self.make: Callable[[Any], Row] = Row
        self.at = 0
        self.spaceBefore, self.spaceAfter = 4, 8
        self.width = 0.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Set the rows in hand; points."""
        if width != self.width:
            self.width = width
            self.columns = [share * width / sum(self.shares) for share in self.shares]
            for row in (*self.head, *self.rows):
                self._set(row)
        self.height = sum(row.tall for row in self.head) + sum(row.tall for row in self.rows)
        while self.height <= AHEAD and self.at < len(self.to_come):
            row = self.make(self.to_come[self.at])
            self._set(row)
            self.rows.append(row)
            self.height += row.tall
            self.at += 1
        return width, self.height

    def _set(self, row: Row) -> None:
        at = 0
        for cell in row.cells:
            inner = sum(self.columns[at : at + cell.span]) - 2 * self.pad_x
            cell.lines = break_lines(cell.text, inner, cell.style)
            at += cell.span
        row.measure()

    def minimum(self, width: float) -> float:
        """The height below which starting the grid on a page makes no sense, in points."""
        self.wrap(width, 0)
        first = 0.0
        for row, below in zip_longest(self.rows, self.rows[1:]):
            first += min(row.tall, SPLIT_FROM * SHORTEST_PAGE)  # a taller row may begin on any page
            if not row.binding and not (below and below.bound):
                break
        return sum(row.tall for row in self.head) + first

    def split(self, width: float, height: float) -> list[Flowable]:
        """What fits on this page and the rest under a repeated head; nothing when not even one row fits."""
        self.wrap(width, height)
        room = height - sum(row.tall for row in self.head)
        count = 0
        while count < len(self.rows) and self.rows[count].tall <= room:
            room -= self.rows[count].tall
            count += 1
        fitting, rest = self.rows[:count], self.rows[count:]
        if rest and rest[0].tall > SPLIT_FROM * self._page_height(height):
            parts = _split_row(rest[0], room)
            if parts:
                fitting.append(parts[0])
                rest[0] = parts[1]
        while len(fitting) > 1 and (fitting[-1].binding or (rest and rest[0].bound)):
            rest.insert(0, fitting.pop())
        parted = bool(rest) and rest[0].bound and height < self._page_height(height) - 1
        if not rest or parted or all(row.binding for row in fitting):
            return []
        return [self._part(fitting), self._part(rest, going_on=True)]

    def _page_height(self, fallback: float) -> float:
        frame = getattr(self, "_frame", None)
        return float(frame._height) if frame is not None else max(fallback, 600)

    def _part(self, rows: list[Row], *, going_on: bool = False) -> Grid:
        part = Grid(self.shares, [*self.head, *rows], len(self.head), pad_x=self.pad_x)
        part.width, part.columns = self.width, self.columns
        if going_on:
            part.to_come, part.make, part.at = self.to_come, self.make, self.at
        return part

    def draw(self) -> None:
        """Draw cells and rules: thin inside, stronger round the outside."""
        cells = list(self._places())
        self.canv.setFillGray(0.93)
        for cell, x, top, width, height, _slack in cells:
            if cell.shade:
                self.canv.rect(x, top - height, width, height, stroke=0, fill=1)
        self.canv.setFillGray(0)
        rules = self.canv.beginPath()
        for _cell, x, top, width, height, _slack in cells:
            rules.rect(x, top - height, width, height)
        self.canv.setLineWidth(0.4)
        self.canv.drawPath(rules)
        for cell, x, top, width, _height, slack in cells:
            inner = width - 2 * self.pad_x
            draw_lines(self.canv, cell.lines, cell.style, x + self.pad_x, top - cell.pad - slack, inner)
        self.canv.setLineWidth(0.9)
        self.canv.rect(0, 0, self.width, self.height)

    def _places(self) -> Iterator[tuple[Cell, float, float, float, float, float]]:
        """Each cell with its left and upper edge, width, height, and the space that centres its text."""
        top = self.height
        for row in (*self.head, *self.rows):
            x, at = 0.0, 0
            for cell in row.cells:
                width = sum(self.columns[at : at + cell.span])
                slack = 0 if row.cut else (row.tall - cell.height()) / 2
                yield cell, x, top, width, row.tall, slack
                x, at = x + width, at + cell.span
            top -= row.tall


def _split_row(row: Row, room: float) -> tuple[Row, Row] | None:
    """Each cell gives the lines that fit and keeps the rest; None when either part would have too few of a cell."""
    first, rest = Row([], cut=True), Row([], cut=True)
    for cell in row.cells:
        count, all_lines = max(0, int((room - 2 * cell.pad) / cell.style.leading)), len(cell.lines)
        if count < all_lines:
            count = min(count, all_lines - FEWEST_LINES)
            if count < FEWEST_LINES:
                return None
        first.cells.append(replace(cell, lines=cell.lines[:count]))
        rest.cells.append(replace(cell, lines=cell.lines[count:]))
    first.measure()
    rest.measure()
    return first, rest


def table_grid(
    columns: Sequence[Column],
    rows: Sequence[Texts],
    total: Sequence[str] | None,
    size: float,
    *,
    dense: bool = False,
    ready: Callable[[Texts], Texts],
) -> Grid:
    """A table with a shaded head; a row given as one string is a section band across the table.

    `ready` makes the texts of a row printable, when the row is set.
    """
    style = Style(size=size, leading=round(size * (DENSE if dense else LOOSE), 1))
    bold = replace(style, bold=True)
    styles = [replace(style, align=column.align) for column in columns]

    last = [replace(one, bold=True) for one in styles]

    def make(row: Texts) -> Row:
        texts = ready(row)
        if isinstance(texts, str):
            return Row([Cell(texts, bold, span=len(columns), shade=True)], binding=True)
        cells = [Cell(*cell) for cell in zip(texts, last if row is total else styles, strict=True)]
        return Row(cells, bound=row is total)

    head = Row([Cell(column.label, replace(bold, align="center"), shade=True) for column in columns])
    grid = Grid([column.width for column in columns], [head], 1, pad_x=DENSE_PAD_X if dense else PAD_X)
    grid.make, grid.to_come = make, rows if total is None else [*rows, total]
    return grid


def with_whole_heads(columns: Sequence[Column], width: float, size: float, *, dense: bool) -> list[Column]:
    """The columns of a table of `width` points, none too narrow for a word of its head: the widest gives what it lacks."""
    unit = width / sum(column.width for column in columns)
    wide = [column.width * unit for column in columns]
    beside = 2 * (DENSE_PAD_X if dense else PAD_X) + CLOSE
    for at, column in enumerate(columns):
        words = (word for word in column.label.split() if word.isascii())
        lacks = max((text_runs.text_width(word, size, True) for word in words), default=0) + beside - wide[at]
        if lacks > 0:
            wide[wide.index(max(wide))] -= lacks
            wide[at] += lacks
    shares = (round(points / unit, 6) for points in wide)
    return [replace(column, width=share) for column, share in zip(columns, shares, strict=True)]


Pairs = Sequence[tuple[str, str]]
FIELD = Style(size=10, leading=15)


def field_grid(fields: Pairs, columns: int, width: float) -> Grid:
    """Label and value cells, `columns` pairs a row; a value of three or more lines takes the whole row."""
    label_share, rows = field_rows(fields, columns, width)
    shares = [label_share, 1 / columns - label_share] * columns
    return Grid(shares, [_field_row(pairs, columns) for pairs in rows])


def field_rows(fields: Pairs, columns: int, width: float) -> tuple[float, list[Pairs]]:
    """The share of the width that a label takes, and the pairs of each row."""
    label_share = _label_share([label for label, _ in fields], columns, width, FIELD)
    inner = (1 / columns - label_share) * width - 2 * PAD_X
    room = label_share * width - 2 * PAD_X
    rows: list[list[tuple[str, str]]] = [[]]
    for label, value in fields:
        alone = columns > 1 and (
            value.count("\n") or text_runs.text_width(value.replace("\n", " "), FIELD.size) > 1.9 * inner
        )
        if alone or len(rows[-1]) == columns:
            rows.append([])
        rows[-1].append((_in_halves(label, room), value))
        if alone:
            rows.append([])
    return label_share, [row for row in rows if row]


def _label_share(labels: Sequence[str], columns: int, width: float, style: Style) -> float:
    """As wide as the longest label, yet between a quarter and a third of its pair of cells."""
    longest = max(text_runs.text_width(label, style.size) for label in labels) + 2 * PAD_X + 1
    pair = width / columns
    least, most = (0.25, 0.35) if columns > 1 else (0.14, 0.24)
    return min(max(longest, least * pair), most * pair) / width


def _in_halves(label: str, room: float) -> str:
    """A label without spaces that is too long for its line, in two lines of one length: no character stands alone."""
    if " " in label or label.isascii() or text_runs.text_width(label, FIELD.size) <= room:
        return label
    middle = (len(label) + 1) // 2
    if not may_break(label[middle - 1], label[middle]):
        middle += 1 if may_break(label[middle], label[middle + 1 : middle + 2] or " ") else -1
    return f"{label[:middle]}\n{label[middle:]}"


def _field_row(pairs: Pairs, columns: int) -> Row:
    cells: list[Any] = []
    for label, value in pairs:
        cells += [Cell(label, replace(FIELD, align="center")), Cell(value, FIELD)]
    cells[-1].span += 2 * (columns - len(pairs))
    return Row(cells, least=24)
