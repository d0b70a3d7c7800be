"""What a photo shows: a hash of its middle that names candidates among all photos, and a comparison that decides.

The hash holds the signs of the 128 lowest frequencies (DCT) of the middle half. A crop of up to 30 % keeps that middle, so
it stands at some window of the crop: a photo asks with all windows, and one hash is kept for each. A candidate is then laid
on the other picture at every place and size: only that tells a crop of one photo from two photos of one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Box = tuple[float, float, float, float]

EDITION = 1  # raise when the same photo would give another hash
BYTES = 16
SIDE, FREQUENCIES = 32, 12
NEAR = 32  # of 128 bits: a candidate
NEAR_FIRST = 19  # of the first 64, which are looked at before the others
CANDIDATES = 20  # the nearest are compared
LEAST_DETAIL = 4.0  # mean step of grey between neighbours of 32 x 32: a bare wall has no face of its own
LAID_SIDE = 128  # pixels of the long side when one picture is laid on another
SAME_PICTURE = 0.92  # correlation from which both are one picture; a fixed camera's frames gave up to 0.916

_STEP = 0.05
_CROPS = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
_SCALES = tuple(keep / 100 for keep in range(100, 64, -2))
TURNS = (
    None,
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
    Image.Transpose.FLIP_LEFT_RIGHT,
)


def opened(path: Path) -> Image.Image:
    """A copy of a photo in grey."""
    with Image.open(path) as image:
        return image.convert("L")


def fingerprint(picture: Image.Image) -> bytes:
    """The hash of the middle; empty where there is too little to tell pictures apart."""
    if _detail(picture) < LEAST_DETAIL:
        return b""
    return _hashes(_frequencies(picture, [(0.25, 0.25, 0.75, 0.75)])).tobytes()


def table(hashes: Sequence[bytes]) -> Words:
    """Hashes as rows of two words."""
    return np.frombuffer(b"".join(hashes), dtype=">u8").astype(np.uint64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the table that may show the same as a picture turned so."""

    row: int
    turn: Image.Transpose | None


def candidates(picture: Image.Image, known: Words) -> list[Candidate]:
    """The rows whose middle stands at some window of the picture, the nearest first."""
    found: dict[int, tuple[int, Candidate]] = {}
    first, second = np.ascontiguousarray(known[:, 0]), np.ascontiguousarray(known[:, 1])
    for turn in TURNS:
        turned = picture if turn is None else picture.transpose(turn)
        for one in table([_hashes(_frequencies(turned, WINDOWS)).tobytes()]):
            near = np.flatnonzero(np.bitwise_count(first ^ one[0]) <= NEAR_FIRST)
            bits = np.bitwise_count(first[near] ^ one[0]) + np.bitwise_count(second[near] ^ one[1])
            for row, distance in zip(near[bits <= NEAR], bits[bits <= NEAR], strict=True):
                if distance < found.get(int(row), (NEAR + 1,))[0]:
                    found[int(row)] = int(distance), Candidate(int(row), turn)
    ranked = sorted(found.values(), key=lambda one: one[0])
    return [candidate for _distance, candidate in ranked[:CANDIDATES]]


def likeness(picture: Image.Image, other: Image.Image, turn: Image.Transpose | None = None) -> float:
    """How well one of them, the first turned so, covers the other or a part of it: a correlation, at most 1."""
    turned = picture if turn is None else picture.transpose(turn)
    return max(_covering(turned, other), _covering(other, turned))


def _detail(picture: Image.Image) -> float:
    grey = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float64)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


def _middle(box: Box) -> Box:
    """Where the middle half of a content stands that fills this box."""
    left, top, right, bottom = box
    quarter = (right - left) / 4, (bottom - top) / 4
    return left + quarter[0], top + quarter[1], right - quarter[0], bottom - quarter[1]


def _spread(room: float, size: float) -> list[float]:
    """Places of a window of this size with so much room to move, at steps that a hash still bridges."""
    count = int(np.ceil(room / size / _STEP)) + 1 if room > 0 else 1
    return [float(place) for place in np.linspace(0, room, count)]


def _crops() -> Iterator[Box]:
    """What is known, as it lies around a picture that is a crop of it."""
    sizes = [(1 / keep, 1 / keep) for keep in _CROPS]
    for across, down in sizes:
        for left in _spread(across - 1, 1):
            for top in _spread(down - 1, 1):
                yield -left, -top, across - left, down - top
    for across, down in ((4 / 3, 1), (1, 4 / 3)):  # from 4:3 to a square, or to 16:9
        for place in (0, 0.5, 1):
            left, top = (across - 1) * place, (down - 1) * place
            yield -left, -top, across - left, down - top


