"""What the visit planner says before a visit that would exceed the published cap (国办发〔2024〕54号)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext

from ..core.db import db
from ..core.i18n import label
from ..enterprises.models import Site, SiteKind
from ..schedule.planner import cautions
from . import visit_frequency
from .legal_mode import mode_proposed


@cautions
def _over_the_cap(sites: Collection[int], day: date) -> Mapping[int, str]:
    """The enterprises whose cap of the usual legal mode one visit more would exceed."""
    mode = mode_proposed()
    cap = visit_frequency.caps()[mode]
    if cap is None:
        return {}
    enterprises = db.session.scalars(
        sa.select(Site.id).where(Site.id.in_(sites), Site.kind == SiteKind.ENTERPRISE)
    )
    counts = visit_frequency.visits_in(list(enterprises), mode, day.year)
    return {
        number: gettext(
            "This visit would exceed the cap: %(mode)s, %(visits)s of %(cap)s visits of %(year)s are made.",
            mode=label(mode),
            visits=visits,
            cap=cap,
            year=day.year,
        )
        for number, visits in counts.items()
        if visits >= cap
    }
