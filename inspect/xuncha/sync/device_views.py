"""What a phone reports of itself, and the page on which a colleague's rescue file is taken in."""

from __future__ import annotations

from flask import Response, current_app, jsonify, render_template, request
from flask_babel import gettext
from flask_login import current_user
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from ..accounts.models import User
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.web import done, fetch, needs
from . import actions, forms, panels, queries
from .blueprint import pages
from .models import DeviceReport

# The panels join other domains' pages by being imported.
__all__ = ["panels"]


WAITS_LIFE_S = 400 * 86400


def _actor() -> User:
    return db.session.get_one(User, current_user.id)


@pages.post("/sync/heartbeat")
@needs(Permission.FILE_CHECK)
def heartbeat() -> Response:
    """Keep what a phone says of itself: how much waits there, and since when."""
    try:
        report = actions.Report.model_validate_json(request.get_data(cache=False))
    except ValidationError:
        raise Refused(N_("This is no report of a phone.")) from None
    now = utcnow()
    offset = forms.clock_offset_s(request.headers.get("X-Phone-Time"), now)
    actor = _actor()
    actions.report_device(report, actor=actor, now=now, clock_offset_s=offset)
    name = f"xuncha-waits-{actor.id}"
    commit()
    answer = jsonify(kept=True)
    if report.unsent:
        # As static/js/unsent-marker.js notes it; Safari ends within a week what scripts write, but not what a server sets.
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie(name, str(report.unsent), max_age=WAITS_LIFE_S, samesite="Lax", secure=secure)
    return answer


@pages.post("/phones/<int:number>/settle")
@needs(Permission.SETTLE_PHONE)
def settle_phone(number: int) -> AnyResponse:
    """Somebody followed up what a phone reported."""
    query = queries.visible_to(current_user).where(DeviceReport.id == number)
    report = fetch(query, Permission.SETTLE_PHONE)
    name = report.user.name
    actions.settle_phone(report, actor=_actor(), now=utcnow())
    return done(gettext("The report of %(name)s's phone is settled.", name=name), "enterprises.load")


@pages.get("/rescue")
@needs(Permission.DELIVER_FILING)
def rescue() -> str:
    """Take in a colleague's unsent checks from a rescue file; it is opened in the browser only."""
    return render_template("sync/rescue.html")
