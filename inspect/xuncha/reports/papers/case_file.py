"""The file (案卷) of a hazard or of a site: its papers joined into one PDF behind a cover with contents and page numbers.

The papers are printed by their own builders, each as it is printed alone; only the page number of the file is put on it.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import accumulate, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from ...accounts.models import User
from ...core.i18n import label, use_language, write_day
from ...core.labels import N_
from ...enterprises.models import Site
from ...hazards.lifecycle import UNSETTLED
from ...hazards.models import Hazard
from ..layout import fonts
from ..layout.document import Document, SavedDocument, Told
from ..layout.document_parts import listed
from ..layout.typesetting import Style, break_lines, draw_lines
from ..printing import Kind, Order
from . import case_contents, case_papers
from .case_contents import Entry

if TYPE_CHECKING:
    from pypdf import PdfWriter

MARGIN, TOP = 21 * mm, 5 * mm  # where the page number of the file stands: above all that a paper prints
NUMBER = Style(size=8.5, leading=11, align="right")
Fields = Callable[[], list[tuple[str, str]]]


def order_of_hazard(hazard: Hazard, reader: User) -> Order:
    """The file of a hazard, of what the reader may see."""

    def build(lang: str) -> CaseFile:
        return CaseFile(
            N_("Case file of a hazard"),
            hazard.site.name,
            lambda: _hazard_fields(hazard),
            case_contents.of_hazard(hazard, reader),
            lang,
        )

    return Order(Kind.HAZARD_FILE, hazard.number, build, editable=False)


def order_of_site(site: Site, reader: User, year: int | None = None) -> Order:
    """The file of a site: of a year or of all years, of what the reader may see."""

    def build(lang: str) -> CaseFile:
        entries = case_contents.of_site(site, reader, year)
        with use_language(lang):
            subject = gettext("Year %(year)s", year=year) if year else ""
        return CaseFile(
            N_("Case file of an enterprise"),
            subject,
            lambda: _site_fields(site, entries),
            entries,
            lang,
        )

    return Order(Kind.SITE_FILE, " ".join(filter(None, (site.name, str(year or "")))), build, editable=False)


def _hazard_fields(hazard: Hazard) -> list[tuple[str, str]]:
    closed = write_day(hazard.closed_at) if hazard.closed_at and hazard.state not in UNSETTLED else ""
    people = dict.fromkeys(
        one.name for one in (hazard.found_by, hazard.verified_by, hazard.site.supervisor) if one
    )
    return [
        (gettext("Case"), hazard.description),
        (gettext("Unit"), hazard.site.name),
        (gettext("Credit code"), hazard.site.uscc or ""),
        (gettext("Hazard number"), hazard.number),
        (gettext("Grade"), label(hazard.grade)),
        (gettext("Place"), hazard.place),
        (gettext("Result"), label(hazard.state)),
        (gettext("Found on"), write_day(hazard.found_on)),
        (gettext("Closed on"), closed),
        (gettext("Handled by"), listed(list(people))),
    ]


def _site_fields(site: Site, entries: Sequence[Entry]) -> list[tuple[str, str]]:
    days = [entry.day for entry in entries if entry.day]
    span = (
        gettext("%(start)s to %(end)s", start=write_day(min(days)), end=write_day(max(days))) if days else ""
    )
    return [
        (gettext("Unit"), site.name),
        (gettext("Credit code"), site.uscc or ""),
        (gettext("Address"), site.address),
        (gettext("Handled by"), site.supervisor.name if site.supervisor else ""),
        (gettext("Papers from"), span),
        (gettext("Papers"), str(len(entries))),
    ]


@dataclass
class CaseFile:
    """A file before it is printed: its title (a message), what stands on its cover, its papers in their order."""

    title: str
    subject: str
    fields: Fields
    entries: Sequence[Entry]
    lang: str
    warnings: list[str] = field(default_factory=list)

    def save(self, path: Path, told: Told = lambda _done, _total: None) -> SavedDocument:
        """Write the PDF to `path`, whole or not at all. After each paper `told` hears how many are printed, of all."""
        self.warnings = []
        draft = path.with_name(path.name + ".part")
        with tempfile.TemporaryDirectory(dir=path.parent) as name:
            folder, lengths = Path(name), list[int]()
            papers = [folder / f"{at}.pdf" for at in range(len(self.entries))]
            for entry, paper in zip(self.entries, papers, strict=True):
                lengths.append(self._print(entry, paper))
                told(len(lengths), len(papers))
            first = self._print_cover(lengths, folder / "cover.pdf")
            starts = [1, *_starts(first, lengths)]
            self._join([folder / "cover.pdf", *papers], starts, draft)
        digest = hashlib.sha256(draft.read_bytes()).hexdigest()
        draft.replace(path)
        return SavedDocument(first + sum(lengths), digest, self.warnings)

    def _print(self, entry: Entry, path: Path) -> int:
        saved = entry.build(self.lang).save(path)
        self.warnings += [f"{entry.number}: {warning}" for warning in saved.warnings]
        return saved.pages

    def _print_cover(self, lengths: Sequence[int], path: Path) -> int:
        """Print cover and contents. How many pages they take moves the numbers in them, so it is tried until it holds."""
        pages = 1
        while True:
            taken = self._cover(_starts(pages, lengths)).save(path).pages
            if taken <= pages:
                return taken
            pages = taken

    def _cover(self, starts: Sequence[int]) -> Document:
        with use_language(self.lang):
            fields, title = self.fields(), gettext(self.title)
            rows = [
                [
                    str(at),
                    gettext(entry.title),
                    entry.number,
                    write_day(entry.day) if entry.day else "",
                    str(start),
                    "",
                ]
                for at, (entry, start) in enumerate(zip(self.entries, starts, strict=True), start=1)
            ]
        return case_papers.cover(title, self.subject, fields, rows, self.lang)

    def _join(self, papers: Sequence[Path], starts: Sequence[int], path: Path) -> None:
        from pypdf import (
            PdfWriter,
        )  # 6 MB: loaded by who asks for a file, by no server that only takes filings
        from pypdf.generic import NameObject, TextStringObject

        writer = PdfWriter()
        for paper in papers:
            writer.append(paper, import_outline=False)
        with use_language(self.lang):
            self._put_numbers(writer)
            self._put_outline(writer, starts)
            title = " ".join(filter(None, (gettext(self.title), self.subject)))
        writer.add_metadata({"/Title": title, "/Creator": "Xuncha", "/Producer": "Xuncha"})
        writer.page_mode = "/UseOutlines"
        writer.root_object[NameObject("/Lang")] = TextStringObject({"zh": "zh-CN"}.get(self.lang, self.lang))
        writer.compress_identical_objects()
        writer.write(path)
        writer.close()

    def _put_numbers(self, writer: PdfWriter) -> None:
        """Write on every page which of the file it is."""
        from pypdf import PdfReader

        out = BytesIO()
        canvas = Canvas(out, initialFontName=fonts.REGULAR, invariant=1)
        total = len(writer.pages)
        for number, page in enumerate(writer.pages, start=1):
            width, height = float(page.mediabox.width), float(page.mediabox.height)
            canvas.setPageSize((width, height))
            said = gettext("File: page %(page)s of %(pages)s", page=number, pages=total)
            lines = break_lines(said, width - 2 * MARGIN, NUMBER)
            draw_lines(canvas, lines, NUMBER, MARGIN, height - TOP + NUMBER.size, width - 2 * MARGIN)
            canvas.showPage()
        with fonts.LOCK:
            canvas.save()
        for page, over in zip(writer.pages, PdfReader(out).pages, strict=True):
            page.merge_page(over)
            page.compress_content_streams()

    def _put_outline(self, writer: PdfWriter, starts: Sequence[int]) -> None:
        """Bookmarks: cover, then each paper, under its group where a group has several."""
        writer.add_outline_item(title=gettext("Contents of the file"), page_number=0)
        placed = zip(self.entries, starts[1:], strict=True)
        for group, members in groupby(placed, key=lambda one: one[0].group):
            some = list(members)
            parent: Any = None
            if len(some) > 1:
                parent = writer.add_outline_item(title=label(group), page_number=some[0][1] - 1)
            for entry, start in some:
                name = " ".join(filter(None, (gettext(entry.title), entry.number)))
                writer.add_outline_item(title=name, page_number=start - 1, parent=parent)


def _starts(pages_before: int, lengths: Sequence[int]) -> list[int]:
    """The page on which each paper begins."""
    return [pages_before + 1 + done for done in accumulate(lengths, initial=0)][: len(lengths)]
