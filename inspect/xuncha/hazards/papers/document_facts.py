"""What every paper about hazards freezes: the office, the site and who issued it, the visit, the hazard itself."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from ...accounts.models import User
from ...checks import snapshot
from ...checks.models import Check
from ...core.i18n import LANGUAGES, use_language
from ...enterprises.models import Site
from ..models import Hazard, HazardPhotoRole

LAYOUT = 1
"""How papers print these facts: a layout that says something else gets the next number and leaves the old one printable."""


def in_both(name: str, message: str) -> dict[str, str]:
    """A message in every language, under `name_zh` and so on."""
    written = {}
    for lang in LANGUAGES:
        with use_language(lang):
            written[f"{name}_{lang}"] = gettext(message)
    return written


def head(site: Site, actor: User) -> dict[str, Any]:
    """Office, site and who issues the paper."""
    issuer = {
        "name": actor.name,
        "title": actor.title,
        "certificate": actor.certificate,
        "phone": actor.phone,
    }
    return {**snapshot.office(), "site": site.facts(), "issued_by": issuer, "layout": LAYOUT}


def check_facts(check: Check | None) -> dict[str, Any] | None:
    """The visit that found the hazards."""
    if check is None:
        return None
    return {
        "number": check.number,
        "visited_on": check.visited_on.isoformat(),
        "kind": check.kind.value,
        "mode": check.mode.value,
        "place": check.place,
        "inspector": check.facts.get("inspector", {}),
        "companions": list(check.companions),
        "site_person": check.facts.get("site_person", {}),
    }


def _photos(hazard: Hazard, role: HazardPhotoRole) -> list[str]:
    return [use.photo.sha256 for use in hazard.photos if use.role is role]


def hazard_facts(hazard: Hazard) -> dict[str, Any]:
    """A hazard as a paper states it."""
    return {
        "uuid": hazard.uuid,
        "number": hazard.number,
        "description": hazard.description,
        "place": hazard.place,
        "class": hazard.hazard_class.value,
        "grade": hazard.grade.value,
        "criterion": hazard.cited_criterion,
        **{f"basis_{lang}": _basis(hazard, lang) for lang in LANGUAGES},
        "measure": hazard.measure,
        "due_on": hazard.due_on.isoformat() if hazard.due_on else None,
        "repeats": hazard.repeat_of.number if hazard.repeat_of else None,
        "occurrence": hazard.occurrence,
        "times_found": hazard.times_found,
        "photos": _photos(hazard, HazardPhotoRole.BEFORE),
    }


def _basis(hazard: Hazard, lang: str) -> str:
    with use_language(lang):
        return hazard.cited_basis
