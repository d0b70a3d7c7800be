"""What an item measures: unit and limits as text, so that the page, the phone and the server compare the same decimals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from flask_babel import gettext

from ..core.errors import Refused
from ..core.i18n import pick
from ..core.labels import N_

MOST_DECIMALS = 4
# Nine and four digits: a number of a browser tells all of them apart.
NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.([0-9]{1,4}))?")
FIELDS = ("quantity_zh", "quantity_en", "unit", "lower", "upper", "decimals")
DEGREES = ("\u00b0", "\u2103")


class Measured(Protocol):
    """Whatever says what an item measures."""

    @property
    def quantity_zh(self) -> str: ...
    @property
    def quantity_en(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def lower(self) -> str: ...
    @property
    def upper(self) -> str: ...
    @property
    def decimals(self) -> int: ...


def demand_limits(asked: Measured) -> None:
    """Refuse limits that nothing can be measured by. Raises Refused with its field."""
    limits = Limits(*(getattr(asked, name) for name in FIELDS))
    if not limits.unit.strip():
        named = next((name for name in ("quantity_zh", "lower", "upper") if getattr(asked, name).strip()), "")
        if named:
            raise Refused(N_("Write the unit in which it is measured."), field="unit")
        return
    if not limits.quantity_zh.strip():
        raise Refused(N_("Write what is measured, in Chinese."), field="quantity_zh")
    if not 0 <= limits.decimals <= MOST_DECIMALS:
        raise Refused(N_("A reading has at most four decimals."), field="decimals")
    for name in ("lower", "upper"):
        if getattr(limits, name) and not limits.is_reading(getattr(limits, name)):
            raise Refused(
                N_("Write the limit as a number with no more decimals than the reading."), field=name
            )
    if not limits.lower and not limits.upper:
        raise Refused(N_("Write a lower limit, an upper limit, or both."), field="lower")
    if limits.lower and limits.upper and Decimal(limits.upper) < Decimal(limits.lower):
        raise Refused(N_("The upper limit lies below the lower one."), field="upper")


def plain_reading(text: str) -> str:
    """A reading with plain digits: keyboards of Chinese phones type wide ones too."""
    return unicodedata.normalize("NFKC", text).strip()


@dataclass(frozen=True)
class Limits:
    """A quantity, its unit, and the limits within which it complies; an empty limit is none. The limits comply."""

    quantity_zh: str
    quantity_en: str
    unit: str
    lower: str = ""
    upper: str = ""
    decimals: int = 0

    def is_reading(self, text: str) -> bool:
        """Whether a text is a number with no more decimals than are read here."""
        found = NUMBER.fullmatch(text)
        return found is not None and len(found[1] or "") <= self.decimals

    def hold(self, reading: str) -> bool:
        """Whether a reading lies within the limits."""
        value = Decimal(reading)
        return (not self.lower or Decimal(self.lower) <= value) and (
            not self.upper or value <= Decimal(self.upper)
        )

    @property
    def signed(self) -> bool:
        """Whether a reading may be below nought: the keys of a phone then need the sign."""
        return self.lower.startswith("-") or any(sign in self.unit for sign in DEGREES)

    @property
    def quantity(self) -> str:
        """What is measured, in the language of now."""
        return pick(self, "quantity")

    @property
    def span(self) -> str:
        """The limits with their unit: 0.30-0.60 MPa."""
        if self.lower and self.upper:
            return f"{self.lower}\u2013{self.upper} {self.unit}"
        sign, limit = ("\u2265", self.lower) if self.lower else ("\u2264", self.upper)
        return f"{sign} {limit} {self.unit}"

    def words_outside(self, reading: str) -> str:
        """The proposed wording of a finding for a reading outside the limits."""
        return gettext(
            "%(quantity)s reads %(reading)s %(unit)s, outside the limits of %(span)s.",
            quantity=self.quantity,
            reading=reading,
            unit=self.unit,
            span=self.span,
        )
