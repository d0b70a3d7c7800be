"""What a paper consists of, as plain parts: the PDF is laid out from them, and the Word document is written from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .charts import BarChart, ColumnChart, LineChart
from .photos import Frame
from .signatures import SignatureBlock
from .tables import Column


@dataclass(frozen=True)
class Heading:
    """A bold line that stays with what follows it."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; `indent` is the first line's, in characters; `leads` keeps it on the page of what follows.

    `size` is that of a line to be read from some steps away; 0 is the size of the style.
    """

    text: str
    indent: int = 0
    align: str = "left"
    leads: bool = False
    size: float = 0.0
    bold: bool = False


@dataclass(frozen=True)
class Note:
    """A remark in small type."""

    text: str


@dataclass(frozen=True)
class ScanCode:
    """A code that a phone scans to open an address, with words beside it; alone in the middle where it has a side (mm)."""

    words: str
    address: str
    note: str
    side: float = 0.0


@dataclass(frozen=True)
class Fields:
    """The ruled grid of a form: `columns` pairs of label and value a row."""

    pairs: Sequence[tuple[str, str]]
    columns: int


@dataclass(frozen=True)
class Table:
    """A ruled table; a row given as one string is a band across it."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str] | str]
    total: Sequence[str] | None
    size: float
    dense: bool = False


@dataclass(frozen=True)
class Photos:
    """A row of framed photos in `places` columns, under a headline."""

    frames: Sequence[Frame]
    places: int
    headline: str


@dataclass(frozen=True)
class Chart:
    """A chart; it is drawn by the same code everywhere."""

    drawn: BarChart | ColumnChart | LineChart


@dataclass(frozen=True)
class Signatures:
    """Places to sign, `columns` a row."""

    blocks: Sequence[SignatureBlock]
    columns: int


@dataclass(frozen=True)
class Seal:
    """The lines over which a seal goes, on the page of the places to sign."""

    lines: Sequence[str]


@dataclass(frozen=True)
class BlankBelow:
    """The remark that nothing follows."""


@dataclass(frozen=True)
class Space:
    """Room left empty, in millimetres."""

    height: float


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page."""


Part = (
    Heading
    | Paragraph
    | Note
    | ScanCode
    | Fields
    | Table
    | Photos
    | Chart
    | Signatures
    | Seal
    | BlankBelow
    | Space
    | NewPage
)
