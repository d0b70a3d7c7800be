"""The poster for workers: its code read from the picture of the page, opened without a session, a report sent by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pytest
from flask import Flask
from tests.hazards.by_link import BASE
from tests.hazards.by_poster import hung, report, worker
from tests.house import House
from tests.reports.test_notice_code import codes, text_of

from xuncha.core.db import db
from xuncha.hazards.public.posters import Poster

Browser = Callable[[str], House]


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


def printed(reader: House, number: int, lang: str = "zh") -> bytes:
    """The PDF of a poster."""
    answer = reader.get(f"/papers/posters/{number}?format=pdf&lang={lang}")
    assert answer.mimetype == "application/pdf"
    return answer.data


@pytest.mark.parametrize(("lang", "words"), [("zh", "随手拍"), ("en", "Scanandreportit")])
@pytest.mark.parametrize("scale", [100 / 72, 40 / 72])  # a good copy, and one looked at from far
def test_its_code_is_read_back_and_takes_a_report(
    app: Flask, as_user: Browser, lang: str, words: str, scale: float
) -> None:
    number, path = hung("喷漆房")
    paper = printed(as_user("officer"), number, lang)
    (address,) = codes(paper, scale)
    assert urlsplit(address).path == path
    text = text_of(paper)
    assert words in text and "喷漆房" in text and address in text and "华鑫化工" in text
    phone, page = worker(app, urlsplit(address).path)
    assert phone.post(page, data=report()).status_code == 302


@pytest.mark.parametrize(
    "area", ["", "一车间", "很长的车间名称" * 8, "A workshop of a name as long as may be " * 2]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_one_page_printed_again_byte_by_byte(as_user: Browser, area: str, lang: str) -> None:
    number, _path = hung(area)
    wang = as_user("wang")
    paper = printed(wang, number, lang)
    assert len(pdfium.PdfDocument(paper)) == 1
    assert printed(wang, number, lang) == paper


def test_without_a_public_address_there_is_none_to_print(app: Flask, as_user: Browser) -> None:
    number, _path = hung()
    app.config["PUBLIC_URL"] = ""
    officer = as_user("officer")
    assert officer.get(f"/papers/posters/{number}").status_code == 404
    assert "XUNCHA_PUBLIC_URL" in officer.text("/hazards/posters")


def test_the_command_line_prints_it(app: Flask, tmp_path: Path) -> None:
    number, path = hung()
    out = tmp_path / "poster.pdf"
    run = app.test_cli_runner().invoke(
        args=["document", "hazard-poster", "--number", str(number), "--out", str(out)]
    )
    assert run.exit_code == 0, run.output
    assert [urlsplit(text).path for text in codes(out.read_bytes())] == [path]
    assert db.session.get_one(Poster, number).revoked_at is None
