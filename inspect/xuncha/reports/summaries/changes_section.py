"""What changed since the last edition of the same period, as a summary prints it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext

from ...core.labels import N_
from ..layout.document import Column, Document
from ..layout.document_parts import Sections, day, listed
from .edition_changes import REASONS

PRINTED = 200  # things told on paper; the page of the edition tells them all
KINDS = {
    "hazards": N_("Hazards"),
    "checks": N_("Checks"),
    "sites": N_("Enterprises and idle sites"),
    "tasks": N_("Planned checks"),
    "illegal_cases": N_("Illegal cases"),
    "trainings": N_("Trainings"),
    "notices": N_("Rectification notices"),
    "pulses": N_("Idle site pulses"),
}
PRINTED_FIGURES = frozenset(
    {
        "visits",
        "enterprises_visited",
        "hazards_found",
        "hazards_closed",
        "found_to_verify",
        "found_overdue",
        "found_in_progress",
        "hazards_overdue",
        "major_found",
        "suspected_found",
        "tasks_done",
        "tasks_not_done",
        "tasks_excused",
        "illegal_installations_removed",
        "illegal_acts_stopped",
        "trainings",
    }
)
DAYS = frozenset({"day", "filed"})  # what a reason needs as a day


def write_reason(reason: list[Any]) -> str:
    """A reason in the language of now."""
    word, needs = reason
    said = {name: day(text) if name in DAYS and text else text or "\u2014" for name, text in needs.items()}
    return gettext(REASONS[word], **said)


def reasons_of(thing: dict[str, Any]) -> str:
    """All that happened to a thing, in words."""
    return gettext("; ").join(write_reason(one) for one in thing["why"])


def effect_of(thing: dict[str, Any], names: dict[str, list[str]], only: Collection[str] = ()) -> str:
    """Which figures a thing joined and left; on paper `only` those that the paper prints as numbers."""
    signs = [("+", name) for name in thing["came"]] + [("\u2212", name) for name in thing["went"]]
    return listed([f"{sign}{names[name][0]}" for sign, name in signs if name in (only or names)])


def ordered(things: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Corrections of what the last edition told before what is merely new since."""
    return sorted(things, key=lambda one: one["why"][0][0] == "new")


def write(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    """The figures that moved, and each thing that came, went or changed; nothing in a first edition."""
    changes = facts.get("changes")
    if not changes:
        return
    since = changes["since"]
    sections.open(gettext("What changed since the last edition"))
    paper.paragraph(
        gettext(
            "Edition %(edition)s (%(number)s) was issued on %(day)s with figures as of %(as_of)s.",
            edition=since["edition"],
            number=since["number"],
            day=day(since["on"]),
            as_of=day(since["as_of"]),
        )
    )
    names = facts["definitions"][paper.lang]
    paper.table(
        [
            Column(gettext("Figure"), 60),
            Column(gettext("Last edition"), 24, "right"),
            Column(gettext("This edition"), 24, "right"),
            Column(gettext("Came"), 20, "right"),
            Column(gettext("Went"), 20, "right"),
        ],
        [
            [names[name][0], str(was), str(now), str(len(came)), str(len(went))]
            for name, was, now, came, went in changes["moved"]
            if name in names
        ],
        size=8.5,
        dense=True,
    )
    _things(paper, changes["things"], names)


def _things(paper: Document, things: list[dict[str, Any]], names: dict[str, list[str]]) -> None:
    shown = ordered(things)[:PRINTED]
    rows: list[list[str] | str] = []
    for table, title in KINDS.items():
        lines = [
            [
                " ".join(filter(None, (one["name"], one["site"]))),
                reasons_of(one),
                effect_of(one, names, PRINTED_FIGURES),
            ]
            for one in shown
            if one["table"] == table
        ]
        if lines:
            rows += [gettext(title), *lines]
    paper.table(
        [
            Column(gettext("What"), 66),
            Column(gettext("What happened"), 52),
            Column(gettext("Figures"), 60),
        ],
        rows,
        size=8.5,
        dense=True,
    )
    if len(things) > len(shown):
        paper.note(
            gettext("%(count)s more are told on the page of the edition.", count=len(things) - len(shown))
        )
