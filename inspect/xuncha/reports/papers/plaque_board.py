"""The board of a plaque: the enterprise's name, its risk in colour and words, who is responsible, the code beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from ..layout.page_frame import draw_code
from ..layout.typesetting import Style, break_lines, draw_lines

NAME = Style(size=30, leading=44, bold=True, align="center")
SMALLER_NAME = Style(size=20, leading=28, bold=True, align="center")
LABEL = Style(size=15, leading=24, grey=0.25)
VALUE = Style(size=24, leading=34, bold=True)
BAND = Style(size=24, leading=36, bold=True, align="center")
CODE_WORDS = Style(size=11, leading=15, align="center")
BAND_HEIGHT = 46.0
LABEL_SHARE = 0.34
SIDE = 52 * mm
QUIET = 8 * mm  # white around the code: readers need four modules
GAP = 12.0


@dataclass(frozen=True)
class Colour:
    """A colour of the four-colour map; the words on it are white or black, whichever is read on it."""

    red: float
    green: float
    blue: float
    grey_of_words: float


RISK_COLOURS = {
    "red": Colour(0.78, 0.08, 0.12, 1),
    "orange": Colour(0.96, 0.55, 0.09, 0),
    "yellow": Colour(0.99, 0.85, 0.16, 0),
    "blue": Colour(0.09, 0.36, 0.68, 1),
}


@dataclass(frozen=True)
class Board:
    """What stands on it; without an address there is no code."""

    name: str
    risk: str
    risk_words: str
    lines: Sequence[tuple[str, str]]
    address: str | None
    code_words: str


class PlaqueBoard(Flowable):
    """A board of the width of the page; never split."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Measure; points."""
        self.width = width
        lines = break_lines(self.board.name, width - 2 * GAP, NAME)
        self.name_style = NAME if len(lines) == 1 else SMALLER_NAME
        self.name_lines = break_lines(self.board.name, width - 2 * GAP, self.name_style)
        beside = SIDE + 2 * QUIET + GAP if self.board.address else 0.0
        self.text_width = width - 2 * GAP - beside
        self.rows = [self._row(label, value) for label, value in self.board.lines]
        text = sum(height for _label, _value, height in self.rows)
        self.body = max(text, SIDE + 2 * QUIET + 3 * CODE_WORDS.leading if self.board.address else 0.0)
        head = len(self.name_lines) * self.name_style.leading + 2 * GAP + BAND_HEIGHT
        self.height = head + self.body + 2 * GAP
        return width, self.height

    def _row(self, label: str, value: str) -> tuple[Any, Any, float]:
        left = self.text_width * LABEL_SHARE
        labels = break_lines(label, left - GAP, LABEL)
        values = break_lines(value, self.text_width - left, VALUE)
        return labels, values, max(len(labels) * LABEL.leading, len(values) * VALUE.leading) + GAP

    def draw(self) -> None:
        """Draw frame, name, band, lines and code."""
        self.canv.setLineWidth(2.5)
        self.canv.rect(0, 0, self.width, self.height)
        top = self.height - GAP
        draw_lines(self.canv, self.name_lines, self.name_style, GAP, top, self.width - 2 * GAP)
        top -= len(self.name_lines) * self.name_style.leading + GAP
        self._band(top)
        top -= BAND_HEIGHT + GAP
        self._lines(top)
        if self.board.address:
            self._code(self.board.address, top)

    def _band(self, top: float) -> None:
        colour = RISK_COLOURS[self.board.risk]
        self.canv.saveState()
        self.canv.setFillColorRGB(colour.red, colour.green, colour.blue)
        self.canv.rect(0, top - BAND_HEIGHT, self.width, BAND_HEIGHT, stroke=1, fill=1)
        self.canv.restoreState()
        style = replace(BAND, grey=colour.grey_of_words)
        words = break_lines(self.board.risk_words, self.width, style)[:1]
        draw_lines(self.canv, words, style, 0, top - (BAND_HEIGHT - BAND.leading) / 2, self.width)

    def _lines(self, top: float) -> None:
        left = self.text_width * LABEL_SHARE
        for labels, values, height in self.rows:
            lower = (VALUE.leading - LABEL.leading) / 2
            draw_lines(self.canv, labels, LABEL, GAP, top - lower, left - GAP)
            draw_lines(self.canv, values, VALUE, GAP + left, top, self.text_width - left)
            top -= height

    def _code(self, address: str, top: float) -> None:
        self.canv.setFillGray(0)
        x = self.width - GAP - QUIET - SIDE
        draw_code(self.canv, address, x, top - QUIET - SIDE, SIDE)
        left, width = x - QUIET, SIDE + 2 * QUIET
        words = break_lines(self.board.code_words, width, CODE_WORDS)
        under = top - SIDE - 2 * QUIET + 6
        draw_lines(self.canv, words, CODE_WORDS, left, under, width)
