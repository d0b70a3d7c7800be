"""The code of a poster: large enough to be scanned from an arm's length, in the middle, its address under it."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from .page_frame import draw_code
from .typesetting import Style, break_lines, draw_lines

QUIET = 9 * mm  # white around the code: readers need four modules
ADDRESS = Style(size=12, leading=18, align="center")


class BigCode(Flowable):
    """A code of a side in millimetres in a ruled square; never split over pages."""

    def __init__(self, address: str, side: float) -> None:
        super().__init__()
        self.address, self.side = address, side * mm
        self.spaceBefore, self.spaceAfter = 10, 10

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Measure; points."""
        lines = len(break_lines(self.address, width, ADDRESS))
        self.width, self.height = width, self.side + 2 * QUIET + lines * ADDRESS.leading + 6
        return width, self.height

    def draw(self) -> None:
        """Draw the square, the code in it, the address below."""
        side = self.side + 2 * QUIET
        left, bottom = (self.width - side) / 2, self.height - side
        self.canv.setLineWidth(2)
        self.canv.roundRect(left, bottom, side, side, 8)
        draw_code(self.canv, self.address, left + QUIET, bottom + QUIET, self.side)
        lines = break_lines(self.address, self.width, ADDRESS)
        draw_lines(self.canv, lines, ADDRESS, 0, bottom - 6, self.width)
