"""The page of the queue for whoever runs the site: what was given up, runs and waits; try again, stop."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import utcnow
from ..core.web import done, needs
from . import actions, kinds, queries
from .models import JobState

pages = Blueprint("jobs", __name__, url_prefix="/jobs")
pages.app_template_global("job_kind")(kinds.label_of)


@pages.get("")
@needs(Permission.MANAGE_JOBS)
def index() -> str:
    """The queue."""
    now = utcnow()
    found = queries.jobs()
    return render_template(
        "jobs/index.html",
        groups=[(state, [job for job in found if job.state is state]) for state in queries.SHOWN],
        standing=queries.standing(now),
        states=JobState,
        now=now,
    )


@pages.post("/<int:number>/retry")
@needs(Permission.MANAGE_JOBS)
def retry(number: int) -> Response:
    """Have a job tried again at once."""
    if not actions.retry(number, now=utcnow()):
        abort(404)
    return done(gettext("The job will be tried again."), "jobs.index")


@pages.post("/<int:number>/cancel")
@needs(Permission.MANAGE_JOBS)
def cancel(number: int) -> Response:
    """Stop a job, or put away one that was given up."""
    if not actions.cancel(number, now=utcnow()):
        abort(404)
    return done(gettext("The job is cancelled."), "jobs.index")
