"""Pictures from outside: refused with a reason or accepted with their facts, and turned into clean copies."""

from __future__ import annotations

import fcntl
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pi_heif
from PIL import Image, JpegImagePlugin

from ..core.errors import Refused
from ..core.labels import N_, Labelled
from .colour import coloured, direct, opaque
from .exif import claims_of
from .jpeg import is_whole
from .layer import with_marks
from .sniff import ACCEPTED, jpeg_scans, kind_of
from .stamp import with_strip

MAX_BYTES = 30 * 1024 * 1024
MAX_PIXELS = 179_000_000  # of a JPEG, which is decoded at a fraction of its size
MAX_PIXELS_WHOLE = 54_000_000  # of what can only be decoded whole, at 4 to 8 bytes a pixel
MAX_JPEG_SCANS = 100  # cameras use 1, progressive ones about 10; each one costs a pass over the picture
MIN_JPEG_BYTES_PER_PIXEL = 1 / 512  # 2 bits for each 8 x 8 block: no Huffman code is shorter
MIN_LARGE_BYTES_PER_PIXEL = 1 / 20  # above MAX_PIXELS_WHOLE; cameras write 0.1 to 0.4
LARGE_PIXELS = 20_000_000  # these are decoded one at a time

CLEAN_SIZE, CLEAN_BYTES = 1600, 400_000
PRINT_SIZE, PRINT_QUALITY = 960, 75
THUMBNAIL_SIZE = 320
SMALL_SIZE = 192  # shown at 96 by 72 on screens of twice the density
COPY_VERSION = 1  # raise when a copy of the same original would look different
QUALITIES = (85, 75, 65, 55, 45)

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SMALL_ONES, _LARGE_ONES = threading.BoundedSemaphore(3), threading.BoundedSemaphore(1)

pi_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class PhotoFault(Labelled):
    """Why a file is not accepted as a photo; the message tells the person who sent it what to do."""

    EMPTY = "empty", N_("The photo is empty. Take it again or choose another one.")
    TOO_LARGE = (
        "too_large",
        N_("The photo has %(size)s MB; at most %(limit)s MB are accepted. Set the camera smaller."),
    )
    NOT_A_PICTURE = (
        "not_a_picture",
        N_("This file is not a picture. Choose a photo: JPEG, PNG, WEBP or HEIC."),
    )
    UNSUPPORTED = (
        "unsupported",
        N_("%(kind)s files are not accepted as photos. Choose a photo: JPEG, PNG, WEBP or HEIC."),
    )
    BROKEN = "broken", N_("The photo is damaged or incomplete. Take it again or choose another one.")
    TOO_MANY_PIXELS = (
        "too_many_pixels",
        N_(
            "The photo has %(pixels)s million pixels; at most %(limit)s million are accepted"
            " for a %(kind)s file. Set the camera smaller."
        ),
    )


class PhotoRefused(Refused):
    """The file is not a photo that can be kept as one."""

    def __init__(self, fault: PhotoFault, **params: Any) -> None:
        super().__init__(fault.label, field="photo", **params)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What a photo is and claims: pixels as seen upright, degrees WGS 84, metres, the camera's own clock."""

    media_type: str
    extension: str
    width: int
    height: int
    orientation: int
    taken_at: datetime | None
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    camera: str


@dataclass(frozen=True, slots=True)
class _Opened:
    image: Image.Image
    facts: PhotoFacts
    data: bytes


def inspect_photo(source: bytes | Path) -> PhotoFacts:
    """The facts of a photo that can be decoded to its end. Raises PhotoRefused."""
    with _opened(source) as photo:
        if not (photo.facts.media_type == "image/jpeg" and is_whole(photo.data)):
            photo.image.draft(None, (1, 1))
            _load(photo.image)
        return photo.facts


