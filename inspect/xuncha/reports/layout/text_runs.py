"""Text in more than one font: runs of one font, letters shaped together, right-to-left names in their place.

Shaped letters are drawn glyph by glyph. ReportLab knows glyphs only by characters, so each pair of a glyph and
the text it stands for gets a private character; the file says the text to whoever copies or searches. A further
glyph of the same letter (its dots, say) stands for no text and is drawn as an outline.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

import uharfbuzz
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import FILL_NON_ZERO

from . import fonts, spare_fonts

JOINERS = frozenset("\u200c\u200d\u180e\u202f")
"""What has no shape of its own, or only a space, and changes the letters beside it."""
MIRRORED = str.maketrans("()[]<>", ")(][><")
NUMBER_OR_MARK = re.compile(r"\d[\d.,:/-]*|.", re.DOTALL)
_private: dict[tuple[str, int, str], int] = {}
_next_private = iter(range(0xF0000, 0x10FFFE))


@dataclass(frozen=True)
class Run:
    """Neighbouring characters of one font; `script` where they are shaped."""

    text: str
    font: str
    script: str = ""

    @property
    def right_to_left(self) -> bool:
        """Whether it is read from the right."""
        return self.script == "Arab"


@dataclass(frozen=True)
class Glyph:
    """A shaped glyph: its private character, or none where it stands for no text; its number in the font; the
    character of the run that it begins; its advance and place in thousandths of the size."""

    char: str
    number: int
    cluster: int
    advance: float
    x: float
    y: float


def is_plain(text: str) -> bool:
    """Whether the main font has every character."""
    return plain_characters().issuperset(text)


@lru_cache(maxsize=1)
def plain_characters() -> frozenset[str]:
    """The characters that the main font has in both weights."""
    return frozenset(map(chr, fonts.glyphs(bold=False).keys() & fonts.glyphs(bold=True).keys()))


def missing_glyphs(text: str) -> list[str]:
    """The characters that no installed font can print, each once, in order of appearance."""
    if is_plain(text):
        return []
    return [char for char in dict.fromkeys(text) if char not in JOINERS and not _printable(char)]


def _printable(char: str) -> bool:
    return is_plain(char) or spare_fonts.spare_for(char) is not None


def joins(char: str) -> bool:
    """Whether a character is set in an installed font whose letters are shaped together."""
    spare = None if is_plain(char) else spare_fonts.spare_for(char)
    return spare is not None and bool(spare.script)


@lru_cache(maxsize=2048)
def runs_of(text: str, *, bold: bool) -> tuple[Run, ...]:
    """Text divided into runs, in the order in which it is read."""
    runs: list[Run] = []
    for char in text:
        last = runs[-1] if runs else None
        if last and last.script and (char in JOINERS or unicodedata.category(char) == "Mn"):
            runs[-1] = Run(last.text + char, last.font, last.script)
            continue
        spare = None if is_plain(char) else spare_fonts.spare_for(char)
        font = spare_fonts.font_name(spare, bold=bold) if spare else fonts.font_name(bold)
        if last and last.font == font:
            runs[-1] = Run(last.text + char, last.font, last.script)
        else:
            runs.append(Run(char, font, spare.script if spare else ""))
    return tuple(runs)


def char_widths(text: str, size: float, bold: bool = False) -> list[float]:
    """The width of each character, in points; a letter that melts into the one before it has none."""
    if is_plain(text):
        return _widths(text, fonts.font_name(bold), size)
    widths: list[float] = []
    for run in runs_of(text, bold=bold):
        widths += _shaped_widths(run, size) if run.script else _widths(run.text, run.font, size)
    return widths


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line, in points."""
    return sum(char_widths(text, size, bold))


def _widths(text: str, font: str, size: float) -> list[float]:
    return [width * size / 1000 for width in map(_width_table(font).__getitem__, text)]


@lru_cache(maxsize=32)
def _width_table(font: str) -> WidthTable:
    return WidthTable(pdfmetrics.getFont(font).face)


