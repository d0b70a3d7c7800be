"""A phone of the demo zone on which checks have waited for days."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.clock import at
from ..sync.actions import Report, report_device
from .context import Context

WAITS = timedelta(days=3)


def plan_phones(context: Context) -> None:
    """It told last yesterday, and is still away from the network."""
    person = context.zone.supervisors[5]

    def tell(moment: datetime) -> None:
        told = Report(device="demo-phone-1", unsent=2, oldest=moment - WAITS, drafts=1)
        report_device(told, actor=person, now=moment)

    context.clock.at(at(context.today - timedelta(days=1), 16), tell)