def clean_copy(source: bytes | Path, size: int = CLEAN_SIZE) -> bytes:
    """An upright JPEG without metadata, long side at most `size`, at most 400 KB. Raises PhotoRefused."""
    with _opened(source) as photo:
        return _encoded(_upright(photo, size), photo, QUALITIES[0])


def thumbnail(source: bytes | Path, size: int = THUMBNAIL_SIZE) -> bytes:
    """A small clean copy for lists. Raises PhotoRefused."""
    return clean_copy(source, size)


def small_copy(source: bytes | Path) -> bytes:
    """A clean copy that stands beside a line of text. Raises PhotoRefused."""
    return clean_copy(source, SMALL_SIZE)


def print_copy(source: bytes | Path) -> bytes:
    """A clean copy for documents: long side 960 pixels, JPEG quality 75. Raises PhotoRefused."""
    with _opened(source) as photo:
        return _encoded(_upright(photo, PRINT_SIZE), photo, PRINT_QUALITY)


def marked_copy(source: bytes | Path, shapes: Sequence[Mapping[str, Any]], font: Path) -> bytes:
    """A print copy with marks drawn over it (photos.marks). Raises PhotoRefused."""
    with _opened(source) as photo:
        return _encoded(
            with_marks(_upright(photo, PRINT_SIZE).convert("RGB"), shapes, font), photo, QUALITIES[0]
        )


def stamped_copy(source: bytes | Path, lines: Sequence[str], font: Path, size: int = CLEAN_SIZE) -> bytes:
    """A clean copy with the lines on a strip below the picture, hiding nothing; `size` holds for both."""
    with _opened(source) as photo:
        return _encoded(
            with_strip(_upright(photo, size).convert("RGB"), lines, font, size), photo, QUALITIES[0]
        )


