"""Badges of a hazard: where it stands, how late it is, what marks it. As functions they cost a list a third of macros."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from ..core import settings
from ..core.components import badge
from ..core.i18n import label, word
from ..core.labels import N_
from . import rules
from .follow_up.escalation_steps import EscalationStep
from .lifecycle import WORKING, State
from .models import Grade, Hazard

NEAR = {State.DRAFT, *WORKING, State.EXTENSION_PENDING}
TONES = {
    State.CLOSED: "ok",
    State.VOID: "off",
    State.REPORTED_DONE: "wait",
    State.EXTENSION_PENDING: "wait",
    State.VERIFIED: "wait",
    State.REFERRED: "wait",
    State.SENT_BACK: "due",
    State.DRAFT: "due",
}

LEFT = {0: N_("Due today"), 1: N_("1 day left")}


def state_badge(hazard: Hazard) -> Markup:
    """The state."""
    return badge(label(hazard.state), TONES.get(hazard.state, "plain"))


def late_badge(hazard: Hazard, day: date) -> Markup:
    """By how many days it is overdue, or how few are left; nothing otherwise."""
    if hazard.due_on is None:
        return Markup("")
    left = (hazard.due_on - day).days
    if hazard.is_overdue(day):
        late = word(N_("Overdue by 1 day")) if left == -1 else word(N_("Overdue by %(count)s days"))
        return badge(str(late) % {"count": -left}, "bad")
    if hazard.state not in NEAR or left > settings.number("soon"):
        return Markup("")
    words = LEFT.get(left, N_("%(count)s days left"))
    return badge(str(word(words)) % {"count": left}, "due")


def step_badge(step: EscalationStep | None) -> Markup:
    """The step of the escalation; due soon and overdue are said by the days already."""
    if step is None or step in {EscalationStep.DUE_SOON, EscalationStep.OVERDUE}:
        return Markup("")
    return badge(label(step), "bad", "arrow-up-right-circle-fill")


def marks(hazard: Hazard, inside: bool = False) -> Markup:
    """What sets it apart from others; what is only proposed is told inside the zone."""
    found = []
    if hazard.grade is not Grade.GENERAL:
        found.append(badge(label(hazard.grade), "bad"))
    if hazard.listed_at:
        found.append(badge(word(N_("Publicly listed")), "bad", "megaphone-fill"))
    if hazard.repeat_of_id:
        time = str(word(N_("Repeat, time %(time)s"))) % {"time": hazard.occurrence}
        found.append(badge(time, "due", "arrow-repeat"))
        if inside and rules.proposes_higher_grade(hazard):
            found.append(badge(word(N_("Higher grade proposed")), "due", "arrow-up"))
    if hazard.fixed_on_spot:
        found.append(badge(word(N_("Rectified on the spot")), "ok"))
    if hazard.round > 1:
        again = word(N_("Round %(number)s")) % {"number": hazard.round}
        found.append(badge(again, "plain", "arrow-counterclockwise"))
    return Markup(" ").join(found) if found else Markup("")
