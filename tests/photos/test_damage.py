"""Damaged JPEGs: whatever is taken without decoding, a decoder takes as well; what is whole is never decoded to be taken."""

from __future__ import annotations

import io
import os
import random
import re
from collections.abc import Callable, Iterator

import pytest
from PIL import Image, ImageFile
from tests.photos.corpus import exif, saved, scene, with_stated_size

from xuncha.photos.images import PhotoFault, PhotoRefused, clean_copy, inspect_photo, thumbnail
from xuncha.photos.jpeg import is_whole

# Of the tags, which a damage may hit as well; they are read as absent.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Corrupt EXIF data", "ignore:Tag data larger", "ignore:Metadata Warning", "ignore:Image appears"
)
TIMES = int(os.environ.get("XUNCHA_TEST_DAMAGES", "30"))  # of each kind, for each picture
Damage = Callable[[random.Random, bytes], bytes]
SEGMENT = re.compile(rb"\xff([\xc0-\xcf\xda-\xdd\xe0-\xef\xfe])")


def grain(mode: str = "RGB", size: tuple[int, int] = (96, 64)) -> Image.Image:
    return Image.effect_noise(size, 40).convert(mode)


WHOLE = {
    "plain": saved(grain()),
    "scene": saved(scene(96, 64), exif=exif(6), comment=b"at the gate"),
    "no thinning": saved(grain(), subsampling=0, quality=95),
    "own tables": saved(grain(), optimize=True, quality=30),
    "grey": saved(grain("L")),
    "four inks": saved(grain("CMYK")),
    "restarts": saved(grain(), restart_marker_rows=1),
    "restarts by blocks": saved(grain(), restart_marker_blocks=2),
    "progressive": saved(grain(), progressive=True),
    "progressive grey": saved(grain("L"), progressive=True),
    "progressive restarts": saved(grain(), progressive=True, restart_marker_blocks=3),
    "one pixel": saved(grain(size=(1, 1))),
    "followed by another": saved(scene(96, 64), "MPO", save_all=True, append_images=[scene(32, 24)]),
    "followed by zeros": saved(grain()) + bytes(500),
}


def decoded(data: bytes, *, small: bool) -> bool:
    """Whether Pillow, which refuses cut files, decodes it to its end."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            if small:
                image.draft(None, (1, 1))
            image.load()
    except Exception:
        return False
    return True


def segments(data: bytes) -> list[tuple[int, int]]:
    """Begin and end of the segments before the first coded data, and of that scan's head."""
    found, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((at, end))
        if data[at + 1] == 0xDA:
            break
        at = end
    return found


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def turned_bytes(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] = chance.choice((0, 0xFF, chance.randrange(256)))
    return bytes(changed)


def turned_head(chance: random.Random, data: bytes) -> bytes:
    """One byte of a segment: lengths, tables, sizes, the parts of a scan."""
    begin, end = chance.choice([one for one in segments(data) if data[one[0] + 1] < 0xE0])
    changed = bytearray(data)
    at = chance.randrange(begin, min(end, begin + chance.choice((24, end - begin))))
    changed[at] = chance.choice((changed[at] ^ 1 << chance.randrange(8), chance.randrange(256)))
    return bytes(changed)


def taken_out(chance: random.Random, data: bytes) -> bytes:
    """One segment is not there."""
    begin, end = chance.choice(segments(data))
    return data[:begin] + data[end:]


def swapped(chance: random.Random, data: bytes) -> bytes:
    found = segments(data)
    (a, b), (c, d) = sorted(chance.sample(found, 2)) if len(found) > 1 else (found[0], found[0])
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:] if b <= c else data


def doubled(chance: random.Random, data: bytes) -> bytes:
    begin, end = chance.choice(segments(data))
    return data[:end] + data[begin:end] + data[end:]


def without_a_part(chance: random.Random, data: bytes) -> bytes:
    begin = chance.randrange(2, len(data))
    return data[:begin] + data[begin + chance.choice((1, 2, 16, 200)) :]


def without_a_scan(chance: random.Random, data: bytes) -> bytes:
    starts = [one.start() for one in re.finditer(rb"\xff\xda", data)]
    begin = chance.choice(starts)
    return data[:begin] + data[next((one for one in starts if one > begin), -2) :]


def without_end(_chance: random.Random, data: bytes) -> bytes:
    return data[: data.rindex(b"\xff\xd9")]


def ended_early(chance: random.Random, data: bytes) -> bytes:
    return cut(chance, data) + b"\xff\xd9"


def followed(chance: random.Random, data: bytes) -> bytes:
    return data + chance.randbytes(chance.randrange(1, 300))


def another_size(chance: random.Random, data: bytes) -> bytes:
    return with_stated_size(data, chance.choice((0, 1, 97, 5000)), chance.choice((0, 1, 63, 65, 5000)))


def foreign_marker(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(2, len(data))
    return data[:at] + bytes((0xFF, chance.randrange(256))) + data[at:]


DAMAGES: list[Damage] = [
    cut, turned_bytes, turned_head, taken_out, swapped, doubled, without_a_part, without_a_scan, without_end, ended_early,
    followed, another_size, foreign_marker,
]  # fmt: skip


def damaged(name: str, damage: Damage) -> Iterator[bytes]:
    chance = random.Random(f"{name} {damage.__name__}")
    for _ in range(TIMES):
        yield damage(chance, WHOLE[name])


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_is_taken_without_decoding(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("decoded"))
    assert inspect_photo(WHOLE[name]).media_type == "image/jpeg"


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_a_decoder_refuses_is_refused(damage: Damage) -> None:
    for name in WHOLE:
        for data in damaged(name, damage):
            if is_whole(data):
                assert decoded(data, small=True), (name, data)
                assert decoded(data, small=False), (name, data)


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_odd_is_judged_by_a_decoder(damage: Damage) -> None:
    for name in WHOLE:
        for data in list(damaged(name, damage))[:20]:
            if is_whole(data):
                continue
            try:
                inspect_photo(data)
            except PhotoRefused as refused:
                by_size = refused.fault is not PhotoFault.BROKEN or damage is another_size
                assert by_size or not decoded(data, small=True), (name, data)
            else:
                assert decoded(data, small=True), (name, data)


@pytest.mark.parametrize("name", ["plain", "progressive", "restarts"])
def test_damage_inside_of_a_photo_that_was_taken_is_no_error_of_its_copies(name: str) -> None:
    chance, taken = random.Random(5), 0
    for _ in range(60):
        data = bytearray(WHOLE[name])
        for _ in range(chance.randint(1, 9)):
            data[chance.randrange(len(data) // 2, len(data) - 2)] = chance.randrange(255)
        try:
            inspect_photo(bytes(data))
            taken += 1
        except PhotoRefused:
            continue
        for copy in (clean_copy, thumbnail):
            assert copy(bytes(data))[:2] == b"\xff\xd8"
    assert taken > 20
