"""Tables of a Word document as XML: a cell made through objects takes ten times as long, and a ledger has thousands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from .tables import DENSE, Column, Pairs, field_rows
from .word_styles import plain

SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>'
RULES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def _margins(above: int, beside: int) -> str:
    sides = (("top", above), ("left", beside), ("bottom", above), ("right", beside))
    return "".join(f'<w:{side} w:w="{wide}" w:type="dxa"/>' for side, wide in sides)


MARGINS, DENSE_MARGINS, NO_MARGINS = _margins(40, 80), _margins(30, 52), _margins(0, 0)
MOST_LINES = 14  # a row of more is divided between pages
WIDE = 0x2E80  # from here on characters are as wide as they are high


def twentieths(points: float) -> int:
    """Points in the unit of Word."""
    return round(points * 20)


def cell(
    text: str,
    width: float,
    *,
    span: int = 1,
    align: str = "left",
    size: float = 9,
    bold: bool = False,
    shade: bool = False,
    top: bool = False,
    dense: bool = False,
    binding: bool = False,
) -> str:
    """A cell of one paragraph; `width` in points; its text stands at the `top` or in the middle.

    A `binding` one stays on the page of the row below.
    """
    words = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in plain(text).split("\n")
    )
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twentieths(width)}" w:type="dxa"/>{spanned}{SHADE if shade else ""}'
        f'<w:vAlign w:val="{"top" if top else "center"}"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/>'
        f'{"<w:keepNext/>" if binding else ""}{_exact(size) if dense else ""}<w:jc w:val="{align}"/></w:pPr>'
        f'<w:r><w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{round(size * 2)}"/></w:rPr>{words}</w:r></w:p></w:tc>'
    )


def _exact(size: float) -> str:
    return f'<w:spacing w:line="{twentieths(size * DENSE)}" w:lineRule="exact"/>'


def row(cells: Iterable[str], *, head: bool = False, least: float = 0, whole: bool = False) -> str:
    """A row of cells; a `head` repeats on every page, a `whole` row is not divided between pages."""
    told = ("<w:cantSplit/>" if head or whole else "") + (
        f'<w:trHeight w:val="{twentieths(least)}"/>' if least else ""
    )
    told += "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr>{told}</w:trPr>{''.join(cells)}</w:tr>"


def table(widths: Sequence[float], rows: Iterable[str], *, ruled: bool = True, margins: str = MARGINS) -> Any:
    """A table of fixed columns; widths in points."""
    inset = f"<w:tblCellMar>{margins}</w:tblCellMar>"
    grid = "".join(f'<w:gridCol w:w="{twentieths(width)}"/>' for width in widths)
    borders = f"<w:tblBorders>{RULES}</w:tblBorders>" if ruled else ""
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{twentieths(sum(widths))}" w:type="dxa"/>{borders}'
        f'<w:tblLayout w:type="fixed"/>{inset}'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def data_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str] | str],
    total: Sequence[str] | None,
    size: float,
    width: float,
    *,
    dense: bool = False,
) -> Any:
    """A ruled table with a shaded head; a row given as one string is a band across it."""
    shares = sum(column.width for column in columns)
    widths = [column.width * width / shares for column in columns]
    head = [
        cell(column.label, wide, align="center", size=size, bold=True, shade=True, dense=dense)
        for column, wide in zip(columns, widths, strict=True)
    ]
    made = [row(head, head=True)]
    for texts in rows:
        if isinstance(texts, str):
            made.append(row([_band(texts, width, len(columns), size, dense=dense)], whole=True))
        else:
            made.append(_data_row(columns, widths, texts, size, dense=dense))
    if total is not None:
        made.append(_data_row(columns, widths, total, size, bold=True, dense=dense))
    return table(widths, made, margins=DENSE_MARGINS if dense else MARGINS)


def _band(text: str, width: float, span: int, size: float, *, dense: bool) -> str:
    return cell(text, width, span=span, size=size, bold=True, shade=True, dense=dense, binding=True)


def _data_row(
    columns: Sequence[Column],
    widths: Sequence[float],
    texts: Sequence[str],
    size: float,
    *,
    bold: bool = False,
    dense: bool = False,
) -> str:
    cells = (
        cell(text, wide, align=column.align, size=size, bold=bold, dense=dense)
        for column, wide, text in zip(columns, widths, texts, strict=True)
    )
    return row(cells, whole=_is_short(texts, widths, size))


def _is_short(texts: Sequence[str], widths: Sequence[float], size: float) -> bool:
    """Whether a row takes so few lines that it goes to the next page rather than leave a line alone on one of two."""
    return all(_lines(text, wide - 8, size) <= MOST_LINES for text, wide in zip(texts, widths, strict=True))


def _lines(text: str, width: float, size: float) -> int:
    """About how many lines a text takes."""
    return sum(
        1 + int(sum(1 if ord(char) >= WIDE else 0.5 for char in line) * size / width)
        for line in text.split("\n")
    )


def field_table(pairs: Pairs, columns: int, width: float) -> Any:
    """The grid of a form: `columns` pairs of label and value a row, a long value alone in its row."""
    share, rows = field_rows(pairs, columns, width)
    label_width, value_width = share * width, width / columns - share * width
    made = []
    for each in rows:
        cells = []
        for at, (label, value) in enumerate(each, start=1):
            missing = columns - len(each) if at == len(each) else 0
            wide = value_width + missing * width / columns
            cells += [
                cell(label, label_width, align="center", size=10),
                cell(value, wide, span=1 + 2 * missing, size=10),
            ]
        values = [value for _label, value in each]
        made.append(row(cells, least=24, whole=_is_short(values, [value_width] * len(values), 10)))
    return table([label_width, value_width] * columns, made)
