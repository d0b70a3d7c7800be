"""Pictures from outside: honest ones accepted and turned upright, hostile ones refused with the reason."""

from __future__ import annotations

import fcntl
import io
import os
import random
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image, ImageFile
from tests.photos.corpus import CORNERS, STORED_AS, corners, exif, opened, png, saved, scene, with_stated_size
from tests.photos.heic import heic

from xuncha.photos import images
from xuncha.photos.exif import claims_of_head
from xuncha.photos.images import (
    PhotoFault,
    PhotoRefused,
    clean_copy,
    inspect_photo,
    print_copy,
    stamped_copy,
    thumbnail,
)

Maker = Callable[[Image.Image], bytes]
FONT = Path(__file__).parents[2] / "static/vendor/fonts/NotoSansSC-Regular.ttf"
FIFTY = (8192, 6144)
UPRIGHT = {name: name for name in CORNERS}
LINES = [
    "\u65f6\u95f4\uff1a2026-03-04 09:12",
    "\u4f01\u4e1a\uff1a\u5b8f\u8fbe\u673a\u68b0\u6709\u9650\u516c\u53f8",
]


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3))


def fault_of(data: bytes | Path) -> PhotoFault:
    with pytest.raises(PhotoRefused) as refused:
        inspect_photo(data)
    assert "%" not in str(refused.value)
    return refused.value.fault


def turned(orientation: int) -> Image.Image:
    stored = STORED_AS[orientation]
    return scene().transpose(stored) if stored is not None else scene()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_eight_orientations_come_out_the_same_way_up(orientation: int, kind: str) -> None:
    data = saved(turned(orientation), kind, exif=exif(orientation))
    facts = inspect_photo(data)
    assert (facts.width, facts.height, facts.orientation) == (640, 480, orientation)
    for copy in (clean_copy(data), thumbnail(data), print_copy(data)):
        image = opened(copy)
        assert corners(image) == UPRIGHT
        assert image.width * 480 == image.height * 640


def test_time_place_and_camera_are_read_and_no_copy_carries_them() -> None:
    data = saved(scene(), exif=exif(6), comment=b"at the gate", quality=95)
    facts = inspect_photo(data)
    assert facts.taken_at == datetime(2024, 2, 29, 9, 15, 30, tzinfo=timezone(timedelta(hours=8)))
    assert facts.lat == pytest.approx(31.3)
    assert facts.lon == pytest.approx(120.675)
    assert (facts.accuracy_m, facts.camera) == (12.5, "HUAWEI P60")
    for copy in (clean_copy(data), thumbnail(data), print_copy(data), stamped_copy(data, LINES, FONT)):
        image = opened(copy)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Exif" not in copy
        assert b"at the gate" not in copy
        assert b"HUAWEI" not in copy


