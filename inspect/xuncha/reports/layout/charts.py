"""Charts that stay readable in black and white: greys, hatches, dashes, and a number at every value.

Drawn with the papers' own fonts; every axis starts at zero.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from . import fonts, text_runs
from .typesetting import Line, Style, break_lines, draw_lines

TITLE = Style(size=10.5, leading=16, bold=True, align="center")
LABEL = Style(size=8, leading=11, align="center")
NAME = Style(size=8.5, leading=11, align="right")
VALUE = 7.5
BAR_ROW = 22  # height of a horizontal bar with its space, in points
FILLS = (0.3, 0.86, 0.6, 1.0)  # grey of each series; the second and fourth are hatched
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2.5), (1.5, 2), (7, 2, 1.5, 2))
Values = Sequence[float | None]


@dataclass(frozen=True)
class Series:
    """A named row of values, one for each category; None where there is no figure."""

    name: str
    values: Values


def nice_step(top: float, steps: int = 5) -> float:
    """The round step (1, 2 or 5 times a power of ten, at least 1) that reaches `top` in `steps` steps."""
    if top <= steps:
        return 1
    power = 10 ** math.floor(math.log10(top / steps))
    return float(next(power * factor for factor in (1, 2, 5, 10) if power * factor * steps >= top))


def format_value(value: float) -> str:
    """A figure as printed: whole numbers without a point, others with one decimal."""
    return str(round(value)) if float(value).is_integer() else f"{value:.1f}"


def clip(lines: Sequence[Line], most: int) -> Sequence[Line]:
    """At most this many lines, the last one ending in an ellipsis when some were left out."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], Line(last.text[:-1] + "\u2026", last.width)]


