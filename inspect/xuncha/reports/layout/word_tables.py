"""Tables of a Word document as XML: a cell made through objects takes ten times as long, and a ledger has thousands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from .tables import Column, Pairs, field_rows
from .word_styles import plain

SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>'
RULES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)

MARGINS = "".join(
    f'<w:{side} w:w="{wide}" w:type="dxa"/>'
    for side, wide in (("top", 40), ("left", 80), ("bottom", 40), ("right", 80))
)
NO_MARGINS = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))


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
) -> str:
    """A cell of one paragraph; `width` in points."""
    words = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in plain(text).split("\n")
    )
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twentieths(width)}" w:type="dxa"/>{spanned}{SHADE if shade else ""}'
        f'<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/><w:jc w:val="{align}"/></w:pPr>'
        f'<w:r><w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{round(size * 2)}"/></w:rPr>{words}</w:r></w:p></w:tc>'
    )


def row(cells: Iterable[str], *, head: bool = False, least: float = 0, whole: bool = False) -> str:
    """A row of cells; a `head` repeats on every page, a `whole` row is not divided between pages."""
    told = ("<w:cantSplit/>" if head or whole else "") + (
        f'<w:trHeight w:val="{twentieths(least)}"/>' if least else ""
    )
    told += "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr>{told}</w:trPr>{''.join(cells)}</w:tr>"


def table(widths: Sequence[float], rows: Iterable[str], *, ruled: bool = True, margins: bool = True) -> Any:
    """A table of fixed columns; widths in points."""
    inset = f"<w:tblCellMar>{MARGINS if margins else NO_MARGINS}</w:tblCellMar>"
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
) -> Any:
    """A ruled table with a shaded head; a row given as one string is a band across it."""
    shares = sum(column.width for column in columns)
    widths = [column.width * width / shares for column in columns]
    head = [
        cell(column.label, wide, align="center", size=size, bold=True, shade=True)
        for column, wide in zip(columns, widths, strict=True)
    ]
    made = [row(head, head=True)]
    for texts in rows:
        if isinstance(texts, str):
            band = cell(texts, width, span=len(columns), size=size, bold=True, shade=True)
            made.append(row([band], whole=True))
        else:
            made.append(_data_row(columns, widths, texts, size))
    if total is not None:
        made.append(_data_row(columns, widths, total, size, bold=True))
    return table(widths, made)


def _data_row(
    columns: Sequence[Column],
    widths: Sequence[float],
    texts: Sequence[str],
    size: float,
    *,
    bold: bool = False,
) -> str:
    return row(
        cell(text, wide, align=column.align, size=size, bold=bold)
        for column, wide, text in zip(columns, widths, texts, strict=True)
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
        made.append(row(cells, least=24))
    return table([label_width, value_width] * columns, made)