def _within() -> Iterator[Box]:
    """What is known, as it lies within a picture: a crop of it, above a strip of text, on a photographed screen."""
    for keep in (0.9, 0.8):
        for left in _spread(1 - keep, keep):
            for top in _spread(1 - keep, keep):
                yield left, top, left + keep, top + keep
    for keep in (0.95, 0.92, 0.89, 0.86, 0.83, 0.8):
        yield 0, 0, 1, keep
    for keep in (0.9, 0.8, 0.75, 0.67, 0.56):
        yield 0, (1 - keep) / 2, 1, (1 + keep) / 2
        yield (1 - keep) / 2, 0, (1 + keep) / 2, 1


WINDOWS: tuple[Box, ...] = tuple(
    (max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom))
    for left, top, right, bottom in map(_middle, [(0, 0, 1, 1), *_crops(), *_within()])
)
_COSINES = np.cos(
    np.pi * np.arange(1, FREQUENCIES + 1)[:, None] * (2 * np.arange(SIDE)[None] + 1) / (2 * SIDE)
)
_LOWEST = np.argsort(np.add.outer(np.arange(FREQUENCIES), np.arange(FREQUENCIES)).ravel(), kind="stable")[
    : BYTES * 8
]


def _frequencies(picture: Image.Image, boxes: Sequence[Box]) -> Floats:
    width, height = picture.size
    parts = [
        picture.resize(
            (SIDE, SIDE),
            Image.Resampling.BOX,
            box=(left * width, top * height, right * width, bottom * height),
        )
        for left, top, right, bottom in boxes
    ]
    grey = np.stack([np.asarray(part, dtype=np.float64) for part in parts])
    made: Floats = (_COSINES @ grey @ _COSINES.T).reshape(len(parts), -1)[:, _LOWEST]
    return made


def _hashes(frequencies: Floats) -> npt.NDArray[np.uint8]:
    return np.packbits(frequencies > np.median(frequencies, axis=1, keepdims=True), axis=1)


def _covering(part: Image.Image, whole: Image.Image) -> float:
    """The best correlation of `part` with a place of `whole`, at sizes down to two thirds of it."""
    scale = LAID_SIDE / max(whole.size)
    width, height = max(16, round(whole.width * scale)), max(16, round(whole.height * scale))
    ground = _grey(whole, width, height)
    ground -= ground.mean()  # keeps the differences of sums below exact
    spectrum = np.fft.rfft2(ground)
    sums = _sums(ground), _sums(ground * ground)
    places = (
        _best_place(_grey(part, across, down), ground.shape, spectrum, sums)
        for across, down in _sizes(part, width, height)
    )
    return max(places, default=0.0)


def _grey(image: Image.Image, width: int, height: int) -> Floats:
    return np.asarray(image.resize((width, height), Image.Resampling.BOX), dtype=np.float64).copy()


def _sizes(part: Image.Image, width: int, height: int) -> Iterator[tuple[int, int]]:
    """The sizes in which a part may lie in a whole: at most as large, with the part's proportions."""
    largest = min(width, height * part.width / part.height)
    for keep in _SCALES:
        across, down = round(largest * keep), round(largest * keep * part.height / part.width)
        if across >= width * _SCALES[-1] * 0.8 and down >= height * _SCALES[-1] * 0.8:
            yield min(across, width), min(down, height)


def _sums(values: Floats) -> Floats:
    return np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)


def _of_windows(sums: Floats, down: int, across: int) -> Floats:
    return sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]


def _best_place(
    patch: Floats, shape: tuple[int, ...], spectrum: npt.NDArray[np.complex128], sums: tuple[Floats, Floats]
) -> float:
    down, across = patch.shape
    patch -= patch.mean()
    product = np.fft.irfft2(spectrum * np.conj(np.fft.rfft2(patch, s=shape)), s=shape)
    product = product[: shape[0] - down + 1, : shape[1] - across + 1]
    total, squares = (_of_windows(one, down, across) for one in sums)
    spread = np.sqrt(np.maximum(squares - total * total / patch.size, 1.0) * max((patch * patch).sum(), 1.0))
    return float((product / spread).max())
