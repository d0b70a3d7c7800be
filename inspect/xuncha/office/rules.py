"""What a setting may be, said in sentences. Each rule gives the text to be kept, or raises Refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from math import inf
from urllib.parse import urlsplit

from ..checks.models import LegalMode
from ..core import settings
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import read_number, visible_text

LONGEST_NAME = 60
HAN = re.compile(r"[\u3400-\u9fff]")
TILES = re.compile(r"https?://[A-Za-z0-9.:-]+/[A-Za-z0-9._~/%{}?=&-]+")
# It stands between brackets in a number that people say on the telephone and type into a search box.
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,28}[0-9]")
PREFIX = re.compile(r"[\u3400-\u9fffA-Za-z]{1,8}")


def _line(text: str) -> str:
    name = visible_text(text)
    if len(name) > LONGEST_NAME:
        raise Refused(N_("At most %(most)s characters."), most=LONGEST_NAME)
    if len(name.splitlines()) > 1:
        raise Refused(N_("Write it on one line."))
    return name


def chinese_name(text: str) -> str:
    """A name in Chinese; empty where it may be left out."""
    name = _line(text)
    if name and not HAN.search(name):
        raise Refused(N_("Write the name in Chinese; the English one has a field of its own."))
    return name


def zone_name(text: str) -> str:
    """The zone's name in Chinese: pages and papers always have one."""
    name = chinese_name(text)
    if not name:
        raise Refused(N_("Enter the zone's name in Chinese."))
    return name


def english_name(text: str) -> str:
    """A name in English; it may be left out."""
    name = _line(text)
    if HAN.search(name):
        raise Refused(N_("Write the name in English; the Chinese one has a field of its own."))
    return name


def prefix(text: str) -> str:
    """The organ's code in numbers."""
    code = visible_text(text)
    if not PREFIX.fullmatch(code):
        raise Refused(
            N_("Write 1 to 8 Chinese characters or letters, without brackets, digits, spaces or signs.")
        )
    return code


def telephone(text: str) -> str:
    """A telephone number as people write it; it may be left out."""
    number = _line(text)
    if number and not PHONE.fullmatch(number):
        raise Refused(N_("Write the number in digits, for example 0512-6688 1234."))
    return number


def legal_mode(text: str) -> str:
    """The legal mode that is proposed."""
    if text not in set(LegalMode):
        raise Refused(N_("Choose one of the entries offered."))
    return text


def yes_or_no(text: str) -> str:
    """A tick."""
    return "1" if text == "1" else "0"


def terms(text: str) -> str:
    """The deadlines offered."""
    found = settings.read_terms(visible_text(text))
    if found is None:
        raise Refused(
            N_("Write 1 to %(most)s numbers of days from 1 to %(longest)s, for example 3 7 15 30."),
            most=settings.MOST_TERMS,
            longest=settings.LONGEST_TERM,
        )
    return " ".join(map(str, found))


def _days(longest: int, least: int = 1) -> Callable[[str], str]:
    def rule(text: str) -> str:
        days = read_number(text)
        if days is None or not least <= days <= longest:
            message = (
                N_("Write a number of days from 1 to %(longest)s.")
                if least
                else N_("Write a number of days from 1 to %(longest)s, or 0 to leave the step out.")
            )
            raise Refused(message, longest=longest)
        return str(days)

    return rule


# From the least grave on: each begins later than the one before.
STEPS = ("step_overdue", "step_team_leader", "step_letter", "step_interview")


def share(text: str) -> str:
    """A share of a hundred, nought among them."""
    percent = read_number(text)
    if percent is None or percent > 100:
        raise Refused(N_("Write a number from 0 to 100."))
    return str(percent)


LONGEST_ADDRESS = 300


def tiles(text: str) -> str:
    """The template of the addresses of tiles; empty for blank ground. It stands in a policy of the page: plain signs only."""
    address = visible_text(text)
    parts = urlsplit(address)
    fine = TILES.fullmatch(address) and parts.hostname and len(address) <= LONGEST_ADDRESS
    if address and not (fine and all(f"{{{name}}}" in parts.path for name in "zxy")):
        raise Refused(
            N_("Write an address with {z}, {x} and {y}, for example https://tiles.zone.cn/{z}/{x}/{y}.png."),
            field="map_tiles",
        )
    return address


