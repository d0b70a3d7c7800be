"""When and where a photo says it was taken: the phone's claim, read without decoding (CIPA DC-008)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from PIL import Image

_ORIENTATION, _MAKE, _MODEL = 0x0112, 0x010F, 0x0110
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
# Moment and its offset from UTC, taking before digitising; the file's own date may tell of an edit.
_MOMENTS = ((0x9003, 0x9011), (0x9004, 0x9012))
_LAT_REF, _LAT, _LON_REF, _LON, _ERROR = 1, 2, 3, 4, 0x1F
_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Claims:
    """What the camera wrote: degrees WGS 84, metres; `taken_at` is aware if it stated its offset."""

    orientation: int = 1
    taken_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    camera: str = ""


def claims_of(image: Image.Image) -> Claims:
    """The claims in an opened picture; nonsense is read as absent."""
    try:
        exif = image.getexif()
        return _claims(exif, exif.get_ifd(_EXIF_IFD), exif.get_ifd(_GPS_IFD))
    except Exception:  # a broken tag can raise nearly anything, and a photo is not refused for its tags
        return Claims()


def claims_of_head(head: bytes) -> Claims:
    """The claims in the first bytes of an original whose shrunken copy came without them (128 KB suffice)."""
    try:
        with Image.open(BytesIO(head), formats=("JPEG", "PNG", "WEBP", "HEIF")) as image:
            return claims_of(image)
    except Exception:  # a head is cut by nature
        return Claims()


def _claims(exif: Mapping[int, Any], details: Mapping[int, Any], gps: Mapping[int, Any]) -> Claims:
    orientation = exif.get(_ORIENTATION)
    lat = _degrees(gps.get(_LAT), gps.get(_LAT_REF), "N", "S", 90)
    lon = _degrees(gps.get(_LON), gps.get(_LON_REF), "E", "W", 180)
    placed = lat is not None and lon is not None
    return Claims(
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
        taken_at=next(
            (m for tag, zone in _MOMENTS if (m := _moment(details.get(tag), details.get(zone)))), None
        ),
        lat=lat if placed else None,
        lon=lon if placed else None,
        accuracy_m=_number(gps.get(_ERROR)) if placed else None,
        camera=_camera(_text(exif.get(_MAKE)), _text(exif.get(_MODEL))),
    )


def _moment(value: object, zone: object) -> datetime | None:
    found = _MOMENT.match(_text(value))
    if not found:
        return None
    offset = _OFFSET.fullmatch(_text(zone))
    try:
        tz = timezone(_span(*offset.groups())) if offset else None
        year, month, day, hour, minute, second = map(int, found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=tz)
    except ValueError:  # phones without a set clock write zeros
        return None


def _span(sign: str, hours: str, minutes: str) -> timedelta:
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return -span if sign == "-" else span


def _degrees(value: object, ref: object, plus: str, minus: str, limit: int) -> float | None:
    side = _text(ref).upper()
    if side not in (plus, minus) or not isinstance(value, tuple) or len(value) != 3:
        return None
    parts = [_number(part) for part in value]
    if any(part is None for part in parts):
        return None
    degrees = sum(part / 60**power for power, part in enumerate(parts) if part is not None)
    return round(-degrees if side == minus else degrees, 7) if degrees <= limit else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _text(value: object) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    return "".join(c for c in text if c.isprintable()).strip() if isinstance(text, str) else ""


def _camera(make: str, model: str) -> str:
    return model[:80] if model.lower().startswith(make.lower()) else f"{make} {model}"[:80]
