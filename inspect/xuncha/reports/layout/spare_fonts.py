"""The fonts for what the main font lacks: rare Chinese characters and the scripts in which names are written.

A spare font is loaded when a text first asks for a letter of its ranges. Set-up installs all but the last,
which is the system's where it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics, ttfonts

from . import fonts

Ranges = tuple[tuple[int, int], ...]
HAN: Ranges = ((0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
HANGUL: Ranges = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
ARABIC: Ranges = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))
TIBETAN: Ranges = ((0x0F00, 0x0FFF),)
MONGOLIAN: Ranges = ((0x1800, 0x18AF),)
YI: Ranges = ((0xA000, 0xA4CF),)
SYSTEM = (Path("/usr/share/fonts/truetype/babelstone"), Path("/usr/local/share/fonts"))


@dataclass(frozen=True)
class Spare:
    """A font file for some ranges; `script` (of OpenType) where the letters must be shaped together."""

    name: str
    what: str
    ranges: Ranges
    script: str = ""
    weights: tuple[str, ...] = ("-Regular", "-Bold")
    package: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files, regular first."""
        return tuple(f"{self.name}{weight}.ttf" for weight in self.weights)

    def covers(self, char: str) -> bool:
        """Whether a character lies in its ranges."""
        return any(first <= ord(char) <= last for first, last in self.ranges)

    def found(self) -> list[Path]:
        """Its files that are there, regular first; none when the regular one is missing."""
        paths = [path for name in self.files if (path := _path(name, system=bool(self.package)))]
        return paths if paths and paths[0].name == self.files[0] else []


SPARES = (
    Spare("NotoSansJP", "rare Chinese characters", HAN),
    Spare("NotoSansHK", "rare Chinese characters", HAN),
    Spare("NotoSansKR", "Korean", HANGUL),
    Spare("NotoSansArabic", "Uyghur and Kazakh", ARABIC, "Arab"),
    Spare("NotoSerifTibetan", "Tibetan", TIBETAN, "Tibt"),
    Spare("NotoSansMongolian", "Mongolian", MONGOLIAN, "Mong", ("-Regular",)),
    Spare("NotoSansYi", "Yi", YI, "", ("-Regular",)),
    Spare("BabelStoneHan", "the rarest Chinese characters", HAN, "", ("",), "fonts-babelstone-han"),
)
"""In the order in which they are asked; the last is a system font with the name of its Debian package."""


def _path(name: str, *, system: bool) -> Path | None:
    folders = [*fonts.folders(), *(SYSTEM if system else ())]
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def missing() -> Iterator[Spare]:
    """The spare fonts that are not installed."""
    return (spare for spare in SPARES if not spare.found())


@lru_cache(maxsize=4096)
def spare_for(char: str) -> Spare | None:
    """The first spare font that has a character; None when none has."""
    fitting = (spare for spare in SPARES if spare.covers(char) and spare.found())
    return next((spare for spare in fitting if _has(spare, char)), None)


def _has(spare: Spare, char: str) -> bool:
    return all(ord(char) in face_of(spare, bold=bold).charToGlyph for bold in (False, True))


@lru_cache(maxsize=64)
def font_name(spare: Spare, *, bold: bool) -> str:
    """The registered name of a weight; the font is loaded at the first call. Without a bold file: regular."""
    with fonts.LOCK:
        paths = spare.found()
        path = paths[-1] if bold else paths[0]
        name = f"{fonts.REGULAR}-{path.stem}"
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(ttfonts.TTFont(name, str(path)))
        return name


def face_of(spare: Spare, *, bold: bool) -> Any:
    """ReportLab's face of a weight."""
    return pdfmetrics.getFont(font_name(spare, bold=bold)).face
