"""Pulses of the demo zone's idle sites, every ten days or so: power is on at one since yesterday, a few wait too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from ..checks.filing import PhotoRef
from ..checks.pulses import PulsePart, Seen, take_pulse
from ..core.clock import at
from .context import Context
from .people_and_sites import Place

AGO = (44, 31, 21, 11, 1)  # days before today
LEFT_OUT = (3, 10)  # of the idle sites: nobody went there lately
IN_USE = 5


def plan_pulses(context: Context) -> None:
    """No dice: whatever else happens in the zone stays as it was."""
    for number, place in enumerate(context.zone.idle):
        for round_, ago in enumerate(AGO):
            if number in LEFT_OUT and ago < AGO[1]:
                continue
            day = context.today - timedelta(days=ago)
            used = number == IN_USE and ago == AGO[-1]
            context.clock.at(
                at(day, 9 + number % 7, number * 4 % 60),
                partial(_take, context, place, f"{number}-{round_}", used),
            )


def _take(context: Context, place: Place, key: str, used: bool, moment: datetime) -> None:
    site = place.site
    assert site.supervisor is not None
    gates = context.album.pairs["gate"]
    photo = gates[int(key.split("-")[0]) % len(gates)].after
    told = PulsePart(
        uuid=uuid5(NAMESPACE_URL, f"pulse {key}"),
        site_id=site.id,
        locked=Seen.NO if used else Seen.YES,
        power=Seen.YES if used else Seen.NO,
        people=Seen.UNKNOWN if used else Seen.NO,
        summary=str(context.texts["remarks"]["pulse_in_use"]) if used else "",
        photos=[PhotoRef(sha256=photo, taken_at=moment, latitude=site.latitude, longitude=site.longitude)],
        taken_at=moment,
    )
    take_pulse(told, actor=site.supervisor, now=moment)
