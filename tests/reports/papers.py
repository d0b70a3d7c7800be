"""Papers to test with, and the ways to read a PDF back."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image
from pypdf import PdfReader

from xuncha.reports.layout.document import Column, Document, Photo, PhotoPair, Series, SignatureBlock

COMMON = "安全生产监督检查记录隐患整改消防通道车间配电箱特种设备危险化学品仓库责任人复查"
MARKS = "《》、：“”——…（），。；？！【】〔〕·"
RARE = "䶮㛃𬭎𬘭𫖯𬴊𬱖㑇"
UNITS = "㎡℃①②±≤√×●％㎏"
LATIN = "ABCxyz0123456789 ()-/.%&<>"


def same(msgid: str) -> str:
    """A translation that leaves the words in English."""
    return msgid


def paper(title: str = "现场检查记录", **options: object) -> Document:
    return Document(title, translate=same, **options)


def read(path: Path) -> str:
    """All text of the file without white space, as another program reads it."""
    return bare(as_set(path))


def as_set(path: Path) -> str:
    """All text of the file with its white space: a word that is divided between two lines is not found in it."""
    return "".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(path))


def bare(text: str) -> str:
    return re.sub(
        r"\s+", "", re.sub("[\ufffe\u0002]", "-", text)
    )  # how pdfium marks a hyphen that ends a line


def dark_share(path: Path, page: int = 0) -> float:
    """Share of the page that is not white."""
    grey = pdfium.PdfDocument(path)[page].render(scale=1).to_pil().convert("L")
    return sum(grey.histogram()[:250]) / (grey.width * grey.height)


def noise(path: Path, seed: int, size: tuple[int, int] = (960, 720)) -> Path:
    """A JPEG about as hard to pack as a photo of a workshop."""
    small = random.Random(seed).randbytes(160 * 120 * 3)
    Image.frombytes("RGB", (160, 120), small).resize(size, Image.Resampling.BICUBIC).save(path, quality=75)
    return path


def embedded_fonts(path: Path) -> Iterator[tuple[str, bool]]:
    for page in PdfReader(path).pages:
        for font in page["/Resources"]["/Font"].values():
            entry = font.get_object()
            descriptor = entry.get("/FontDescriptor")
            yield entry["/BaseFont"], descriptor is not None and "/FontFile2" in descriptor.get_object()


def generated(count: int, seed: int) -> list[str]:
    pick = random.Random(seed)
    pools = [COMMON] * 4 + [MARKS, RARE, UNITS, LATIN]
    return [
        "检" + "".join(pick.choice(pick.choice(pools)) for _ in range(pick.randint(1, 90)))
        for _ in range(count)
    ]


def full_paper(folder: Path, photos: int = 4) -> Document:
    """A paper with one of everything."""
    made = paper(
        number="（试）应急检记〔2026〕1号",
        organisation="试验区应急管理局",
        subject="2026年上半年",
        verify_text="https://xuncha.example/v/ABCD",
        footer_note="一式两份",
        draft=True,
    )
    pictures = [noise(folder / f"{number}.jpg", number) for number in range(photos)]
    made.heading("一、概况")
    made.fields([("单位", "甲公司"), ("地址", "新港大道188号"), ("备注", "长" * 200)])
    made.paragraph("经检查，发现该单位存在以下问题。")
    made.table(
        [Column("序号", 1, "center"), Column("内容", 5)], ["制度建立", ["1", "责任制"]], total=["", "合计1"]
    )
    made.photo_pairs([PhotoPair(pictures[0], pictures[1], "隐患1"), PhotoPair(pictures[2], None, "隐患2")])
    made.photo_grid([Photo(picture, f"图{at}") for at, picture in enumerate(pictures)])
    made.column_chart(
        "各月隐患", ["1月", "2月"], [Series("发现", [3, 1]), Series("整改", [2, None])], unit="项"
    )
    made.line_chart("整改率", ["1月", "2月"], [Series("今年", [95.2, 80.0]), Series("去年", [None, 81])])
    made.bar_chart("类别", [("消防", 12), ("电气", 0)])
    made.blank_below()
    made.signatures(
        [
            SignatureBlock(
                "检查人员", "李明䶮", [[(0, 0), (30, 40), (60, 5)], [(70, 10)]], date="2026年11月18日"
            ),
            SignatureBlock("负责人", "周建国", refused_reason="有异议"),
            SignatureBlock("见证人"),
        ]
    )
    made.note("注：以上属实。")
    return made
