"""Plain text set in lines: Chinese line-breaking rules, whole English words, nothing of the text lost.

Text is never parsed as markup, so nothing that a person types can open a file or break a page.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Any

from reportlab.platypus import Flowable

from . import fonts, text_runs

NOT_AT_START = frozenset(
    "!),.:;?]}%\u00b0\u00b7\u2030\u2032\u2033\u2019\u201d\u2026\u2014\u2103\u2109"
    "\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\u301b\u301e\u301f\u30fb\u30fc"
    "\uff01\uff05\uff09\uff0c\uff0e\uff0f\uff1a\uff1b\uff1e\uff1f\uff3d\uff5d\uff5e\uff5f\uff61\uff63\uffe0"
    "\u338e\u338f\u339c\u339d\u339e\u33a1\u33a5\u33c4\u33ce\u33d1\u33d2"
)
NOT_AT_END = frozenset(
    "([{$\u00a3\u00a5\u00a7\u2018\u201c\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u3018\u301a\u301d"
    "\uff03\uff04\uff08\uff1c\uff20\uff3b\uff5b\uff62\uffe1\uffe5"
)
UNIT = re.compile(r"(?<=\d) (?=[^\W\d_]{1,3}[\u00b2\u00b3]?(?![^\W_]))")  # "1.4 m" stays on one line
APOSTROPHE = re.compile(r"(?<=[A-Za-z])\u2019(?=[A-Za-z])")
CURLY = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
BREAK_BEHIND = " \u0f0b"  # a space; in Tibetan, the point between two syllables
COUNTED = frozenset(
    "\u5e74\u6708\u65e5\u53f7\u6761\u6b3e\u9879"
)  # what a number in digits counts stays with it
CLOSE = 0.01  # points by which a line may be wider than its column: sums of fractions are not exact
STRETCH = 0.09  # the widest gap, in ems, that justifying may put between two characters


@dataclass(frozen=True)
class Style:
    """How text looks; sizes in points, `indent` of the first line in ems, `grey` from 0 black to 1 white."""

    size: float = 10.5
    leading: float = 17
    bold: bool = False
    align: str = "left"
    indent: float = 0
    grey: float = 0
    before: float = 0
    after: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One set line: its text, its width and where it starts in points, the gap that justifies it."""

    text: str
    width: float
    start: float = 0
    gap: float = 0


def clean(text: str) -> tuple[str, list[str]]:
    """Text as it can be printed, and the characters that the font lacks.

    NFC only (NFKC would turn a circled 1 or a degree sign into other text). What has no shape of its own
    (controls, joiners, variation selectors) goes; what has one and is not in the font becomes the geta mark.
    """
    if _ready_characters().issuperset(text) and unicodedata.is_normalized("NFC", text):
        return text, []
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").replace("\u2028", "\n")
    text = _straight_quotes(_without_shapeless(unicodedata.normalize("NFC", text)))
    missing = text_runs.missing_glyphs(text.replace("\n", ""))
    if missing:
        text = text.translate({ord(char): fonts.MARK for char in missing})
    return text, missing


@lru_cache(maxsize=1)
def _ready_characters() -> frozenset[str]:
    """The characters that `clean` leaves as they are."""
    plain = text_runs.plain_characters()
    return frozenset(char for char in plain if ord(char) not in CURLY and not _shapeless(char)) | {"\n"}


def _straight_quotes(text: str) -> str:
    """The font's curly quotes are as wide as a Chinese character: a hole in the middle of "Li's"."""
    if any(_is_wide(char) for char in text):
        return APOSTROPHE.sub("'", text)
    return text.translate(CURLY)


def _without_shapeless(text: str) -> str:
    """What joins letters of a shaped script stays behind such a letter."""
    kept: list[str] = []
    for char in text:
        joiner = char in text_runs.JOINERS and bool(kept) and text_runs.joins(kept[-1])
        if char == "\n" or joiner or not _shapeless(char):
            kept.append(char)
    return "".join(kept)


