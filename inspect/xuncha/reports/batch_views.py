"""Pages of the print jobs: ask for the records of a filter, see how far a job is, stop it, fetch what it printed."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, render_template, request, send_file
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..checks.list_columns import CHECKS
from ..checks.queries import Criteria, filtered
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import db
from ..core.i18n import LANGUAGES, language
from ..core.web import done, fetch, needs
from ..jobs import actions
from ..jobs.models import Job, JobState
from . import batch, printing

pages = Blueprint("reports", __name__, url_prefix="/papers")


@pages.post("/jobs")
@needs(Permission.PRINT_REPORTS)
def begin_job() -> Response:
    """Print the records that the filters of the list of checks leave."""
    look = CHECKS.look(request.form)
    _look, query = look.of(filtered(current_user, Criteria.from_args(request.form)))
    lang = request.form.get("lang", "")
    job = batch.begin(
        db.session.scalars(query.limit(batch.AT_MOST + 1)).all(),
        lang if lang in LANGUAGES else language(),
        actor=db.session.get_one(User, current_user.id),
        now=utcnow(),
        joined=request.form.get("joined") == "1",
    )
    return started(job, gettext("The records are being printed; you may leave this page."))


def started(job: Job, said: str) -> Response:
    """Commit a job, and go to its page."""
    return done(said, "reports.job", number=job.id)


def _own(number: int) -> Job:
    query = sa.select(Job).where(
        Job.id == number, Job.asked_by_id == current_user.id, Job.kind.in_(batch.KINDS)
    )
    return fetch(query, Permission.PRINT_REPORTS)


@pages.get("/jobs/<int:number>")
@needs(Permission.PRINT_REPORTS)
def job(number: int) -> str:
    """How far a job is."""
    found = _own(number)
    return render_template("reports/job.html", job=found, kinds=batch, states=JobState)


@pages.post("/jobs/<int:number>/cancel")
@needs(Permission.PRINT_REPORTS)
def cancel_job(number: int) -> Response:
    """Stop a job that runs."""
    actions.cancel(_own(number).id, now=utcnow())
    return done(gettext("Printing is stopped."), "reports.job", number=number)


@pages.get("/jobs/<int:number>/records.zip")
@pages.get("/jobs/<int:number>/records.pdf")
@pages.get("/jobs/<int:number>/ledger.pdf")
@pages.get("/jobs/<int:number>/file.pdf")
@needs(Permission.PRINT_REPORTS)
def job_file(number: int) -> Response:
    """What a finished job printed."""
    found = _own(number)
    path = batch.result(found)
    if path is None:
        abort(404)
    if found.kind != batch.RECORDS:
        name = printing.file_name(batch.order_of(found), found.args["lang"])
    else:
        name = gettext("Inspection records %(number)s", number=found.id) + path.suffix
    return send_file(path, as_attachment=True, download_name=name)
