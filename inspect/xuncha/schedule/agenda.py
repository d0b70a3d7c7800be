"""What Today lists of tasks, excuses and sites without a supervisor: one definition for the page and for digests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from ..accounts.models import User
from ..core import paging
from ..core.access import FIELD, Permission, allowed
from ..core.db import db
from ..core.i18n import write_day
from ..core.panels import Summary
from ..enterprises.models import Site
from . import queries
from .lifecycle import TaskState, window_of
from .models import Excuse, Task

SHOWN = 10
TOLD = 5


@dataclass(frozen=True)
class Agenda:
    """What a person has to do on a day, nearest due first."""

    late: list[Task]
    due: list[Task]
    excuses: list[Excuse]
    excuses_total: int
    nobodys: list[Site]


def agenda_of(reader: User, day: date) -> Agenda:
    """The tasks of one's own sites, and what waits for a decision of one's own."""
    mine = queries.to_do(reader, day) if reader.role in FIELD else []
    excuses, total = _excuses(reader) if allowed(reader, Permission.DECIDE_EXCUSE) else ([], 0)
    return Agenda(
        late=[task for task in mine if queries.state_of(task, day) is TaskState.LATE],
        due=[task for task in mine if queries.state_of(task, day) is not TaskState.LATE],
        excuses=excuses,
        excuses_total=total,
        nobodys=queries.without_holder(window_of(day), day)
        if allowed(reader, Permission.OPEN_SCHEDULE)
        else [],
    )


def _excuses(reader: User) -> tuple[list[Excuse], int]:
    """The first excuses that wait for a decision, and how many do."""
    waiting = queries.excuses_visible_to(reader).where(Excuse.accepted.is_(None))
    excuses = list(db.session.scalars(waiting.limit(SHOWN)))
    return excuses, len(excuses) if len(excuses) < SHOWN else paging.count(waiting)


def summaries(agenda: Agenda) -> Iterator[Summary]:
    """The same for a digest."""
    if agenda.nobodys:
        lines = tuple(site.name for site in agenda.nobodys[:TOLD])
        yield Summary(gettext("Key enterprises without a supervisor"), len(agenda.nobodys), lines)
    for title, tasks in (
        (gettext("Late"), agenda.late),
        (gettext("Due this half-month"), agenda.due),
    ):
        if tasks:
            yield Summary(title, len(tasks), tuple(_line(task) for task in tasks[:TOLD]))
    if agenda.excuses:
        lines = tuple(excuse.task.site.name for excuse in agenda.excuses[:TOLD])
        yield Summary(gettext("Excuses that wait for a decision"), agenda.excuses_total, lines)


def _line(task: Task) -> str:
    return f"{task.site.name} · " + gettext("due %(day)s", day=write_day(task.due_on))
