"""What is done to sites: add and change. Changes of responsibility are in assignments.py and re-exported here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from . import queries
from .assignments import (
    apply_due_assignments,
    assign,
    cancel_assignment,
    end_engagement,
    engage,
    hand_over,
    when_assigned,
)
from .models import Contact, Site, SiteKind
from .validation import ContactFacts, clean, clean_contacts

__all__ = [
    "EDITABLE",
    "add_site",
    "apply_due_assignments",
    "assign",
    "cancel_assignment",
    "change_site",
    "end_engagement",
    "engage",
    "hand_over",
    "when_assigned",
]

EDITABLE = (
    "name", "uscc", "sector", "risk", "key", "key_since", "crowded", "no_phone", "working_state", "area", "address",
    "latitude", "longitude", "staff", "entry_notes", "note",
)  # fmt: skip


def _stored(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _read(raw: Mapping[str, Any]) -> dict[str, Any]:
    facts, problems = clean({key: value for key, value in raw.items() if key in EDITABLE})
    if problems:
        raise problems[0]
    return facts


def _demand_unlike_others(facts: Mapping[str, Any], number: int | None, twin_ok: bool) -> None:
    """One licence is one enterprise; without a code, name and address decide, and a person decides over them."""
    uscc = facts.get("uscc")
    other = queries.by_uscc(uscc) if uscc else None
    if other and other.id != number:
        raise Refused(N_("%(name)s already has this code."), field="uscc", name=other.name)
    if twin_ok:
        return
    for twin in queries.of_name(facts["name"], facts.get("address") or ""):
        if twin.id != number and not (uscc and twin.uscc):
            raise Refused(N_("A site of this name and address is already on the list."), field="twin_ok")


def _settle_key(facts: dict[str, Any], site: Site | None, day: date) -> None:
    """A key enterprise has the day since when it is one; the plan of checks begins there."""
    key = facts.get("key", bool(site and site.key))
    if not key:
        facts["key_since"] = None
    elif not facts.get("key_since", site.key_since if site else None):
        facts["key_since"] = day


def _contacts(site: Site, contacts: Sequence[ContactFacts]) -> bool:
    """Write the contacts; whether anything changed."""
    before = [ContactFacts(row.duty, row.name, row.title, row.phone) for row in site.contacts]
    if before == list(contacts):
        return False
    site.contacts = [
        Contact(duty=row.duty, name=row.name, title=row.title, phone=row.phone, position=position)
        for position, row in enumerate(contacts)
    ]
    return True


def _written(contacts: Sequence[Contact | ContactFacts]) -> list[str]:
    return [" ".join(part for part in (row.name, row.title, row.phone) if part) for row in contacts]


def add_site(
    kind: SiteKind,
    *,
    actor: User,
    now: datetime,
    contacts: Sequence[ContactFacts] = (),
    twin_ok: bool = False,
    **raw: Any,
) -> Site:
    """Put an enterprise or idle site on the list. `twin_ok`: another one of this name and address is really another."""
    demand(actor, Permission.EDIT_SITE)
    facts = _read({"name": ""} | raw)
    _demand_unlike_others(facts, None, twin_ok)
    _settle_key(facts, None, local_day(now))
    site = Site(kind=kind, created_at=now, **facts)
    db.session.add(site)
    _contacts(site, clean_contacts(contacts))
    after = {key: _stored(value) for key, value in facts.items() if value not in (None, "", False)}
    history.record(site, "add", actor=actor, now=now, after=after)
    return site


def change_site(
    site: Site,
    *,
    actor: User,
    now: datetime,
    version: int | None = None,
    contacts: Sequence[ContactFacts] | None = None,
    twin_ok: bool = False,
    **raw: Any,
) -> list[str]:
    """Change the given facts and return their names.

    Raises ActedFirst when the site is no longer at the `version` that the actor looked at.
    """
    demand(actor, Permission.EDIT_SITE, site)
    if version is not None and version != site.version:
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    facts = _read(raw)
    merged = {key: getattr(site, key) for key in ("name", "address", "uscc")} | facts
    if {key: getattr(site, key) for key in ("name", "address", "uscc")} != {
        key: merged[key] for key in ("name", "address", "uscc")
    }:
        _demand_unlike_others(merged, site.id, twin_ok)
    _settle_key(facts, site, local_day(now))
    before = {key: _stored(getattr(site, key)) for key, value in facts.items() if getattr(site, key) != value}
    after = {key: _stored(facts[key]) for key in before}
    for key in before:
        setattr(site, key, facts[key])
    old = _written(site.contacts)
    if contacts is not None and _contacts(site, clean_contacts(contacts)):
        flag_modified(site, "name")  # so that the version moves with the contacts too
        before["contacts"], after["contacts"] = old, _written(site.contacts)
    if before:
        history.record(site, "change", actor=actor, now=now, before=before, after=after)
    return list(before)