def test_a_camera_without_offset_gives_a_moment_without_zone() -> None:
    facts = inspect_photo(saved(scene(), exif=exif(offset=None, place=False)))
    assert facts.taken_at == datetime(2024, 2, 29, 9, 15, 30)
    assert (facts.lat, facts.lon, facts.accuracy_m) == (None, None, None)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_nonsense_in_the_tags_is_read_as_absent_and_the_photo_accepted() -> None:
    tags = Image.Exif()
    tags[0x0112] = 77
    tags[0x8769] = {0x9003: "0000:00:00 00:00:00"}
    tags[0x8825] = {1: "N", 2: (931.0, 0.0, 0.0), 3: "E", 4: (20.0, 0.0, 0.0)}
    facts = inspect_photo(saved(scene(), exif=tags.tobytes()))
    assert (facts.orientation, facts.taken_at, facts.lat, facts.lon) == (1, None, None, None)
    broken = inspect_photo(saved(scene(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + os.urandom(40)))
    assert (broken.orientation, broken.taken_at) == (1, None)


def test_the_head_of_an_original_is_enough_for_time_and_place() -> None:
    data = saved(noise(900, 700), exif=exif(6), quality=95)
    claims = claims_of_head(data[: 128 * 1024])
    assert len(data) > 128 * 1024
    assert claims.lat == pytest.approx(31.3)
    assert claims.taken_at == inspect_photo(data).taken_at
    assert claims_of_head(b"no picture").taken_at is None


@pytest.mark.parametrize("turns", range(4))
def test_heic_is_turned_once_and_never_twice(turns: int) -> None:
    size = (640, 480) if turns % 2 == 0 else (480, 640)
    stored = scene(*size)
    for _ in range(turns):
        stored = stored.transpose(Image.Transpose.ROTATE_270)
    # Phones write both: the turn of the container, and the Exif tag that its readers must ignore.
    data = heic(stored, turns=turns, exif=exif({0: 1, 1: 8, 2: 3, 3: 6}[turns])[6:])
    facts = inspect_photo(data)
    assert (facts.media_type, facts.width, facts.height) == ("image/heic", *size)
    assert facts.lat == pytest.approx(31.3)
    assert corners(opened(clean_copy(data))) == UPRIGHT


def test_the_content_decides_what_a_file_is_not_its_name(tmp_path: Path) -> None:
    contents = {"image/heic": heic(scene()), "image/png": saved(scene(), "PNG"), "image/jpeg": saved(scene())}
    for media_type, data in contents.items():
        for name in ("photo.jpg", "photo.heic", "photo.html"):
            path = tmp_path / name
            path.write_bytes(data)
            assert inspect_photo(path).media_type == media_type
            assert opened(clean_copy(path)).format == "JPEG"


def test_phones_that_write_several_pictures_in_one_jpeg_are_accepted() -> None:
    data = saved(scene(), "MPO", save_all=True, append_images=[scene(320, 240)], exif=exif(1))
    assert opened(data).format == "MPO"
    facts = inspect_photo(data)
    assert (facts.media_type, facts.extension, facts.width) == ("image/jpeg", ".jpg", 640)
    assert opened(clean_copy(data)).format == "JPEG"


def test_every_mode_of_colour_comes_out_as_seen() -> None:
    red = Image.new("RGB", (200, 100), (200, 40, 40))
    glass = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    grey16 = Image.new("I;16", (200, 100), 128 * 256)
    cases = [
        (saved(red.convert("CMYK"), "JPEG", quality=95), (200, 40, 40)),
        (saved(red.convert("P"), "PNG"), (200, 40, 40)),
        (saved(glass, "PNG"), (255, 255, 255)),
        (saved(glass, "WEBP", lossless=True), (255, 255, 255)),
        (saved(grey16, "PNG"), (128, 128, 128)),
        (saved(Image.new("1", (200, 100), 1), "PNG"), (255, 255, 255)),
        (saved(Image.new("L", (200, 100), 90)), (90, 90, 90)),
        (saved(Image.new("LA", (200, 100), (90, 255)), "PNG"), (90, 90, 90)),
    ]
    for data, expected in cases:
        assert inspect_photo(data).width == 200
        pixel = opened(clean_copy(data)).convert("RGB").getpixel((100, 50))
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(pixel, expected, strict=True)) <= 14, (data[:12], pixel)


def test_a_broken_colour_profile_costs_no_photo() -> None:
    assert opened(clean_copy(saved(scene(), icc_profile=b"not a profile" * 20))).size == (640, 480)


