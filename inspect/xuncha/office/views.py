"""The settings page of the office, and putting its first steps away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..checks.snapshot import RECORD_WORD
from ..config import KEPT
from ..core import settings
from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.errors import ActedFirst, Refused
from ..core.forms import show_problem
from ..core.numbering import document_number
from ..core.parsing import read_number
from ..core.web import done, needs
from ..reminders.queries import silent_for_a_week
from ..reminders.texts import name_of as name_of_channel
from . import actions, first_steps, forms

# The first steps join the dashboard by being imported.
__all__ = ["first_steps", "pages"]

pages = Blueprint("office", __name__, url_prefix="/settings")


@pages.route("", methods=["GET", "POST"], endpoint="settings")
@needs(Permission.MANAGE_SETTINGS)
def settings_page() -> str | Response | tuple[str, int]:
    """The office's settings, and every change of them."""
    now = settings.values()
    form = forms.SettingsForm.showing(now, settings.newest_row())
    fixed = [key for key in KEPT if key in settings.given()]
    for key in fixed:
        del form[key]
    if form.validate_on_submit():
        seen = read_number(form.seen.data) or 0
        try:
            changed = actions.change(form.wanted(), seen=seen, actor=current_user, now=utcnow())
            message = gettext("The settings are saved.") if changed else gettext("Nothing was changed.")
            return done(message, "office.settings")
        except ActedFirst:
            raise  # what was typed on an old page must not undo what somebody set meanwhile
        except Refused as problem:
            show_problem(form, problem)
    page = render_template(
        "office/settings.html",
        form=form,
        fixed={key: _fixed(key, now[key]) for key in fixed},
        changes=_changes(),
        weights=list(settings.WEIGHTS),
        example=document_number(now["number_prefix"], RECORD_WORD, today().year, 12),
        silent=[name_of_channel(channel) for channel in silent_for_a_week(utcnow())],
        away=now[settings.FIRST_STEPS] == settings.AWAY,
    )
    return page, 422 if form.is_submitted() else 200


def _fixed(key: str, value: str) -> dict[str, str]:
    """A setting that the environment holds, and where it is changed."""
    return {
        "name": forms.name_of(key),
        "words": forms.in_words(key, value),
        "reason": gettext("Set on the server by %(name)s; it is changed there.", name=KEPT[key].name),
    }


def _changes() -> list[dict[str, Any]]:
    """Every change, newest first, with what stood before it."""
    rows, found = settings.history(), []
    before = settings.defaults()
    for row in reversed(rows):
        found.append(
            {
                "row": row,
                "name": forms.name_of(row.key),
                "before": forms.in_words(row.key, before[row.key]),
                "after": forms.in_words(row.key, row.value),
            }
        )
        before[row.key] = row.value
    return found[::-1]


@pages.post("/first-steps")
@needs(Permission.MANAGE_SETTINGS)
def put_first_steps() -> Response:
    """Put the first steps away, or show them again on the dashboard."""
    where = request.form.get("where")
    if where not in {settings.AWAY, settings.SHOWN}:
        abort(422)
    actions.put_first_steps(where, actor=current_user, now=utcnow())
    if where == settings.AWAY:
        return done(
            gettext("The first steps are put away; the settings page shows them again."), "stats.dashboard"
        )
    return done(gettext("The first steps stand on the dashboard again."), "stats.dashboard")
