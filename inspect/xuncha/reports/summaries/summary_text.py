"""The wording of a period's safety summary: sentences with slots, filled from the facts of the summary (domain 5.4).

A slot that no figure fills prints a blank to be filled in by hand. Claims are never made here: people type them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext, ngettext

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


def _slot(name: str) -> str:
    return f"{OPEN}{name}{SHUT}"


def _slots(*names: str, **named: str) -> dict[str, str]:
    """The slots of a sentence, marked: by the name of their figure, or by another one."""
    return {name: _slot(slot) for name, slot in [*zip(names, names, strict=True), *named.items()]}


def paragraphs(facts: dict[str, Any]) -> list[list[Part]]:
    """The paragraphs in the order in which offices write them; of a short one or of a part of the zone what came of it."""
    if not facts["whole"]:
        texts = [_results(facts)]
    elif facts["short"]:
        texts = [_results(facts), _experts(facts), _teaching(facts)]
    else:
        texts = [
            _duty(facts),
            _content(facts),
            _campaigns(facts),
            _focus(facts),
            _results(facts),
            _experts(facts),
            _teaching(facts),
            gettext("Accidents: %(blank)s.", blank=BLANK * 6),
            gettext("Problems: %(blank)s.", blank=BLANK * 6),
            gettext("Next steps: %(blank)s.", blank=BLANK * 6),
        ]
    return [split(text, facts["values"]) for text in texts]


def _duty(facts: dict[str, Any]) -> str:
    """Who holds each key enterprise; how they patrol; how often."""
    values = facts["values"]
    return gettext(
        "Responsibility was settled by name: of %(keys)s, %(held)s with a named supervisor, %(people)s in all; patrols"
        " follow %(system)s and a list of tasks, two checks a month at each key enterprise; %(planned)s and %(done)s"
        " carried out within the half-month, plan completion %(rate)s (%(done)s/%(count)s).",
        system=BLANK * 3,
        keys=ngettext(
            "%(count)s key enterprise",
            "%(count)s key enterprises",
            values["key_enterprises"],
            count=_slot("key_enterprises"),
        ),
        people=ngettext(
            "%(count)s supervisor", "%(count)s supervisors", values["supervisors"], count=_slot("supervisors")
        ),
        planned=ngettext(
            "%(count)s check was planned",
            "%(count)s checks were planned",
            values["tasks_planned"],
            count=_slot("tasks_planned"),
        ),
        **_slots(
            held="key_enterprises_held", done="tasks_done", rate="completion_rate", count="tasks_planned"
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
    told = [_campaign(one, facts["values"]) for one in facts["campaigns"]]
    return gettext("Campaigns were carried out: %(list)s.", list=gettext("; ").join(told))


def _campaign(one: dict[str, Any], values: dict[str, Any]) -> str:
    visits, found, closed = (f"campaign-{one['id']}-{name}" for name in ("visits", "found", "closed"))
    return gettext(
        "%(name)s, %(visits)s, %(found)s, %(closed)s of them rectified",
        name=in_language(one["name"]),
        visits=ngettext("%(count)s visit made", "%(count)s visits made", values[visits], count=_slot(visits)),
        found=ngettext(
            "%(count)s hazard found", "%(count)s hazards found", values[found], count=_slot(found)
        ),
        closed=_slot(closed),
    )


def _focus(facts: dict[str, Any]) -> str:
    """Fire and crowded enterprises, and who helped."""
    values, sites, visits = facts["values"], "focus_enterprises", "focus_visits"
    return gettext(
        "Fire safety and crowded places were in focus: %(sites)s %(visits)s."
        " Third parties and associations that took part: %(others)s.",
        sites=ngettext(
            "%(count)s such enterprise was checked",
            "%(count)s such enterprises were checked",
            values[sites],
            count=_slot(sites),
        ),
        visits=ngettext("in %(count)s visit", "in %(count)s visits", values[visits], count=_slot(visits)),
        others=listed(facts.get("helpers", [])) or BLANK * 3,
    )


def _results(facts: dict[str, Any]) -> str:
    """What came of it; the parts of the hazards add up to the hazards found."""
    return gettext(
        "In all %(visits)s, %(patrols)s of the visits being patrols and %(idle)s of them to idle sites, and %(rechecks)s;"
        " illegal installations removed: %(removed)s, illegal acts stopped: %(stopped)s; %(found)s, %(closed)s of them"
        " rectified (%(spot)s on the spot), rectification rate %(rate)s (%(closed)s/%(count)s); of the rest %(rest)s.",
        visits=_visits(facts["values"]),
        found=_found(facts["values"]),
        rechecks=ngettext(
            "%(count)s re-inspection visit",
            "%(count)s re-inspection visits",
            facts["values"]["recheck_visits"],
            count=_slot("recheck_visits"),
        ),
        rest=_rest(facts["values"]),
        **_slots(
            patrols="patrol_visits",
            idle="idle_site_visits",
            removed="illegal_installations_removed",
            stopped="illegal_acts_stopped",
            count="hazards_found",
            closed="hazards_closed",
            spot="fixed_on_spot",
            rate="rectification_rate",
        ),
    )


def _visits(values: dict[str, Any]) -> str:
    made, sites = "visits", "enterprises_visited"
    return gettext(
        "%(visits)s %(sites)s",
        visits=ngettext(
            "%(count)s check visit was made",
            "%(count)s check visits were made",
            values[made],
            count=_slot(made),
        ),
        sites=ngettext(
            "to %(count)s enterprise", "to %(count)s enterprises", values[sites], count=_slot(sites)
        ),
    )


def _found(values: dict[str, Any]) -> str:
    found = "hazards_found"
    return ngettext(
        "%(count)s hazard was found", "%(count)s hazards were found", values[found], count=_slot(found)
    )


def _rest(values: dict[str, Any]) -> str:
    """What became of the hazards that are not rectified."""
    waiting, overdue, going = "found_to_verify", "found_overdue", "found_in_progress"
    return gettext(
        "%(waiting)s, %(overdue)s and %(going)s",
        waiting=ngettext(
            "%(count)s waits to be verified",
            "%(count)s wait to be verified",
            values[waiting],
            count=_slot(waiting),
        ),
        overdue=ngettext(
            "%(count)s is overdue", "%(count)s are overdue", values[overdue], count=_slot(overdue)
        ),
        going=ngettext(
            "%(count)s is being rectified", "%(count)s are being rectified", values[going], count=_slot(going)
        ),
    )


def _experts(facts: dict[str, Any]) -> str:
    values, sites, found = facts["values"], "expert_enterprises", "expert_hazards_found"
    return gettext(
        "%(experts)s and %(found)s, %(closed)s of them rectified, rectification rate %(rate)s.",
        experts=ngettext(
            "Experts checked %(count)s enterprise",
            "Experts checked %(count)s enterprises",
            values[sites],
            count=_slot(sites),
        ),
        found=ngettext(
            "found %(count)s hazard", "found %(count)s hazards", values[found], count=_slot(found)
        ),
        **_slots(closed="expert_hazards_closed", rate="expert_rate"),
    )


def _teaching(facts: dict[str, Any]) -> str:
    values = facts["values"]
    told = [
        gettext("%(kind)s: %(count)s", kind=label(kind), **_slots(count=f"training-{kind.value}"))
        for kind in TrainingKind
        if f"training-{kind.value}" in values
    ]
    return gettext(
        "Publicity and training: %(events)s (%(kinds)s), %(materials)s, %(heads)s.",
        kinds=listed(told) if told else BLANK,
        events=ngettext("%(count)s event", "%(count)s events", values["trainings"], count=_slot("trainings")),
        materials=ngettext(
            "%(count)s copy handed out",
            "%(count)s copies handed out",
            values["materials"],
            count=_slot("materials"),
        ),
        heads=ngettext(
            "%(count)s attendance", "%(count)s attendances", values["attendances"], count=_slot("attendances")
        ),
    )


def texts_of(facts: dict[str, Any], lang: str) -> list[list[Part]]:
    """The paragraphs of a summary in a language: as the office wrote them, else as the figures give them."""
    kept = facts.get("text", {}).get(lang)
    return kept["parts"] if kept else paragraphs(facts)


Address = Callable[[str], str | None]
"""Where what a slot counts is listed."""