def _shapeless(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Cc", "Cf")
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


@lru_cache(maxsize=20_000)
def _is_wide(char: str) -> bool:
    width = unicodedata.east_asian_width(char)
    return width in "WF" or (width == "A" and char >= "\u2460" and unicodedata.category(char) in ("So", "No"))


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbouring characters."""
    if after == " " or after in NOT_AT_START or before in NOT_AT_END:
        return False
    if before.isdigit() and after in COUNTED:
        return False
    return before in BREAK_BEHIND or _is_wide(before) or _is_wide(after)


@lru_cache(maxsize=4096)  # names, days and words of the trade come again and again
def break_lines(text: str, width: float, style: Style) -> tuple[Line, ...]:
    """Set text in lines of at most `width` points; at least one line, so an empty answer keeps its height."""
    paragraphs = (_break_paragraph(part.rstrip(" "), width, style) for part in text.split("\n"))
    return tuple(line for lines in paragraphs for line in lines)


def even_lines(text: str, width: float, style: Style) -> tuple[Line, ...]:
    """As few lines as fit, English ones of about one length: a title does not end with one word alone."""
    lines = break_lines(text, width, style)
    longest = max(text_runs.text_width(word, style.size, style.bold) for word in text.split(" "))
    narrow = max(longest, sum(line.width for line in lines) / len(lines))
    while len(lines) > 1 and narrow < width:
        tried = break_lines(text, narrow, style)
        if len(tried) == len(lines):
            return tried
        narrow += style.size / 2
    return lines


def _break_paragraph(text: str, width: float, style: Style) -> list[Line]:
    text = UNIT.sub("\u00a0", text)
    start = style.indent * style.size
    ends = [0.0, *accumulate(text_runs.char_widths(text, style.size, style.bold))]
    if ends[-1] <= width - start + CLOSE:
        return [Line(text, ends[-1], start)]
    lines: list[Line] = []
    at = 0
    while at < len(text):
        end = _line_end(text, ends, at, width - start)
        shown = text[at:end].rstrip(" ")
        used = ends[at + len(shown)] - ends[at]
        last = end >= len(text)
        lines.append(Line(shown, used, start, 0 if last else _gap(shown, width - start - used, style)))
        at, start = end, 0
        while at < len(text) and text[at] == " ":
            at += 1
    return lines


def _line_end(text: str, ends: list[float], at: int, room: float) -> int:
    """Where a line ends that begins `at`; `ends` says how far the text reaches up to each character."""
    end = max(bisect_right(ends, ends[at] + room + CLOSE) - 1, at + 1)
    while end < len(text) and text[end] == " ":
        end += 1
    if end >= len(text):
        return len(text)
    for cut in range(end, at, -1):
        if may_break(text[cut - 1], text[cut]):
            return cut
    cut = end  # one word longer than the line: cut it, but not before a closing mark or after an opening one
    while cut - 1 > at and (_sticks(text[cut]) or text[cut - 1] in NOT_AT_END):
        cut -= 1
    return cut


def _sticks(char: str) -> bool:
    return char in NOT_AT_START or unicodedata.category(char).startswith("M")


def _gap(text: str, spare: float, style: Style) -> float:
    """Chinese text runs to the right edge; a line that would be pulled apart stays ragged."""
    if style.align != "left" or len(text) < 2 or sum(map(_is_wide, text)) * 2 < len(text):
        return 0
    if not text_runs.is_plain(text) and any(map(text_runs.joins, text)):
        return 0
    gap = spare / (len(text) - 1)
    return gap if 0 < gap <= STRETCH * style.size else 0


def draw_lines(canvas: Any, lines: Sequence[Line], style: Style, x: float, top: float, width: float) -> None:
    """Draw set lines downward from `top`, in a column of `width` points that starts at `x`."""
    baseline = top - (style.leading - style.size) / 2 - 0.86 * style.size
    placed = []
    for number, line in enumerate(lines):
        spare = width - line.start - line.width
        left = x + line.start + {"left": 0.0, "center": spare / 2, "right": spare}[style.align]
        if line.text:
            placed.append(text_runs.Placed(left, baseline - number * style.leading, line.text, line.gap))
    canvas.setFillGray(style.grey)
    text_runs.draw_texts(canvas, placed, style.size, bold=style.bold)
    if style.grey:
        canvas.setFillGray(0)


class TextBlock(Flowable):
    """Cleaned text as a block that flows over pages, never leaving one line alone."""

    def __init__(
        self, text: str, style: Style, inset: float = 0, *, leads: bool = False, even: bool = False
    ) -> None:
        super().__init__()
        self.text, self.style, self.inset, self.leads, self.even = text, style, inset, leads, even
        self.lines: Sequence[Line] = ()
        self.width = 0.0
        self.spaceBefore, self.spaceAfter = style.before, style.after

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Set the lines; points."""
        if not self.lines or self.width != width:
            self.width = width
            self.lines = (even_lines if self.even else break_lines)(
                self.text, width - 2 * self.inset, self.style
            )
        self.height = len(self.lines) * self.style.leading
        return width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        """The part that fits and the rest, at least two lines each; nothing when that cannot be."""
        self.wrap(width, height)
        fitting = min(int(height / self.style.leading), len(self.lines) - 2)
        if fitting < 2:
            return []
        first, rest = replace(self.style, after=0), replace(self.style, before=0)
        return [self._part(self.lines[:fitting], first), self._part(self.lines[fitting:], rest)]

    def _part(self, lines: Sequence[Line], style: Style) -> TextBlock:
        part = TextBlock(self.text, style, self.inset)
        part.lines, part.width = lines, self.width
        return part

    def draw(self) -> None:
        """Draw on the page the frame chose."""
        draw_lines(self.canv, self.lines, self.style, self.inset, self.height, self.width - 2 * self.inset)
