"""What an enterprise finds itself: closed by its second person, seen by the zone; a major one signed by the principal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask_migrate import downgrade, upgrade
from tests.hazards.builders import LATER, NOW, TODAY, do, issued, person, photo, place
from tests.house import House

from xuncha.checklists.models import HazardClass
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.hazards.actions import add_hazard
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Grade, Hazard, HazardPhotoRole, Source
from xuncha.hazards.public.posters import add_poster
from xuncha.photos.models import Photo
from xuncha.stats.figures import Figures, Period

Browser = Callable[[str], House]


def found(by: str = "officer") -> Hazard:
    """A hazard of Huaxin that it found itself."""
    hazard = add_hazard(
        place("huaxin"),
        actor=person(by),
        now=NOW,
        description="车间地面积油",
        hazard_class=HazardClass.OTHER,
        due_on=LATER,
        source=Source.SELF_CHECK,
    )
    db.session.commit()
    return hazard


def test_another_person_of_the_enterprise_closes_it(as_user: Browser) -> None:
    hazard = do(found(), Act.REPORT_DONE)
    url = f"/hazards/{hazard.id}"
    with pytest.raises(NotAllowed):
        do(hazard, Act.CLOSE_OWN, actor="officer")
    db.session.rollback()
    assert f"{url}/close_own" not in as_user("officer").page(url).links
    principal = as_user("principal")
    assert f"{url}/close_own" in principal.page(url).links
    assert "同事已提交整改" in principal.get(url).text  # who did not report it is not told that he did
    assert "同事已提交整改" not in as_user("officer").get(url).text
    assert principal.post(f"{url}/close_own", data={"note": "已清理"}).status_code == 302
    hazard = db.session.get_one(Hazard, hazard.id, populate_existing=True)
    assert (hazard.state, hazard.verified_by_id) == (State.CLOSED, person("principal").id)
    assert [use.role for use in hazard.photos] == [HazardPhotoRole.AFTER]
    assert "自查隐患销号" in as_user("wang").text(url) or "Close our own" in as_user("wang").text(url)


def test_the_supervisor_passes_or_sends_back_what_an_enterprise_found(app: object) -> None:
    assert do(do(found(), Act.REPORT_DONE), Act.SEND_BACK).state is State.SENT_BACK
    assert do(do(found(), Act.REPORT_DONE), Act.VERIFY).state is State.CLOSED
    closed = do(do(found(), Act.REPORT_DONE), Act.CLOSE_OWN)
    assert do(closed, Act.REOPEN).state is State.SENT_BACK


def test_what_a_notice_demands_is_not_closed_by_the_enterprise(app: object) -> None:
    hazard = do(issued(), Act.REPORT_DONE)
    with pytest.raises(Refused):
        do(hazard, Act.CLOSE_OWN)
    db.session.rollback()
    assert db.session.get_one(Hazard, hazard.id).state is State.REPORTED_DONE


def test_what_may_be_major_is_not_closed_by_the_enterprise(app: object) -> None:
    hazard = found()
    hazard.grade, hazard.major_criterion = Grade.SUSPECTED, "判定标准第三条"
    db.session.commit()
    do(hazard, Act.REPORT_DONE)
    with pytest.raises(Refused):
        do(hazard, Act.CLOSE_OWN)


def major() -> Hazard:
    """A major hazard that Huaxin found itself, its plan accepted."""
    hazard = do(found(), Act.CONFIRM_MAJOR)
    return do(do(hazard, Act.SUBMIT_PLAN), Act.ACCEPT_PLAN)


def test_the_principal_signs_a_major_one_before_it_is_reported(as_user: Browser) -> None:
    hazard = major()
    url = f"/hazards/{hazard.id}"
    officer, principal = as_user("officer"), as_user("principal")
    assert f"{url}/report_done" not in officer.page(url).links
    assert officer.post(f"{url}/sign_off", data={}).status_code == 403
    refused = officer.post(f"{url}/report_done", data={"note": "已整改", "kept": photo(9).sha256})
    assert refused.status_code == 422 and "已整改" in refused.get_data(as_text=True)
    assert principal.post(f"{url}/sign_off", data={}).status_code == 302
    answer = officer.post(f"{url}/report_done", data={"note": "已整改", "kept": photo(9).sha256})
    assert answer.status_code == 302
    hazard = db.session.get_one(Hazard, hazard.id, populate_existing=True)
    assert hazard.state is State.REPORTED_DONE
    do(hazard, Act.SEND_BACK)
    with pytest.raises(Refused):
        do(hazard, Act.REPORT_DONE)
    db.session.rollback()
    hazard = db.session.get_one(Hazard, hazard.id)
    do(hazard, Act.SIGN_OFF)
    assert do(hazard, Act.REPORT_DONE).state is State.REPORTED_DONE


def test_a_principal_who_reports_it_signs_by_that(app: object) -> None:
    assert do(major(), Act.REPORT_DONE, actor="principal").state is State.REPORTED_DONE


def test_figures_count_it_as_when_its_supervisor_closed_it(app: object) -> None:
    period = Period(TODAY, TODAY, TODAY + timedelta(days=30))
    names = ("hazards_found", "hazards_closed", "recheck_due", "rechecked", "hazards_due", "hazards_in_time")

    def figures() -> list[int]:
        return [Figures(period).number(name) for name in names]

    before = figures()
    do(do(found(), Act.REPORT_DONE), Act.VERIFY)
    by_zone = [after - earlier for after, earlier in zip(figures(), before, strict=True)]
    middle = figures()
    do(do(found(), Act.REPORT_DONE), Act.CLOSE_OWN)
    by_itself = [after - earlier for after, earlier in zip(figures(), middle, strict=True)]
    assert by_zone == by_itself == [1] * len(names)


def test_an_earlier_release_keeps_what_was_done(app: object) -> None:
    closed = do(do(found(), Act.REPORT_DONE), Act.CLOSE_OWN)
    signed = do(major(), Act.SIGN_OFF)
    numbers = [closed.id, signed.id]
    poster = add_poster(place("huaxin"), "", actor=person("officer"), now=NOW)
    db.session.flush()
    maker = poster.made_by_id
    db.session.add(
        Photo(
            sha256="a" * 64,
            size=1,
            media_type="image/jpeg",
            width=1,
            height=1,
            received_at=NOW,
            poster_id=poster.id,
        )
    )
    db.session.commit()
    db.session.remove()
    downgrade(revision="0022")
    with db.engine.connect() as connection:
        query = "SELECT act FROM hazard_events WHERE hazard_id = %s ORDER BY id DESC LIMIT 1"
        acts = [connection.exec_driver_sql(query % one).scalar() for one in numbers]
        sender = connection.exec_driver_sql(
            f"SELECT received_from_id FROM photos WHERE sha256 = '{'a' * 64}'"
        ).scalar()
    assert (acts, sender) == (["verify", "remind"], maker)
    upgrade()
    assert db.session.get_one(Hazard, numbers[0]).state is State.CLOSED
