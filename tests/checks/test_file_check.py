"""Filing a check: whole or not at all, once per UUID, by whom it may be."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from xuncha.accounts.models import User
from xuncha.checks.actions import ContentDiffers, PhotosMissing, file_check
from xuncha.checks.models import Answer, Check, LegalMode, VisitKind
from xuncha.checks.queries import of_one_task
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.core.history import HistoryRow
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.schedule.actions import open_month
from xuncha.schedule.models import Task

People = Callable[[str], User]
Places = Callable[[str], Site]


def count(model: type[Check | Answer | Hazard | HistoryRow]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_visit_is_filed_under_a_number_of_the_year(app: Flask, user: People, site: Places) -> None:
    receipt = file_check(filing(visit(site("huaxin"))), actor=user("wang"), now=cast.NOW)
    assert receipt.number == "（开安）检记〔2026〕1号"
    assert receipt.photos == 0
    check = db.session.scalars(sa.select(Check)).one()
    assert check.inspector.username == "wang"
    assert len(check.answers) == 43  # GEN 14, FAC 14, HAZ 15
    assert check.facts["site"]["name"] == "华鑫化工有限公司"


def test_numbers_follow_one_another_and_none_is_given_for_a_refused_filing(
    app: Flask, user: People, site: Places
) -> None:
    huaxin, wang = site("huaxin"), user("wang")
    first = file_check(filing(visit(huaxin)), actor=wang, now=cast.NOW)
    db.session.commit()
    with pytest.raises(Refused):
        file_check(filing(visit(huaxin, signatures=[])), actor=wang, now=cast.NOW)
    db.session.rollback()
    second = file_check(filing(visit(huaxin)), actor=wang, now=cast.NOW)
    assert (first.number, second.number) == ("（开安）检记〔2026〕1号", "（开安）检记〔2026〕2号")


def test_the_same_filing_again_gives_the_same_receipt_and_changes_nothing(
    app: Flask, user: People, site: Places
) -> None:
    wang = user("wang")
    raw = failing(visit(site("huaxin")), before=[sent_photo(wang)])
    first = file_check(filing(raw), actor=wang, now=cast.NOW)
    db.session.commit()
    before = (count(Check), count(Answer), count(Hazard), count(HistoryRow))
    again = file_check(filing(raw), actor=wang, now=cast.NOW + timedelta(days=400))
    assert (first.known, again.known) == (False, True)
    assert again.model_dump() == first.model_dump()
    assert (count(Check), count(Answer), count(Hazard), count(HistoryRow)) == before


@pytest.mark.parametrize("change", [{"summary": "别的"}, {"place": "二车间"}, {"objection": "有"}])
def test_the_same_uuid_with_other_content_is_refused(
    app: Flask, user: People, site: Places, change: dict[str, str]
) -> None:
    raw = visit(site("huaxin"))
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    with pytest.raises(ContentDiffers):
        file_check(filing(raw | change), actor=user("wang"), now=cast.NOW)


def test_the_uuid_of_anothers_filing_is_refused(app: Flask, user: People, site: Places) -> None:
    raw = visit(site("huaxin"))
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    with pytest.raises(ContentDiffers):
        file_check(filing(raw), actor=user("admin"), now=cast.NOW)


def test_a_filing_whose_photos_have_not_arrived_is_not_taken(app: Flask, user: People, site: Places) -> None:
    wang = user("wang")
    there, absent = sent_photo(wang, 1)["sha256"], "0" * 64
    raw = failing(visit(site("huaxin")), before=[{"sha256": there}, {"sha256": absent}])
    with pytest.raises(PhotosMissing) as missing:
        file_check(filing(raw), actor=wang, now=cast.NOW)
    assert missing.value.hashes == [absent]
    db.session.rollback()
    assert count(Check) == 0


def test_findings_become_hazards_and_one_photo_may_serve_two(app: Flask, user: People, site: Places) -> None:
    wang = user("wang")
    photo = sent_photo(wang, 2)
    raw = failing(
        failing(visit(site("huaxin")), 0, before=[photo]), 5, before=[photo], description="通道堵塞"
    )
    receipt = file_check(filing(raw), actor=wang, now=cast.NOW)
    assert len(receipt.hazards) == 2
    hazards = db.session.scalars(sa.select(Hazard)).all()
    assert [hazard.photos[0].photo.sha256 for hazard in hazards] == [photo["sha256"]] * 2


def test_a_hazard_fixed_on_the_spot_shows_how_it_looks_now(app: Flask, user: People, site: Places) -> None:
    wang = user("wang")
    raw = failing(visit(site("huaxin")), fixed_on_spot=True, due_on=None)
    with pytest.raises(Refused, match="how it looks now"):
        file_check(filing(raw), actor=wang, now=cast.NOW)
    db.session.rollback()
    raw["findings"][0]["after"] = [sent_photo(wang, 3)]
    assert file_check(filing(raw), actor=wang, now=cast.NOW).hazards


@pytest.mark.parametrize("result", [None, "unchecked"])
def test_a_visit_on_which_nothing_was_looked_at_is_refused(
    app: Flask, user: People, site: Places, result: str | None
) -> None:
    raw = visit(site("huaxin"))
    answers = [one | {"result": result} for one in raw["answers"] if result]
    with pytest.raises(Refused, match="No item is answered") as refusal:
        file_check(filing(raw | {"answers": answers}), actor=user("wang"), now=cast.NOW)
    assert refusal.value.field == f"answers.{raw['answers'][0]['item_id']}.result"


@pytest.mark.parametrize(("where", "kind"), [("huaxin", "recheck"), ("oldmill", "idle_patrol")])
def test_a_re_inspection_and_a_look_at_an_idle_site_have_no_list_to_answer(
    app: Flask, user: People, site: Places, where: str, kind: str
) -> None:
    raw = visit(site(where), kind=VisitKind(kind), answers=[])
    assert file_check(filing(raw), actor=user("admin"), now=cast.NOW).number


def test_a_failing_item_without_a_finding_is_refused(app: Flask, user: People, site: Places) -> None:
    raw = failing(visit(site("huaxin")))
    with pytest.raises(Refused, match="GEN-01"):
        file_check(filing(raw | {"findings": []}), actor=user("wang"), now=cast.NOW)


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("zhao", "huaxin"),
        ("chen", "huaxin"),
        ("leader", "huaxin"),
        ("auditor", "huaxin"),
        ("officer", "huaxin"),
        ("expert", "lifeng"),
    ],
)
def test_only_who_is_responsible_may_file(
    app: Flask, user: People, site: Places, who: str, where: str
) -> None:
    with pytest.raises(NotAllowed):
        file_check(filing(visit(site(where))), actor=user(who), now=cast.NOW)


@pytest.mark.parametrize("who", ["wang", "lin", "admin", "expert"])
def test_the_supervisor_the_lead_the_office_and_an_engaged_expert_may(
    app: Flask, user: People, site: Places, who: str
) -> None:
    assert file_check(filing(visit(site("huaxin"))), actor=user(who), now=cast.NOW).number


def test_a_visit_ticks_its_task(app: Flask, user: People, site: Places) -> None:
    open_month(2026, 11, actor=None, now=cast.NOW)
    task = db.session.scalars(
        sa.select(Task).where(Task.site_id == site("huaxin").id).order_by(Task.window_start)
    ).first()
    assert task is not None
    file_check(filing(visit(site("huaxin"), task_id=task.id)), actor=user("wang"), now=cast.NOW)
    assert task.done_on == cast.NOW.date()


def test_a_re_inspection_alone_ticks_no_task(app: Flask, user: People, site: Places) -> None:
    open_month(2026, 11, actor=None, now=cast.NOW)
    task = db.session.scalars(sa.select(Task).where(Task.site_id == site("huaxin").id)).first()
    assert task is not None
    raw = visit(site("huaxin"), kind=VisitKind.RECHECK, task_id=task.id)
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    assert task.done_on is None
    routine = file_check(filing(visit(site("huaxin"), task_id=task.id)), actor=user("wang"), now=cast.NOW)
    assert (task.done_on, routine.flags) == (cast.NOW.date(), [])
    after = visit(site("huaxin"), kind=VisitKind.RECHECK, task_id=task.id)
    assert file_check(filing(after), actor=user("wang"), now=cast.NOW).flags == []
    check = db.session.scalars(sa.select(Check).where(Check.uuid == str(routine.uuid))).one()
    assert of_one_task(check) == [check]


def test_a_page_with_times_that_do_not_fit_is_told_so_beside_the_field(
    app: Flask, user: People, site: Places
) -> None:
    raw = visit(site("huaxin"), finished_at=(cast.NOW - timedelta(days=3)).isoformat())
    with pytest.raises(Refused) as refusal:
        file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    assert refusal.value.field == "finished_at"


def test_without_enforcement_power_a_visit_is_a_zone_check_whatever_a_phone_says(
    app: Flask, user: People, site: Places
) -> None:
    receipt = file_check(
        filing(visit(site("huaxin"), mode="enforcement")),
        actor=user("wang"),
        now=cast.NOW,
        body_sha256="0" * 64,
    )
    [check] = db.session.scalars(sa.select(Check))
    assert (check.mode, receipt.flags) == (LegalMode.ZONE_CHECK, ["no_enforcement"])
    assert check.payload["mode"] == "enforcement"


SECOND = {"name": "李四", "certificate": "0079"}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"companions": [SECOND]}, "certificate"),
        ({"certificate": "0078"}, "companions.0.certificate"),
        ({"certificate": "0078", "companions": [{"name": "李四"}]}, "companions.0.certificate"),
        ({"certificate": "0078", "companions": [SECOND]}, None),
    ],
)
def test_an_administrative_inspection_has_two_officers_with_certificates(
    app: Flask, user: People, site: Places, told: dict[str, object], field: str | None
) -> None:
    app.config["SETTINGS_GIVEN"]["enforcement"] = "1"
    user("wang").certificate = ""
    made = filing(visit(site("huaxin"), mode="enforcement") | told)
    if field is None:
        assert file_check(made, actor=user("wang"), now=cast.NOW).flags == []
        return
    with pytest.raises(Refused) as refusal:
        file_check(made, actor=user("wang"), now=cast.NOW)
    assert refusal.value.field == field


def test_a_second_filing_of_one_task_is_kept_and_flagged(app: Flask, user: People, site: Places) -> None:
    open_month(2026, 11, actor=None, now=cast.NOW)
    task = db.session.scalars(sa.select(Task).where(Task.site_id == site("huaxin").id)).first()
    assert task is not None
    file_check(filing(visit(site("huaxin"), task_id=task.id)), actor=user("wang"), now=cast.NOW)
    second = file_check(filing(visit(site("huaxin"), task_id=task.id)), actor=user("lin"), now=cast.NOW)
    assert "second_for_task" in second.flags
    assert count(Check) == 2


def test_a_wrong_phone_clock_is_flagged_and_never_a_reason_to_refuse(
    app: Flask, user: People, site: Places
) -> None:
    years = timedelta(days=3650)
    raw = visit(site("huaxin"), now=cast.NOW + years)
    receipt = file_check(
        filing(raw), actor=user("wang"), now=cast.NOW, clock_offset_s=int(years.total_seconds())
    )
    assert "clock" in receipt.flags


def test_a_visit_of_an_earlier_day_needs_a_reason(app: Flask, user: People, site: Places) -> None:
    raw = visit(site("huaxin"), now=cast.NOW - timedelta(days=2))
    with pytest.raises(Refused, match="earlier day"):
        file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    db.session.rollback()
    receipt = file_check(filing(raw | {"late_reason": "离场后补填"}), actor=user("wang"), now=cast.NOW)
    assert receipt.number


def test_a_visit_signed_on_its_day_and_sent_later_is_no_late_entry(
    app: Flask, user: People, site: Places
) -> None:
    day = cast.NOW - timedelta(days=2)
    raw = visit(site("huaxin"), now=day)
    signed = [part | {"signed_at": day.isoformat()} for part in raw["signatures"]]
    assert file_check(filing(raw | {"signatures": signed}), actor=user("wang"), now=cast.NOW).number


def test_an_idle_site_is_patrolled_without_anybody_to_sign(app: Flask, user: People, site: Places) -> None:
    raw = visit(site("oldmill"), kind=VisitKind.IDLE_PATROL)
    raw["signatures"] = raw["signatures"][:1]
    assert file_check(filing(raw), actor=user("wang"), now=cast.NOW).number
    with pytest.raises(Refused):
        file_check(filing(visit(site("oldmill"))), actor=user("wang"), now=cast.NOW)


def test_a_correction_keeps_the_number_and_the_first_version(app: Flask, user: People, site: Places) -> None:
    raw = visit(site("huaxin"))
    first = file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    fixed = raw | {"uuid": str(uuid4()), "replaces": raw["uuid"], "summary": "补充说明"}
    with pytest.raises(Refused, match="corrected"):
        file_check(filing(fixed), actor=user("wang"), now=cast.NOW)
    db.session.rollback()
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    second = file_check(filing(fixed | {"correction_reason": "漏写小结"}), actor=user("wang"), now=cast.NOW)
    assert second.number == first.number
    old, new = db.session.scalars(sa.select(Check).order_by(Check.edition)).all()
    assert (old.edition, new.edition, old.summary, new.summary) == (1, 2, "", "补充说明")
    assert old.replaced_by is new
    with pytest.raises(Refused):
        file_check(
            filing(fixed | {"uuid": str(uuid4()), "correction_reason": "再改第一版"}),
            actor=user("wang"),
            now=cast.NOW,
        )
