"""What the tests of a notice's link begin with: an issued notice, the address on its paper, a phone that opened it."""

from __future__ import annotations

import io
import threading
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import issued, picture
from tests.house import House

from xuncha.core.db import db
from xuncha.hazards.models import Hazard, Notice
from xuncha.hazards.public.notice_links import address_of

BASE = "https://safety.example.cn"


def path_of(notice: Notice) -> str:
    """The path of the address that the paper of a notice carries."""
    address = address_of(notice)
    assert address is not None and address.startswith(f"{BASE}/n/")
    return urlsplit(address).path


def opened(app: Flask, path: str) -> tuple[House, str]:
    """A phone without an account that opened the address, and the page to which it led."""
    phone = app.test_client()
    assert isinstance(phone, House)
    answer = phone.get(path)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-600:]
    return phone, answer.headers["Location"]


def holder(app: Flask, **more: object) -> tuple[Hazard, House, str]:
    """An issued hazard, a phone that opened the paper of its notice, and the page of the notice."""
    hazard = issued(**more)
    assert hazard.notice is not None
    path = path_of(hazard.notice)
    db.session.rollback()
    phone, page = opened(app, path)
    return hazard, phone, page


def report(shade: int = 3, **more: object) -> dict[str, object]:
    """What a report of a rectification brings."""
    photo = (io.BytesIO(picture(shade)), "after.jpg")
    return {"note": "已关闭箱门并封堵", "cost": "0.3", "who": "孙安全", "photos": [photo], **more}


def report_at_once(app: Flask, path: str, times: int) -> tuple[list[int], list[str]]:
    """So many phones report one hazard at one moment; the status of each, and the pages of those refused."""
    with app.app_context():
        hazard = db.session.scalars(
            sa.select(Hazard).where(Hazard.state == "open").order_by(Hazard.id.desc())
        ).first()
        assert hazard is not None
        number = hazard.id
        db.session.remove()
    phones = [opened(app, path) for _ in range(times)]
    barrier, answers = threading.Barrier(times), [(0, "")] * times

    def send(index: int) -> None:
        phone, page = phones[index]
        barrier.wait()
        answer = phone.post(f"{page}/hazards/{number}/report_done", data=report(shade=40 + index))
        answers[index] = answer.status_code, answer.get_data(as_text=True)

    threads = [threading.Thread(target=send, args=(index,)) for index in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(code for code, _text in answers), [text for code, text in answers if code != 302]
