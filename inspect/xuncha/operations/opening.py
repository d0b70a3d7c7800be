"""What a server does with a zone before it serves it: its tables, the laws and checklists that ship, the calendar."""

from __future__ import annotations

from ..checklists.loading import load_seed
from ..core import maintenance
from ..core.clock import utcnow
from ..core.db import commit, db, limit_statements
from ..core.paths import running_app
from ..core.schema_version import bring_up_to_date
from ..schedule.loading import load_calendar
from .move import CannotMove, accept


class CannotOpen(Exception):
    """The zone cannot be served now; the sentence says why."""


def open_zone() -> None:
    """Bring the running application's database up to date. Raises CannotOpen."""
    try:
        maintenance.end()
    except maintenance.Running:
        raise CannotOpen("an upgrade is under way; start the server when it has ended") from None
    bring_up_to_date()
    try:
        accept()
    except CannotMove as problem:
        raise CannotOpen(str(problem)) from None
    load_seed(now=utcnow())
    load_calendar()
    commit()


def ready_to_fork() -> None:
    """Limit what statements of requests may take, and leave no connection open: processes are forked next."""
    db.session.remove()
    for engine in db.engines.values():
        limit_statements(engine, running_app().config["DB_TIMEOUT_S"])
        engine.dispose()
