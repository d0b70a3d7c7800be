"""The PDF kit: photos, signatures and charts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from tests.reports.papers import dark_share, generated, noise, paper, read

from xuncha.reports.layout.document import Column, Photo, PhotoPair, Series, SignatureBlock


def test_a_heavy_record_is_made_quickly_and_stays_small(tmp_path: Path) -> None:
    pictures = [noise(tmp_path / f"{number}.jpg", number) for number in range(50)]
    remark = "".join(generated(120, seed=3))[:5000]
    started = time.monotonic()
    made = paper()
    items = [[str(number), "安全出口畅通，疏散指示完好" * 2, "符合", ""] for number in range(1, 60)]
    made.table(
        [Column("序号", 1), Column("内容", 5), Column("结果", 1), Column("说明", 3)],
        [*items, ["60", remark, "", "A" * 300]],
    )
    made.fields([("检查情况", remark), ("编码", "B" * 300)])
    made.paragraph("C" * 300)
    made.photo_pairs([PhotoPair(pictures[at], pictures[at + 1], f"隐患{at}") for at in range(0, 50, 2)])
    saved = made.save(tmp_path / "a.pdf")
    assert time.monotonic() - started < 10
    assert (tmp_path / "a.pdf").stat().st_size < 10_000_000
    assert 15 <= saved.pages <= 35
    found = read(tmp_path / "a.pdf")
    assert found.count("B") >= 300
    assert found.count("C") >= 300
    assert "隐患48" in found


def test_unreadable_photos_leave_a_framed_note(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a photo")
    whole = noise(tmp_path / "whole.jpg", 1).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    made = paper()
    made.photo_pairs(
        [
            PhotoPair(tmp_path / "broken.jpg", tmp_path / "absent.jpg", "隐患1"),
            PhotoPair(None, tmp_path / "cut.jpg"),
        ]
    )
    saved = made.save(tmp_path / "a.pdf")
    found = read(tmp_path / "a.pdf")
    assert found.count("Photodamaged,cannotbeopened") == 2
    assert "Photomissing" in found
    assert "Nophoto" in found
    assert len(saved.warnings) == 3


@pytest.mark.parametrize("kind", ["PNG", "CMYK", "no suffix", "sideways"])
def test_other_kinds_of_picture_are_printed_too(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("photo.png" if kind == "PNG" else "photo" if kind == "no suffix" else "photo.jpg")
    image = Image.new(
        "CMYK" if kind == "CMYK" else "RGBA" if kind == "PNG" else "RGB",
        (400, 200),
        (90, 60, 30, 255)[: 4 if kind in ("PNG", "CMYK") else 3],
    )
    exif = Image.Exif()
    exif[0x0112] = 6 if kind == "sideways" else 1
    image.save(path, "PNG" if kind == "PNG" else "JPEG", exif=exif)
    made = paper()
    made.photo_grid([Photo(path, "图")])
    assert made.save(tmp_path / "a.pdf").warnings == []
    picture = next(iter(PdfReader(tmp_path / "a.pdf").pages[0].images)).image
    assert picture is not None
    assert (picture.width > picture.height) is (kind != "sideways")


def test_long_captions_and_reasons_flow_and_are_kept_whole(tmp_path: Path) -> None:
    picture = noise(tmp_path / "a.jpg", 1)
    made = paper()
    made.photo_grid([Photo(picture, "图" * 3000), Photo(picture, "短")])
    made.photo_pairs([PhotoPair(picture, picture, "对" * 3000)])
    made.signatures([SignatureBlock("负责人", refused_reason="因" * 2000)])
    made.save(tmp_path / "a.pdf")
    found = read(tmp_path / "a.pdf")
    assert found.count("图") >= 3000
    assert found.count("对") >= 3000
    assert found.count("因") >= 2000


def test_strokes_are_drawn_as_lines_and_a_blank_is_left_without_them(tmp_path: Path) -> None:
    shares = []
    for strokes in (None, [[(0.0, 0.0), (200.0, 80.0), (400.0, 0.0), (600.0, 90.0)]], []):
        made = paper()
        made.signatures([SignatureBlock("检查人员", "", strokes)])
        made.save(tmp_path / "a.pdf")
        shares.append(dark_share(tmp_path / "a.pdf"))
        assert len(PdfReader(tmp_path / "a.pdf").pages[0].images) == 0
    assert shares[1] > shares[0]
    assert shares[2] == shares[0]


def test_charts_print_every_figure_and_survive_having_none(tmp_path: Path) -> None:
    made = paper()
    made.column_chart("列", ["甲", "乙"], [Series("一", [1234, 0]), Series("二", [None, 56.5])])
    made.line_chart("线", ["甲"], [Series("一", [78.9])])
    made.bar_chart("条", [("很长的名称" * 20, 4321)])
    made.bar_chart("空", [])
    made.line_chart("无", [], [])
    made.save(tmp_path / "a.pdf")
    found = read(tmp_path / "a.pdf")
    assert all(figure in found for figure in ("1234", "56.5", "78.9", "4321", "空:Nodata", "无:Nodata"))


def test_charts_and_photos_larger_than_a_page_are_divided_or_fitted(tmp_path: Path) -> None:
    made = paper(orientation="landscape")
    made.bar_chart("排名", [(f"单位{number:02d}", number) for number in range(50)])
    made.photo_grid([Photo(noise(tmp_path / "a.jpg", 1), "图")], columns=1)
    made.save(tmp_path / "a.pdf")
    found = read(tmp_path / "a.pdf")
    assert [number for number in range(50) if f"单位{number:02d}" not in found] == []
