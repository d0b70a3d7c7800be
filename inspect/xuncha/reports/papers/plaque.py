"""公示牌: the plaque at the gate of an enterprise: its risk, who is responsible, the office's telephone, the hotline."""

from __future__ import annotations

from flask_babel import gettext

from ...core import settings
from ...core.i18n import label, use_language
from ...enterprises.models import Site
from ...hazards.public import plaques
from ..layout.document import Document
from ..layout.document_parts import BLANK, in_language, open_paper
from ..printing import Kind, Order
from .plaque_board import Board


def order(site: Site) -> Order:
    """The order to print it; with the code where the plaque has an address that shows something."""
    made = plaques.plaque_of(site)
    address = plaques.address_of(made) if made and plaques.is_public() else None
    return Order(Kind.PLAQUE, site.name, lambda lang: build(site, address, lang))


def build(site: Site, address: str | None, lang: str) -> Document:
    """The plaque of an enterprise, one page. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(
            gettext("Work safety responsibility"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            orientation="landscape",
            title_size=32,
        )
        holder = site.supervisor
        lines = [
            (gettext("Supervisor of the zone"), holder.name if holder else BLANK * 3),
            (gettext("Telephone of the office"), settings.value("office_phone") or BLANK * 5),
            *([(gettext("Checks"), gettext("Twice a month"))] if site.key else []),
            (gettext("Report a danger"), plaques.HOTLINE),
        ]
        paper.plaque(
            Board(
                site.name,
                site.risk.value,
                label(site.risk),
                lines,
                address,
                gettext("Scan: who is responsible, risk and last check"),
            )
        )
        return paper
