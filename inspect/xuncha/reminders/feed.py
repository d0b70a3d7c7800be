"""The calendar feed of a person (RFC 5545): tasks and due dates as days, with a site's name and a number, no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core.access import ENTERPRISE, FIELD, MANAGERS
from ..core.clock import local_day
from ..core.db import db
from ..core.i18n import use_language
from ..hazards.lifecycle import UNSETTLED
from ..hazards.lists.filters import Criteria, Order, View
from ..hazards.lists.list_queries import filtered, with_sites
from ..hazards.models import Grade, Hazard
from ..schedule import queries as schedule
from ..schedule.models import Task
from .digest import language_of

MOST = 500
AHEAD = timedelta(days=62)


@dataclass(frozen=True)
class Entry:
    """A day of the calendar; `key` and `number` tell it from every other, so that a later look moves it."""

    key: str
    number: int
    day: date
    words: str


def _tasks(person: User, day: date) -> Iterator[Entry]:
    if person.role not in FIELD:
        return
    query = schedule.visible_to(person).where(
        Task.supervisor_id == person.id,
        Task.due_on <= day + AHEAD,
        sa.or_(Task.window_start > day, schedule.state_filter(schedule.OPEN, day)),
    )
    query = query.options(joinedload(Task.site)).order_by(Task.due_on, Task.id).limit(MOST)
    for task in db.session.scalars(query):
        yield Entry("task", task.id, task.due_on, gettext("Check: %(site)s", site=task.site.name))


def _hazards(person: User, day: date) -> Iterator[Entry]:
    if person.role in ENTERPRISE:
        query = filtered(person, Criteria(view=View.TO_DO, order=Order.DUE), day)
    elif person.role in FIELD:
        own = Criteria(view=View.UNSETTLED, supervisor=person.id, order=Order.DUE)
        query = filtered(person, own, day)
    elif person.role in MANAGERS:
        query = filtered(person, Criteria(view=View.UNSETTLED, order=Order.DUE), day)
        query = query.where(Hazard.grade != Grade.GENERAL)
    else:
        return
    query = query.where(Hazard.due_on.is_not(None), Hazard.state.in_(UNSETTLED)).limit(MOST)
    for hazard in db.session.scalars(with_sites(query)):
        words = gettext("Due: %(site)s %(number)s", site=hazard.site.name, number=hazard.number)
        assert hazard.due_on is not None
        yield Entry("hazard", hazard.id, hazard.due_on, words)


def calendar_of(person: User, now: datetime) -> bytes:
    """The feed as phones and calendars take it."""
    from icalendar import Calendar, Event  # loaded by who subscribes, by no page

    day = local_day(now)
    with use_language(language_of(person)):
        name = gettext("Safety inspection")
        entries = [*_tasks(person, day), *_hazards(person, day)]
    calendar = Calendar()
    calendar.add("prodid", "-//Xuncha//Safety inspection//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    base = current_app.config["PUBLIC_URL"]
    pages = {"task": "schedule/tasks", "hazard": "hazards"}
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.key}-{entry.number}@xuncha")
        event.add("dtstamp", now)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.words)
        event.add("transp", "TRANSPARENT")
        if base:
            event.add("url", f"{base}/{pages[entry.key]}/{entry.number}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
