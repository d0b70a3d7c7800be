"""A block of a paper that a phone scans: a code that opens an address, the address itself, what it is for."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from .page_frame import draw_code
from .typesetting import Style, break_lines, draw_lines

SIDE = 27 * mm
QUIET = 3 * mm  # white around the code, and from it to the words: readers need it
WORDS = Style(size=10.5, leading=16, bold=True)
SMALL = Style(size=9, leading=13)


class ScanBlock(Flowable):
    """The code at the left, its words beside it; never split over pages."""

    def __init__(self, words: str, address: str, note: str) -> None:
        super().__init__()
        self.words, self.address, self.note = words, address, note
        self.spaceBefore, self.spaceAfter = 4, 4

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Measure; points."""
        self.width, self.height = width, SIDE + 2 * QUIET
        return width, self.height

    def draw(self) -> None:
        """Draw code and words in a ruled frame."""
        self.canv.setLineWidth(0.4)
        self.canv.rect(0, 0, self.width, self.height)
        draw_code(self.canv, self.address, QUIET, QUIET, SIDE)
        left = SIDE + 2 * QUIET
        width = self.width - left - QUIET
        top = self.height - QUIET
        for text, style in ((self.words, WORDS), (self.address, SMALL), (self.note, SMALL)):
            lines = break_lines(text, width, style)
            draw_lines(self.canv, lines, style, left, top, width)
            top -= len(lines) * style.leading + 2
