"""What may be written about a site: one set of rules, asked by the page's form and by every row of a workbook. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum import exceptions as wrong
from stdnum.cn import ric
from stdnum.cn import uscc as uscc_number

from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import visible_text
from .models import ContactDuty

LENGTHS = {"name": 120, "uscc": 40, "area": 60, "address": 200, "entry_notes": 2000, "note": 2000}
SHORT = 60
MOST_CONTACTS = 12
MOST_STAFF = 1_000_000
EARLIEST = date(1980, 1, 1)
# GB 32100-2015, table 1: the registering department and, for each, the kinds of organisation that it registers.
KINDS = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "12349", "6": "129", "7": "129", "8": "19", "9": "123",
    "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
DEPARTMENT_AND_KIND = frozenset(department + kind for department, kinds in KINDS.items() for kind in kinds)


@dataclass(frozen=True)
class ContactFacts:
    """A contact as it was written down."""

    duty: ContactDuty
    name: str
    title: str = ""
    phone: str = ""


def tidy(value: str) -> str:
    """Text in one Unicode form without invisible characters and spaces at its ends; line ends are one character."""
    return visible_text(unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n"))


def _printable(text: str) -> bool:
    return all(char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"} for char in text)


def _demand_text(text: str, field: str, most: int) -> None:
    if len(text) > most:
        raise Refused(
            N_("At most %(most)s characters; these are %(count)s."), field=field, most=most, count=len(text)
        )
    if not _printable(text):
        raise Refused(
            N_("There is a character here that cannot be printed. Type the text again."), field=field
        )


def read_uscc(text: str) -> str | None:
    """The 18 characters of a unified social credit code (GB 32100), or None for no code; raises Refused."""
    plain = "".join(visible_text(unicodedata.normalize("NFKC", text)).split())
    if not plain:
        return None
    if ric.is_valid(plain):
        raise Refused(
            N_(
                "This is the identity number of a person, which is not kept here. Enter the code on the licence."
            ),
            field="uscc",
        )
    if len(plain) == 18 and plain[:2].upper() not in DEPARTMENT_AND_KIND:
        raise Refused(
            N_("No unified social credit code begins with %(start)s. Compare it with the licence."),
            field="uscc",
            start=plain[:2],
        )
    try:
        return uscc_number.validate(plain)
    except wrong.InvalidLength:
        message = N_("The code has 18 characters; these are %(count)s.")
        raise Refused(message, field="uscc", count=len(uscc_number.compact(plain))) from None
    except wrong.InvalidChecksum:
        raise Refused(
            N_(
                "The check digit does not fit: one character of this code is wrong. Compare it with the licence."
            ),
            field="uscc",
        ) from None
    except wrong.ValidationError:
        raise Refused(
            N_("This is not a unified social credit code: digits and capital letters without I, O, S, V, Z."),
            field="uscc",
        ) from None


def _name(facts: dict[str, Any]) -> None:
    if "name" in facts and not facts["name"]:
        raise Refused(N_("Enter the name."), field="name")


def _uscc(facts: dict[str, Any]) -> None:
    if facts.get("uscc"):
        facts["uscc"] = read_uscc(facts["uscc"])
    elif "uscc" in facts:
        facts["uscc"] = None


def _place(facts: dict[str, Any]) -> None:
    latitude, longitude = facts.get("latitude"), facts.get("longitude")
    if latitude is not None and not -90 <= latitude <= 90:
        raise Refused(N_("A latitude lies between -90 and 90."), field="latitude")
    if longitude is not None and not -180 <= longitude <= 180:
        raise Refused(N_("A longitude lies between -180 and 180."), field="longitude")
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        raise Refused(N_("A place needs latitude and longitude, or neither."), field=missing)


def _staff(facts: dict[str, Any]) -> None:
    if facts.get("staff") is not None and not 0 <= facts["staff"] <= MOST_STAFF:
        raise Refused(N_("Enter how many people work there, in digits."), field="staff")


def _key_since(facts: dict[str, Any]) -> None:
    if facts.get("key_since") and facts["key_since"] < EARLIEST:
        raise Refused(N_("This day is too long ago. Write it as 2026-03-05."), field="key_since")


def clean(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refused]]:
    """The facts as they are stored, and everything that is wrong with them, each naming its field."""
    facts = {
        key: tidy(value) if key in LENGTHS else value
        for key, value in raw.items()
        if not (key in LENGTHS and value is None)
    }
    if "uscc" in raw and raw["uscc"] is None:
        facts["uscc"] = None
    problems = []
    for key, most in LENGTHS.items():
        try:
            _demand_text(facts.get(key) or "", key, most)
        except Refused as problem:
            problems.append(problem)
    for rule in (_name, _uscc, _place, _staff, _key_since):
        try:
            rule(facts)
        except Refused as problem:
            problems.append(problem)
    return facts, problems


def clean_contacts(raw: Sequence[ContactFacts]) -> list[ContactFacts]:
    """The contacts as they are stored; lines without any word are left out. Raises Refused."""
    kept = []
    for contact in raw:
        name, title, phone = tidy(contact.name), tidy(contact.title), tidy(contact.phone)
        if not (name or title or phone):
            continue
        if not name:
            raise Refused(
                N_("A contact needs a name: see %(phone)s."), field="contacts", phone=phone or title
            )
        for text in (name, title, phone):
            _demand_text(text, "contacts", SHORT)
        kept.append(ContactFacts(contact.duty, name, title, phone))
    if len(kept) > MOST_CONTACTS:
        raise Refused(N_("At most %(most)s contacts."), field="contacts", most=MOST_CONTACTS)
    return kept