def test_copies_are_small_and_keep_their_proportions() -> None:
    photo = saved(noise(60, 45).resize((4000, 3000)), quality=92, exif=exif(6))
    for copy, long_side in ((clean_copy(photo), 1600), (print_copy(photo), 960), (thumbnail(photo), 320)):
        assert opened(copy).size == (long_side * 3 // 4, long_side)
        assert len(copy) <= 400_000


def test_a_small_picture_is_never_enlarged() -> None:
    data = saved(scene(90, 60))
    assert {opened(c).size for c in (clean_copy(data), print_copy(data), thumbnail(data))} == {(90, 60)}


def test_the_worst_picture_still_ends_below_400_kilobytes() -> None:
    assert len(clean_copy(saved(noise(1700, 1300), quality=95))) <= 400_000


@pytest.mark.parametrize("quality", [30, 60, 75, 90])
def test_a_photo_shrunk_by_the_phone_does_not_grow(quality: int) -> None:
    picture = noise(200, 150).resize((1600, 1200), Image.Resampling.BICUBIC)
    data = saved(picture, quality=quality, exif=exif(1))
    assert len(clean_copy(data)) <= len(data)


def test_extreme_proportions_keep_at_least_one_pixel() -> None:
    assert opened(thumbnail(saved(Image.new("RGB", (1, 5000))))).size == (1, 320)


def test_fifty_megapixels_work() -> None:
    grey = Image.new("L", (8192, 6144), 120)
    for data in (saved(grey), saved(grey, progressive=True), saved(grey, "PNG"), png(8192, 6144)):
        facts = inspect_photo(data)
        assert (facts.width, facts.height) == (8192, 6144)
    assert opened(clean_copy(png(8192, 6144))).size == (1600, 1200)


def test_another_process_at_a_large_picture_is_waited_for() -> None:
    large, small = saved(Image.new("L", (5000, 4100), 120)), saved(Image.new("L", (500, 410), 120))
    with Path(images.__file__).open("rb") as elsewhere:
        fcntl.flock(elsewhere, fcntl.LOCK_EX)
        waits = threading.Thread(target=inspect_photo, args=(large,))
        waits.start()
        assert inspect_photo(small).width == 500
        waits.join(1)
        assert waits.is_alive()
    waits.join(20)
    assert not waits.is_alive()


@pytest.mark.filterwarnings("error")  # as the product runs; pytest puts its own filters before ours
def test_one_row_of_pixels_above_the_limit_is_refused_undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(scene()) + bytes(9_000_000)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("decoded"))
    assert fault_of(with_stated_size(data, 17900, 10001)) is PhotoFault.TOO_MANY_PIXELS
    assert fault_of(png(6000, 9001, rows=1)) is PhotoFault.TOO_MANY_PIXELS
    assert fault_of(png(60000, 60000, rows=1)) is PhotoFault.TOO_MANY_PIXELS


def test_a_small_file_of_144_megapixels_is_refused_without_decoding() -> None:
    data = png(12000, 12000)
    assert len(data) < 1_000_000
    assert fault_of(data) is PhotoFault.TOO_MANY_PIXELS


def test_a_jpeg_too_small_for_the_size_it_states_is_refused() -> None:
    assert fault_of(with_stated_size(saved(scene()), 9000, 9000)) is PhotoFault.BROKEN
    assert fault_of(with_stated_size(saved(noise(900, 700), quality=95), 9000, 9000)) is PhotoFault.BROKEN


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = saved(scene(), progressive=True)
    last = data.rindex(b"\xff\xda")
    assert inspect_photo(data).width == 640
    assert fault_of(data[:last] + data[last:-2] * 200 + b"\xff\xd9") is PhotoFault.BROKEN


@pytest.mark.parametrize("make", [saved, lambda i: saved(i, "PNG"), lambda i: saved(i, "WEBP"), heic])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_truncated_photo_is_refused(make: Maker, share: float) -> None:
    data = make(noise(640, 480))
    assert fault_of(data[: int(len(data) * share)]) is PhotoFault.BROKEN


