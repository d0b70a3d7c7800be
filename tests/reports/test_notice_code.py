"""The code on a printed notice: read from the picture of the page, opened without a session, carried to verification."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from tests.hazards.builders import again_of, issued
from tests.hazards.by_link import BASE, opened, report
from tests.house import House
from tests.reports.papers import bare

from xuncha.core.db import db
from xuncha.hazards.lifecycle import State
from xuncha.hazards.models import Hazard

Browser = Callable[[str], House]
PRINTED = 200 / 72  # a page's picture at 200 dots an inch, what a cheap printer and a phone give back


def printed(reader: House, hazard: Hazard, lang: str = "zh") -> bytes:
    """The PDF of the hazard's notice as a reader gets it."""
    answer = reader.get(f"/papers/notices/{hazard.notice_id}?format=pdf&lang={lang}")
    assert answer.mimetype == "application/pdf"
    return answer.data


def text_of(paper: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(paper)))


def codes(paper: bytes, scale: float = PRINTED) -> list[str]:
    """What the codes on the pages say, read from their pictures."""
    pages = [page.render(scale=scale).to_pil() for page in pdfium.PdfDocument(paper)]
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]


def address_on(paper: bytes) -> str:
    (address,) = (text for text in codes(paper) if text.startswith(f"{BASE}/n/"))
    return address


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "扫码确认、上报整改"), ("en", "Scantoacknowledgereceipt")]
)
def test_the_code_is_read_back_and_carries_the_hazard_to_verification(
    app: Flask, as_user: Browser, lang: str, words: str
) -> None:
    mine, other = issued(), issued(description="别家的事")
    number, foreign = mine.id, other.id
    paper = printed(as_user("wang"), mine, lang)
    address = address_on(paper)
    assert address in text_of(paper) and words in text_of(paper)
    db.session.rollback()
    phone, page = opened(app, urlsplit(address).path)
    assert "别家的事" not in phone.text(page)
    assert phone.get(f"{page}/hazards/{foreign}/report_done").status_code == 404
    assert phone.post(f"{page}/receipt", data={"responsible": "孙安全", "who": "孙安全"}).status_code == 302
    assert phone.post(f"{page}/hazards/{number}/report_done", data=report()).status_code == 302
    assert again_of(mine).state is State.REPORTED_DONE
    assert again_of(other).state is State.OPEN


def test_the_code_is_sharp_and_large_enough_for_a_poor_copy(as_user: Browser) -> None:
    paper = printed(as_user("wang"), issued())
    picture = pdfium.PdfDocument(paper)[0].render(scale=100 / 72).to_pil().convert("L")
    copied = io.BytesIO()
    picture.save(copied, "JPEG", quality=40)
    copied.seek(0)
    assert any(code.text.startswith(f"{BASE}/n/") for code in zxingcpp.read_barcodes(Image.open(copied)))


def test_the_same_paper_is_printed_again_byte_by_byte(as_user: Browser) -> None:
    hazard, wang = issued(), as_user("wang")
    assert printed(wang, hazard) == printed(wang, hazard)


@pytest.mark.parametrize("who", ["auditor", "expert"])
def test_who_only_reads_gets_the_paper_without_the_code(as_user: Browser, who: str) -> None:
    hazard = issued()
    own = address_on(printed(as_user("officer"), hazard))
    paper = printed(as_user(who), hazard)
    assert own not in text_of(paper) and own not in codes(paper)


def test_without_a_public_address_the_paper_is_that_of_before(app: Flask, as_user: Browser) -> None:
    app.config["PUBLIC_URL"] = ""
    hazard = issued()
    paper = printed(as_user("wang"), hazard)
    (verification,) = codes(paper)
    assert hazard.notice is not None and verification.startswith(hazard.notice.number)
    assert "扫码确认" not in text_of(paper)
    assert "XUNCHA_PUBLIC_URL" in as_user("wang").text(f"/hazards/notices/{hazard.notice_id}")
    doctor = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "WARN  XUNCHA_PUBLIC_URL" in doctor


def test_a_draft_carries_no_code(as_user: Browser) -> None:
    hazard = issued()
    answer = as_user("wang").get(f"/papers/notices/{hazard.notice_id}?format=pdf&draft=1")
    assert not any(text.startswith(BASE) for text in codes(answer.data))
