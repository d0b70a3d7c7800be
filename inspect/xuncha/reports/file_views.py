"""Pages of the files: that of a hazard at once, that of a site as a print job, and where lower pages offer them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..checks.models import Check
from ..core.access import Permission, allowed
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.i18n import LANGUAGES, language
from ..core.panels import Panel
from ..core.parsing import read_number
from ..core.web import fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import site_panels
from ..enterprises.queries import visible_to as sites_visible_to
from ..hazards.models import Hazard
from ..hazards.queries import visible_to as hazards_visible_to
from . import batch
from .answers import answer
from .batch_views import pages, started
from .papers import case_contents, case_file


@pages.get("/hazards/<int:number>/file")
@needs(Permission.SEE_HAZARD)
def hazard_file(number: int) -> str | Response | tuple[str, int]:
    """The file of a hazard."""
    query = hazards_visible_to(current_user).where(Hazard.id == number)
    return answer(case_file.order_of_hazard(fetch(query, Permission.SEE_HAZARD), current_user))


def _site(number: int) -> Site:
    return fetch(sites_visible_to(current_user).where(Site.id == number), Permission.SEE_SITE)


def _year() -> int | None:
    """The year of the address; all years where it says so, this year where it says nothing."""
    given = request.args.get("year", "")
    if given == "all":
        return None
    year = read_number(given) if given else today().year
    if year is None or not 2000 <= year <= 2099:
        abort(404)
    return year


@pages.get("/sites/<int:number>/file")
@needs(Permission.PRINT_REPORTS)
def site_file(number: int) -> str:
    """What the file of a site would hold, and the button that prints it."""
    site, year = _site(number), _year()
    years = sa.select(Check.year).where(Check.site_id == site.id).distinct().order_by(Check.year.desc())
    return render_template(
        "reports/site_file.html",
        site=site,
        year=year,
        years=db.session.scalars(years).all(),
        papers=len(case_contents.of_site(site, current_user, year)),
    )


@pages.post("/jobs/site-file")
@needs(Permission.PRINT_REPORTS)
def begin_site_file() -> Response:
    """Print the file of a site outside the request."""
    site, year, lang = (
        _site(read_number(request.args.get("site", "")) or 0),
        _year(),
        request.args.get("lang", ""),
    )
    job = batch.begin_file(
        site,
        year,
        len(case_contents.of_site(site, current_user, year)),
        lang if lang in LANGUAGES else language(),
        actor=db.session.get_one(User, current_user.id),
        now=utcnow(),
    )
    return started(job, gettext("The file is being printed; you may leave this page."))


@site_panels.add
def _of_site(site: Site, reader: Any) -> Panel | None:
    if not allowed(reader, Permission.PRINT_REPORTS):
        return None
    return Panel("reports/site_panel.html", {"site": site}, position=70)
