"""Publishing the province's checklists and laws to its zones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core import history
from ..core.access import Permission, demand
from ..core.clock import utcnow
from ..core.db import commit
from ..core.web import needs
from . import delivery, editions, other_zones, transfers
from .blueprint import pages
from .models import Content, Direction


def summary() -> dict[str, Any]:
    """The newest edition, and which zones have it."""
    found = other_zones.zones()
    last = transfers.newest(Direction.OUT, Content.EDITION, transfers.TO_ALL)
    has = delivery.numbers(found) if last and found else {}
    behind = sorted(key for key, number in has.items() if number != (last.number if last else 0))
    at: datetime | None = last.at if last else None
    return {"number": last.number if last else 0, "at": at, "zones": len(has), "behind": behind}


@pages.post("/editions")
@needs(Permission.EDIT_CHECKLISTS)
def publish_edition() -> Response:
    """Publish what is in use here as the next edition, and give it to every zone."""
    now = utcnow()
    demand(current_user, Permission.EDIT_CHECKLISTS)
    content = editions.publish(now)
    row = transfers.newest(Direction.OUT, Content.EDITION, transfers.TO_ALL)
    history.record(row, "publish", actor=current_user, now=now, after={"number": content["number"]})
    commit()
    return deliver()


@pages.post("/editions/deliver")
@needs(Permission.EDIT_CHECKLISTS)
def deliver() -> Response:
    """Give the newest edition to the zones that do not have it."""
    found = other_zones.zones()
    if found is None:
        abort(404)
    done = delivery.deliver(found, utcnow())
    told = gettext("Edition %(number)s: taken by %(count)s zones.", number=done.number, count=len(done.taken))
    flash(told, "success")
    if done.silent:
        names = ", ".join(done.silent)
        flash(gettext("These zones do not answer; give it to them later: %(zones)s", zones=names), "error")
    return redirect(url_for("province.index"))
