"""Pages of the channels, one's own and the office's, and the calendar feed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import Team, User
from ..accounts.queries import me_panels, teams
from ..accounts.secret_addresses import kept_secret
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import commit, db, release, write_in_get
from ..core.errors import Missing
from ..core.forms import attempt
from ..core.i18n import label, pick
from ..core.labels import N_
from ..core.panels import Panel
from ..core.parsing import read_number
from ..core.web import done, fetch, needs
from . import actions, channels, digest, queries, texts
from .feed import calendar_of
from .forms import ChannelForm, OwnChannelForm
from .models import Audience, CalendarFeed, Channel

pages = Blueprint("reminders", __name__)
pages.app_template_global("channel_name")(texts.name_of)
pages.app_template_global("channel_problem")(texts.problem_of)


@pages.route("/reminders", methods=["GET", "POST"])
@needs(Permission.MANAGE_SETTINGS)
def index() -> str | Response | tuple[str, int]:
    """Every channel, and setting one for a person or group."""
    form = ChannelForm()
    form.audience.choices = _audiences()
    if form.validate_on_submit():
        person, team = _audience(form.audience.data)
        made = attempt(
            form,
            lambda: actions.set_channel(
                form.address.data, person=person, team=team, actor=current_user, now=utcnow()
            ),
        )
        if made:
            return done(
                gettext("The channel is set. Send a test to see whether it works."), "reminders.index"
            )
    page = render_template(
        "reminders/index.html", channels=queries.channels(), form=form, schemes=_schemes(channels.ALL)
    )
    return page, 422 if form.is_submitted() else 200


def _schemes(schemes: frozenset[str]) -> list[str]:
    return [f"{one}://" for one in sorted(schemes)]


def _audiences() -> list[tuple[str, str]]:
    query = (
        sa.select(User).where(User.active, User.role.in_(list(queries.TOLD))).order_by(User.role, User.name)
    )
    people = [(f"user:{one.id}", f"{one.name} · {label(one.role)}") for one in db.session.scalars(query)]
    groups = [(f"team:{one.id}", pick(one, "name")) for one in teams()]
    return [(Audience.MANAGERS.value, gettext("All managers")), *groups, *people]


def _audience(chosen: str) -> tuple[User | None, Team | None]:
    kind, _colon, number = chosen.partition(":")
    if kind == "user":
        return db.session.get_one(User, int(number)), None
    return None, db.session.get_one(Team, int(number)) if kind == "team" else None


def _channel(number: int) -> Channel:
    query = sa.select(Channel).where(Channel.id == number, Channel.removed_at.is_(None))
    return fetch(query, Permission.MANAGE_SETTINGS)


def _own() -> Channel:
    return queries.own_channel(current_user) or abort(404)


def _tried(channel: Channel, endpoint: str) -> Response:
    """Send a test and say how it went; the service is waited for outside of any transaction."""
    number, secret, lang = channel.id, channel.secret, digest.language_of(current_user)
    release()
    outcome = channels.send(secret, *digest.trial(lang))
    channel = db.session.get_one(Channel, number)
    actions.note_trial(channel, outcome, actor=current_user, now=utcnow())
    why = texts.problem_of(channel)
    if not why:
        return done(gettext("The service took the test. Look whether it arrived."), endpoint)
    commit()
    flash(gettext("The test did not arrive. %(why)s", why=why), "error")
    return redirect(url_for(endpoint))


@pages.post("/reminders/<int:number>/test")
@needs(Permission.MANAGE_SETTINGS)
def test_channel(number: int) -> Response:
    """Send a test through a channel."""
    return _tried(_channel(number), "reminders.index")


@pages.post("/reminders/<int:number>/remove")
@needs(Permission.MANAGE_SETTINGS)
def remove_channel(number: int) -> Response:
    """Remove a channel."""
    actions.remove_channel(_channel(number), actor=current_user, now=utcnow())
    return done(gettext("The channel is removed. Nothing is sent through it any more."), "reminders.index")


@pages.route("/me/reminders", methods=["GET", "POST"])
@needs(Permission.BE_SIGNED_IN)
def own() -> str | Response | tuple[str, int]:
    """One's own channel."""
    if not queries.has_digest(current_user):
        abort(404)
    form = OwnChannelForm()
    person = current_user._get_current_object()
    if form.validate_on_submit() and attempt(
        form,
        lambda: actions.set_channel(form.address.data, person=person, actor=person, now=utcnow()),
    ):
        return done(gettext("The channel is set. Send a test to see whether it works."), "reminders.own")
    schemes = actions.schemes_for(current_user, current_user.id)
    page = render_template(
        "reminders/own.html", channel=queries.own_channel(current_user), form=form, schemes=_schemes(schemes)
    )
    return page, 422 if form.is_submitted() else 200


@pages.post("/me/reminders/test")
@needs(Permission.BE_SIGNED_IN)
def test_own() -> Response:
    """Send a test through one's own channel."""
    return _tried(_own(), "reminders.own")


@pages.post("/me/reminders/remove")
@needs(Permission.BE_SIGNED_IN)
def remove_own() -> Response:
    """Remove one's own channel."""
    actions.remove_channel(_own(), actor=current_user, now=utcnow())
    return done(gettext("The channel is removed. Nothing is sent through it any more."), "reminders.own")


@me_panels.add
def _of_me(person: User, _reader: User) -> Panel | None:
    if not queries.has_digest(person):
        return None
    feed = queries.feed_of(person)
    data: dict[str, Any] = {
        "channel": queries.own_channel(person),
        "feed": feed,
        "address": _address(feed) if feed else None,
    }
    return Panel("reminders/me_panel.html", data)


def _address(feed: CalendarFeed) -> str | None:
    return actions.FEEDS.address_of(feed, current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/"))


@pages.post("/me/calendar")
@needs(Permission.BE_SIGNED_IN)
def change_feed() -> Response:
    """Revoke the address of one's calendar, and make a new one where that is wanted."""
    renew = request.form.get("renew") == "1"
    seen = request.form.get("feed", type=read_number)
    person = current_user._get_current_object()
    actions.change_feed(person, renew=renew, seen=seen, actor=person, now=utcnow())
    told = (
        gettext("The calendar has a new address. Subscribe to it in the calendar of your phone or desk.")
        if renew
        else gettext("The address is revoked. Calendars that use it get nothing any more.")
    )
    return done(told, "accounts.me")


@pages.get("/calendar/<token>.ics")
@needs(Permission.USE_CALENDAR_FEED)
def calendar(token: str) -> Response:
    """The calendar of whoever made this address."""

    def answer() -> Response:
        with write_in_get():
            feed = actions.FEEDS.opened_by(token, address=request.remote_addr or "", now=utcnow())
            person = feed.user if feed is not None and feed.user.is_active else None
        if person is None:
            raise Missing(N_("This calendar address opens nothing, or no longer does."))
        made = make_response(calendar_of(person, utcnow()))
        made.mimetype = "text/calendar"
        return made

    return kept_secret(answer)
