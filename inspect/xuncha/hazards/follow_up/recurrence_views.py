"""Pages of what comes back: repeat hazards by item, and closed hazards that wait to be looked back at."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from ...core import paging, settings
from ...core.access import Permission
from ...core.clock import today
from ...core.web import needs
from .. import queries
from ..models import HazardPhotoRole, LookBack
from ..papers.document_views import pages
from . import look_backs as drawn


@pages.get("/repeats")
@needs(Permission.EXPORT_HAZARDS)
def repeats() -> str:
    """Which items fail again and again: the repeat hazards of twelve months, by item."""
    last = today()
    first = queries.year_before(last)
    return render_template(
        "hazards/repeats.html", found=queries.repeats(current_user, first, last), first=first, last=last
    )


@pages.get("/look-backs")
@needs(Permission.EXPORT_HAZARDS)
def look_backs() -> str:
    """The closed hazards of the sample that wait to be looked at once more."""
    query = drawn.waiting(current_user)
    page = paging.page(query, [LookBack.drawn_on, LookBack.id], request.args)
    return render_template(
        "hazards/look_backs.html",
        page=page,
        waiting=page.rows,
        after=HazardPhotoRole.AFTER,
        share=settings.value("look_back_share"),
        age=settings.value("look_back_age"),
    )
