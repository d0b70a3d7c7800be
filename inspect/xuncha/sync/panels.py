"""What phones reported, shown on the load of supervisors and on Today."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..accounts.models import User
from ..core.access import Permission, allowed
from ..core.clock import utcnow
from ..core.panels import Panel
from ..enterprises.queries import load_panels
from ..schedule.queries import today_sections
from .queries import need_a_hand


@load_panels.add
@today_sections.add
def unsent_panel(_day: date, reader: User) -> Panel | None:
    """The people on whose phones checks were lost or have waited for more than two days."""
    if not allowed(reader, Permission.SEE_LOAD):
        return None
    now = utcnow()
    phones: list[dict[str, Any]] = [
        {"report": report, "days": (now - report.oldest_at).days if report.oldest_at else None}
        for report in need_a_hand(reader, now)
    ]
    return Panel("sync/unsent_panel.html", {"phones": phones}, position=5) if phones else None
