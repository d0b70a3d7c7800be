"""The look of every paper: a small builder that turns plain data into an A4 PDF the office can sign.

It knows nothing of the database or of Flask. Every text is plain text in the language of the paper; the few
words of its own come through `translate`. Its `parts` are what was given: word_document.py writes them for Word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer

from ..papers.plaque_board import SIDE, Board, PlaqueBoard
from . import content, fonts
from .big_code import BigCode
from .charts import BAR_ROW, BarChart, ColumnChart, LineChart, Series
from .closing import Closing, take_last
from .page_frame import CODE, LANDSCAPE, PORTRAIT, Furniture, build
from .photos import Frame, Photo, PhotoPair, PhotoRow, Picture, read_picture
from .scan_block import ScanBlock
from .signatures import SignatureBlock, SignatureRow, fits, labelled
from .tables import Column, field_grid, table_grid, with_whole_heads
from .typesetting import Style, TextBlock, clean

__all__ = ["Column", "Document", "Photo", "PhotoPair", "SavedDocument", "Series", "SignatureBlock"]

ORGANISATION = Style(size=12, leading=19, align="center")
TITLE = Style(size=18, leading=28, bold=True, align="center")
SUBJECT = Style(size=11, leading=18, align="center")
NUMBER = Style(size=10.5, leading=17, align="right", before=2, after=4)
HEADING = Style(size=12, leading=20, bold=True, before=8, after=2)
BODY = Style(size=10.5, leading=18, after=3)
NOTE = Style(size=9, leading=14, grey=0.25, before=1, after=3)
BLANK = Style(size=10.5, leading=18, align="center", before=10, after=6)
LONG_CAPTION = 120  # characters; a longer one runs above its photo, where it may flow over pages


Told = Callable[[int, int], None]


@dataclass(frozen=True)
class SavedDocument:
    """What was written: pages, SHA-256 of the file in hex, and what could not be printed as given."""

    pages: int
    sha256: str
    warnings: list[str]


class Document:
    """One paper, filled from top to bottom, then saved. The same content always gives the same bytes.

    `organisation` stands above the title, `subject` (a period, a place) under it, `number` right of that.
    `verify_text` becomes a QR code at the top right; the lines of `proof` stand above the foot of every page.
    FontMissing is raised here, before any work.
    """

    def __init__(
        self,
        title: str,
        *,
        translate: Callable[[str], str],
        number: str = "",
        lang: str = "zh",
        organisation: str = "",
        subject: str = "",
        footer_note: str = "",
        orientation: str = "portrait",
        draft: bool = False,
        verify_text: str = "",
        proof: Sequence[str] = (),
        font_folder: Path | None = None,
        title_size: float = TITLE.size,
    ) -> None:
        fonts.register_fonts(font_folder)
        self.translate = translate
        self.warnings: list[str] = []
        self.lang = lang
        self._missing: dict[str, None] = {}
        self._rows = self._rows_set = 0
        self.parts: list[content.Part] = []
        self._story: list[Flowable] = []
        self._headings: list[Flowable] = []
        _ = translate
        self.furniture = Furniture(
            paper={"portrait": PORTRAIT, "landscape": LANDSCAPE}[orientation],
            title=self._clean(title),
            number=self._clean(number),
            footer_note=self._clean(footer_note),
            draft=_("Draft") if draft else "",
            verify_text=verify_text,
            proof=tuple(self._clean(line) for line in proof),
            verify_label=_("Scan to verify"),
            continued=_("(continued)"),
            page_of=lambda page, pages: _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages},
        )
        self.title_style = replace(TITLE, size=title_size, leading=TITLE.leading * title_size / TITLE.size)
        self.organisation, self.subject = self._clean(organisation), self._clean(subject)
        self._start()

    @property
    def width(self) -> float:
        """Width of the text, in points."""
        paper = self.furniture.paper
        return paper.width - paper.left - paper.right

    @property
    def height(self) -> float:
        """Height of the text on a full page, in points."""
        paper = self.furniture.paper
        return paper.height - paper.top - paper.bottom

    def _start(self) -> None:
        inset = CODE + 12 if self.furniture.verify_text else 0
        head = (
            (self.organisation, ORGANISATION),
            (self.furniture.title, self.title_style),
            (self.subject, SUBJECT),
        )
        self._story += [TextBlock(text, style, inset, even=True) for text, style in head if text]
        if self.furniture.number:
            self._story.append(TextBlock(self.furniture.number, NUMBER))
        self._story.append(Spacer(1, 4))

    def _clean(self, text: str) -> str:
        printable, missing = clean(text)
        self._missing.update(dict.fromkeys(missing))
        return printable

    def _add(self, flowable: Flowable, room: float) -> None:
        """Append a block that needs at least `room` points to start; headings that wait move with it."""
        room += sum(heading.wrap(self.width, 0)[1] + 10 for heading in self._headings)
        self._story.append(CondPageBreak(min(room, self.height)))
        self._story += [*self._headings, flowable]
        self._headings = []

    def heading(self, text: str) -> None:
        """A bold line that stays with what follows it."""
        self.parts.append(content.Heading(text))
        self._headings.append(TextBlock(self._clean(text), HEADING, leads=True))

    def paragraph(self, text: str, *, indent: bool = True, align: str = "left") -> None:
        """Running text; in Chinese the first line of every paragraph is indented by two characters."""
        first = 2 if indent and self.lang.startswith("zh") and align == "left" else 0
        self.parts.append(content.Paragraph(text, first, align))
        block = TextBlock(self._clean(text), replace(BODY, indent=first, align=align))
        self._add(block, 2 * BODY.leading)

    def note(self, text: str) -> None:
        """A remark in small type."""
        self.parts.append(content.Note(text))
        self._add(TextBlock(self._clean(text), NOTE), 2 * NOTE.leading)

    def scan_block(self, words: str, address: str, note: str) -> None:
        """A code that a phone scans to open an address, with words beside it."""
        self.parts.append(content.ScanCode(words, address, note))
        block = ScanBlock(self._clean(words), self._clean(address), self._clean(note))
        self._add(block, block.wrap(self.width, 0)[1])

    def large(self, text: str, *, size: float, bold: bool = False) -> None:
        """A line in the middle that is read from some steps away."""
        self.parts.append(content.Paragraph(text, align="center", size=size, bold=bold))
        style = Style(size=size, leading=size * 1.5, bold=bold, align="center", before=2, after=2)
        self._add(TextBlock(self._clean(text), style), style.leading)

    def big_code(self, address: str, side: float) -> None:
        """The code of a poster in the middle of the page; its side in millimetres."""
        self.parts.append(content.ScanCode("", address, "", side))
        block = BigCode(self._clean(address), side)
        self._add(block, block.wrap(self.width, 0)[1])

    def plaque(self, board: Board) -> None:
        """The board of a plaque; in Word its lines stand one below the other."""
        lines = [(labelled(*line, self.translate), 18.0, False) for line in board.lines]
        for text, size, bold in [(board.name, 26.0, True), (board.risk_words, 22.0, True), *lines]:
            self.parts.append(content.Paragraph(text, align="center", size=size, bold=bold))
        if board.address:
            self.parts.append(content.ScanCode(board.code_words, board.address, "", SIDE / mm))
        shown = replace(
            board,
            name=self._clean(board.name),
            risk_words=self._clean(board.risk_words),
            lines=[(self._clean(label), self._clean(value)) for label, value in board.lines],
            code_words=self._clean(board.code_words),
        )
        block = PlaqueBoard(shown)
        self._add(block, block.wrap(self.width, 0)[1])

    def fields(self, fields: Iterable[tuple[str, str]], columns: int = 2) -> None:
        """The ruled grid of a form: label, value, …; a long value takes the whole width and may flow."""
        given = list(fields)
        pairs = [(self._clean(label), self._clean(value)) for label, value in given]
        if pairs:
            self.parts.append(content.Fields(given, columns))
            grid = field_grid(pairs, columns, self.width)
            self._add(grid, grid.minimum(self.width))

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str] | str],
        *,
        total: Sequence[str] | None = None,
        size: float = 9,
        dense: bool = False,
    ) -> None:
        """A ruled table; its head repeats on every page. A row given as one string is a band across it."""
        _ = self.translate
        body = list(rows) or [_("None")]
        heads = [replace(column, label=self._clean(column.label)) for column in columns]
        heads = with_whole_heads(heads, self.width, size, dense=dense)
        columns = [replace(column, width=head.width) for column, head in zip(columns, heads, strict=True)]
        self.parts.append(content.Table(columns, body, total, size, dense))
        self._rows += len(body)
        grid = table_grid(heads, body, total, size, dense=dense, ready=self._ready)
        self._add(grid, grid.minimum(self.width))

    def _ready(self, row: Sequence[str] | str) -> Sequence[str] | str:
        """A row's texts as they can be printed, when it is set."""
        self._rows_set += 1
        return self._clean(row) if isinstance(row, str) else [self._clean(text) for text in row]

    def photo_pairs(self, pairs: Iterable[PhotoPair]) -> None:
        """Before and after, side by side, each pair under its caption."""
        _ = self.translate
        for pair in pairs:
            frames = [self._frame(pair.before, _("Before")), self._frame(pair.after, _("After"))]
            self._photo_row(frames, 2, self._clean(pair.caption))

    def photo_grid(self, photos: Iterable[Photo], columns: int = 2) -> None:
        """Photos in rows of `columns`, each over its caption."""
        row: list[Frame] = []
        for photo in photos:
            caption = self._clean(photo.caption)
            if len(caption) > LONG_CAPTION:
                self._photo_row(row, columns)
                self._photo_row([self._frame(photo.path, "")], columns, caption)
                row = []
                continue
            row.append(self._frame(photo.path, caption))
            if len(row) == columns:
                self._photo_row(row, columns)
                row = []
        self._photo_row(row, columns)

    def _photo_row(self, frames: list[Frame], places: int, headline: str = "") -> None:
        if not frames:
            return
        self.parts.append(content.Photos(frames, places, headline))
        row = PhotoRow(frames, places)
        room: float = row.wrap(self.width, 0)[1]
        if headline:
            style = replace(BODY, size=10, leading=16, before=2)
            self._add(TextBlock(headline, style, leads=True), room + 40)
        self._add(row, room)

    def _frame(self, path: Path | None, caption: str) -> Frame:
        _ = self.translate
        picture: Picture | None = None
        note = ""
        try:
            if path is None:
                note = _("No photo")
            else:
                picture = read_picture(path)
        except FileNotFoundError:
            note = _("Photo missing")
        except Exception:  # Pillow raises many kinds for damaged bytes; the paper must come out all the same
            note = _("Photo damaged, cannot be opened")
        if note and path is not None:
            self.warnings.append(labelled(note, path.name, _))
            note = f"{note}\n{self._clean(path.name)}"
        return Frame(picture, note, caption)

    def signatures(self, blocks: Iterable[SignatureBlock], columns: int = 2) -> None:
        """Places to sign, `columns` a row: strokes drawn, a refusal stated, else a blank line."""
        given = list(blocks)
        self.parts.append(content.Signatures(given, columns))
        cells = [self._signature(block) for block in given]
        rows = [
            SignatureRow(cells[start : start + columns], columns, self.translate)
            for start in range(0, len(cells), columns)
        ]
        reasons = [
            TextBlock(labelled(block.role, block.refused_reason, self.translate), NOTE)
            for block in cells
            if block.refused_reason and not fits(self.width / columns, block.refused_reason, self.translate)
        ]
        self._close([*rows, *reasons, Spacer(1, 8)])

    def seal(self, lines: Sequence[str]) -> None:
        """The lines over which a seal goes, on the page of the places to sign."""
        self.parts.append(content.Seal(lines))
        style = replace(BODY, indent=0, align="right")
        self._close([TextBlock(self._clean(line), style) for line in lines])

    def _close(self, tail: list[Flowable]) -> None:
        """Append what closes the paper; on whatever page it comes to stand, content stands above it."""
        if self._story and not self._headings and isinstance(self._story[-1], Closing):
            self._story[-1].tail += tail
            return
        self._story += self._headings
        self._headings = []
        self._story.append(Closing(take_last(self._story, self.width), tail, self.height))

    def _signature(self, block: SignatureBlock) -> SignatureBlock:
        reason = None if block.refused_reason is None else self._clean(block.refused_reason)
        return replace(
            block, role=self._clean(block.role), name=self._clean(block.name), refused_reason=reason
        )

    def blank_below(self) -> None:
        """Say that nothing follows, so that nothing can be added after signing."""
        _ = self.translate
        self.parts.append(content.BlankBelow())
        self._close([TextBlock(_("(Blank below)"), BLANK)])

    def bar_chart(self, title: str, items: Iterable[tuple[str, float]], unit: str = "") -> None:
        """Horizontal bars, for long names and rankings."""
        bars = [(self._clean(name), value) for name, value in items]
        page = int((self.height - 60) / BAR_ROW)  # what a page does not hold goes on in a further chart
        for start in range(0, len(bars), page):
            self._add_chart(BarChart(self._clean(title), bars[start : start + page], self._clean(unit)))
        if not bars:
            self._no_data(title)

    def column_chart(
        self, title: str, categories: Sequence[str], series: Iterable[Series], unit: str = ""
    ) -> None:
        """Columns over categories, up to four series."""
        self._axis_chart(ColumnChart, title, categories, series, unit)

    def line_chart(
        self, title: str, categories: Sequence[str], series: Iterable[Series], unit: str = ""
    ) -> None:
        """Lines over time, up to four series."""
        self._axis_chart(LineChart, title, categories, series, unit)

    def _axis_chart(
        self,
        kind: type[ColumnChart] | type[LineChart],
        title: str,
        categories: Sequence[str],
        series: Iterable[Series],
        unit: str,
    ) -> None:
        rows = [Series(self._clean(one.name), one.values) for one in series]
        if any(value is not None for one in rows for value in one.values):
            self._add_chart(
                kind(self._clean(title), [self._clean(name) for name in categories], rows, self._clean(unit))
            )
        else:
            self._no_data(title)

    def _add_chart(self, chart: BarChart | ColumnChart | LineChart) -> None:
        self.parts.append(content.Chart(chart))
        self._add(chart, chart.wrap(self.width, 0)[1] + 10)

    def _no_data(self, title: str) -> None:
        _ = self.translate
        self.note(labelled(title, _("No data"), _))

    def space(self, height: float) -> None:
        """Leave room, in millimetres."""
        self.parts.append(content.Space(height))
        self._story.append(Spacer(1, height * mm))

    def page_break(self) -> None:
        """Go on on a new page."""
        self.parts.append(content.NewPage())
        self._story += [*self._headings, PageBreak()]
        self._headings = []

    def save(self, path: Path, told: Told = lambda _done, _total: None) -> SavedDocument:
        """Write the PDF to `path`, whole or not at all. After each page `told` hears how many rows of tables are set, of all."""
        draft = path.with_name(path.name + ".part")
        ahead = self._rows_set  # a table begins with its first rows set, at every saving
        try:
            pages = build(
                str(draft),
                [*self._story, *self._headings],
                self.furniture,
                lambda: told(self._rows_set, self._rows),
                title=" ".join(filter(None, (self.furniture.title, self.furniture.number))),
                author=self.organisation,
                subject=self.subject,
                lang={"zh": "zh-CN"}.get(self.lang, self.lang),
            )
        finally:
            self._rows_set = ahead
        digest = hashlib.sha256(draft.read_bytes()).hexdigest()
        draft.replace(path)
        return SavedDocument(
            pages, digest, [*self.warnings, *fonts.told_missing(self._missing, self.translate)]
        )
