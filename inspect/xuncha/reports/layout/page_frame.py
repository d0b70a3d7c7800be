"""What stands on every page: the page numbers, the running head, the draft mark, the verification code."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from . import fonts, text_runs
from .typesetting import Line, Style, break_lines, draw_lines

CODE = 18 * mm  # side of the verification code
SMALL = Style(size=8.5, leading=12)
PROOF = Style(size=7, leading=8.5, align="center")


@dataclass(frozen=True)
class Paper:
    """Page size and margins in points; the widest margin lies where the file is bound: left, or at the head."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


PORTRAIT = Paper(A4[0], A4[1], left=27 * mm, right=21 * mm, top=24 * mm, bottom=22 * mm)
LANDSCAPE = Paper(A4[1], A4[0], left=11 * mm, right=11 * mm, top=19 * mm, bottom=16 * mm)


@dataclass(frozen=True)
class Furniture:
    """The words around the text; all of them already cleaned."""

    paper: Paper
    title: str
    number: str
    footer_note: str
    draft: str
    verify_text: str
    proof: tuple[str, ...]
    verify_label: str
    continued: str
    page_of: Callable[[object, object], str]


class PageCanvas(Canvas):
    """Packs each page when it is full; what tells the number of pages is put behind it at the end."""

    furniture: Furniture
    page_count = 0

    def __init__(self, *args: Any, told: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told = told

    def showPage(self) -> None:
        """Pack the page and say so."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.Contents = pdfdoc.PDFArray([self._packed(page.stream)])
        page.stream = None
        self._told()

    def save(self) -> None:
        """Number the pages and write the file."""
        pages = self._doc.Pages.pages
        self.page_count = len(pages)
        for number, page in enumerate(pages, start=1):
            draw_furniture(self, self.furniture, number, self.page_count)
            page.Contents.sequence.append(self._packed("\n".join(self._code)))
            self._code.clear()
        with fonts.LOCK:
            super().save()

    def _packed(self, code: str) -> Any:
        """A reference to a part of a page's content, packed at once: open pages are ten times as large."""
        filters = pdfdoc.PDFArray([pdfdoc.PDFName(pdfdoc.PDFZCompress.pdfname)])
        stream = pdfdoc.PDFStream(
            pdfdoc.PDFDictionary({"Filter": filters}), zlib.compress(code.encode("latin-1"))
        )
        return self._doc.Reference(stream)


def draw_furniture(canvas: Any, furniture: Furniture, number: int, count: int) -> None:
    """Draw footer, running head and code of one page."""
    paper = furniture.paper
    width = paper.width - paper.left - paper.right
    foot = 14 * mm
    centre = Style(size=9, leading=12, align="center")
    label = furniture.page_of(number, count)
    draw_lines(canvas, break_lines(label, width, centre), centre, paper.left, foot, width)
    if furniture.footer_note:
        lines = break_lines(furniture.footer_note, width * 0.38, SMALL)[:2]
        draw_lines(canvas, lines, SMALL, paper.left, foot, width * 0.38)
    if furniture.number:
        right = Style(size=SMALL.size, leading=SMALL.leading, align="right")
        lines = break_lines(furniture.number, width * 0.38, right)[:2]
        draw_lines(canvas, lines, right, paper.left + width * 0.62, foot, width * 0.38)
    _draw_proof(canvas, furniture, width)
    if number > 1:
        _draw_running_head(canvas, furniture, width)
    elif furniture.verify_text:
        _draw_verification(canvas, furniture)


def _draw_proof(canvas: Any, furniture: Furniture, width: float) -> None:
    """Where and by what the paper is verified, between text and page number."""
    paper = furniture.paper
    top = paper.bottom - 3
    for line in furniture.proof:
        fitting = break_lines(line, width, PROOF)[:1]
        draw_lines(canvas, fitting, PROOF, paper.left, top, width)
        top -= PROOF.leading


def _draw_running_head(canvas: Any, furniture: Furniture, width: float) -> None:
    paper = furniture.paper
    top = paper.height - paper.top + 24
    text = f"{furniture.title} {furniture.continued}"
    draw_lines(canvas, break_lines(text, width, SMALL)[:1], SMALL, paper.left, top, width)
    canvas.setLineWidth(0.5)
    canvas.line(paper.left, top - 14, paper.left + width, top - 14)


def _draw_verification(canvas: Any, furniture: Furniture) -> None:
    paper = furniture.paper
    x, y = paper.width - paper.right - CODE, paper.height - 9 * mm - CODE
    draw_code(canvas, furniture.verify_text, x, y, CODE)
    style = Style(size=7, leading=9, align="center")
    lines = [Line(furniture.verify_label, text_runs.text_width(furniture.verify_label, 7))]
    draw_lines(canvas, lines, style, x - 10, y - 1, CODE + 20)


def draw_code(canvas: Any, text: str, x: float, y: float, side: float) -> None:
    """Draw a QR code as rectangles, sharp at every size; its quiet zone is the caller's."""
    matrix = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    module = side / len(matrix)
    for row, modules in enumerate(matrix):
        for start, length in dark_runs(modules):
            canvas.rect(
                x + start * module, y + side - (row + 1) * module, length * module, module, stroke=0, fill=1
            )


def dark_runs(modules: list[int]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules: one rectangle a run shows no hairlines inside."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(modules):
        if dark and runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((place, 1))
    return runs


def draw_draft(canvas: Any, furniture: Furniture) -> None:
    """The pale word across an unfinished paper, under the text."""
    if not furniture.draft:
        return
    canvas.saveState()
    canvas.translate(furniture.paper.width / 2, furniture.paper.height / 2)
    canvas.rotate(45)
    canvas.setFillGray(0.92)
    canvas.setFont(fonts.BOLD, 110)
    canvas.drawCentredString(0, -40, furniture.draft)
    canvas.restoreState()


def page_template(furniture: Furniture) -> PageTemplate:
    """One frame between the margins."""
    paper = furniture.paper
    frame = Frame(
        paper.left,
        paper.bottom,
        paper.width - paper.left - paper.right,
        paper.height - paper.top - paper.bottom,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    return PageTemplate(frames=[frame], onPage=lambda canvas, _template: draw_draft(canvas, furniture))


def build(
    path: str, story: list[Flowable], furniture: Furniture, told: Callable[[], None], **information: str
) -> int:
    """Write the PDF; gives the number of pages. The same story gives the same bytes. `told` is called after each page."""
    made: list[PageCanvas] = []

    def canvas(*args: Any, **kwargs: Any) -> PageCanvas:
        sheet = PageCanvas(*args, told=told, **kwargs)
        sheet.furniture = furniture
        sheet.setViewerPreference("DisplayDocTitle", "true")
        made.append(sheet)
        return sheet

    template = BaseDocTemplate(
        path,
        pagesize=(furniture.paper.width, furniture.paper.height),
        pageTemplates=[page_template(furniture)],
        initialFontName=fonts.REGULAR,
        invariant=1,
        pageCompression=1,
        creator="Xuncha",
        producer="Xuncha",
        **information,
    )
    template.build(story, canvasmaker=canvas)
    return made[-1].page_count