@contextmanager
def _opened(source: bytes | Path) -> Iterator[_Opened]:
    """The picture, its limits checked, nothing decoded yet; few are open at once to bound the memory."""
    if isinstance(source, Path):
        _check_size(source.stat().st_size)
        source = source.read_bytes()
    _check_size(len(source))
    kind = _accepted_kind(source)
    try:
        image = Image.open(BytesIO(source), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many(kind, None, MAX_PIXELS) from error
    except Exception as error:  # the parsers raise nearly anything on hostile bytes
        raise PhotoRefused(PhotoFault.BROKEN) from error
    with image:
        pixels = image.width * image.height
        _check_pixels(kind, pixels, source, image)
        with _large_one() if pixels > LARGE_PIXELS else _SMALL_ONES:
            yield _Opened(image, _facts(kind, image), source)


@contextmanager
def _large_one() -> Iterator[None]:
    """One large picture at a time in all processes of this machine: each may take hundreds of megabytes.

    The lock is on this very file: nobody has to make one, and it ends with a process that is killed.
    """
    with _LARGE_ONES, Path(__file__).open("rb") as own:
        with suppress(OSError):  # a file system without locks: then it is one for each process
            fcntl.flock(own, fcntl.LOCK_EX)
        yield


def _check_size(size: int) -> None:
    if size == 0:
        raise PhotoRefused(PhotoFault.EMPTY)
    if size > MAX_BYTES:
        raise PhotoRefused(PhotoFault.TOO_LARGE, size=f"{size / 2**20:.1f}", limit=MAX_BYTES // 2**20)


def _accepted_kind(data: bytes) -> str:
    kind = kind_of(data[:16])
    if kind is None:
        raise PhotoRefused(PhotoFault.NOT_A_PICTURE)
    if kind not in ACCEPTED:
        raise PhotoRefused(PhotoFault.UNSUPPORTED, kind=kind)
    return kind


def _check_pixels(kind: str, pixels: int, data: bytes, image: Image.Image) -> None:
    limit = MAX_PIXELS_WHOLE
    if kind == "JPEG":
        scans = jpeg_scans(data)
        limit = MAX_PIXELS if scans.streamed else MAX_PIXELS_WHOLE
        if scans.count > MAX_JPEG_SCANS or len(data) < pixels * MIN_JPEG_BYTES_PER_PIXEL:
            raise PhotoRefused(PhotoFault.BROKEN)
    if pixels > limit:
        raise _too_many(kind, pixels, limit)
    if pixels > MAX_PIXELS_WHOLE and len(data) < pixels * MIN_LARGE_BYTES_PER_PIXEL:
        raise PhotoRefused(PhotoFault.BROKEN)


def _too_many(kind: str, pixels: int | None, limit: int) -> PhotoRefused:
    counted = f"> {limit // 10**6}" if pixels is None else f"{pixels / 1e6:.1f}"
    return PhotoRefused(PhotoFault.TOO_MANY_PIXELS, pixels=counted, limit=limit // 10**6, kind=kind)


def _facts(kind: str, image: Image.Image) -> PhotoFacts:
    claims = claims_of(image)
    # libheif turns it and its plug-in sets the tag back: turning again would lay it on its side.
    orientation = 1 if kind == "HEIC" else claims.orientation
    width, height = image.size if orientation < 5 else image.size[::-1]
    media_type, extension = ACCEPTED[kind]
    return PhotoFacts(
        media_type, extension, width, height, orientation,
        claims.taken_at, claims.lat, claims.lon, claims.accuracy_m, claims.camera,
    )  # fmt: skip


def _load(image: Image.Image) -> None:
    declared = image.width * image.height
    try:
        image.load()
    except Exception as error:  # the decoders raise nearly anything on hostile bytes
        raise PhotoRefused(PhotoFault.BROKEN) from error
    if image.width * image.height > max(declared, 1):
        raise PhotoRefused(PhotoFault.BROKEN)


def _upright(photo: _Opened, size: int) -> Image.Image:
    """The decoded picture in L or RGB, upright, long side at most `size`, without any metadata."""
    image = photo.image
    scale = min(1.0, size / max(image.size))
    box = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # The box must have the picture's proportions: a square one keeps both sides above it and halves nothing.
    image.draft(None, box)
    _load(image)
    profile = image.info.get("icc_profile")
    small = direct(image)
    if small.size != box:
        small = small.resize(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = coloured(opaque(small), profile)
    small = (
        small.transpose(_UPRIGHT[photo.facts.orientation]) if photo.facts.orientation in _UPRIGHT else small
    )
    small.info = {}
    return small


def _encoded(image: Image.Image, photo: _Opened, quality: int) -> bytes:
    """JPEG bytes within 400 KB and, where possible, within the size of the original."""
    limit = min(CLEAN_BYTES, len(photo.data))
    attempts = _attempts(image, photo, quality)
    best = next(attempts)
    while len(best) > limit and (attempt := next(attempts, None)) is not None:
        best = min(best, attempt, key=len)
    while len(best) > CLEAN_BYTES:
        image = image.resize((image.width * 4 // 5, image.height * 4 // 5), Image.Resampling.LANCZOS)
        best = _jpeg(image, quality=QUALITIES[-1])
    return best


def _attempts(image: Image.Image, photo: _Opened, quality: int) -> Iterator[bytes]:
    if own := _with_own_tables(image, photo):
        yield own
    yield from (_jpeg(image, quality=step) for step in QUALITIES if step <= quality)


def _with_own_tables(image: Image.Image, photo: _Opened) -> bytes | None:
    """A JPEG that was not shrunk again with the tables it came with: no second loss, and no growth."""
    original = photo.image
    same = image.size in (original.size, original.size[::-1]) and image.mode == original.mode
    if not (same and isinstance(original, JpegImagePlugin.JpegImageFile)):
        return None
    sampling = JpegImagePlugin.get_sampling(original)
    return _jpeg(image, qtables=original.quantization, subsampling=sampling if sampling >= 0 else 2)


def _jpeg(image: Image.Image, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", optimize=True, **options)
    return target.getvalue()
