"""Where the pages stand in the menus: the side bar of the desk, the bottom bar of the phone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from .core.access import ENTERPRISE, READ_ALL, Permission, Role, allowed
from .core.i18n import word
from .core.labels import N_
from .core.web import permission_of


@dataclass(frozen=True)
class Entry:
    """A place in a menu; shown to whom its view is open."""

    endpoint: str
    label: str
    icon: str
    group: str = ""


@dataclass(frozen=True)
class Link:
    """An entry as a template shows it."""

    label: str
    url: str
    icon: str
    active: bool
    group: str


WORK, MANAGE, SETTINGS = N_("Work"), N_("Management"), N_("Settings")

SIDE = (
    Entry("hazards.show_inbox", N_("Inbox"), "inbox", WORK),
    Entry("stats.dashboard", N_("Dashboard"), "speedometer2", WORK),
    Entry("schedule.today", N_("Tasks"), "list-check", WORK),
    Entry("schedule.plan", N_("Visit plan"), "signpost-split", WORK),
    Entry("checks.index", N_("Checks"), "clipboard-check", WORK),
    Entry("hazards.index", N_("Hazards"), "exclamation-triangle", WORK),
    Entry("enterprises.index", N_("Enterprises"), "building", WORK),
    Entry("enterprises.idle_sites", N_("Idle sites"), "house-slash", WORK),
    Entry("schedule.grid", N_("Half-month grid"), "grid-3x3", MANAGE),
    Entry("coverage.show", N_("Coverage by item"), "ui-checks-grid", MANAGE),
    Entry("hazards.repeats", N_("Repeat hazards"), "arrow-repeat", MANAGE),
    Entry("hazards.list_focus_lists", N_("Focus lists"), "bullseye", MANAGE),
    Entry("hazards.look_backs", N_("Look-back checks"), "eye", MANAGE),
    Entry("checks.frequency", N_("Visit frequency"), "calendar-range", MANAGE),
    Entry("campaigns.index", N_("Campaigns"), "flag", MANAGE),
    Entry("trainings.index", N_("Trainings"), "mortarboard", MANAGE),
    Entry("committee.index", N_("Committee"), "diagram-3", MANAGE),
    Entry("reports.index", N_("Papers"), "file-earmark-text", MANAGE),
    Entry("enterprises.load", N_("Supervisors' load"), "people", MANAGE),
    Entry("appraisal.index", N_("Appraisal"), "clipboard-data", MANAGE),
    Entry("sync.burden_of_checks", N_("Burden of checks"), "stopwatch", MANAGE),
    Entry("checklists.index", N_("Checklists"), "ui-checks", SETTINGS),
    Entry("schedule.calendar", N_("Calendar"), "calendar3", SETTINGS),
    Entry("accounts.users", N_("Users"), "person-gear", SETTINGS),
    Entry("reminders.index", N_("Reminders"), "bell", SETTINGS),
    Entry("jobs.index", N_("Background jobs"), "hourglass-split", SETTINGS),
    Entry("office.settings", N_("Zone settings"), "gear", SETTINGS),
    Entry("accounts.me", N_("Me"), "person", SETTINGS),
)

# A province has no checks and hazards of its own: it reads those of its zones.
OF_A_PROVINCE = (
    Entry("province.index", N_("Zones"), "diagram-3", WORK),
    Entry("checklists.index", N_("Checklists"), "ui-checks", SETTINGS),
    Entry("accounts.users", N_("Users"), "person-gear", SETTINGS),
    Entry("office.settings", N_("Settings"), "gear", SETTINGS),
    Entry("accounts.me", N_("Me"), "person", SETTINGS),
)

BOTTOM = (
    Entry("hazards.show_inbox", N_("Inbox"), "inbox"),
    Entry("schedule.today", N_("Tasks"), "list-check"),
    Entry("checks.index", N_("Checks"), "clipboard-check"),
    Entry("hazards.index", N_("Hazards"), "exclamation-triangle"),
    Entry("accounts.me", N_("Me"), "person"),
)


# In the bottom bar a place stands for all pages of its domain.
WHOLE = BOTTOM[1:]


def _links(app: Flask, entries: tuple[Entry, ...]) -> list[Link]:
    links, reader = [], current_user._get_current_object()
    domain, path = (request.endpoint or "").partition(".")[0], request.path
    exact = request.endpoint in {entry.endpoint for entry in entries}
    for entry in entries:
        permission = permission_of(app, entry.endpoint)
        if permission is None or not allowed(reader, permission):
            continue
        url = _address(entry.endpoint, request.script_root)
        active = path == url or (not exact and entry in WHOLE and domain == entry.endpoint.partition(".")[0])
        group = word(entry.group) if entry.group else ""
        links.append(Link(word(entry.label), url, entry.icon, active, group))
    return links


@lru_cache(256)
def _address(endpoint: str, _root: str) -> str:
    """The address of a place: every page asks for thirty, and they are the same below one root."""
    return url_for(endpoint)


def home_endpoint(role: Any) -> str:
    """Where a person begins: enterprises in their inbox, supervisors on Today, experts on their sites, managers on the
    dashboard."""
    if role in READ_ALL and current_app.config.get("PROVINCE"):
        return "province.index"
    if role in ENTERPRISE:
        return "hazards.show_inbox"
    if role is Role.EXPERT:
        return "checks.start"
    return "schedule.today" if role is Role.SUPERVISOR else "stats.dashboard"


def set_up(app: Flask) -> None:
    """Give every page its menus."""

    @app.context_processor
    def _menus() -> dict[str, Any]:
        if not current_user.is_authenticated:
            return {"nav": [], "bottom_nav": []}
        side, bottom = (OF_A_PROVINCE, OF_A_PROVINCE) if app.config.get("PROVINCE") else (SIDE, BOTTOM)
        return {"nav": _links(app, side), "bottom_nav": _links(app, bottom), "Permission": Permission}
