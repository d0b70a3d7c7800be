"""The legal modes offered for a visit: only an organ with enforcement power enforces (国办发〔2024〕54号; domain 2.0)."""

from __future__ import annotations

from ..accounts.models import User
from ..core import settings
from ..core.errors import Refused
from ..core.labels import N_
from .filing import Filing
from .models import LegalMode


def may_enforce() -> bool:
    """Whether the inspecting organ has enforcement power."""
    return settings.value("enforcement") == "1"


def modes_offered() -> list[LegalMode]:
    """The legal modes that a visit may have."""
    return [mode for mode in LegalMode if mode is not LegalMode.ENFORCEMENT or may_enforce()]


def mode_proposed() -> LegalMode:
    """The office's default, where the organ may have it."""
    mode = settings.value("legal_mode")
    return LegalMode(mode) if mode in modes_offered() else LegalMode.ZONE_CHECK


def as_permitted(filing: Filing) -> Filing:
    """The filing in a mode that the organ may have: what is no enforcement was a check by the zone all the same."""
    return (
        filing if filing.mode in modes_offered() else filing.model_copy(update={"mode": LegalMode.ZONE_CHECK})
    )


def demand_officers(filing: Filing, inspector: User) -> None:
    """Raise Refused unless an administrative inspection was carried out by two officers with certificates."""
    if filing.mode is not LegalMode.ENFORCEMENT:
        return
    if not (filing.certificate or inspector.certificate):
        raise Refused(
            N_("An administrative inspection needs your enforcement certificate number."), field="certificate"
        )
    if not any(person.name and person.certificate for person in filing.companions):
        raise Refused(
            N_(
                "An administrative inspection is carried out by two officers: enter the second one's name and certificate"
                " number."
            ),
            field="companions.0.certificate",
        )
