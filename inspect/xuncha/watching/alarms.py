"""Alarms: what an operator must look at, sent to the office's administrators, once a thing and day.

The lock and the note of what was sent are files beside the data: a full disk or a database that does not answer is
what alarms are about, and every machine of several has its own disk and clock.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext

from ..core.access import OFFICE
from ..core.clock import local_day
from ..core.db import db
from ..core.i18n import use_language
from ..core.paths import data_folder
from ..reminders import channels, queries
from ..reminders.digest import language_of
from ..reminders.models import Fault
from . import kept_moment
from .conditions import ALL, Condition, look_at

FOLDER = "alarms"


@dataclass(frozen=True)
class Address:
    """Where alarms go: the secret of a channel, and the language of who reads there."""

    secret: str
    lang: str


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this run is the only one on this machine; another one does its work."""
    folder = data_folder() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def sounding(now: datetime) -> dict[str, Condition]:
    """What is not well now."""
    found = {name: look_at(name, now) for name in ALL}
    return {name: condition for name, condition in found.items() if condition.fault is not None}


def addresses() -> list[Address]:
    """The channels of the office's administrators, each once."""
    found: dict[int, Address] = {}
    for person, channel in queries.recipients():
        if person.role in OFFICE:
            found.setdefault(channel.id, Address(channel.secret, language_of(person)))
    return list(found.values())


def sent_today(now: datetime) -> set[str]:
    """The things of which an alarm has been sent on this day."""
    try:
        noted = json.loads((data_folder() / FOLDER / "sent.json").read_text("utf-8"))
    except (OSError, ValueError):
        return set()
    return set(noted.get(local_day(now).isoformat(), []))


def note(names: set[str], now: datetime) -> None:
    """Note of which things an alarm has been sent today. Raises OSError."""
    folder = data_folder() / FOLDER
    (folder / "sent.new").write_text(json.dumps({local_day(now).isoformat(): sorted(names)}), "utf-8")
    (folder / "sent.new").replace(folder / "sent.json")


def text_of(found: dict[str, Condition], lang: str) -> tuple[str, str]:
    """Title and text of the message."""
    with use_language(lang):
        lines = [f"{name}: {gettext(one.message, **one.params)}" for name, one in found.items()]
        title = gettext("Safety inspection: the server needs a look")
        return title, "\n".join([*lines, current_app.config["PUBLIC_URL"]]).strip()


def send(found: dict[str, Condition], where: list[Address]) -> list[Fault]:
    """Send the alarms through every channel; the faults of those that did not take them. No transaction may be open."""
    faults = []
    for address in where:
        title, text = text_of(found, address.lang)
        outcome = channels.send(address.secret, title, text)
        if outcome.fault is not None:
            faults.append(outcome.fault)
    return faults


def keep_moment(now: datetime) -> None:
    """Keep this moment for the next run; on a full disk the earlier one stays."""
    try:
        kept_moment.keep(now)
    except OSError as error:
        current_app.logger.error("last moment: %s", error)


def end_transaction() -> None:
    """Hold nothing open while services are waited for."""
    db.session.rollback()
