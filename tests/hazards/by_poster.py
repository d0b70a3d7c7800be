"""What the tests of posters begin with: a poster of Huaxin, the address on it, a phone that opened it."""

from __future__ import annotations

import io
import threading
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask
from tests.hazards.builders import NOW, person, picture, place
from tests.hazards.by_link import BASE, opened
from tests.house import House

from xuncha.core.db import db
from xuncha.hazards.public.posters import Poster, add_poster, address_of


def hung(area: str = "一车间", *, site: str = "huaxin", by: str = "officer") -> tuple[int, str]:
    """The number of a poster and the path of the address on it."""
    poster = add_poster(place(site), area, actor=person(by), now=NOW)
    db.session.commit()
    number, path = poster.id, path_of(poster)
    db.session.rollback()
    return number, path


def path_of(poster: Poster) -> str:
    """The path of the address that a poster carries."""
    address = address_of(poster)
    assert address is not None and address.startswith(f"{BASE}/r/")
    return urlsplit(address).path


def worker(app: Flask, path: str) -> tuple[House, str]:
    """A phone without an account before a poster, and the page to which it led."""
    return opened(app, path)


def report(shade: int | None = 5, **more: object) -> dict[str, object]:
    """What a report brings."""
    photos = [] if shade is None else [(io.BytesIO(picture(shade)), "seen.jpg")]
    words = {"words": "配电箱冒烟", "place": "一车间东侧", "once": str(uuid4())}
    return {**words, "photos": photos, **more}


def report_at_once(app: Flask, path: str, times: int) -> list[int]:
    """So many times one form is sent by one poster at one moment; the status of each answer."""
    phones = [worker(app, path) for _ in range(times)]
    once, barrier, answers = str(uuid4()), threading.Barrier(times), [0] * times
    db.session.remove()

    def send(index: int) -> None:
        phone, page = phones[index]
        barrier.wait()
        answers[index] = phone.post(page, data=report(once=once)).status_code

    threads = [threading.Thread(target=send, args=(index,)) for index in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
