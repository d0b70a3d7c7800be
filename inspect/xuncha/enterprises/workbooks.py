"""The columns of the enterprise workbook, read and written in either language.

Its own file because template, export and import must agree on every column: an export that is imported again
changes nothing (users.md P15).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext

from ..core.labels import N_
from ..lists import columns, xlsx
from ..lists.columns import Column, choice, written
from .models import Assignment, ContactDuty, Risk, Sector, Site, SiteKind, WorkingState

COLUMNS = (
    choice("kind", N_("Kind of site"), SiteKind),
    Column("name", N_("Name of the site"), width=32, required=True),
    Column("uscc", N_("Unified social credit code"), width=22),
    choice("sector", N_("Sector"), Sector, wanted=True),
    choice("risk", N_("Risk level"), Risk, wanted=True),
    Column("key", N_("Key enterprise"), columns.yes_no, 8),
    Column("key_since", N_("Key since"), xlsx.day_of, 12),
    Column("crowded", N_("Crowded"), columns.yes_no, 8),
    choice("working_state", N_("Working state"), WorkingState),
    Column("area", N_("Area")),
    Column("address", N_("Address"), width=36),
    Column("latitude", N_("Latitude"), columns.number, 10),
    Column("longitude", N_("Longitude"), columns.number, 10),
    Column("staff", N_("Staff"), columns.count, 8),
    Column("supervisor", N_("Supervisor")),
    Column("supervisor_from", N_("Supervisor from"), xlsx.day_of, 12),
    *(
        Column(f"{duty.value}{part}", head, width=width)
        for duty, part, head, width in (
            (ContactDuty.PRINCIPAL, "", N_("Principal"), 12),
            (ContactDuty.PRINCIPAL, "_title", N_("Principal's title"), 12),
            (ContactDuty.PRINCIPAL, "_phone", N_("Principal's phone"), 16),
            (ContactDuty.LEGAL_REP, "", N_("Legal representative"), 12),
            (ContactDuty.LEGAL_REP, "_phone", N_("Legal representative's phone"), 16),
            (ContactDuty.SAFETY_OFFICER, "", N_("Safety officer"), 12),
            (ContactDuty.SAFETY_OFFICER, "_phone", N_("Safety officer's phone"), 16),
            (ContactDuty.KEEPER, "", N_("Keeper or owner"), 12),
            (ContactDuty.KEEPER, "_phone", N_("Keeper's phone"), 16),
        )
    ),
    Column("entry_notes", N_("Notes for entering"), width=30),
    Column("no_phone", N_("Phones not allowed inside"), columns.yes_no, 8),
    Column("note", N_("Note"), width=30),
)
SITES = columns.Columns("sites", COLUMNS, Path(__file__).parent / "data" / "heads.toml")
BY_NAME = SITES.by_name
SHEET_DUTIES = (ContactDuty.PRINCIPAL, ContactDuty.LEGAL_REP, ContactDuty.SAFETY_OFFICER, ContactDuty.KEEPER)


def cells_of(site: Site, held: Assignment | None, name_of: Callable[[Any], str]) -> list[Any]:
    """The cells of a site; `name_of` writes its supervisor."""
    row: dict[str, Any] = {
        column.name: getattr(site, column.name) for column in COLUMNS if column.name in Site.__table__.columns
    }
    row["supervisor"] = name_of(site.supervisor) if site.supervisor else None
    row["supervisor_from"] = held.from_on if held else None
    for duty in SHEET_DUTIES:
        contact = site.contact(duty)
        for part, field in (("", "name"), ("_title", "title"), ("_phone", "phone")):
            row[f"{duty.value}{part}"] = getattr(contact, field) if contact else None
    return [written(row[column.name]) for column in COLUMNS]


def template() -> bytes:
    """An empty workbook with the heads, the choices and how to fill it."""
    notes = [
        gettext("One row is one site. Only the name is required; an empty cell changes nothing."),
        gettext(
            "A row belongs to the site of its credit code. Without a code, name and address decide and you are asked."
        ),
        gettext("A new enterprise needs its sector and its risk level."),
        gettext("Days: 2026-03-05 is always right. Format columns of codes and phones as text."),
        gettext(
            "The supervisor is written by name, or by sign-in name where two have the same name; without a day it begins today."
        ),
        gettext(
            "Nothing is written before you have seen what each row would do. One wrong row stops the whole file."
        ),
    ]
    return SITES.template(gettext("Enterprises"), notes)


def export(rows: Iterable[tuple[Site, Assignment | None]], name_of: Callable[[Any], str]) -> bytes:
    """The sites as a workbook that can be imported again."""
    return xlsx.write(
        gettext("Enterprises"), SITES.heads(), (cells_of(site, held, name_of) for site, held in rows)
    )


def file_name(kind: str, day: date) -> str:
    """The name of a downloaded workbook."""
    return f"{kind}-{day.isoformat()}.xlsx"
