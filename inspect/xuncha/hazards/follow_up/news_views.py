"""The page of the news, and the bell that leads to it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, g, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...core import paging
from ...core.access import Permission
from ...core.clock import utcnow
from ...core.db import db
from ...core.parsing import read_number
from ...core.web import done, needs
from ..models import HazardEvent
from ..papers.document_views import pages
from . import news as news_queries


@pages.app_template_global("news_count")
def _news_count() -> str | None:
    """The number of the bell: empty where nothing is new, None for whom there is no bell."""
    if g.get("without_database"):
        return None
    try:
        count = news_queries.count_new(current_user, utcnow())
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return None
    if not count:
        return None if count is None else ""
    return news_queries.count_in_words(count)


pages.app_template_global("news_what")(news_queries.what_of)


@pages.get("/news")
@needs(Permission.SEE_HAZARD)
def news() -> str:
    """What others did that this person should know, newest first."""
    now = utcnow()
    order = [HazardEvent.id.desc()]
    page = paging.page(news_queries.news_for(current_user), order, request.args)
    return render_template(
        "hazards/news.html",
        page=page,
        seen=news_queries.last_seen(current_user, now),
        quiet=news_queries.kinds_for(current_user.role) is None,
    )


@pages.post("/news")
@needs(Permission.SEE_HAZARD)
def note_look() -> Response:
    """Everything that stood on the page has been seen."""
    seen = read_number(request.form.get("seen", ""))
    if seen is None:
        abort(422)
    news_queries.note_look(current_user, seen, now=utcnow())
    return done(gettext("Noted as seen."), "hazards.news")
