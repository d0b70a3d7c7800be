"""What follows notices in the demo zone: they are delivered, and each night of the last weeks what is late is escalated."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from ..core.clock import at, local_day
from ..hazards.follow_up import escalation
from ..hazards.models import Notice
from ..hazards.papers.deliveries import Handover, Manner, deliver
from ..photos.queries import by_hash
from .context import Context
from .people_and_sites import Place

LATELY = timedelta(days=60)
REFUSED = 0.08
LEFT_LYING = 9  # of so many notices of late one still lies in the office


def plan_delivery(context: Context, place: Place, notice: Notice, now: datetime) -> None:
    """The notice is handed over when it is issued, of late sometimes on the next working day, and a few are forgotten."""
    day = local_day(now)
    if day < context.today - LATELY:
        giver = notice.issued_by
        told = Handover(Manner.PAPER, day, giver.name, receiver=place.people[0])
        deliver(notice, told, photo=None, actor=giver, now=now)
        return
    if notice.serial % LEFT_LYING == 0:
        return
    dice = random.Random(notice.serial)  # its own: what is delivered changes nothing else of the zone
    moment = now + timedelta(minutes=dice.randrange(10, 40))
    if dice.random() < 0.3:
        moment = at(context.planner.after(day, 1), dice.choice((9, 10, 14)), dice.randrange(60))
    context.clock.at(moment, lambda when: _deliver(context, place, notice, dice, when))


def _deliver(context: Context, place: Place, notice: Notice, dice: random.Random, now: datetime) -> None:
    supervisor, texts = place.site.supervisor, context.texts["remarks"]
    if supervisor is None:
        return
    refused = dice.random() < REFUSED
    told = Handover(
        Manner.REFUSED if refused else Manner.PAPER,
        local_day(now),
        supervisor.name,
        receiver=place.people[0],
        witness=texts["delivery_witness"] if refused else "",
        place=texts["delivery_left"] if refused else dice.choice(texts["delivery_place"]),
        note=texts["delivery_refused"] if refused else "",
    )
    photo = by_hash(context.album.one("gate", dice)) if refused else None
    deliver(notice, told, photo=photo, actor=supervisor, now=now)


def plan_escalation(context: Context) -> None:
    """Every night what `flask hazards escalate` does."""
    day = context.today - LATELY
    while day < context.today:
        context.clock.at(at(day, 1, 30), _escalate)
        day += timedelta(days=1)


def _escalate(now: datetime) -> None:
    for portion in escalation.portions(now):
        escalation.escalate(portion, now=now)
