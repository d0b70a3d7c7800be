"""The page that tells the office what checks cost the people who file them."""

from __future__ import annotations

from flask import render_template

from ..core.access import Permission
from ..core.clock import today
from ..core.web import needs
from . import burden
from .blueprint import pages


@pages.get("/burden")
@needs(Permission.SEE_BURDEN)
def burden_of_checks() -> str:
    """Medians by month, and how often each field is filled in."""
    return render_template(
        "sync/burden.html",
        months=burden.months(today()),
        fields=burden.fields(),
        fewest=burden.FEWEST,
        latest=burden.LATEST,
    )
