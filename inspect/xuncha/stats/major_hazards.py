"""Above the figures of the dashboard: major hazards for which a plan or a month's progress is missing."""

from __future__ import annotations

from datetime import date

from ..accounts.models import User
from ..core.access import Permission, allowed
from ..core.panels import Panel
from ..hazards.lists import list_queries
from ..hazards.lists.filters import Criteria
from .queries import dashboard_panels


@dashboard_panels.add
def _major_hazards(day: date, reader: User) -> Panel | None:
    if not allowed(reader, Permission.SEE_HAZARD):
        return None
    found = list_queries.narrowed(reader, Criteria(), day)
    waiting = {view: n for view, n in list_queries.counted(found, tuple(list_queries.OF_MAJOR)).items() if n}
    return Panel("stats/major_panel.html", {"waiting": waiting}, position=20) if waiting else None
