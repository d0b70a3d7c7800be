"""The strip below a stamped copy: time, enterprise, place, photographer, readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

BACKGROUND, INK = (24, 32, 40), (255, 255, 255)
MIN_TEXT, TEXT_SHARE = 13, 48  # pixels at least; else this part of the long side
MAX_ROWS_EACH = 3  # of one line of text; more is cut with an ellipsis


def with_strip(picture: Image.Image, lines: Sequence[str], font_file: Path, size: int) -> Image.Image:
    """The picture with the lines on a strip below it, the whole at most `size` pixels high or wide."""
    font = ImageFont.truetype(font_file, max(MIN_TEXT, max(picture.size) // TEXT_SHARE))
    strip = _strip(picture.width, lines, font)
    for _ in range(3):  # a narrower picture breaks the text into more rows
        room = max(size - strip.height, size // 2)
        if picture.height <= room:
            break
        picture = picture.resize(
            (max(1, picture.width * room // picture.height), room), Image.Resampling.LANCZOS
        )
        strip = _strip(picture.width, lines, font)
    whole = Image.new("RGB", (picture.width, picture.height + strip.height), BACKGROUND)
    whole.paste(picture, (0, 0))
    whole.paste(strip, (0, picture.height))
    return whole


def _strip(width: int, lines: Sequence[str], font: ImageFont.FreeTypeFont) -> Image.Image:
    unit = round(font.size)
    margin, gap, step = unit * 3 // 4, unit * 2, unit * 3 // 2
    rows = _rows(lines, font, max(unit, width - 2 * margin), gap)
    strip = Image.new("RGB", (width, len(rows) * step + 2 * margin - (step - unit)), BACKGROUND)
    draw = ImageDraw.Draw(strip)
    for number, row in enumerate(rows):
        middle = margin + number * step + unit // 2
        for left, text in row:
            draw.text((margin + left, middle), text, fill=INK, font=font, anchor="lm")
    return strip


def _rows(
    lines: Sequence[str], font: ImageFont.FreeTypeFont, width: int, gap: int
) -> list[list[tuple[int, str]]]:
    """Rows of (left, text): two short lines share a row in two columns, a long one is broken into several."""
    column = (width + gap) // 2
    rows: list[list[tuple[int, str]]] = []
    half_free = False
    for line in filter(None, (" ".join(line.split()) for line in lines)):
        short = font.getlength(line) <= column - gap
        if short and half_free:
            rows[-1].append((column, line))
        else:
            rows.extend([(0, part)] for part in _broken(line, font, width))
        half_free = short and not half_free
    return rows


def _broken(line: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The line in parts that fit: between any two signs, but at a space rather than inside a word."""
    parts: list[str] = []
    while line and font.getlength(line) > width and len(parts) < MAX_ROWS_EACH - 1:
        end = _fitting(line, font, width)
        space = line.rfind(" ", 1, end + 1)
        splits_a_word = line[end - 1 : end + 1].isascii() and line[end - 1 : end + 1].isalnum()
        cut = space if splits_a_word and space > end // 2 else end
        parts.append(line[:cut].rstrip())
        line = line[cut:].lstrip()
    if font.getlength(line) > width:
        line = line[: _fitting(line, font, width - round(font.getlength("…")))] + "…"
    return [*parts, line]


def _fitting(line: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """How many signs fit, at least one."""
    return next((n - 1 for n in range(2, len(line) + 1) if font.getlength(line[:n]) > width), len(line))
