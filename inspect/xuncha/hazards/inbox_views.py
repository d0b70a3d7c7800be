"""The page where an enterprise's people begin: what is expected of them, their papers, what happened last."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user

from ..core.access import Permission
from ..core.clock import today
from ..core.web import needs
from . import inbox
from .papers.document_views import pages
from .public import worker_reports


@pages.get("/inbox")
@needs(Permission.SEE_INBOX)
def show_inbox() -> str:
    """What is expected, nearest first."""
    day = today()
    return render_template(
        "hazards/inbox.html",
        inbox=inbox.inbox_of(current_user, day),
        reports=worker_reports.waiting_count(current_user),
        papers=inbox.papers_of(current_user),
        events=inbox.history_of(current_user),
        day=day,
    )
