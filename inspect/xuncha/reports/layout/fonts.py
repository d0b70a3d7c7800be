"""The main font of every printed paper in two weights, registered once per process and always embedded.

A built-in CID font is never used instead: it prints as boxes on every machine without Adobe's Chinese pack.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from ...core.paths import ROOT

REGULAR = "Xuncha"
BOLD = "Xuncha-Bold"
FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
BUILT = ROOT / "static" / "vendor" / "fonts"
MARK = "\u3013"
"""The geta mark, printed where no font has a glyph: the reader sees that something stands there."""
STANDS_FOR: dict[int, str] = {}
"""The text that a private character of a shaped glyph stands for."""
_given: list[Path] = []

LOCK = threading.RLock()
"""Held while a PDF is made: ReportLab's font parser moves one shared file position while it cuts a subset."""


class FontMissing(Exception):
    """No Chinese font was found; a paper is refused rather than printed with boxes."""


def find_fonts(folders: Iterable[Path]) -> tuple[Path, Path]:
    """The regular and the bold file of the first folder that has both; FontMissing if none has."""
    tried = list(folders)
    for folder in tried:
        regular, bold = (folder / name for name in FILES)
        if regular.is_file() and bold.is_file():
            return regular, bold
    places = ", ".join(str(folder) for folder in tried)
    raise FontMissing(
        f"No Chinese font for printing: {' and '.join(FILES)} are in none of: {places}. Run `make build`."
    )


def register_fonts(folder: Path | None = None) -> None:
    """Load both weights (0.2 s, 54 MB) once per process; `folder` is looked at before the built one."""
    with LOCK:
        if REGULAR in pdfmetrics.getRegisteredFontNames():
            return
        use(folder)
        regular, bold = find_fonts(folders())
        rl_config.useA85 = 0  # ASCII armour makes photos 25 times slower and a fifth larger
        ttfonts.makeToUnicodeCMap = to_unicode
        pdfmetrics.registerFont(ttfonts.TTFont(BOLD, str(bold)))
        pdfmetrics.registerFont(ttfonts.TTFont(REGULAR, str(regular)))


def font_name(bold: bool = False) -> str:
    """The registered name of a weight."""
    return BOLD if bold else REGULAR


def use(folder: Path | str | None) -> None:
    """Look for fonts in this folder before the built one; nothing for the built one alone."""
    _given[:] = [Path(folder)] if folder else []


def folders() -> list[Path]:
    """Where fonts are looked for, in this order."""
    return [*_given, BUILT]


def glyphs(*, bold: bool) -> Any:
    """The characters that a weight of the main font has."""
    register_fonts()
    return pdfmetrics.getFont(font_name(bold)).face.charToGlyph


def to_unicode(font_name: str, subset: list[int]) -> str:
    """A ToUnicode map in UTF-16BE; ReportLab's own writes five digits above U+FFFF, a wrong name."""
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({font_name}) /Ordering ({font_name}) /Supplement 0 >> def",
        f"/CMapName /{font_name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        f"<00> <{len(subset) - 1:02X}>",
        "endcodespacerange",
    ]
    for start in range(0, len(subset), 100):  # the format allows 100 entries in a block
        block = subset[start : start + 100]
        lines.append(f"{len(block)} beginbfchar")
        lines += [
            f"<{start + i:02X}> <{STANDS_FOR.get(code, chr(code)).encode('utf-16-be').hex().upper()}>"
            for i, code in enumerate(block)
        ]
        lines.append("endbfchar")
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


def told_missing(characters: Iterable[str], translate: Callable[[str], str]) -> list[str]:
    """A sentence about the characters that no font has, if there are any."""
    codes = [f"U+{ord(char):04X}" for char in characters]
    _ = translate
    said = _("Not in the font, printed as %(mark)s: %(characters)s")
    return [said % {"mark": MARK, "characters": ", ".join(codes)}] if codes else []
