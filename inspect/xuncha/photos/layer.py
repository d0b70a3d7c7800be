"""Marks drawn into a copy for paper, as static/js/offline/marks.js and the macro marks_layer draw them on screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

EDGE, INK = (0, 0, 0), (255, 225, 77)
WIDTHS = ((EDGE, 11), (INK, 6))  # thousandths of the width
TEXT, HEAD = 52, 40
FINER = 2  # drawn larger and made small again: Pillow draws lines without smoothing

Point = tuple[float, float]


def arrow_head(tail_x: float, tail_y: float, x: float, y: float, size: float = HEAD) -> list[Point]:
    """The three points of an arrow's head at (x, y)."""
    turn = math.atan2(y - tail_y, x - tail_x)
    left, right = ((x + size * math.cos(turn + by), y + size * math.sin(turn + by)) for by in (2.6, -2.6))
    return [left, (x, y), right]


def with_marks(picture: Image.Image, shapes: Sequence[Mapping[str, Any]], font_file: Path) -> Image.Image:
    """The picture with the shapes over it."""
    whole = picture.resize((picture.width * FINER, picture.height * FINER), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(whole)
    unit = whole.width / 1000
    font = ImageFont.truetype(font_file, round(TEXT * unit))
    for shape in shapes:
        points = [(x * whole.width, y * whole.height) for x, y in shape["points"]]
        if shape["kind"] == "text":
            draw.text(
                points[0], shape["text"], INK, font, "ls", stroke_width=round(4 * unit), stroke_fill=EDGE
            )
            continue
        for colour, width in WIDTHS:
            _line(draw, shape["kind"], points, colour, max(1, round(width * unit)), unit)
    return whole.resize(picture.size, Image.Resampling.LANCZOS)


def _line(
    draw: ImageDraw.ImageDraw,
    kind: str,
    points: list[Point],
    colour: tuple[int, int, int],
    width: int,
    unit: float,
) -> None:
    (ax, ay), (bx, by) = points[0], points[-1]
    if kind == "circle":
        # Pillow draws the outline inwards; on screen it lies on both sides of the edge.
        half = width / 2
        box = (min(ax, bx) - half, min(ay, by) - half, max(ax, bx) + half, max(ay, by) + half)
        draw.ellipse(box, outline=colour, width=width)
        return
    draw.line(points, fill=colour, width=width, joint="curve")
    if kind == "arrow":
        draw.line(arrow_head(ax, ay, bx, by, HEAD * unit), fill=colour, width=width, joint="curve")
