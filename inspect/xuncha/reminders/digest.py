"""The digest of a person and day: what Today, the panels of hazards and the bell say, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from flask import current_app
from flask_babel import gettext

from ..accounts.models import User
from ..core.access import Permission, allowed
from ..core.clock import local_day
from ..core.db import db
from ..core.i18n import use_language, write_day
from ..core.panels import Summary
from ..hazards.event_names import happened
from ..hazards.follow_up import news
from ..hazards.models import HazardEvent
from ..schedule import agenda
from ..schedule.queries import today_sections

TOLD = 5


def language_of(person: User) -> str:
    """The language in which a person is told."""
    return person.lang or "zh"


def _summaries(person: User, now: datetime) -> Iterator[Summary]:
    day = local_day(now)
    if allowed(person, Permission.SEE_SCHEDULE):
        yield from agenda.summaries(agenda.agenda_of(person, day))
    for panel in today_sections.of(day, person):
        yield from panel.summaries
    count = news.count_new(person, now)
    if count:
        newest = news.new_for(person, now - news.AT_FIRST).order_by(HazardEvent.id.desc()).limit(TOLD)
        lines = tuple(
            f"{event.hazard.site.name} · {event.hazard.number} · {happened(news.what_of(event))}"
            for event in db.session.scalars(newest)
        )
        yield Summary(gettext("New since you looked last"), news.count_in_words(count), lines)


def text_of(person: User, now: datetime) -> str:
    """What a person is told on a day, in his language; empty where nothing waits."""
    with use_language(language_of(person)):
        parts = [
            "\n".join((f"{one.title}: {one.total}", *(f"- {line}" for line in one.lines)))
            for one in _summaries(person, now)
        ]
    address = current_app.config["PUBLIC_URL"]
    return "\n\n".join([*parts, address] if parts and address else parts)


def title_of(day: date, lang: str) -> str:
    """The head of a digest."""
    with use_language(lang):
        return gettext("Safety inspection: your work on %(day)s", day=write_day(day))


def heading_of(person: User) -> str:
    """Whose part of a group's message follows."""
    with use_language(language_of(person)):
        return gettext("For %(name)s", name=person.name)


def trial(lang: str) -> tuple[str, str]:
    """Title and text of a message that only tries a channel."""
    with use_language(lang):
        return gettext("Safety inspection: a test"), gettext("This channel works. Digests will arrive here.")
