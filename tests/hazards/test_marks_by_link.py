"""Marks that come by the link of a notice: kept under the name typed, over the enterprise's own photos only, and printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from tests.evidence import guarded
from tests.hazards.builders import (
    Act,
    again_of,
    do,
    file,
    filing,
    finding,
    issued,
    person,
    photo,
    picture,
    place,
)
from tests.hazards.by_link import BASE, holder, opened, path_of, report
from tests.house import House

from xuncha.core.clock import utcnow
from xuncha.core.db import db
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.lifecycle import State
from xuncha.photos.actions import receive
from xuncha.photos.models import Photo, PhotoMarks
from xuncha.reports.layout.document_parts import print_file

Browser = Callable[[str], House]
SHAPES = [{"kind": "circle", "points": [[0.2, 0.2], [0.6, 0.7]]}]


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


def hash_of(shade: int) -> str:
    """The address of the photo that `report(shade)` brings."""
    sha256 = receive(picture(shade), actor=person("wang"), now=utcnow()).sha256
    db.session.rollback()
    return sha256


def marked(shade: int, **more: object) -> dict[str, object]:
    return report(shade, marks=json.dumps({hash_of(shade): SHAPES}), **more)


def all_marks() -> list[PhotoMarks]:
    return list(db.session.scalars(sa.select(PhotoMarks)))


def test_marks_are_kept_under_the_name_that_was_typed_and_shown_to_the_verifier(
    app: Flask, as_user: Browser
) -> None:
    hazard, phone, page = holder(app)
    number = hazard.id
    assert phone.post(f"{page}/hazards/{number}/report_done", data=marked(3)).status_code == 302
    kept = all_marks()
    assert [(one.author_id, one.author_name, one.shapes) for one in kept] == [(None, "孙安全", SHAPES)]
    assert kept[0].link_id is not None
    db.session.rollback()
    assert "<ellipse" in as_user("wang").get(f"/hazards/{number}/verify").text


def test_what_the_zone_circled_is_seen_by_the_link(app: Flask, as_user: Browser) -> None:
    hazard, phone, page = holder(app, before=[photo(200)])
    number, sha256 = hazard.id, hash_of(200)
    as_user("wang").post(f"/photos/{sha256}/marks", data={"marks": json.dumps(SHAPES)})
    for address in (page, f"{page}/hazards/{number}/report_done"):
        assert "<ellipse" in phone.get(address).get_data(as_text=True)


def test_papers_print_the_layer(app: Flask) -> None:
    hazard, phone, page = holder(app)
    phone.post(f"{page}/hazards/{hazard.id}/report_done", data=marked(3))
    at, sha256 = all_marks()[0].at, hash_of(3)
    assert print_file(sha256, at) != print_file(sha256, at - timedelta(minutes=1))


def test_a_refused_report_keeps_the_marks(app: Flask) -> None:
    hazard, phone, page = holder(app)
    address = f"{page}/hazards/{hazard.id}/report_done"
    drawn = json.dumps({hash_of(3): SHAPES})
    answer = phone.post(address, data=report(3, marks=drawn, note=""))
    assert answer.status_code == 422
    fields = answer.get_data(as_text=True)
    assert "&#34;circle&#34;" in fields and hash_of(3) in fields
    again = {"note": "已封堵", "who": "孙安全", "kept": hash_of(3), "marks": drawn}
    assert phone.post(address, data=again).status_code == 302
    assert len(all_marks()) == 1


def test_marks_that_cannot_be_read_are_refused_in_words_and_nothing_is_lost(app: Flask) -> None:
    hazard, phone, page = holder(app)
    answer = phone.post(f"{page}/hazards/{hazard.id}/report_done", data=report(3, marks='{"x": 1}'))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "照片标注无法读取" in text
    assert "已关闭箱门并封堵" in text and hash_of(3) in text
    assert again_of(hazard).state is State.OPEN


@pytest.mark.parametrize("by_link", [True, False])
def test_an_enterprise_draws_over_no_photo_of_the_zone(app: Flask, as_user: Browser, by_link: bool) -> None:
    hazard, phone, page = holder(app, before=[photo(200)])
    other = issued(before=[photo(201)])
    number, theirs, version = hazard.id, hash_of(201), str(hazard.version)
    assert other.photos[0].photo.sha256 == theirs
    drawn = json.dumps({theirs: SHAPES})
    data = report(3, kept=theirs, marks=drawn, version=version)
    if by_link:
        answer = phone.post(f"{page}/hazards/{number}/report_done", data=data)
    else:
        answer = as_user("officer").post(f"/hazards/{number}/report_done", data=data)
    assert answer.status_code == 302
    assert all_marks() == []


def test_one_hazard_of_several_is_accepted_for_another_person(app: Flask) -> None:
    check = file(filing(place("huaxin"), finding(), finding(description="灭火器压力不足", place="仓库")))
    notice = issue_notice(check, actor=person("wang"), now=utcnow())
    db.session.commit()
    first, second = (one.id for one in notice.hazards)
    phone, page = opened(app, path_of(notice))
    db.session.rollback()
    address = f"{page}/hazards/{second}/accept"
    assert f'href="{address}"' in phone.get(page).get_data(as_text=True)
    assert phone.post(address, data={"responsible": "仓库李主任", "who": "周厂长"}).status_code == 302
    shown = phone.get(page).get_data(as_text=True)
    assert f"{page}/hazards/{first}/accept" not in shown  # the receipt above takes the one that is left
    receipt = {"responsible": "孙安全", "who": "周厂长"}
    assert phone.post(f"{page}/receipt", data=receipt).status_code == 302
    shown = phone.text(page)
    assert "仓库李主任" in shown and "孙安全" in shown


def test_a_hazard_alone_is_accepted_with_the_receipt(app: Flask) -> None:
    hazard, phone, page = holder(app)
    assert f"/hazards/{hazard.id}/accept" not in phone.get(page).get_data(as_text=True)


def test_the_migration_goes_back_with_marks_of_links_and_they_stay_guarded(app: Flask) -> None:
    hazard, phone, page = holder(app)
    phone.post(f"{page}/hazards/{hazard.id}/report_done", data=marked(3))
    do(issued(), Act.REPORT_DONE)
    wang = person("wang").id
    db.session.remove()
    downgrade(revision="0040")
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT author_id FROM photo_marks")) == wang
        with guarded():
            connection.execute(sa.text("DELETE FROM photo_marks"))
    upgrade()
    with guarded():
        db.session.execute(sa.text("UPDATE photo_marks SET at = at"))
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Photo)) > 0
    assert len(all_marks()) == 1
