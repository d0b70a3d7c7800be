"""The poster by which workers report hazards: one page, read from some steps away, with the code in its middle."""

from __future__ import annotations

from flask_babel import gettext

from ...core.i18n import use_language
from ...hazards.public.posters import Poster
from ..layout.document import Document
from ..layout.document_parts import open_paper

SHORT = 14  # characters of an area that fit a line in large type; a longer one takes room from the rest


def build(poster: Poster, address: str, lang: str) -> Document:
    """The poster of an enterprise or an area. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(gettext("Hazard? Scan and report it"), lang, title_size=30)
        short = len(poster.area) <= SHORT
        paper.large(poster.site.name, size=18, bold=True)
        if poster.area:
            paper.large(poster.area, size=26 if short else 16, bold=True)
        paper.big_code(address, 98 if short else 84)
        for step in (
            gettext("1. In danger: stop work, leave, call."),
            gettext("2. Scan the code with WeChat or the camera."),
            gettext("3. Take a photo, say where and what, send."),
        ):
            paper.large(step, size=18 if short else 15)
        paper.large(
            gettext("No account, no name needed. The safety officer decides, the zone sees it."),
            size=13,
        )
        return paper
