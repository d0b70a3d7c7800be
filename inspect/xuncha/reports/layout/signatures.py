"""Signatures: strokes drawn as lines, a refusal with its reason, or a blank line to sign by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from .typesetting import Style, break_lines, draw_lines

Stroke = Sequence[tuple[float, float]]
ROLE = Style(size=9.5, leading=15)
INK = (46 * mm, 15 * mm)  # the place for a signature
LARGEST = 1.2  # points for one unit of the pad: a mere dot is not blown up to fill its place
HEIGHT = 33 * mm
REFUSAL_LINES = 2


@dataclass(frozen=True)
class SignatureBlock:
    """One place to sign.

    `strokes` are lists of (x, y) on the pad, y downward, any unit; None leaves a blank line.
    `date` is printed as given; None leaves a blank to fill in. `refused_reason` (may be "") marks a refusal.
    """

    role: str
    name: str = ""
    strokes: Sequence[Stroke] | None = None
    refused_reason: str | None = None
    date: str | None = None


def role_line(block: SignatureBlock, translate: Callable[[str], str]) -> str:
    """Whose place it is."""
    _ = translate
    return _("%(role)s (signature):") % {"role": block.role}


def date_line(block: SignatureBlock, translate: Callable[[str], str]) -> str:
    """When it was signed, or a blank to fill in."""
    _ = translate
    return _("Date: %(date)s") % {"date": block.date} if block.date else _("Date: ____________")


def refusal(reason: str, translate: Callable[[str], str]) -> str:
    """That signing was refused, and why."""
    _ = translate
    return _("Refused to sign: %(reason)s") % {"reason": reason} if reason else _("Refused to sign")


def labelled(label: str, value: str, translate: Callable[[str], str]) -> str:
    """A value behind its label."""
    _ = translate
    return _("%(label)s: %(value)s") % {"label": label, "value": value}


def fits(width: float, reason: str, translate: Callable[[str], str]) -> bool:
    """Whether the reason of a refusal fits into its cell; else it stands below all of them."""
    return len(break_lines(refusal(reason, translate), width - 24, ROLE)) <= REFUSAL_LINES


class SignatureRow(Flowable):
    """Ruled cells side by side, never split over pages."""

    def __init__(
        self, blocks: Sequence[SignatureBlock], places: int, translate: Callable[[str], str]
    ) -> None:
        super().__init__()
        self.blocks, self.places, self.translate = list(blocks), places, translate

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Measure; points."""
        self.width, self.height = width, HEIGHT
        return width, HEIGHT

    def draw(self) -> None:
        """Draw the cells."""
        width = self.width / self.places
        for number in range(self.places):
            self.canv.setLineWidth(0.4)
            self.canv.rect(number * width, 0, width, self.height)
            if number < len(self.blocks):
                self._draw_block(self.blocks[number], number * width + 6, width - 12)
        self.canv.setLineWidth(0.9)
        self.canv.rect(0, 0, self.width, self.height)

    def _draw_block(self, block: SignatureBlock, x: float, width: float) -> None:
        head = role_line(block, self.translate)
        draw_lines(self.canv, break_lines(head, width, ROLE)[:2], ROLE, x, self.height - 4, width)
        name = break_lines(block.name, width * 0.48, ROLE)[:2]
        above = (
            max(len(name) - 1, 0) * ROLE.leading
        )  # a second line of the name stands below the place to sign
        left, bottom = x + (width - INK[0]) / 2, 9 * mm + above
        if block.refused_reason is not None:
            self._draw_refusal(block.refused_reason, x, width)
        elif block.strokes:
            draw_ink(self.canv, block.strokes, left, bottom, INK[0], INK[1] - above)
        else:
            self.canv.setLineWidth(0.6)
            self.canv.line(left, bottom + 1 * mm, left + INK[0], bottom + 1 * mm)
        foot = 4 + ROLE.leading
        draw_lines(self.canv, name, ROLE, x, foot + above, width)
        date = date_line(block, self.translate)
        right = Style(size=ROLE.size, leading=ROLE.leading, align="right")
        draw_lines(self.canv, break_lines(date, width, right)[:1], right, x, foot, width)

    def _draw_refusal(self, reason: str, x: float, width: float) -> None:
        lines = break_lines(refusal(reason, self.translate), width - 12, ROLE)
        if len(lines) > REFUSAL_LINES:
            lines = break_lines(refusal("", self.translate), width - 12, ROLE)
        draw_lines(self.canv, lines, ROLE, x + 6, self.height - 14 * mm, width - 12)


def draw_ink(canvas: Any, strokes: Sequence[Stroke], x: float, y: float, width: float, height: float) -> None:
    """Draw strokes as round black lines, fitted into a place in points and centred in it."""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return
    left, right = min(px for px, _ in points), max(px for px, _ in points)
    top, bottom = min(py for _, py in points), max(py for _, py in points)
    scale = min(width / max(right - left, 1e-6), height / max(bottom - top, 1e-6), LARGEST)
    from_x = x + (width - (right - left) * scale) / 2
    from_y = y + (height + (bottom - top) * scale) / 2
    canvas.saveState()
    canvas.setLineWidth(1.2)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    for stroke in strokes:
        placed = [(from_x + (px - left) * scale, from_y - (py - top) * scale) for px, py in stroke]
        _smooth(path, placed)
    canvas.drawPath(path)
    canvas.restoreState()


def _smooth(path: Any, points: Sequence[tuple[float, float]]) -> None:
    """A curve through the midpoints, so that few points from a slow phone do not look like a saw."""
    if not points:
        return
    path.moveTo(*points[0])
    for (ax, ay), (bx, by) in pairwise(points):
        path.curveTo(ax, ay, ax, ay, (ax + bx) / 2, (ay + by) / 2)
    path.lineTo(*points[-1])
