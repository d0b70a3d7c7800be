"""The first steps of a new zone: each read from the data, with the page where it is done. Nothing is ticked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext

from ..accounts.models import User
from ..checks.models import Check
from ..core import settings
from ..core.access import FIELD, MANAGERS, Permission
from ..core.clock import day_start
from ..core.db import db
from ..core.history import HistoryRow
from ..core.i18n import language
from ..core.panels import Panel
from ..enterprises.list_queries import NOBODY
from ..enterprises.models import Site, SiteKind, WorkingState
from ..schedule import workdays
from ..schedule.lifecycle import windows_of
from ..schedule.models import Task
from ..stats.queries import dashboard_panels
from ..sync.models import DeviceReport


@dataclass(frozen=True)
class Step:
    """One step: how far it is, and the page on which whoever holds the permission goes on with it."""

    title: str
    state: str
    done: bool
    button: str
    url: str
    permission: Permission
    other: tuple[str, str] | None = None


def _count(query: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0


_supervisors = sa.select(User.id).where(User.role.in_(list(FIELD)), User.active)
_enterprises = sa.select(Site.id).where(
    Site.kind == SiteKind.ENTERPRISE, Site.working_state != WorkingState.CLOSED
)


def works_already(day: date) -> bool:
    """Whether checks were filed before this month: from then on what recurs is shown where the work is done."""
    query = sa.select(Check.id).where(Check.received_at < day_start(day.replace(day=1)))
    return bool(db.session.scalar(sa.select(query.exists())))


def _names() -> Step:
    now = settings.values()
    zone, organ = now["zone_zh"], now["org_zh"]
    if not zone:
        state = gettext("The zone has no name yet.")
    elif not organ:
        state = gettext("Papers print no inspecting organ yet.")
    else:
        named = (now[f"{name}_{language()}"] or now[f"{name}_zh"] for name in ("zone", "org"))
        state = " · ".join(named)
    return Step(
        gettext("Name of the zone and of the organ"),
        state,
        bool(zone and organ),
        gettext("Enter the names"),
        url_for("office.settings"),
        Permission.MANAGE_SETTINGS,
    )


def _people() -> Step:
    count = _count(_supervisors)
    return Step(
        gettext("People"),
        ngettext("%(num)d supervisor may sign in.", "%(num)d supervisors may sign in.", count)
        if count
        else gettext("No supervisor has an account yet."),
        count > 0,
        gettext("Add people"),
        url_for("accounts.add_user"),
        Permission.MANAGE_USERS,
    )


def _sites(count: int) -> Step:
    return Step(
        gettext("Enterprises"),
        ngettext("%(num)d enterprise is on the list.", "%(num)d enterprises are on the list.", count)
        if count
        else gettext("No enterprise is on the list yet."),
        count > 0,
        gettext("Import a list"),
        url_for("enterprises.import_sites"),
        Permission.EDIT_SITE,
        (gettext("or type the first one"), url_for("enterprises.new")),
    )


def _holders(all_of_them: int, works: bool) -> Step:
    nobodys = _count(_enterprises.where(Site.supervisor_id.is_(None)))
    if not all_of_them:
        state = gettext("Comes after the enterprises.")
    elif nobodys:
        state = ngettext(
            "%(num)d enterprise has no supervisor.", "%(num)d enterprises have no supervisor.", nobodys
        )
    else:
        state = gettext("Every enterprise has its supervisor.")
    return Step(
        gettext("Who holds which"),
        state,
        works or bool(all_of_them and not nobodys),
        gettext("Name supervisors"),
        url_for("enterprises.index", supervisor=NOBODY),
        Permission.ASSIGN_SITE,
    )


def _calendar(day: date, works: bool) -> Step:
    known = workdays.year_known(day.year)
    return Step(
        gettext("Calendar"),
        gettext("The working days of %(year)s are known.", year=day.year)
        if known
        else gettext("The holidays of %(year)s are not announced here", year=day.year),
        works or known,
        gettext("Enter the notice"),
        url_for("schedule.calendar", year=day.year, _anchor="notice"),
        Permission.EDIT_CALENDAR,
    )


def _tasks(day: date, works: bool) -> Step:
    starts = [window.start for window in windows_of(day.year, day.month)]
    count = _count(sa.select(Task.id).where(Task.window_start.in_(starts)))
    held_key = _enterprises.where(Site.key, Site.supervisor_id.is_not(None))
    if count:
        state = ngettext("%(num)d task is open for it.", "%(num)d tasks are open for it.", count)
    elif _count(held_key):
        state = gettext("None is open yet; from then on every night opens what is missing.")
    else:
        state = gettext("Comes after the supervisors: key enterprises that somebody holds get two a month.")
    return Step(
        gettext("This month's tasks"),
        state,
        works or count > 0,
        gettext("Open the tasks"),
        url_for("schedule.grid", _anchor="open"),
        Permission.OPEN_SCHEDULE,
    )


def _phones() -> Step:
    """A browser that reported to the office holds the app of its supervisor; a settled report was one, too."""
    people = _supervisors.where(sa.select(DeviceReport.id).where(DeviceReport.user_id == User.id).exists())
    count = _count(people)
    settled = sa.select(HistoryRow.id).where(HistoryRow.thing == DeviceReport.__tablename__)
    return Step(
        gettext("Phones"),
        ngettext(
            "%(num)d supervisor has opened Xuncha on a device that keeps checks.",
            "%(num)d supervisors have opened Xuncha on a device that keeps checks.",
            count,
        )
        if count
        else gettext("No supervisor has opened Xuncha on a phone yet."),
        count > 0 or bool(db.session.scalar(sa.select(settled.exists()))),
        gettext("Show how"),
        url_for("sync.help"),
        Permission.BE_SIGNED_IN,
    )


def steps(day: date) -> list[Step]:
    """All seven, in the order in which they are gone."""
    works, enterprises = works_already(day), _count(_enterprises)
    return [
        _names(),
        _people(),
        _sites(enterprises),
        _holders(enterprises, works),
        _calendar(day, works),
        _tasks(day, works),
        _phones(),
    ]


@dashboard_panels.add
def first_steps(day: date, reader: User) -> Panel | None:
    """What a new zone still has to do, for its managers, until all is done or the office puts it away."""
    if reader.role not in MANAGERS or settings.value(settings.FIRST_STEPS) == settings.AWAY:
        return None
    found = steps(day)
    if all(step.done for step in found):
        return None
    ahead = next(step for step in found if not step.done)
    data = {"steps": found, "ahead": ahead, "done": sum(step.done for step in found)}
    return Panel("office/first_steps.html", data)