def office_place(text: str) -> str:
    """Latitude and longitude of the office in degrees, as written to five places; empty where it is not known."""
    place = visible_text(text).replace("，", ",")
    if not place:
        return ""
    try:
        latitude, longitude = (float(part) for part in place.split(","))
    except ValueError:
        latitude, longitude = inf, inf
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Refused(
            N_("Write latitude and longitude in degrees, for example 31.3012, 120.6034."),
            field="office_place",
        )
    return f"{latitude:.5f},{longitude:.5f}"


def hour(text: str) -> str:
    """An hour of the day."""
    number = read_number(text)
    if number is None or number > 23:
        raise Refused(N_("Write an hour from 0 to 23."))
    return str(number)


def cap(text: str) -> str:
    """Visits a year; nought where none are published."""
    visits = read_number(text)
    if visits is None or visits > settings.MOST_VISITS:
        raise Refused(
            N_("Write a number of visits a year from 0 to %(most)s; 0: no cap."), most=settings.MOST_VISITS
        )
    return str(visits)


def _up_to(most: int) -> Callable[[str], str]:
    def rule(text: str) -> str:
        number = read_number(text)
        if number is None or not 1 <= number <= most:
            raise Refused(N_("Write a number from 1 to %(most)s."), most=most)
        return str(number)

    return rule


def hearing(text: str) -> str:
    """In how many days the person is heard; a term too short would hear nobody."""
    days = read_number(text)
    least, most = settings.SHORTEST_HEARING, settings.LONGEST_SOON
    if days is None or not least <= days <= most:
        raise Refused(N_("Write a number of days from %(least)s to %(most)s."), least=least, most=most)
    return str(days)


RULES: Mapping[str, Callable[[str], str]] = {
    "zone_zh": zone_name,
    "zone_en": english_name,
    "org_zh": chinese_name,
    "org_en": english_name,
    "office_phone": telephone,
    "public_facts": yes_or_no,
    "public_hazards": yes_or_no,
    "number_prefix": prefix,
    "legal_mode": legal_mode,
    "enforcement": yes_or_no,
    "terms": terms,
    "term": _days(settings.LONGEST_TERM),
    "soon": _days(settings.LONGEST_SOON),
    "step_due_soon": yes_or_no,
    **dict.fromkeys(STEPS, _days(settings.LONGEST_TERM, least=0)),
    "look_back_share": share,
    "look_back_age": _days(settings.LONGEST_AGE),
    "quiet_from": hour,
    "quiet_to": hour,
    settings.PULSE_DAYS: _days(settings.LONGEST_TERM),
    **dict.fromkeys(settings.CAPS, cap),
    **dict.fromkeys(settings.WEIGHTS, share),
    settings.APPEAL_DAYS: _days(settings.LONGEST_TERM),
    settings.FEWEST_TASKS: _up_to(settings.MOST_TASKS),
    settings.DEDUCTION_POINTS: _up_to(settings.MOST_POINTS),
    settings.DEDUCTION_MOST: _up_to(100),
    settings.HEARING_DAYS: hearing,
}


def demand_rising(now: Mapping[str, str], touched: Mapping[str, str]) -> None:
    """Raise Refused where a graver step of the escalation would begin no later than a milder one."""
    wanted = [(key, days) for key in STEPS if (days := read_number(now[key]) or 0)]
    for (milder, before), (graver, days) in pairwise(wanted):
        if days <= before:
            raise Refused(
                N_("Each step of the escalation begins later than the one before it."),
                field=graver if graver in touched else milder,
            )


def demand_a_hundred(now: Mapping[str, str], touched: Mapping[str, str]) -> None:
    """Raise Refused where the weights of the appraisal are not a hundred together."""
    total = sum(read_number(now[key]) or 0 for key in settings.WEIGHTS)
    if total != 100:
        raise Refused(
            N_("The weights of the appraisal must be 100 together; now they are %(total)s."),
            field=next((key for key in settings.WEIGHTS if key in touched), None),
            total=total,
        )


def demand_power(now: Mapping[str, str], touched: Mapping[str, str]) -> None:
    """Raise Refused where enforcement would be proposed by an organ without that power."""
    if now["legal_mode"] == LegalMode.ENFORCEMENT and now["enforcement"] != "1":
        raise Refused(
            N_("Administrative inspection is proposed only where the organ has enforcement power."),
            field="legal_mode" if "legal_mode" in touched else "enforcement",
        )
