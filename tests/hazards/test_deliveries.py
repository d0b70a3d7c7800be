"""The receipt of delivery (送达回执): on paper, refused before a witness, by the link; on pages and on paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import TODAY, again_of, day, issued, picture
from tests.hazards.by_link import BASE, holder
from tests.house import House
from tests.reports.papers import bare

from xuncha.core.db import db
from xuncha.hazards.models import Hazard
from xuncha.hazards.papers.deliveries import Delivery, Manner

Browser = Callable[[str], House]


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


def handed(**more: object) -> dict[str, object]:
    return {
        "manner": "paper",
        "delivered_on": TODAY.isoformat(),
        "receiver": "周厂长",
        "deliverer": "王监管",
        "place": "厂办公室",
        **more,
    }


REFUSED = {"manner": "refused", "witness": "郑见证（创业社区）", "note": "负责人拒绝签收，留置于门卫室"}


def made() -> list[Delivery]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def paper(reader: House, number: int, lang: str = "zh") -> str:
    answer = reader.get(f"/papers/deliveries/{number}?format=pdf&lang={lang}")
    assert answer.mimetype == "application/pdf"
    pages = pdfium.PdfDocument(answer.data)
    return bare("".join(page.get_textpage().get_text_range() for page in pages))


def test_on_paper_with_a_photo_it_stands_on_the_page_the_hazard_and_its_own_paper(as_user: Browser) -> None:
    hazard = issued()
    number, notice = hazard.id, f"/hazards/notices/{hazard.notice_id}"
    wang = as_user("wang")
    assert "尚未记录送达" in wang.text(notice)
    photos = [(io.BytesIO(picture(51)), "receipt.jpg")]
    assert wang.post(f"{notice}/deliveries", data=handed(photos=photos)).status_code == 302
    (one,) = made()
    assert (one.manner, one.delivered_on, one.number) == (Manner.PAPER, TODAY, "（开安）送达〔2026〕1号")
    assert one.photo is not None
    sha256, delivery = one.photo.sha256, one.id
    for words in ("周厂长", "厂办公室", "直接送达", one.number):
        assert words in as_user("wang").text(notice), words
    assert one.number in as_user("wang").text(f"/hazards/{number}")
    assert as_user("officer").get(f"/photos/{sha256}/thumb").status_code == 200
    assert as_user("stranger").get(f"/photos/{sha256}/thumb").status_code == 404
    text = paper(as_user("officer"), delivery)
    for words in ("送达回执", "华鑫化工有限公司", "周厂长", "王监管", "厂办公室", again_of(hazard).number):
        assert bare(words) in text, words


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_refused_it_names_the_witness_and_why(as_user: Browser, lang: str) -> None:
    notice = issued().notice_id
    wang = as_user("wang")
    assert wang.post(f"/hazards/notices/{notice}/deliveries", data=handed(**REFUSED)).status_code == 302
    (one,) = made()
    assert one.manner is Manner.REFUSED
    text = paper(as_user("wang"), one.id, lang)
    for words in (REFUSED["witness"], REFUSED["note"], "周厂长", "拒收" if lang == "zh" else "refused"):
        assert bare(words) in text, words
    shown = as_user("wang").text(f"/hazards/notices/{notice}")
    assert REFUSED["witness"] in shown and "留置送达" in shown


def test_acknowledged_by_the_link_it_comes_by_itself_and_once(app: Flask, as_user: Browser) -> None:
    hazard, phone, page = holder(app)
    receipt = {"responsible": "孙安全", "who": "周厂长"}
    assert phone.post(f"{page}/receipt", data=receipt).status_code == 302
    assert phone.post(f"{page}/receipt", data=receipt).status_code == 422
    (one,) = made()
    assert (one.manner, one.facts["receiver"], one.facts["deliverer"]) == (Manner.LINK, "周厂长", "王监管")
    assert "电子送达" in as_user("wang").text(f"/hazards/notices/{one.notice_id}")
    assert "电子送达" in as_user("wang").text(f"/hazards/{hazard.id}")
    assert "电子送达" in paper(as_user("wang"), one.id)


def test_a_single_hazard_accepted_by_the_link_is_a_delivery_too(app: Flask) -> None:
    hazard, phone, page = holder(app)
    accepted = {"responsible": "孙安全", "who": "孙安全"}
    assert phone.post(f"{page}/hazards/{hazard.id}/accept", data=accepted).status_code == 302
    assert [one.manner for one in made()] == [Manner.LINK]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"receiver": ""}, "签收人"),
        ({"manner": "refused", "note": "拒收"}, "见证人"),
        ({**REFUSED, "note": " "}, "拒收"),
        ({"deliverer": ""}, "送达人"),
        ({"delivered_on": day(1).isoformat()}, "不能晚于今天"),
        ({"delivered_on": day(-1).isoformat()}, "签发"),
        ({"delivered_on": "昨天"}, "2026-03-31"),
        ({"delivered_on": ""}, "送达日期"),
        ({"manner": "pigeon"}, ""),
        ({"manner": "link"}, ""),
        ({"photos": [(b"", "empty.jpg")]}, ""),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(
    as_user: Browser, wrong: dict[str, Any], words: str
) -> None:
    notice = issued().notice_id
    db.session.rollback()
    # A stream is read once, and a test may run on two databases.
    photos = [(io.BytesIO(data), name) for data, name in wrong.get("photos", ())]
    data = handed(**wrong | ({"photos": photos} if photos else {}))
    answer = as_user("wang").post(f"/hazards/notices/{notice}/deliveries", data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'class="errors"' in page and words in page
    assert 'value="厂办公室"' in page
    assert made() == []


def test_a_photo_that_arrived_is_kept_when_the_form_comes_again(as_user: Browser) -> None:
    notice = issued().notice_id
    db.session.rollback()
    wang, photos = as_user("wang"), [(io.BytesIO(picture(52)), "receipt.jpg")]
    answer = wang.post(f"/hazards/notices/{notice}/deliveries", data=handed(receiver="", photos=photos))
    page = answer.get_data(as_text=True)
    kept = page.split('name="kept" value="')[1][:64]
    assert wang.post(f"/hazards/notices/{notice}/deliveries", data=handed(kept=kept)).status_code == 302
    (one,) = made()
    assert one.photo is not None and one.photo.sha256 == kept


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 403), ("auditor", 403), ("leader", 403), ("stranger", 404), ("chen", 404)]
)
def test_only_who_issues_notices_there_notes_a_delivery(as_user: Browser, who: str, status: int) -> None:
    hazard: Hazard = issued()
    notice = hazard.notice_id
    db.session.rollback()
    reader = as_user(who)
    answer = reader.post(f"/hazards/notices/{notice}/deliveries", data=handed())
    assert answer.status_code in {status, 403}
    assert made() == []
    if status == 403:
        assert "记录送达" not in as_user(who).text(f"/hazards/notices/{notice}").replace("尚未记录送达", "")


def test_sent_twice_it_is_one_delivery(as_user: Browser) -> None:
    notice = issued().notice_id
    db.session.rollback()
    wang = as_user("wang")
    same = handed(once="6f1fd2a4-2c1f-4a55-9d7e-0a5ad52f4a11")
    for _ in range(2):
        assert wang.post(f"/hazards/notices/{notice}/deliveries", data=same).status_code == 302
    assert len(made()) == 1


def test_the_command_prints_it(app: Flask, as_user: Browser, tmp_path: object) -> None:
    notice = issued().notice_id
    as_user("wang").post(f"/hazards/notices/{notice}/deliveries", data=handed())
    out = f"{tmp_path}/receipt.pdf"
    told = app.test_cli_runner().invoke(args=["document", "delivery-receipt", "--number", "1", "--out", out])
    assert told.exit_code == 0, told.output
