"""A paper as a Word document (.docx) to be edited: the same parts as its PDF, in styles, tables and fields of Word.

The PDF is the issued record. So the code that proves the printed record is left out here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import segno
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from PIL import Image
from reportlab.lib.units import mm

from . import content, raster, word_tables
from .document import Document
from .photos import GAP, TALLEST, Frame, Picture
from .signatures import INK, SignatureBlock, date_line, draw_ink, refusal, role_line
from .word_styles import NOTE, ORGANISATION, TABLE_TEXT, append, empty, plain

ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
KEPT_ROWS = 3  # of a table that go with what closes the paper
NARROW, LONG_NAME = (
    200,
    10,
)  # the date stands below the name in cells of fewer points, and below a longer name
ABOVE_TABLE = Pt(4)
CODE = 76.0  # side of a code, in points
LINE = "\uff3f" * 8
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a package can bear


def save(paper: Document, path: Path, made_at: datetime) -> None:
    """Write the paper for Word to `path`, whole or not at all."""
    draft, packed = path.with_name(path.name + ".part"), BytesIO()
    WordDocument(paper, made_at).document.save(packed)
    with ZipFile(packed) as made, ZipFile(draft, "w", ZIP_DEFLATED) as kept:
        for entry in made.infolist():
            # A package bears the moment of packing; the same paper is to give the same bytes.
            kept.writestr(ZipInfo(entry.filename, FIRST_MOMENT), made.read(entry), ZIP_DEFLATED)
    draft.replace(path)


class WordDocument:
    """A paper written for Word."""

    def __init__(self, paper: Document, made_at: datetime) -> None:
        self.paper, self.translate, self.width = paper, paper.translate, paper.width
        self.document = empty(paper.furniture, paper.lang)
        self._on_new_page = False
        self._last: content.Part | None = None
        self._closing: Any = None  # the cell of what closes the paper, while nothing follows it
        self._describe(made_at)
        self._top()
        for part in paper.parts:
            if not isinstance(part, content.Seal):
                self._closing = None
            WRITERS[type(part)](self, part)
            self._last = part
        self._end()

    def _end(self) -> None:
        """The paragraph that must stand behind a table takes no room: it would be a page of its own below a full one."""
        last = self.document.paragraphs[-1]
        if not last.text and last.style.name == NOTE:
            last.paragraph_format.line_spacing = Pt(1)

    def _describe(self, made_at: datetime) -> None:
        told, furniture = self.document.core_properties, self.paper.furniture
        told.title = plain(" ".join(filter(None, (furniture.title, furniture.number))))[:255]
        told.author = told.last_modified_by = plain(self.paper.organisation)[:255]
        told.comments, told.language = "", {"zh": "zh-CN"}.get(self.paper.lang, self.paper.lang)
        told.created = told.modified = made_at.replace(microsecond=0, tzinfo=None)

    def _top(self) -> None:
        furniture = self.paper.furniture
        if self.paper.organisation:
            self._text(self.paper.organisation, ORGANISATION)
        for run in self._text(furniture.title, "Title").runs:
            run.font.size = Pt(self.paper.title_style.size)
        if self.paper.subject:
            self._text(self.paper.subject, align="center")
        if furniture.number:
            self._text(furniture.number, align="right")

    def _text(self, text: str, style: str = "Normal", align: str = "") -> Any:
        if self._on_new_page:
            self._drop_low()
        made = append(self.document, plain(text), style)
        made.paragraph_format.page_break_before = self._on_new_page or None
        self._on_new_page = False
        if align:
            made.alignment = ALIGNED[align]
        return made

    def _drop_low(self) -> None:
        """Drop the low paragraph behind a table: what follows is a paragraph too, and below a full page it would be a page."""
        last = self.document.element.body.sectPr.getprevious()
        if last is None or last.tag != qn("w:p"):
            return
        if last.style == NOTE and not Paragraph(last, self.document._body).text:
            last.getparent().remove(last)

    def _table(self, element: Any) -> Any:
        """Append a table, and a low paragraph: two tables without one between them become one."""
        if self._on_new_page:
            self._text("", NOTE)
        self._leave_room()
        self.document.element.body.sectPr.addprevious(element)
        _low(append(self.document, "", NOTE))
        return WordTable(element, self.document._body)

    def _leave_room(self) -> None:
        """The text above a table does not stand on its rule."""
        above = self.document.element.body.sectPr.getprevious()
        if above is not None and above.tag == qn("w:p") and "".join(above.itertext()):
            Paragraph(above, self.document._body).paragraph_format.space_after = ABOVE_TABLE

    def heading(self, part: content.Heading) -> None:
        """A heading that the outline of the program shows."""
        self._text(part.text, "Heading 1")

    def paragraph(self, part: content.Paragraph) -> None:
        """Running text; the indent is told in characters, so that it follows the size of the font."""
        made = self._text(part.text, align=part.align)
        made.paragraph_format.keep_with_next = part.leads or None
        for run in made.runs if part.size else ():
            run.font.size, run.bold = Pt(part.size), part.bold
        if part.indent:
            made.paragraph_format.first_line_indent = Pt(10.5 * part.indent)
            made._p.pPr.ind.set(qn("w:firstLineChars"), str(100 * part.indent))

    def note(self, part: content.Note) -> None:
        """A remark in small type."""
        self._text(part.text, NOTE)

    def fields(self, part: content.Fields) -> None:
        """The ruled grid of a form."""
        self._table(word_tables.field_table(part.pairs, part.columns, self.width))

    def table(self, part: content.Table) -> None:
        """A ruled table whose head repeats."""
        self._table(
            word_tables.data_table(
                part.columns, part.rows, part.total, part.size, self.width, dense=part.dense
            )
        )

    def scan_code(self, part: content.ScanCode) -> None:
        """The code at the left, its words beside it; a large one alone in the middle."""
        if part.side:
            large = self._text("", align="center")
            _add_code(large, part.address, part.side * mm)
            for text in filter(None, (part.words, part.address)):
                self._text(text, align="center")
            return
        beside = self.width - CODE - 20
        cells = [
            word_tables.cell("", CODE + 20, align="center"),
            word_tables.cell(part.words, beside, bold=True),
        ]
        made = self._table(word_tables.table([CODE + 20, beside], [word_tables.row(cells, whole=True)]))
        _add_code(_paragraph(made, 0), part.address, CODE)
        for text in (part.address, part.note):
            append(made.cell(0, 1), plain(text), TABLE_TEXT)

    def photos(self, part: content.Photos) -> None:
        """Photos side by side, each over its caption."""
        if part.headline:
            self._text(part.headline).paragraph_format.keep_with_next = True
        box = (self.width - GAP * (part.places - 1)) / part.places
        cells = [word_tables.cell("", self.width / part.places, align="center") for _ in range(part.places)]
        made = self._table(
            word_tables.table(
                [self.width / part.places] * part.places, [word_tables.row(cells, whole=True)], ruled=False
            )
        )
        for at, frame in enumerate(part.frames):
            self._photo(made, at, frame, box)

    def _photo(self, made: Any, at: int, frame: Frame, box: float) -> None:
        if frame.picture is None:
            _paragraph(made, at).add_run(plain(frame.note))
        else:
            scale = min(box / frame.picture.width, min(box * 0.75, TALLEST) / frame.picture.height)
            _add_picture(_paragraph(made, at), frame.picture, frame.picture.width * scale)
        if frame.caption:
            append(made.cell(0, at), plain(frame.caption), "Caption")

    def chart(self, part: content.Chart) -> None:
        """A chart as a picture."""
        width, height = part.drawn.wrap(self.width, 0)
        picture = raster.drawn(lambda canvas: part.drawn.drawOn(canvas, 0, 0), width, height)
        made = self.document.add_paragraph()
        made.alignment = ALIGNED["center"]
        made.add_run().add_picture(BytesIO(picture), width=Pt(width))

    def signatures(self, part: content.Signatures) -> None:
        """Places to sign, so many a row: the strokes as a picture, a refusal in words, else a line.

        They stand in one row that is not divided, with what says that nothing follows and the seal: not every program
        keeps a table on the page of the paragraph that follows it.
        """
        body = self.document.element.body
        above = [one for one in body.iterchildren() if one.tag != qn("w:sectPr")][-3:]
        blank = above[-1] if isinstance(self._last, content.BlankBelow) else None
        around = word_tables.row([word_tables.cell("", self.width)], whole=True)
        made = self._table(
            word_tables.table([self.width], [around], ruled=False, margins=word_tables.NO_MARGINS)
        )
        self._closing = cell = made.cell(0, 0)
        if blank is not None:
            cell._tc.insert(1, blank)
            above = above[:-1]
        tables = [one.tag == qn("w:tbl") for one in above[-2:]]
        for element in above[-2:] if any(tables) else above[-1:]:
            _keep_with_next(element, self.document._body)
        wide = self.width / part.columns
        rows = max(-(-len(part.blocks) // part.columns), 1)
        cells = [word_tables.cell("", wide, top=True) for _ in range(part.columns)]
        inner = word_tables.table(
            [wide] * part.columns, [word_tables.row(cells, least=90, whole=True)] * rows
        )
        _low(cell.paragraphs[-1])
        cell._tc.insert(len(cell._tc) - 1, inner)
        places = WordTable(inner, cell)
        for at, block in enumerate(part.blocks):
            self._sign(places.cell(*divmod(at, part.columns)), block, wide)

    def seal(self, part: content.Seal) -> None:
        """The lines of the seal, below the places to sign."""
        place = self._closing or self.document
        for line in part.lines:
            made = place.add_paragraph(plain(line), "Normal")
            made.alignment = ALIGNED["right"]
            made.paragraph_format.keep_with_next = line != part.lines[-1] or None

    def _sign(self, cell: Any, block: SignatureBlock, wide: float) -> None:
        cell.paragraphs[0].add_run(plain(role_line(block, self.translate)))
        middle = append(cell, "", "Caption")
        middle.paragraph_format.space_before = middle.paragraph_format.space_after = Pt(8)
        if block.refused_reason is not None:
            middle.add_run(plain(refusal(block.refused_reason, self.translate)))
        elif block.strokes:
            strokes, width = block.strokes, min(INK[0], wide - 12)
            ink = raster.drawn(lambda canvas: draw_ink(canvas, strokes, 0, 0, width, INK[1]), width, INK[1])
            middle.add_run().add_picture(BytesIO(ink), width=Pt(width))
        else:
            middle.paragraph_format.space_before = Pt(24)
            middle.add_run(LINE)
        date = date_line(block, self.translate)
        narrow = wide < NARROW or len(block.name) > LONG_NAME
        foot = f"{block.name}\n{date}" if narrow else "    ".join(filter(None, (block.name, date)))
        append(cell, plain(foot), TABLE_TEXT)

    def blank_below(self, _part: content.BlankBelow) -> None:
        """Say that nothing follows."""
        _ = self.translate
        self._text(_("(Blank below)"), align="center").paragraph_format.keep_with_next = True

    def space(self, part: content.Space) -> None:
        """Room left empty."""
        made = self._text("")
        made.paragraph_format.line_spacing = Pt(part.height * mm)
        made.paragraph_format.space_after = Pt(0)

    def new_page(self, _part: content.NewPage) -> None:
        """Go on on a new page."""
        self._on_new_page = True


WRITERS: dict[type[Any], Callable[[WordDocument, Any], None]] = {
    content.Heading: WordDocument.heading,
    content.Paragraph: WordDocument.paragraph,
    content.Note: WordDocument.note,
    content.Fields: WordDocument.fields,
    content.Table: WordDocument.table,
    content.ScanCode: WordDocument.scan_code,
    content.Photos: WordDocument.photos,
    content.Chart: WordDocument.chart,
    content.Signatures: WordDocument.signatures,
    content.Seal: WordDocument.seal,
    content.BlankBelow: WordDocument.blank_below,
    content.Space: WordDocument.space,
    content.NewPage: WordDocument.new_page,
}


def _low(paragraph: Any) -> None:
    """Make an empty paragraph that only stands between two things low."""
    paragraph.style = NOTE
    paragraph.paragraph_format.line_spacing = Pt(6)
    paragraph.paragraph_format.space_after = Pt(0)


def _keep_with_next(element: Any, body: Any) -> None:
    """Keep a paragraph, or the last rows of a table, on the page of what follows."""
    rows = [one for one in element.iterchildren() if one.tag == qn("w:tr")]
    below = [one for row in rows[-KEPT_ROWS:] for one in row.iter(qn("w:p"))] if rows else [element]
    for one in below:
        Paragraph(one, body).paragraph_format.keep_with_next = True


def _paragraph(made: Any, column: int) -> Any:
    return made.cell(0, column).paragraphs[0]


def _add_code(paragraph: Any, address: str, side: float) -> None:
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    paragraph.add_run().add_picture(picture, width=Pt(side))


def _add_picture(paragraph: Any, picture: Picture, width: float) -> None:
    run = paragraph.add_run()
    try:
        run.add_picture(BytesIO(picture.data), width=Pt(width))
    except UnrecognizedImageError:  # a JPEG that begins with neither JFIF nor Exif
        again = BytesIO()
        with Image.open(BytesIO(picture.data)) as image:
            image.save(again, "JPEG", quality=85)
        run.add_picture(again, width=Pt(width))
