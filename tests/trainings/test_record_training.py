"""A training is recorded through its page: kept whole, checked beside the field, nothing typed lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core import history
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.trainings.actions import Facts, Heads, record_training
from xuncha.trainings.models import Training, TrainingKind, TrainingPhotoRole

HUAXIN = cast.PLACES["huaxin"]


def filled(**more: Any) -> dict[str, Any]:
    """The page as Wang fills it in."""
    return {
        "kind": "course",
        "topic": "危险化学品安全法宣贯",
        "held_on": "2026-10-28",
        "hours": "1.5",
        "place": "管委会三楼会议室",
        "organiser": "安全生产办公室",
        "audience-0-enterprise": HUAXIN.name,
        "audience-0-headcount": "40",
        "audience-1-group_name": "园区施工队",
        "audience-1-headcount": "12",
        "materials-0-name": "宣传手册",
        "materials-0-count": "60",
        "exam_taken": "50",
        "exam_passed": "47",
    } | more


def picture(shade: int = 90) -> tuple[io.BytesIO, str]:
    data = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, 120, 60)).save(data, "JPEG")
    data.seek(0)
    return data, "a.jpg"


def the_training() -> Training:
    return db.session.scalars(sa.select(Training)).one()


def test_everything_entered_is_kept(as_user: Callable[[str], House], user: Callable[[str], User]) -> None:
    data = filled(scene=picture(), sign_in=picture(200))
    response = as_user("wang").post("/trainings/new", data=data)
    assert response.status_code == 302
    training = the_training()
    assert training.held_on == date(2026, 10, 28) and training.hours == 1.5
    assert [(g.site.name if g.site else g.group_name, g.headcount) for g in training.audience] == [
        (HUAXIN.name, 40),
        ("园区施工队", 12),
    ]
    assert training.attendances == 52 and training.handed_out == 60
    assert training.pass_rate == pytest.approx(47 / 50)
    assert {use.role for use in training.photos} == set(TrainingPhotoRole)
    assert training.recorded_by.username == "wang"
    assert [row.action for row in history.of(training)] == ["record"]


def test_numbers_from_a_chinese_keyboard_are_read(as_user: Callable[[str], House]) -> None:
    more = {"hours": "２．５", "audience-0-headcount": "１２", "exam_taken": "", "exam_passed": ""}
    assert as_user("wang").post("/trainings/new", data=filled(**more)).status_code == 302
    assert the_training().hours == 2.5
    assert the_training().audience[0].headcount == 12


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"held_on": "2026-11-04"}, "held_on"),
        ({"hours": "0"}, "hours"),
        ({"hours": "nan"}, "hours"),
        ({"topic": " "}, "topic"),
        ({"kind": ""}, "kind"),
        ({"exam_passed": "51"}, "exam_passed"),
        ({"exam_taken": ""}, "exam_taken"),
        ({"exam_average": "101"}, "exam_average"),
        ({"audience-0-headcount": "-1"}, "audience-0-headcount"),
        ({"audience-0-headcount": ""}, "audience-0-headcount"),
        ({"audience-0-headcount": "many"}, "audience-0-headcount"),
        ({"audience-0-enterprise": "没有这家"}, "audience-0-enterprise"),
        ({"audience-0-enterprise": cast.PLACES["minghe"].name}, "audience-0-enterprise"),
        ({"audience-0-group_name": "both"}, "audience-0-group_name"),
        ({"materials-0-name": ""}, "materials-0-name"),
    ],
)
def test_what_does_not_fit_is_told_beside_the_field(
    as_user: Callable[[str], House], wrong: dict[str, str], field: str
) -> None:
    response = as_user("wang").post("/trainings/new", data=filled(**wrong))
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert f'id="{field}-error"' in text
    assert "危险化学品安全法宣贯" in text or field == "topic"
    assert ("园区施工队" in text and "宣传手册" in text) or field == "materials-0-name"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Training)) == 0


def test_nobody_came_is_refused_at_the_list(as_user: Callable[[str], House]) -> None:
    nobody = {name: "" for name in filled() if name.startswith("audience")}
    page = as_user("wang").post("/trainings/new", data=filled(**nobody))
    assert page.status_code == 422
    assert 'href="#audience"' in page.get_data(as_text=True)


def test_one_enterprise_in_two_rows_is_refused(as_user: Callable[[str], House]) -> None:
    twice = {"audience-1-enterprise": str(HUAXIN.uscc), "audience-1-group_name": ""}
    assert as_user("wang").post("/trainings/new", data=filled(**twice)).status_code == 422


def test_a_photo_survives_a_page_that_is_refused(as_user: Callable[[str], House]) -> None:
    browser = as_user("wang")
    refused = browser.post("/trainings/new", data=filled(topic="", sign_in=picture()))
    text = refused.get_data(as_text=True)
    sha256 = text.split('name="sign_in-kept" value="')[1][:64]
    assert browser.post("/trainings/new", data=filled(**{"sign_in-kept": sha256})).status_code == 302
    assert [(use.photo.sha256, use.role) for use in the_training().photos] == [
        (sha256, TrainingPhotoRole.SIGN_IN)
    ]


def test_a_file_that_is_no_photo_is_refused_beside_its_slot(as_user: Callable[[str], House]) -> None:
    data = filled(scene=(io.BytesIO(b"MZ not a picture"), "a.jpg"))
    response = as_user("wang").post("/trainings/new", data=data)
    assert response.status_code == 422
    assert 'id="scene-error"' in response.get_data(as_text=True)


def test_more_rows_come_without_scripts_and_keep_what_was_typed(as_user: Callable[[str], House]) -> None:
    browser = as_user("wang")
    first = browser.page("/trainings/new").fields
    again = browser.post("/trainings/new", data=filled(more="audience", topic=""))
    text = again.get_data(as_text=True)
    assert again.status_code == 200
    assert "园区施工队" in text and "-error" not in text
    rows = sum(name.startswith("audience-") and name.endswith("-headcount") for name in first)
    assert f'name="audience-{rows - 1}-headcount"' in text or 'name="audience-5-headcount"' in text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Training)) == 0


def test_another_persons_photo_cannot_be_attached_by_its_hash(
    as_user: Callable[[str], House], user: Callable[[str], User]
) -> None:
    refused = as_user("officer").get("/trainings/new")
    assert refused.status_code == 403
    zhao = as_user("zhao").post("/trainings/new", data=filled(topic="", **zhaos_rows(), scene=picture()))
    sha256 = zhao.get_data(as_text=True).split('name="scene-kept" value="')[1][:64]
    stolen = as_user("wang").post("/trainings/new", data=filled(**{"scene-kept": sha256}))
    assert stolen.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Training)) == 0


def zhaos_rows() -> dict[str, str]:
    return {"audience-0-enterprise": cast.PLACES["lifeng"].name}


def test_only_staff_of_the_field_and_the_office_record(user: Callable[[str], User]) -> None:
    facts = Facts(
        kind=TrainingKind.FILM,
        topic="警示教育",
        held_on=date(2026, 11, 2),
        place="礼堂",
        organiser="安办",
        hours=1,
        audience=(Heads(5, group_name="值班人员"),),
    )
    for name in ("officer", "principal", "expert", "auditor", "leader"):
        with pytest.raises(NotAllowed):
            record_training(facts, actor=user(name), now=cast.NOW)
    for name in ("admin", "wang", "lin"):
        assert record_training(facts, actor=user(name), now=cast.NOW).recorded_by_id == user(name).id


def test_a_site_that_the_actor_does_not_see_is_refused_by_the_action(
    user: Callable[[str], User], site: Callable[[str], Any]
) -> None:
    facts = Facts(
        kind=TrainingKind.DRILL,
        topic="演练",
        held_on=date(2026, 11, 2),
        place="厂区",
        organiser="安办",
        hours=2,
        audience=(Heads(5, site_id=site("minghe").id),),
    )
    with pytest.raises(Refused):
        record_training(facts, actor=user("wang"), now=cast.NOW)
