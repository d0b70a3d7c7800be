"""Pages and drawings as pictures. pdfium is not safe for threads: one page is drawn at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from . import fonts

_drawing = threading.Lock()
FINE = 3.0  # pixels a point of a drawing: 216 dots an inch


def page(paper: Path | bytes, number: int, *, width: float = 0, scale: float = 1) -> Image.Image | None:
    """A page of a PDF, so many pixels wide or in a scale of pixels a point; None when it has no such page."""
    import pypdfium2 as pdfium  # 9 MB: loaded by who looks at a paper as a picture

    with _drawing:
        opened = pdfium.PdfDocument(paper)
        try:
            if not 1 <= number <= len(opened):
                return None
            found = opened[number - 1]
            picture: Image.Image = found.render(scale=width / found.get_width() if width else scale).to_pil()
        finally:
            opened.close()
    return picture


def drawn(draw: Callable[[Any], None], width: float, height: float) -> bytes:
    """What is drawn on a canvas of this size in points, as a PNG."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(width, height), initialFontName=fonts.REGULAR, invariant=1)
    draw(canvas)
    with fonts.LOCK:
        canvas.save()
    picture = page(out.getvalue(), 1, scale=FINE)
    assert picture is not None  # the canvas has one page
    made = BytesIO()
    picture.convert("L").save(made, "PNG", optimize=True)
    return made.getvalue()
