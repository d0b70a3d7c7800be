"""The wording of a period's safety summary: sentences with slots, filled from the facts of the summary (domain 5.4).

A slot that no figure fills prints a blank to be filled in by hand. Claims are never made here: people type them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext

from ...core.i18n import label, write_rate
from ...enterprises.models import Sector
from ...trainings.models import TrainingKind
from ..layout.document_parts import BLANK, in_language, listed

NEAR = 0.95  # "nearly" only from five per cent below upward
ROUNDED = frozenset({"visits", "patrol_visits", "trainings", "materials", "attendances"})
"""The numbers that speeches round; what was found and rectified is always told exactly."""

# What stands around a slot's name until the sentence is split: signs of the private use area, which no text has.
OPEN, SHUT = "\ue000", "\ue001"
MARKED = re.compile(f"{OPEN}([^{SHUT}]*){SHUT}")

Part = str | dict[str, Any]
"""Plain text, or a slot: {"slot": name, "n": number or [part, whole]}, with "hand" where a person wrote another number."""


def about(number: int) -> str:
    """A number as summaries round it: floored to its leading unit, and said so only when it is not exact."""
    unit = 10 ** (len(str(number)) - 1)
    floor = number // unit * unit
    if number < 10 or floor == number:
        return str(number)
    if number >= NEAR * (floor + unit):
        return gettext("nearly %(number)s", number=floor + unit)
    return gettext("over %(number)s", number=floor)


def written(part: Part, *, rounded: bool) -> str:
    """A part as it is read."""
    if isinstance(part, str):
        return part
    return str(part["hand"]) if "hand" in part else write_value(part["slot"], part["n"], rounded=rounded)


def write_value(slot: str, value: Any, *, rounded: bool) -> str:
    """The value of a slot: a rate, a number, or a number as speeches round it."""
    if isinstance(value, list):
        return write_rate(value[0] / value[1] if value[1] else None)
    return about(value) if rounded and slot in ROUNDED else str(value)


def write(parts: Sequence[Part], *, rounded: bool) -> str:
    """A paragraph as text."""
    return "".join(written(part, rounded=rounded) for part in parts)


def split(text: str, values: dict[str, Any]) -> list[Part]:
    """The parts of a sentence whose slots are marked."""
    parts: list[Part] = []
    for at, piece in enumerate(MARKED.split(text)):
        if at % 2:
            parts.append({"slot": piece, "n": values[piece]})
        elif piece:
            parts.append(piece)
    return parts


def _slots(*names: str, **named: str) -> dict[str, str]:
    """The slots of a sentence, marked: by the name of their figure, or by another one."""
    return {name: f"{OPEN}{slot}{SHUT}" for name, slot in [*zip(names, names, strict=True), *named.items()]}


def paragraphs(facts: dict[str, Any]) -> list[list[Part]]:
    """The paragraphs in the order in which offices write them; of a short one or of a part of the zone what came of it."""
    if not facts["whole"]:
        texts = [_results()]
    elif facts["short"]:
        texts = [_results(), _experts(), _teaching(facts)]
    else:
        texts = [
            _duty(),
            _content(facts),
            _campaigns(facts),
            _focus(facts),
            _results(),
            _experts(),
            _teaching(facts),
            gettext("Accidents: %(blank)s.", blank=BLANK * 6),
            gettext("Problems: %(blank)s.", blank=BLANK * 6),
            gettext("Next steps: %(blank)s.", blank=BLANK * 6),
        ]
    return [split(text, facts["values"]) for text in texts]


def _duty() -> str:
    """Who holds each key enterprise; how they patrol; how often."""
    return gettext(
        "Responsibility was settled by name: of %(keys)s key enterprises %(held)s have a named supervisor, %(people)s"
        " supervisors in all; patrols follow %(system)s and a list of tasks, two checks a month at each key enterprise;"
        " %(planned)s checks were planned and %(done)s carried out within their half-month, plan completion %(rate)s"
        " (%(done)s/%(planned)s).",
        system=BLANK * 3,
        **_slots(
            keys="key_enterprises",
            held="key_enterprises_held",
            people="supervisors",
            planned="tasks_planned",
            done="tasks_done",
            rate="completion_rate",
        ),
    )


def _content(facts: dict[str, Any]) -> str:
    """What checks look at; the committee and its plans, blank where none was entered."""
    meetings = _slots("committee_meetings")["committee_meetings"]
    sectors = facts.get("plan_sectors") or [Sector.HAZCHEM, Sector.INDUSTRY, Sector.FIRE]
    return gettext(
        "Each check looks at the safety rules established and at the facilities maintained, and at the items of the"
        " sector. Meetings of the committee: %(meetings)s; plans were made for the sectors %(sectors)s.",
        meetings=meetings if "committee_meetings" in facts["values"] else BLANK,
        sectors=listed([label(Sector(one)) for one in sectors]),
    )


def _campaigns(facts: dict[str, Any]) -> str:
    if not facts["campaigns"]:
        return gettext("Campaigns: %(blank)s.", blank=BLANK * 3)
    told = [
        gettext(
            "%(name)s, %(visits)s visits, %(found)s hazards found, %(closed)s of them rectified",
            name=in_language(one["name"]),
            **_slots(**{name: f"campaign-{one['id']}-{name}" for name in ("visits", "found", "closed")}),
        )
        for one in facts["campaigns"]
    ]
    return gettext("Campaigns were carried out: %(list)s.", list=gettext("; ").join(told))


def _focus(facts: dict[str, Any]) -> str:
    """Fire and crowded enterprises, and who helped."""
    return gettext(
        "Fire safety and crowded places were in focus: %(sites)s such enterprises were checked in %(visits)s visits."
        " Third parties and associations that took part: %(others)s.",
        others=listed(facts.get("helpers", [])) or BLANK * 3,
        **_slots(sites="focus_enterprises", visits="focus_visits"),
    )


def _results() -> str:
    """What came of it; the parts of the hazards add up to the hazards found."""
    return gettext(
        "In all %(visits)s check visits were made to %(sites)s enterprises, %(patrols)s of the visits being patrols and"
        " %(idle)s of them to idle sites, and %(rechecks)s re-inspection visits; illegal installations removed:"
        " %(removed)s, illegal acts stopped: %(stopped)s; %(found)s hazards were found, %(closed)s of them rectified"
        " (%(spot)s on the spot), rectification rate %(rate)s (%(closed)s/%(found)s); of the rest %(waiting)s wait to be"
        " verified, %(overdue)s are overdue and %(going)s are being rectified.",
        **_slots(
            "visits",
            sites="enterprises_visited",
            patrols="patrol_visits",
            idle="idle_site_visits",
            rechecks="recheck_visits",
            removed="illegal_installations_removed",
            stopped="illegal_acts_stopped",
            found="hazards_found",
            closed="hazards_closed",
            spot="fixed_on_spot",
            rate="rectification_rate",
            waiting="found_to_verify",
            overdue="found_overdue",
            going="found_in_progress",
        ),
    )


def _experts() -> str:
    return gettext(
        "Experts checked %(experts)s enterprises and found %(found)s hazards, %(closed)s of them rectified,"
        " rectification rate %(rate)s.",
        **_slots(
            experts="expert_enterprises",
            found="expert_hazards_found",
            closed="expert_hazards_closed",
            rate="expert_rate",
        ),
    )


def _teaching(facts: dict[str, Any]) -> str:
    told = [
        gettext("%(kind)s: %(count)s", kind=label(kind), **_slots(count=f"training-{kind.value}"))
        for kind in TrainingKind
        if f"training-{kind.value}" in facts["values"]
    ]
    return gettext(
        "Publicity and training: %(count)s events (%(kinds)s), %(materials)s copies handed out, %(heads)s attendances.",
        kinds=listed(told) if told else BLANK,
        **_slots("materials", count="trainings", heads="attendances"),
    )


def texts_of(facts: dict[str, Any], lang: str) -> list[list[Part]]:
    """The paragraphs of a summary in a language: as the office wrote them, else as the figures give them."""
    kept = facts.get("text", {}).get(lang)
    return kept["parts"] if kept else paragraphs(facts)


Address = Callable[[str], str | None]
"""Where what a slot counts is listed."""