class WidthTable(dict[str, float]):
    """The widths of a font's characters in thousandths of the size, by the character."""

    def __init__(self, face: Any) -> None:
        super().__init__()
        self.face = face

    def __missing__(self, char: str) -> float:
        self[char] = width = self.face.charWidths.get(ord(char), self.face.defaultWidth)
        return width


def _shaped_widths(run: Run, size: float) -> list[float]:
    widths = [0.0] * len(run.text)
    for glyph in shaped(run):
        widths[glyph.cluster] += glyph.advance * size / 1000
    return widths


@lru_cache(maxsize=64)
def _harfbuzz_font(font: str) -> Any:
    face = pdfmetrics.getFont(font).face
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(face._ttf_data)))


@lru_cache(maxsize=2048)
def shaped(run: Run) -> tuple[Glyph, ...]:
    """The glyphs of a run, from left to right."""
    with fonts.LOCK:
        font = _harfbuzz_font(run.font)
        buffer = uharfbuzz.Buffer()
        buffer.add_str(run.text)
        buffer.script = run.script
        buffer.direction = "rtl" if run.right_to_left else "ltr"
        uharfbuzz.shape(font, buffer)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        texts = _texts(run.text, [info.cluster for info in infos], backward=run.right_to_left)
        scale = 1000 / font.face.upem
        return tuple(
            Glyph(
                _private_character(run.font, info.codepoint, text) if text else "",
                info.codepoint,
                info.cluster,
                place.x_advance * scale,
                place.x_offset * scale,
                place.y_offset * scale,
            )
            for info, place, text in zip(infos, positions, texts, strict=True)
        )


def _texts(text: str, clusters: Sequence[int], *, backward: bool) -> list[str]:
    """What each glyph stands for: the first one read of a cluster for the cluster, the others for nothing."""
    ends = dict(pairwise([*sorted(set(clusters)), len(text)]))
    order = range(len(clusters) - 1, -1, -1) if backward else range(len(clusters))
    told, texts = set(), [""] * len(clusters)
    for at in order:
        if clusters[at] not in told:
            told.add(clusters[at])
            texts[at] = text[clusters[at] : ends[clusters[at]]]
    return texts


def _private_character(font: str, glyph: int, text: str) -> str:
    """The private character of a glyph that stands for a text; made known to the font."""
    key = (font, glyph, text)
    if key not in _private:
        face = pdfmetrics.getFont(font).face
        _private[key] = code = next(_next_private)
        face.charToGlyph[code] = glyph
        face.charWidths[code] = face._pdfScale(face.hmetrics[glyph][0])
        fonts.STANDS_FOR[code] = text
    return chr(_private[key])


@dataclass(frozen=True, slots=True)
class Placed:
    """A line at a point on its base line; `gap` is put between characters that are not shaped."""

    x: float
    y: float
    text: str
    gap: float


def draw_texts(canvas: Any, lines: Sequence[Placed], size: float, *, bold: bool) -> None:
    """Draw lines of one size and weight."""
    for plain, some in groupby(lines, lambda line: is_plain(line.text)):
        if plain:
            _draw_plain(canvas, some, size, fonts.font_name(bold))
            continue
        for line in some:
            _draw_runs(canvas, line, size, bold=bold)


def _draw_plain(canvas: Any, lines: Iterable[Placed], size: float, font_name: str) -> None:
    """One text object for all: ReportLab's own way makes one a line, and chooses the font anew in each."""
    font, document = pdfmetrics.getFont(font_name), canvas._doc
    code, chosen, spread = ["BT"], -1, 0.0
    for line in lines:
        if line.gap != spread:
            spread = line.gap
            code.append(f"{spread:.4f} Tc")
        code.append(f"1 0 0 1 {line.x:.3f} {line.y:.3f} Tm")
        for subset, codes in font.splitString(line.text, document):
            if subset != chosen:
                chosen = subset
                code.append(f"{font.getSubsetInternalName(subset, document)} {size:g} Tf")
            code.append(f"({canvas._escape(codes)}) Tj")
    code.append("0 Tc ET" if spread else "ET")
    canvas._code.append(" ".join(code))


