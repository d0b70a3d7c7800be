"""Pictures made for the tests: honest ones as phones send them, and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

CORNERS = {
    "top left": (220, 30, 30),
    "top right": (30, 200, 30),
    "bottom left": (30, 30, 220),
    "bottom right": (240, 240, 30),
}
# How a picture must be stored so that a reader who obeys the tag sees it upright (Exif 2.32, 4.6.4 A).
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """A picture whose four quarters have four colours, so that its way up can be seen."""
    image = Image.new("RGB", (width, height))
    for name, colour in CORNERS.items():
        left = width // 2 if "right" in name else 0
        top = height // 2 if "bottom" in name else 0
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def corners(image: Image.Image) -> dict[str, str]:
    """Which corner of `scene` is seen in each corner."""
    image = image.convert("RGB")
    seen = {}
    for name in CORNERS:
        x = image.width * (7 if "right" in name else 1) // 8
        y = image.height * (7 if "bottom" in name else 1) // 8
        pixel = image.getpixel((x, y))
        assert isinstance(pixel, tuple)
        seen[name] = min(
            CORNERS, key=lambda other: sum(abs(a - b) for a, b in zip(CORNERS[other], pixel, strict=True))
        )
    return seen


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def exif(orientation: int = 1, *, place: bool = True, offset: str | None = "+08:00") -> bytes:
    """Tags of a phone: 29 February 2024, 09:15:30, at 31 deg 18 min N, 120 deg 40 min 30 s E."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x0110], tags[0x0132] = (
        orientation,
        "HUAWEI",
        "HUAWEI P60",
        "2025:01:01 00:00:00",
    )
    tags[0x8769] = {0x9003: "2024:02:29 09:15:30"} | ({0x9011: offset} if offset else {})
    if place:
        tags[0x8825] = {1: "N", 2: (31.0, 18.0, 0.0), 3: "E", 4: (120.0, 40.0, 30.0), 0x1F: 12.5}
    return tags.tobytes()


def png(width: int, height: int, rows: int | None = None) -> bytes:
    """A black 8-bit RGB PNG written row by row, so that making a huge one takes no memory."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    body = b"".join(packer.compress(row) for _ in range(height if rows is None else rows)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def with_stated_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG with a frame header that states another size."""
    start = next(jpeg.index(marker) for marker in (b"\xff\xc0", b"\xff\xc2") if marker in jpeg)
    return jpeg[: start + 5] + struct.pack(">HH", height, width) + jpeg[start + 9 :]


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