def test_what_is_not_a_photo_is_refused_by_its_kind(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    assert fault_of(b"") is PhotoFault.EMPTY
    assert fault_of(empty) is PhotoFault.EMPTY
    assert fault_of(b"just some text, named photo.jpg") is PhotoFault.NOT_A_PICTURE
    assert fault_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is PhotoFault.NOT_A_PICTURE
    assert fault_of(b"\xff\xd8\xff") is PhotoFault.BROKEN
    assert fault_of(b"\xff\xd8\xff\xe0" + os.urandom(3000)) is PhotoFault.BROKEN
    for kind in ("GIF", "TIFF", "BMP", "PDF", "EPS", "AVIF"):
        data = saved(scene(), kind)
        assert fault_of(data) is PhotoFault.UNSUPPORTED
        with pytest.raises(PhotoRefused, match=kind):
            clean_copy(data)


def test_thirty_megabytes_are_accepted_and_one_byte_more_is_not(tmp_path: Path) -> None:
    photo = saved(scene())
    assert inspect_photo(photo + bytes(images.MAX_BYTES - len(photo))).width == 640
    path = tmp_path / "huge.jpg"
    path.write_bytes(photo + bytes(images.MAX_BYTES + 1 - len(photo)))
    assert fault_of(path) is PhotoFault.TOO_LARGE


def test_a_jpeg_that_is_also_a_zip_is_a_jpeg_and_its_copies_are_only_that() -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("page.html", "<script>alert(1)</script>")
    data = saved(scene()) + hidden.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(data))
    assert inspect_photo(data).media_type == "image/jpeg"
    assert not zipfile.is_zipfile(io.BytesIO(clean_copy(data)))


def test_a_container_that_lies_about_its_size_is_refused() -> None:
    assert fault_of(heic(scene(), declared=(16, 16))) is PhotoFault.BROKEN
    assert fault_of(heic(scene(), declared=(20000, 20000))) is PhotoFault.TOO_MANY_PIXELS


def test_damage_anywhere_never_ends_in_another_error() -> None:
    chance = random.Random(3)
    for make in (saved, lambda i: saved(i, "PNG"), lambda i: saved(i, "WEBP"), heic):
        original = make(scene(96, 64))
        for _ in range(60):
            data = bytearray(original)
            for _ in range(chance.randint(1, 8)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                inspect_photo(bytes(data))
                clean_copy(bytes(data))
            except PhotoRefused as refused:
                assert isinstance(refused.fault, PhotoFault)


@pytest.mark.parametrize("size", [(1600, 1200), (1200, 1600), (4000, 3000), (320, 240)])
def test_a_stamp_lies_below_the_picture_and_hides_nothing_of_it(size: tuple[int, int]) -> None:
    image = opened(stamped_copy(saved(scene(*size)), LINES, FONT))
    assert max(image.size) <= 1600
    shown = image.width * size[1] // size[0]
    assert shown < image.height < shown * 1.3
    assert corners(image.crop((0, 0, image.width, shown))) == UPRIGHT
    strip = image.crop((0, shown, image.width, image.height)).convert("L")
    dark, light = strip.getextrema()
    assert isinstance(dark, int)
    assert isinstance(light, int)
    assert dark < 60
    assert light > 230


def test_a_stamp_takes_a_long_name_and_none_at_all() -> None:
    photo = saved(scene(1200, 1600))
    plain = opened(stamped_copy(photo, [], FONT))
    long = opened(stamped_copy(photo, ["\u4f01" * 70, "word " * 60, "x" * 400, ""], FONT))
    assert max(plain.size) <= 1600
    assert max(long.size) <= 1600


PEAK = """
import resource, sys
from pathlib import Path
from xuncha.photos.images import clean_copy, inspect_photo
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
inspect_photo(Path(sys.argv[1])); clean_copy(Path(sys.argv[1]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("colour PNG", lambda: png(*FIFTY)),
        (
            "see-through PNG",
            lambda: saved(Image.new("RGBA", FIFTY, (9, 9, 9, 9)), "PNG", compress_level=1),
        ),
        (
            "progressive",
            lambda: saved(Image.new("RGB", FIFTY, (9, 9, 9)), progressive=True, subsampling=0),
        ),
        ("WEBP", lambda: saved(Image.new("RGB", FIFTY, (9, 9, 9)), "WEBP", method=0)),
        ("JPEG of 179 megapixels", lambda: saved(Image.new("L", (17900, 10000), 90)) + bytes(9_000_000)),
    ],
)
def test_no_picture_takes_more_than_512_megabytes(
    name: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "photo"
    path.write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)],
        capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(images.__file__).parents[2])},
    )  # fmt: skip
    assert int(run.stdout) <= 512, name