def _draw_runs(canvas: Any, line: Placed, size: float, *, bold: bool) -> None:
    runs = runs_of(line.text, bold=bold)
    widths = [sum(char_widths(run.text, size, bold)) + line.gap * len(run.text) for run in runs]
    left, x = [0.0] * len(runs), line.x
    inside = _inside_right_to_left(runs)
    for at in _left_to_right(runs):
        left[at], x = x, x + widths[at]
    for at, run in enumerate(runs):
        if run.script:
            _draw_shaped(canvas, run, left[at], line.y, size)
        else:
            canvas.setFont(run.font, size)
            shown = _turned(run.text) if at in inside else run.text
            canvas.drawString(left[at], line.y, shown, charSpace=line.gap)


def _spans(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """First and last run of each stretch read from the right: such runs, and between them only what has no direction."""
    spans: list[tuple[int, int]] = []
    for at, run in enumerate(runs):
        if not run.right_to_left:
            continue
        between = runs[spans[-1][1] + 1 : at] if spans else ()
        if spans and not any(_leads_right(char) for one in between for char in one.text):
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((at, at))
    return spans


def _leads_right(char: str) -> bool:
    """Latin letters and all that is as wide as a Chinese character, so that a Chinese list keeps its order."""
    return unicodedata.bidirectional(char) == "L" or unicodedata.east_asian_width(char) in "WF"


def _turned(text: str) -> str:
    """Spaces and marks as they stand inside right-to-left text; a number keeps its direction."""
    return "".join(reversed(NUMBER_OR_MARK.findall(text))).translate(MIRRORED)


def _left_to_right(runs: Sequence[Run]) -> list[int]:
    order = list(range(len(runs)))
    for first, last in _spans(runs):
        order[first : last + 1] = reversed(order[first : last + 1])
    return order


def _inside_right_to_left(runs: Sequence[Run]) -> set[int]:
    return {at for first, last in _spans(runs) for at in range(first, last)}


def _draw_shaped(canvas: Any, run: Run, x: float, y: float, size: float) -> None:
    """From left to right: readers of PDF turn right-to-left text round themselves."""
    line = canvas.beginText()
    line.setFont(run.font, size)
    outlines = canvas.beginPath()
    for glyph in shaped(run):
        at = (x + glyph.x * size / 1000, y + glyph.y * size / 1000)
        if glyph.char:
            line.setTextOrigin(*at)
            line.textOut(glyph.char)
        else:
            font = _harfbuzz_font(run.font)
            font.draw_glyph_with_pen(glyph.number, Pen(outlines, *at, size / font.face.upem))
        x += glyph.advance * size / 1000
    canvas.drawText(line)
    canvas.drawPath(outlines, stroke=0, fill=1, fillMode=FILL_NON_ZERO)


class Pen:
    """Takes a glyph's outline into a path of the page."""

    def __init__(self, path: Any, x: float, y: float, scale: float) -> None:
        self.path, self.x, self.y, self.scale = path, x, y, scale
        self.at = (0.0, 0.0)

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        return self.x + point[0] * self.scale, self.y + point[1] * self.scale

    def moveTo(self, point: tuple[float, float]) -> None:
        """Begin a contour."""
        self.at = point
        self.path.moveTo(*self._place(point))

    def lineTo(self, point: tuple[float, float]) -> None:
        """A straight line."""
        self.at = point
        self.path.lineTo(*self._place(point))

    def curveTo(self, *points: tuple[float, float]) -> None:
        """A cubic curve."""
        self.at = points[-1]
        self.path.curveTo(*(number for point in points for number in self._place(point)))

    def qCurveTo(self, middle: tuple[float, float], end: tuple[float, float]) -> None:
        """A quadratic curve, as the cubic one that looks the same."""
        pulled = [
            (near[0] + (middle[0] - near[0]) * 2 / 3, near[1] + (middle[1] - near[1]) * 2 / 3)
            for near in (self.at, end)
        ]
        self.curveTo(*pulled, end)

    def closePath(self) -> None:
        """End a contour."""
        self.path.close()
