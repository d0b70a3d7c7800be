"""Photos on paper: framed, two or three to a row, and a framed note where a picture cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from reportlab.pdfbase import pdfdoc
from reportlab.platypus import Flowable

from .typesetting import Line, Style, break_lines, draw_lines

LONGEST = 1600  # pixels; a larger picture was not made for print
GAP = 10.0
TALLEST = 300.0  # points, so that a lone photo on a landscape page leaves room for its caption
CAPTION = Style(size=9, leading=13, align="center")


@dataclass(frozen=True)
class Photo:
    """A print copy and its caption."""

    path: Path | None
    caption: str = ""


@dataclass(frozen=True)
class PhotoPair:
    """The same place before and after; None where no photo was taken."""

    before: Path | None
    after: Path | None
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """JPEG bytes ready to embed, its size in pixels, and a name made of its content."""

    data: bytes
    width: int
    height: int
    name: str


def read_picture(path: Path) -> Picture:
    """Read a print copy; upright RGB or grey JPEG is embedded as it is, anything else is made so.

    Raises FileNotFoundError, or one of Pillow's errors when it is damaged, since it is decoded here once.
    """
    data = path.read_bytes()
    with Image.open(BytesIO(data)) as image:
        image.load()
        turned = image.getexif().get(0x0112, 1) != 1
        if image.format != "JPEG" or image.mode not in ("RGB", "L") or turned or max(image.size) > LONGEST:
            data, size = _as_jpeg(image)
        else:
            size = image.size
    return Picture(data, *size, "photo" + hashlib.sha256(data).hexdigest()[:24])


def _as_jpeg(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((LONGEST, LONGEST))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    out = BytesIO()
    paper.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue(), paper.size


def draw_picture(canvas: Any, picture: Picture, x: float, y: float, width: float, height: float) -> None:
    """Draw a picture at this place and size in points.

    ReportLab's drawImage names the object after the file's path (bytes would differ by folder) and decodes
    every picture whose name does not end in .jpg; so the JPEG stream is put into the document here.
    """
    registered = canvas._doc.getXObjectName(picture.name)
    if not canvas._doc.idToObject.get(registered):
        image = pdfdoc.PDFImageXObject(picture.name)
        image.loadImageFromJPEG(BytesIO(picture.data))
        canvas._setXObjects(image)
        canvas._doc.Reference(image, registered)
        canvas._doc.addForm(picture.name, image)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(width, height)
    canvas._code.append(f"/{registered} Do")
    canvas.restoreState()
    canvas._formsinuse.append(picture.name)


@dataclass(frozen=True)
class Frame:
    """One framed place in a row: a picture, or the note that stands for it, and the caption under it."""

    picture: Picture | None
    note: str
    caption: str


class PhotoRow(Flowable):
    """Frames of equal size (4:3) in `places` columns, captions under them; never split over pages."""

    def __init__(self, frames: Sequence[Frame], places: int) -> None:
        super().__init__()
        self.frames, self.places = list(frames), places
        self.spaceBefore, self.spaceAfter = 2, 8

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Measure; points."""
        self.width = width
        self.box = (width - GAP * (self.places - 1)) / self.places
        self.tall = min(self.box * 0.75, TALLEST)
        self.captions = [self._caption(frame) for frame in self.frames]
        below = max(len(lines) for lines in self.captions) * CAPTION.leading
        self.height = self.tall + below + 3
        return width, self.height

    def _caption(self, frame: Frame) -> Sequence[Line]:
        return break_lines(frame.caption, self.box, CAPTION) if frame.caption else ()

    def draw(self) -> None:
        """Draw the row."""
        for number, (frame, caption) in enumerate(zip(self.frames, self.captions, strict=True)):
            x = number * (self.box + GAP)
            self._draw_frame(frame, x, self.height - self.tall)
            draw_lines(self.canv, caption, CAPTION, x, self.height - self.tall - 2, self.box)

    def _draw_frame(self, frame: Frame, x: float, y: float) -> None:
        if frame.picture is None:
            lines = break_lines(frame.note, self.box - 20, CAPTION)
            middle = y + (self.tall + len(lines) * CAPTION.leading) / 2
            draw_lines(self.canv, lines, CAPTION, x + 10, middle, self.box - 20)
        else:
            scale = min(self.box / frame.picture.width, self.tall / frame.picture.height)
            width, height = frame.picture.width * scale, frame.picture.height * scale
            at_x, at_y = x + (self.box - width) / 2, y + (self.tall - height) / 2
            draw_picture(self.canv, frame.picture, at_x, at_y, width, height)
        self.canv.setLineWidth(0.4)
        if frame.picture is None:
            self.canv.setDash(3, 2)
        self.canv.rect(x, y, self.box, self.tall)
        self.canv.setDash()
