"""Pages of the papers about enterprises and who is responsible for them."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import today
from ..core.parsing import read_day, read_number
from ..core.web import fetch, needs
from ..enterprises import responsibility
from ..enterprises.models import Site
from ..enterprises.queries import supervisors_seen_by
from ..enterprises.queries import visible_to as sites_visible_to
from ..hazards.rounds import stops
from ..lists import import_pages
from ..schedule.lifecycle import window_of
from ..schedule.views import window_label
from ..stats.profile import Profile
from .answers import answer
from .batch_views import pages
from .papers import enterprise_profile as profile_paper
from .papers import plaque as plaque_paper
from .papers import responsibility_list, task_list, visit_plan


def _site(number: int, permission: Permission) -> Site:
    return fetch(sites_visible_to(current_user).where(Site.id == number), permission)


@pages.get("/profiles/<int:number>")
@needs(Permission.PRINT_REPORTS)
def enterprise_profile(number: int) -> str | Response | tuple[str, int]:
    """The profile of an enterprise on one sheet."""
    profile = Profile(_site(number, Permission.SEE_SITE), today(), current_user._get_current_object())
    return answer(profile_paper.order(profile))


@pages.get("/plaques/<int:number>")
@needs(Permission.MANAGE_PLAQUES)
def plaque(number: int) -> str | Response | tuple[str, int]:
    """The plaque of an enterprise."""
    return answer(plaque_paper.order(_site(number, Permission.MANAGE_PLAQUES)))


def _held() -> list[responsibility.Held]:
    """The lines of the list: key enterprises, or all where the address asks for them."""
    return responsibility.held(current_user, today(), key_only=request.args.get("all") != "1")


@pages.get("/responsibility-list")
@needs(Permission.PRINT_REPORTS)
def responsibility_paper() -> str | Response | tuple[str, int]:
    """Which enterprise is held by whom, since when."""
    return answer(responsibility_list.order(_held(), today()))


@pages.get("/responsibility-list.xlsx")
@needs(Permission.PRINT_REPORTS)
def responsibility_sheet() -> Response:
    """The same as a workbook."""
    day = today()
    return import_pages.send_workbook(
        responsibility_list.workbook(_held(), day), f"responsibility-list-{day:%Y%m%d}.xlsx"
    )


@pages.get("/task-list")
@needs(Permission.PRINT_REPORTS)
def task_paper() -> str | Response | tuple[str, int]:
    """The half-month of a supervisor on paper; without one, the choice of whose."""
    day, people = today(), supervisors_seen_by(current_user)
    if "supervisor" not in request.args:
        near = window_of(day)
        windows = [(window_label(one), one.start) for one in (near.previous, near, near.next)]
        return render_template("reports/task_list.html", people=people, windows=windows)
    number = read_number(request.args["supervisor"])
    person = next((one for one in people if one.id == number), None)
    if person is None:
        abort(404)
    window = window_of(read_day(request.args.get("half")) or day)
    return answer(task_list.order(person, window, stops(current_user, person, window, day), day))


@pages.get("/visit-plan")
@needs(Permission.PRINT_REPORTS)
def visit_plan_paper() -> str | Response | tuple[str, int]:
    """A supervisor's visits of a day on one sheet."""
    number = read_number(request.args.get("supervisor", ""))
    person = next((one for one in supervisors_seen_by(current_user) if one.id == number), None)
    if person is None:
        abort(404)
    day = read_day(request.args.get("day")) or today()
    return answer(visit_plan.order(person, day, today()))
