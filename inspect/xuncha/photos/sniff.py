"""What a file is, by its first bytes: names and declared types from outside are never believed."""

from __future__ import annotations

import re
from dataclasses import dataclass

ACCEPTED = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
    "HEIC": ("image/heic", ".heic"),
}

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_STARTS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF-", "PDF"),
    (b"8BPS", "PSD"),
    (b"%!PS", "EPS"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
)

_END, _SCAN = 0xD9, 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_BARE = {0x01, 0xD8, *range(0xD0, 0xD8)}
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def kind_of(head: bytes) -> str | None:
    """The kind of picture (or PDF, video) that begins with these bytes (16 suffice), None if unknown."""
    if head[:4] == b"RIFF":
        return "WEBP" if head[8:12] == b"WEBP" else None
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "HEIC" if brand in _HEIC_BRANDS else "AVIF" if brand in (b"avif", b"avis") else "MP4"
    return next((kind for start, kind in _STARTS if head.startswith(start)), None)


@dataclass(frozen=True, slots=True)
class Scans:
    """How a JPEG is laid out: one that is not `streamed` is held whole in memory (ITU-T T.81 B.2)."""

    streamed: bool
    count: int


def jpeg_scans(data: bytes) -> Scans:
    """Count the scans of the first picture in a JPEG; what cannot be read counts as the end."""
    position, components, count, streamed = 2, 0, 0, True
    while found := _NEXT_MARKER.search(data, position):
        marker, position = data[found.end() - 1], found.end()
        if marker in _BARE:
            continue
        length = int.from_bytes(data[position : position + 2], "big")
        if marker == _END or len(data) < position + 8:
            break
        if marker in _FRAMES:
            components, streamed = data[position + 7], marker not in _PROGRESSIVE
        if marker == _SCAN:
            count += 1
            streamed = streamed and data[position + 2] == components
            if streamed:
                break
        position += length
    return Scans(streamed, count)