class Chart(Flowable):
    """What all charts share: a title, an area, a legend when there are several series."""

    def __init__(self, title: str, unit: str, names: Sequence[str], height: float) -> None:
        super().__init__()
        self.title, self.unit, self.names, self.height = title, unit, list(names), height
        self.spaceBefore, self.spaceAfter = 4, 10

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Measure; points."""
        self.width = width
        return width, self.height

    def draw_heading(self) -> float:
        """Draw title, unit and legend; gives the top of what is left."""
        draw_lines(
            self.canv, clip(break_lines(self.title, self.width, TITLE), 1), TITLE, 0, self.height, self.width
        )
        top = self.height - TITLE.leading - 2
        if self.unit:
            draw_lines(self.canv, [Line(self.unit, 0)], Style(size=8, leading=11), 0, top, self.width)
        if len(self.names) > 1:
            self._draw_legend(top)
        return top - 22

    def _draw_legend(self, top: float) -> None:
        widths = [text_runs.text_width(name, 8) + 40 for name in self.names]
        x = self.width - sum(widths) + 10
        for number, name in enumerate(self.names):
            self.draw_key(number, x, top - 9.5)
            draw_lines(self.canv, [Line(name, 0)], Style(size=8, leading=11), x + 26, top, 100)
            x += widths[number]

    def draw_key(self, number: int, x: float, y: float) -> None:
        """The sample of a series in the legend."""
        fill_bar(self.canv, number, x, y, 22, 8)

    def centred(self, text: str, x: float, y: float, size: float = VALUE) -> None:
        """A short text centred at x, its baseline at y."""
        self.canv.setFillGray(0)
        self.canv.setFont(fonts.REGULAR, size)
        self.canv.drawCentredString(x, y, text)


class BarChart(Chart):
    """Horizontal bars, for long names; the number stands at the end of each bar."""

    def __init__(self, title: str, items: Sequence[tuple[str, float]], unit: str) -> None:
        super().__init__(title, unit, [], TITLE.leading + 30 + BAR_ROW * len(items))
        self.items = list(items)

    def draw(self) -> None:
        """Draw on the page."""
        top = self.draw_heading()
        names = self.width * 0.28
        most = max([value for _, value in self.items] + [1])
        room = self.width - names - 50
        for number, (name, value) in enumerate(self.items):
            y = top - BAR_ROW * (number + 1)
            lines = clip(break_lines(name, names - 8, NAME), 2)
            draw_lines(self.canv, lines, NAME, 0, y + 11 + len(lines) * NAME.leading / 2, names - 8)
            fill_bar(self.canv, 0, names, y + 5, max(value, 0) / most * room, 12)
            self.canv.setFillGray(0)
            self.canv.setFont(fonts.REGULAR, 8.5)
            self.canv.drawString(names + max(value, 0) / most * room + 4, y + 8, format_value(value))
        self.canv.setLineWidth(0.8)
        self.canv.line(names, top, names, top - BAR_ROW * len(self.items))


class AxisChart(Chart, ABC):
    """Categories along the bottom, values from zero upward."""

    def __init__(self, title: str, categories: Sequence[str], series: Sequence[Series], unit: str) -> None:
        super().__init__(title, unit, [one.name for one in series], 68 * mm)
        self.categories, self.series = list(categories), list(series)

    def draw(self) -> None:
        """Draw on the page."""
        top = self.draw_heading()
        known = [value for one in self.series for value in one.values if value is not None]
        step = nice_step(max([*known, 1]))
        self.steps = max(1, math.ceil(max([*known, 1]) / step))
        self.left = text_runs.text_width(format_value(step * self.steps), 8) + 6
        self.slot = (self.width - self.left) / max(len(self.categories), 1)
        labels = [clip(break_lines(name, self.slot - 2, LABEL), 3) for name in self.categories]
        self.base = 4 + LABEL.leading * max([len(lines) for lines in labels] + [1])
        self.scale = (top - self.base) / (step * self.steps)
        self._draw_axes(step)
        for number, lines in enumerate(labels):
            draw_lines(
                self.canv, lines, LABEL, self.left + number * self.slot + 1, self.base - 2, self.slot - 2
            )
        self.draw_series()

    def _draw_axes(self, step: float) -> None:
        for number in range(self.steps + 1):
            y = self.base + number * step * self.scale
            self.canv.setStrokeGray(0 if number == 0 else 0.8)
            self.canv.setLineWidth(0.8 if number == 0 else 0.4)
            self.canv.line(self.left, y, self.width, y)
            self.canv.setFont(fonts.REGULAR, 8)
            self.canv.drawRightString(self.left - 4, y - 2.8, format_value(number * step))
        self.canv.setStrokeGray(0)

    @abstractmethod
    def draw_series(self) -> None:
        """Draw the values; each kind of chart its own way."""


class ColumnChart(AxisChart):
    """Columns side by side, the number on top of each."""

    def draw_series(self) -> None:
        """Draw the columns."""
        width = min(self.slot * 0.72 / max(len(self.series), 1), 26)
        size = min(VALUE, max(5.5, width / 1.9))
        for number, one in enumerate(self.series):
            for place, value in enumerate(one.values):
                middle = self.left + (place + 0.5) * self.slot
                x = middle + (number - len(self.series) / 2) * width
                if value is None:
                    self.centred("\u2014", x + width / 2, self.base + 3, size)
                    continue
                fill_bar(self.canv, number, x, self.base, width * 0.94, value * self.scale)
                self.centred(format_value(value), x + width / 2, self.base + value * self.scale + 2.5, size)


class LineChart(AxisChart):
    """Lines told apart by dash and mark, the number at each point; a gap where there is no figure."""

    def draw_series(self) -> None:
        """Draw the lines, marks and numbers."""
        for number, one in enumerate(self.series):
            points = [
                None
                if value is None
                else (self.left + (place + 0.5) * self.slot, self.base + value * self.scale)
                for place, value in enumerate(one.values)
            ]
            self.canv.setLineWidth(1.3)
            self.canv.setDash(*([list(DASHES[number % 4])] if DASHES[number % 4] else []))
            for start, end in pairwise(points):
                if start and end:
                    self.canv.line(*start, *end)
            self.canv.setDash()
            for place, (point, value) in enumerate(zip(points, one.values, strict=True)):
                if point and value is not None:
                    self._mark(number, *point)
                    self.centred(format_value(value), point[0], point[1] + self._lift(number, place, value))

    def _lift(self, number: int, place: int, value: float) -> float:
        """Where a number stands: above its point, or below when another line's point lies close above."""
        others = [(other.values[place], at) for at, other in enumerate(self.series) if at != number]
        for other, at in others:
            above = other is not None and (other > value or (other == value and at < number))
            if other is not None and above and (other - value) * self.scale < 18 and value * self.scale > 12:
                return -11
        return 5

    def _mark(self, number: int, x: float, y: float) -> None:
        self.canv.setLineWidth(0.9)
        self.canv.setFillGray(0 if number % 2 == 0 else 1)
        if number < 2:
            self.canv.circle(x, y, 2.4, fill=1)
        else:
            self.canv.rect(x - 2.2, y - 2.2, 4.4, 4.4, fill=1)
        self.canv.setFillGray(0)

    def draw_key(self, number: int, x: float, y: float) -> None:
        """A piece of the line with its mark."""
        self.canv.setLineWidth(1.3)
        self.canv.setDash(*([list(DASHES[number % 4])] if DASHES[number % 4] else []))
        self.canv.line(x, y + 4, x + 22, y + 4)
        self.canv.setDash()
        self._mark(number, x + 11, y + 4)


def fill_bar(canvas: Any, number: int, x: float, y: float, width: float, height: float) -> None:
    """A bar in the grey of its series; hatched where two greys alone would be mistaken for each other."""
    canvas.setLineWidth(0.5)
    canvas.setFillGray(FILLS[number % 4])
    canvas.rect(x, y, width, height, fill=1)
    if number % 2 == 1 and width > 0 and height > 0:
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(x, y, width, height)
        canvas.clipPath(path, stroke=0)
        canvas.setLineWidth(0.4)
        for offset in range(0, int(width + height) + 4, 4):
            ends = (offset, offset - height) if number % 4 == 1 else (offset - height, offset)
            canvas.line(x + ends[0], y, x + ends[1], y + height)
        canvas.restoreState()
    canvas.setFillGray(0)
