"""Reading what a phone hands over: the bytes as declared, the filing by its schema, the phone's clock."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NoReturn

from ..checks import forms, pulses
from ..checks.filing import FORMAT, Filing
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import read_number
from ..hazards.verification import verifications

JSON = "application/json"
DAMAGED = N_("The check arrived damaged and was not stored. Keep it on the phone and send it again.")
LONGEST_OFFSET_S = 2**31 - 1  # 68 years; the column is a 32-bit number


class BodyDiffers(Refused):
    """The bytes are not those that the phone sent: nothing is stored, the phone keeps its copy and sends again."""

    status = 400


class NewerFormat(Refused):
    """The app on the phone is newer than this server: the phone keeps the filing."""


def divide(body: bytes, photos: str) -> tuple[bytes, dict[str, bytes]]:
    """The filing and its photos, by hash, of a body that has one after the other; `photos` is `hash=bytes, hash=bytes, ...`.

    Raises BodyDiffers unless there is so much.
    """
    end = len(body)
    album = {}
    for name, _equals, size in reversed([part.strip().partition("=") for part in photos.split(",")]):
        start = end - (read_number(size) or 0)
        if start < 0:
            raise BodyDiffers(DAMAGED)
        album[name.lower()] = body[start:end]
        end = start
    return body[:end], album


def body_hash(body: bytes, declared: str | None, media_type: str = JSON) -> str:
    """The SHA-256 of the received bytes. Raises BodyDiffers unless it is the declared one and the body is JSON."""
    digest = hashlib.sha256(body).hexdigest()
    if not body or media_type != JSON or (declared or "").lower() != digest:
        raise BodyDiffers(DAMAGED)
    return digest


def _no_number(_text: str) -> NoReturn:
    raise ValueError("not a number")


def _object(body: bytes, newest: int, no_object: Refused) -> dict[str, Any]:
    """The JSON object in a body. Raises NewerFormat when its format is later than the newest that is read here."""
    try:
        raw: Any = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise no_object
    version = raw.get("format")
    if isinstance(version, int) and version > newest:
        raise NewerFormat(
            N_(
                "This check was made with a newer version of the app than the server knows. It stays on the phone"
                " and is sent when the server has been renewed."
            )
        )
    return raw


def read_filing(body: bytes) -> Filing:
    """The filing in a body. Raises NewerFormat, checks.forms.BadFields."""
    return forms.read(_object(body, FORMAT, forms.BadFields({"form": N_("This is no check.")})))


def read_verification(body: bytes) -> verifications.Verification:
    """The decision in a body. Raises NewerFormat, Refused."""
    no_decision = Refused(N_("This is no decision on a hazard. Open the hazard and decide there."))
    raw = _object(body, verifications.FORMAT, no_decision)
    try:
        return verifications.Verification.model_validate_json(json.dumps(raw))
    except ValueError:
        raise no_decision from None


def read_pulse(body: bytes) -> pulses.PulsePart:
    """The pulse in a body. Raises NewerFormat, Refused."""
    no_pulse = Refused(N_("This is no pulse of an idle site. Open the site and take it there."))
    raw = _object(body, pulses.FORMAT, no_pulse)
    try:
        return pulses.PulsePart.model_validate_json(json.dumps(raw))
    except ValueError:
        raise no_pulse from None


def clock_offset_s(phone_time: str | None, now: datetime) -> int:
    """The phone's clock at the time of sending less the server's, in seconds; nought when it does not say."""
    try:
        moment = datetime.fromisoformat(phone_time or "")
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    offset = round((moment - now).total_seconds())
    return max(-LONGEST_OFFSET_S, min(LONGEST_OFFSET_S, offset))


def declared_length(text: str | None, received: int | None) -> int | None:
    """The length that the phone measured, in bytes; -1, which no photo has, when it is no number."""
    if text is None:
        return received
    number = read_number(text)
    return -1 if number is None else number
