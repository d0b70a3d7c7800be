"""What a filed check does to hazards: new ones, earlier ones looked at again, corrections; a conflict never stops a filing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from tests.hazards.builders import (
    LATER,
    NOW,
    TODAY,
    day,
    do,
    draft,
    file,
    filing,
    finding,
    hazards_of,
    in_state,
    issued,
    item,
    person,
    photo,
    place,
    planned,
)

from xuncha.checklists.models import Item
from xuncha.checks.actions import file_check
from xuncha.checks.queries import background
from xuncha.core import history
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.hazards import queries
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Grade, Hazard, HazardPhotoRole, Source


def recheck(hazard: Hazard, result: str, **more: Any) -> dict[str, Any]:
    return {"hazard_uuid": hazard.uuid, "result": result, **more}


def first_item() -> Item:
    return db.session.scalars(sa.select(Item).order_by(Item.id).limit(1)).one()


def test_a_finding_becomes_a_numbered_draft_with_its_photos(app: object) -> None:
    chosen = first_item()
    before = photo(1)
    part = finding(
        item_id=chosen.id,
        suspected_major=True,
        major_criterion="判定标准第三条",
        before=[{"sha256": before.sha256}],
    )
    check = file(filing(place("huaxin"), part, kind="special"))
    (hazard,) = hazards_of(check)
    assert hazard.number == "YH2026-0001"
    assert (hazard.state, hazard.round, hazard.source) == (State.DRAFT, 1, Source.SPECIAL)
    assert (hazard.grade, hazard.item_code) == (Grade.SUSPECTED, chosen.code)
    assert (hazard.due_on, hazard.original_due_on, hazard.found_on) == (LATER, LATER, TODAY)
    assert hazard.basis  # the clause of the item, where the inspector wrote none
    assert hazard.found_by == person("wang")
    assert [(use.role, use.photo.sha256) for use in hazard.photos] == [
        (HazardPhotoRole.BEFORE, before.sha256)
    ]
    assert [event.act for event in hazard.events] == [Act.FIND]


def test_a_finding_fixed_on_the_spot_is_closed_with_both_photos(app: object) -> None:
    part = finding(
        fixed_on_spot=True,
        due_on=None,
        before=[{"sha256": photo(1).sha256}],
        after=[{"sha256": photo(2).sha256}],
    )
    visit = filing(place("huaxin"), part)
    (hazard,) = hazards_of(file(visit))
    assert (hazard.state, hazard.fixed_on_spot, hazard.closed_at) == (State.CLOSED, True, visit.finished_at)
    assert [use.role for use in hazard.photos] == [HazardPhotoRole.BEFORE, HazardPhotoRole.AFTER]


def test_the_receipt_names_the_hazards_and_stays_the_same(app: object) -> None:
    visit = filing(place("huaxin"), finding(), finding())
    first = file_check(visit, actor=person("wang"), now=NOW)
    db.session.commit()
    again = file_check(visit, actor=person("wang"), now=NOW + timedelta(hours=1))
    assert first.hazards == ["YH2026-0001", "YH2026-0002"]
    assert again.model_dump() == first.model_dump()
    assert len(db.session.scalars(sa.select(Hazard)).all()) == 2


def test_a_due_date_before_the_visit_is_refused_by_name(app: object) -> None:
    part = finding(due_on=day(-1).isoformat())
    with pytest.raises(Refused) as refusal:
        file(filing(place("huaxin"), part))
    assert refusal.value.field == f"findings.{part['uuid']}.due_on"


def test_the_same_item_at_the_same_site_within_a_year_repeats(app: object) -> None:
    chosen = first_item()
    first = draft(item_id=chosen.id)
    later = at(TODAY.replace(year=TODAY.year + 1), 10)
    visit = filing(place("huaxin"), finding(item_id=chosen.id, due_on="2027-12-01"), at=later)
    (second,) = hazards_of(file(visit, now=later))
    assert second.repeat_of == first
    elsewhere = filing(
        place("oldmill"), finding(item_id=chosen.id, due_on="2027-12-01"), at=later, kind="idle_patrol"
    )
    assert hazards_of(file(elsewhere, now=later))[0].repeat_of is None
    too_late = at(TODAY.replace(year=TODAY.year + 2) + timedelta(days=1), 10)
    visit = filing(place("huaxin"), finding(item_id=chosen.id, due_on="2028-12-01"), at=too_late)
    assert hazards_of(file(visit, now=too_late))[0].repeat_of is None


def test_a_void_hazard_is_not_repeated(app: object) -> None:
    chosen = first_item()
    do(draft(item_id=chosen.id), Act.VOID)
    later = NOW + timedelta(days=20)
    visit = filing(place("huaxin"), finding(item_id=chosen.id, due_on="2027-01-01"), at=later)
    assert hazards_of(file(visit, now=later))[0].repeat_of is None


def test_a_recheck_that_finds_it_fixed_closes_it(app: object) -> None:
    hazard = in_state(State.REPORTED_DONE)
    shown = photo(77)
    check = file(
        filing(place("huaxin"), rechecks=[recheck(hazard, "fixed", photos=[{"sha256": shown.sha256}])])
    )
    event = hazard.events[-1]
    assert (hazard.state, event.act, event.check_id) == (State.CLOSED, Act.VERIFY, check.id)
    assert event.brought["method"] == "on_site"
    assert [use.role for use in event.photos] == [HazardPhotoRole.VERIFIED]
    assert check.flags == []


@pytest.mark.parametrize("result", ["partly", "not_fixed"])
def test_a_recheck_that_finds_it_not_fixed_sends_it_back(app: object, result: str) -> None:
    hazard = in_state(State.REPORTED_DONE)
    file(
        filing(
            place("huaxin"), rechecks=[recheck(hazard, result, note="仍缺防护罩", due_on=day(5).isoformat())]
        )
    )
    assert (hazard.state, hazard.round, hazard.due_on) == (State.SENT_BACK, 2, day(5))
    assert hazard.events[-1].brought["result"] == result


def test_a_recheck_that_finds_it_not_fixed_needs_a_new_date(app: object) -> None:
    hazard = in_state(State.OPEN)
    with pytest.raises(Refused) as refusal:
        file(filing(place("huaxin"), rechecks=[recheck(hazard, "not_fixed")]))
    assert refusal.value.field == f"rechecks.{hazard.uuid}.due_on"


def test_a_major_hazard_found_fixed_waits_for_the_second_person(app: object) -> None:
    hazard = do(planned(), Act.REPORT_DONE)
    alone = file(filing(place("huaxin"), rechecks=[recheck(hazard, "fixed")]))
    assert hazard.state is State.REPORTED_DONE
    assert alone.flags == [f"hazard_conflict:{hazard.number}"]
    file(
        filing(
            place("huaxin"),
            rechecks=[recheck(hazard, "fixed")],
            companions=[{"name": "郑同行", "certificate": ""}],
        )
    )
    assert hazard.state is State.VERIFIED
    assert hazard.events[-1].brought["second"] == "郑同行"


@pytest.mark.parametrize("state", [State.CLOSED, State.VOID, State.EXTENSION_PENDING, State.REFERRED])
def test_a_hazard_that_moved_on_is_flagged_and_the_check_is_filed(app: object, state: State) -> None:
    hazard = in_state(state)
    check = file(filing(place("huaxin"), finding(), rechecks=[recheck(hazard, "fixed")]))
    assert check.flags == [f"hazard_conflict:{hazard.number}"]
    assert hazard.state is state
    assert len(hazards_of(check)) == 1


def test_a_recheck_of_another_sites_hazard_is_flagged(app: object) -> None:
    foreign = in_state(State.OPEN)
    check = file(filing(place("lifeng"), rechecks=[recheck(foreign, "fixed")]), actor="zhao")
    assert check.flags == [f"hazard_conflict:{foreign.number}"]
    assert foreign.state is State.OPEN


def test_an_expert_finds_but_does_not_close(app: object) -> None:
    hazard = in_state(State.REPORTED_DONE)
    visit = filing(
        place("huaxin"), finding(), kind="expert", mode="expert", rechecks=[recheck(hazard, "fixed")]
    )
    check = file(visit, actor="expert")
    assert hazards_of(check)[0].source is Source.EXPERT
    assert hazard.state is State.REPORTED_DONE
    assert check.flags == [f"hazard_conflict:{hazard.number}"]


def test_a_filing_that_arrives_late_does_not_turn_time_back(app: object) -> None:
    hazard = in_state(State.OPEN)
    do(hazard, Act.ACCEPT, now=NOW + timedelta(hours=3))
    file(filing(place("huaxin"), rechecks=[recheck(hazard, "fixed")]), now=NOW + timedelta(hours=5))
    moments = [event.at for event in hazard.events]
    assert moments == sorted(moments)
    assert hazard.state is State.CLOSED


def corrected(old: Any, *findings: dict[str, Any], **more: Any) -> Any:
    return filing(place("huaxin"), *findings, replaces=old.uuid, correction_reason="部位写错", **more)


def test_a_correction_keeps_adds_and_drops_without_duplicates(app: object) -> None:
    kept, gone = finding(), finding(description="灭火器过期")
    old = file(filing(place("huaxin"), kept, gone))
    added = finding(description="通道堵塞")
    new = file(corrected(old, {**kept, "place": "二车间"}, added))
    standing = hazards_of(new)
    assert [hazard.uuid for hazard in standing] == [kept["uuid"], added["uuid"]]
    assert (standing[0].place, standing[0].number) == ("二车间", "YH2026-0001")
    assert history.of(standing[0])[-1].note == "部位写错"
    (dropped,) = hazards_of(old)
    assert dropped.state is State.VOID
    assert dropped.events[-1].note == "部位写错"
    assert new.flags == []
    everything = db.session.scalars(sa.select(Hazard).where(Hazard.state != State.VOID)).all()
    assert len(everything) == 2


def test_what_the_enterprise_works_on_is_flagged_not_dropped(app: object) -> None:
    part = finding()
    old = file(filing(place("huaxin"), part))
    issue_notice(old, actor=person("wang"), now=NOW)
    (hazard,) = hazards_of(old)
    do(hazard, Act.ACCEPT)
    new = file(corrected(old))
    assert hazard.state is State.IN_PROGRESS
    assert new.flags == [f"hazard_conflict:{hazard.number}"]


def test_a_correction_does_not_decide_again_whether_it_is_major(app: object) -> None:
    part = finding(suspected_major=True)
    old = file(filing(place("huaxin"), part))
    (hazard,) = hazards_of(old)
    do(hazard, Act.CONFIRM_MAJOR)
    new = file(corrected(old, {**part, "suspected_major": False, "place": "二车间"}))
    assert (hazard.grade, hazard.place, new.flags) == (Grade.MAJOR, "二车间", [])
    assert file(corrected(new)).flags == [f"hazard_conflict:{hazard.number}"]
    assert hazard.state is State.DRAFT


def test_a_correction_takes_back_a_suspicion_that_nobody_has_decided(app: object) -> None:
    part = finding(suspected_major=True)
    old = file(filing(place("huaxin"), part))
    (hazard,) = hazards_of(old)
    file(corrected(old, {**part, "suspected_major": False}))
    assert (hazard.grade, hazard.state) == (Grade.GENERAL, State.DRAFT)


def test_the_basis_of_an_item_is_the_visits_own_in_both_languages(app: object) -> None:
    chosen = item("GEN-01")
    part = finding(item_id=chosen.id, basis="Work Safety Law, Article 4, as the page showed it")
    answers = [{"item_id": chosen.id, "result": "fail"}]
    old = file(filing(place("huaxin"), part, answers=answers))
    (hazard,) = hazards_of(old)
    frozen = old.facts["items"]["GEN-01"]
    assert hazard.basis == frozen["basis_zh"] != frozen["basis_en"]
    (told,) = issue_notice(old, actor=person("wang"), now=NOW).facts["hazards"]
    assert (told["basis_zh"], told["basis_en"]) == (frozen["basis_zh"], frozen["basis_en"])
    db.session.commit()
    new = file(corrected(old, {**part, "basis": "《安全生产法》"}, answers=answers))
    assert new.flags == []


def test_a_basis_in_the_finders_own_words_stays_as_typed(app: object) -> None:
    old = file(filing(place("huaxin"), finding(basis="《低压配电设计规范》第6.1.1条")))
    (told,) = issue_notice(old, actor=person("wang"), now=NOW).facts["hazards"]
    assert told["basis_zh"] == told["basis_en"] == "《低压配电设计规范》第6.1.1条"


def test_what_was_issued_keeps_its_words(app: object) -> None:
    part = finding()
    old = file(filing(place("huaxin"), part))
    issue_notice(old, actor=person("wang"), now=NOW)
    new = file(corrected(old, {**part, "description": "另一种说法"}))
    (hazard,) = hazards_of(new)
    assert hazard.description == part["description"]
    assert new.flags == [f"hazard_conflict:{hazard.number}"]


def test_a_hazard_that_a_correction_dropped_can_come_back(app: object) -> None:
    part = finding()
    first = file(filing(place("huaxin"), part))
    second = file(corrected(first))
    third = file(corrected(second, part))
    (hazard,) = hazards_of(third)
    assert hazard.state is State.DRAFT
    assert queries.drafts_of(third.id) == [hazard]


def test_a_hazard_named_twice_is_refused(app: object) -> None:
    part = finding()
    with pytest.raises(Refused):
        file(filing(place("huaxin"), part, {**part, "uuid": part["uuid"]}))


def test_a_recheck_is_not_taken_twice_by_a_correction(app: object) -> None:
    hazard = in_state(State.REPORTED_DONE)
    again = [recheck(hazard, "fixed")]
    old = file(filing(place("huaxin"), rechecks=again))
    new = file(corrected(old, rechecks=again))
    assert new.flags == []
    assert sum(event.act is Act.VERIFY for event in hazard.events) == 1


def test_a_visit_knows_what_is_open_and_what_was_found_last(app: object) -> None:
    chosen = first_item()
    shown = photo(5)
    hazard = issued(item_id=chosen.id, before=[{"sha256": shown.sha256}])
    known = background(place("huaxin"), day(9))
    assert [(row.uuid, row.overdue, row.photo) for row in known.open_hazards] == [
        (hazard.uuid, True, shown.sha256)
    ]
    last = known.last_findings[chosen.code]
    assert (last.description, last.found_on, last.times) == (hazard.description, TODAY, 1)


def test_a_uuid_of_nobody_is_flagged(app: object) -> None:
    stray = str(uuid4())
    check = file(filing(place("huaxin"), rechecks=[{"hazard_uuid": stray, "result": "fixed"}]))
    assert check.flags == [f"hazard_conflict:{stray}"]
