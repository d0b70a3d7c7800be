"""Every act from every state by every role: who may, who is refused how, and what a step leaves behind."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.hazards import builders
from tests.hazards.builders import (
    BROUGHT,
    NOW,
    WITH_PHOTO,
    day,
    do,
    draft,
    in_state,
    issued,
    person,
    photo,
    planned,
)

from xuncha.core.db import db
from xuncha.core.errors import ActedFirst, NotAllowed, Refused
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import STEPS, Act, State, Step
from xuncha.hazards.models import Grade, Hazard, HazardEvent, HazardPhotoRole

# Who may take which step of a general hazard of Huaxin (domain 1.2): Wang is its supervisor, Lin leads his team.
FIELD_WORK = {"admin", "wang", "lin"}
MANAGERS = {"admin", "leader"}
ENTERPRISE = {"officer", "principal"}
MAY: dict[Act, set[str]] = {
    Act.FIX_ON_SPOT: FIELD_WORK | {"expert"},
    Act.ISSUE: FIELD_WORK,
    Act.ACCEPT: ENTERPRISE,
    Act.REPORT_DONE: ENTERPRISE,
    Act.ASK_EXTENSION: ENTERPRISE,
    Act.GRANT_EXTENSION: MANAGERS | {"wang", "lin"},
    Act.REFUSE_EXTENSION: MANAGERS | {"wang", "lin"},
    Act.VERIFY: FIELD_WORK,
    Act.SEND_BACK: FIELD_WORK,
    Act.APPROVE_CLOSURE: MANAGERS,
    Act.REFER: FIELD_WORK,
    Act.CLOSE_REFERRED: FIELD_WORK,
    Act.CONFIRM_MAJOR: MANAGERS,
    Act.DISMISS_MAJOR: MANAGERS,
    Act.REPORT_MAJOR: FIELD_WORK,
    Act.SUBMIT_PLAN: ENTERPRISE | FIELD_WORK,
    Act.ACCEPT_PLAN: MANAGERS,
    Act.RETURN_PLAN: MANAGERS,
    Act.REPORT_PROGRESS: ENTERPRISE | FIELD_WORK,
    Act.LIST: MANAGERS,
    Act.DELIST: MANAGERS,
    Act.REOPEN: MANAGERS,
    Act.VOID: MANAGERS,
    Act.REMIND: FIELD_WORK | MANAGERS,
    Act.SUPERVISE: MANAGERS,
    Act.FOUND_AGAIN: FIELD_WORK | {"expert"},
    Act.MERGE: MANAGERS,
    Act.LOOK_BACK: FIELD_WORK,
    Act.RELAPSE: FIELD_WORK,
    Act.SIGN_OFF: {"principal"},
    Act.CLOSE_OWN: ENTERPRISE,
    Act.CONFIRM_FINDING: FIELD_WORK,
    Act.REJECT_FINDING: MANAGERS,
}
PEOPLE = (
    "admin",
    "leader",
    "lin",
    "wang",
    "zhao",
    "chen",
    "expert",
    "auditor",
    "officer",
    "principal",
    "stranger",
)
# Steps that a general, unlisted hazard, the only one of its site and drawn into no sample, does not allow whatever its state.
GRADED = {
    Act.DISMISS_MAJOR,
    Act.REPORT_MAJOR,
    Act.SUBMIT_PLAN,
    Act.ACCEPT_PLAN,
    Act.RETURN_PLAN,
    Act.REPORT_PROGRESS,
    Act.LIST,
    Act.DELIST,
    Act.SUPERVISE,
    Act.MERGE,
    Act.LOOK_BACK,
    Act.RELAPSE,
    Act.SIGN_OFF,
    Act.CLOSE_OWN,
    Act.CONFIRM_FINDING,
    Act.REJECT_FINDING,
}


def outcome(hazard: Hazard, act: Act, name: str) -> str:
    """What trying a step comes to; nothing stays."""
    number = hazard.id
    photos = [photo(250)] if act in WITH_PHOTO else []
    hazard = db.session.get_one(Hazard, number)
    try:
        step(hazard, act, actor=person(name), now=NOW, brought=BROUGHT.get(act, {}), photos=photos)
        db.session.flush()
        return "done"
    except NotAllowed:
        return "forbidden"
    except ActedFirst:
        return "too late"
    except Refused:
        return "refused"
    finally:
        db.session.rollback()


@pytest.mark.parametrize("state", State)
def test_each_person_can_take_exactly_the_steps_of_the_table(app: object, state: State) -> None:
    hazard = in_state(state)
    for row in STEPS:
        for name in PEOPLE:
            assert outcome(hazard, row.act, name) == expected(state, row, name), f"{state} {row.act} {name}"


def expected(state: State, row: Step, name: str) -> str:
    """What the table says. The hazard that waits for approval is a major one, the others are general."""
    major = state is State.VERIFIED
    may = MAY[row.act]
    if major and row.act in {Act.GRANT_EXTENSION, Act.REFUSE_EXTENSION}:
        may = MANAGERS
    if name not in may:
        return "forbidden"
    if state not in row.sources:
        return "too late"
    unfit = {Act.CONFIRM_MAJOR, Act.DELIST, Act.MERGE} if major else GRADED
    return "refused" if row.act in unfit else "done"


@pytest.mark.parametrize("row", [row for row in STEPS if row.brings], ids=lambda row: row.act.value)
def test_a_step_names_what_it_misses(app: object, row: Step) -> None:
    act, brings, sources = row.act, row.brings, row.sources
    hazard = in_state(sources[0])
    who = person(sorted(MAY[act])[-1])
    for missing in brings:
        brought = {key: value for key, value in BROUGHT.get(act, {}).items() if key != missing}
        photos = [] if missing == "photos" or act not in WITH_PHOTO else [photo(200)]
        with pytest.raises(Refused) as refusal:
            step(
                db.session.get_one(Hazard, hazard.id), act, actor=who, now=NOW, brought=brought, photos=photos
            )
        assert refusal.value.field == missing
        assert refusal.value.status == 422
        db.session.rollback()


def test_a_step_writes_who_when_and_what(app: object) -> None:
    hazard = do(issued(), Act.ACCEPT, responsible="孙安全", note="已安排")
    event = hazard.events[-1]
    assert (event.from_state, event.to_state, hazard.state) == (
        State.OPEN,
        State.IN_PROGRESS,
        State.IN_PROGRESS,
    )
    assert (event.actor_name, event.at, event.note) == ("孙安全", NOW, "已安排")
    assert event.brought["responsible"] == hazard.responsible == "孙安全"
    assert event.due_on == hazard.due_on


def test_a_report_brings_photos_of_after(app: object) -> None:
    hazard = do(issued(), Act.REPORT_DONE, cost=1.5)
    assert [use.role for use in hazard.photos] == [HazardPhotoRole.AFTER]
    assert hazard.events[-1].photos == hazard.photos
    assert (hazard.reported_by, hazard.cost) == (person("officer"), 1.5)


def test_the_photo_of_before_is_no_photo_of_after(app: object) -> None:
    before = photo(11)
    hazard = issued(before=[{"sha256": before.sha256}])
    with pytest.raises(Refused) as refusal:
        step(
            hazard,
            Act.REPORT_DONE,
            actor=person("officer"),
            now=NOW,
            brought={"note": "好了"},
            photos=[before],
        )
    assert refusal.value.field == "photos"


def test_sending_back_counts_rounds_and_sets_a_new_date(app: object) -> None:
    hazard = in_state(State.REPORTED_DONE)
    first = hazard.original_due_on
    do(hazard, Act.SEND_BACK, due_on=day(12))
    do(hazard, Act.REPORT_DONE)
    do(hazard, Act.SEND_BACK, due_on=day(20))
    assert (hazard.round, hazard.due_on, hazard.original_due_on) == (3, day(20), first)
    assert hazard.reported_done_at is None


@pytest.mark.parametrize("act", [Act.SEND_BACK, Act.REOPEN])
def test_a_new_due_date_is_not_in_the_past(app: object, act: Act) -> None:
    hazard = in_state(State.REPORTED_DONE if act is Act.SEND_BACK else State.CLOSED)
    with pytest.raises(Refused) as refusal:
        do(hazard, act, due_on=day(-1))
    assert refusal.value.field == "due_on"
    db.session.rollback()
    do(hazard, act, due_on=day(0))
    assert hazard.state is State.SENT_BACK
    assert hazard.closed_at is None


def test_who_reported_it_does_not_verify_it(app: object) -> None:
    hazard = in_state(State.REPORTED_DONE)
    hazard.reported_by_id = person("wang").id  # he worked for the enterprise when he reported it
    db.session.commit()
    with pytest.raises(NotAllowed):
        do(hazard, Act.VERIFY)


def test_a_major_hazard_needs_a_second_person(app: object) -> None:
    hazard = do(planned(), Act.REPORT_DONE)
    do(hazard, Act.VERIFY, actor="admin")
    assert (hazard.state, hazard.closed_at) == (State.VERIFIED, None)
    with pytest.raises(NotAllowed):
        do(hazard, Act.APPROVE_CLOSURE, actor="admin")
    db.session.rollback()
    do(hazard, Act.APPROVE_CLOSURE, actor="leader")
    assert hazard.state is State.CLOSED
    assert hazard.closed_at == NOW


def suspected_closings() -> list[Hazard]:
    """Suspected major, and every way that would close a general one."""
    return [
        draft(suspected_major=True, fixed_on_spot=True, due_on=None, after=[{"sha256": photo(9).sha256}]),
        do(do(issued(suspected_major=True), Act.REPORT_DONE), Act.VERIFY),
        do(do(issued(suspected_major=True), Act.REFER), Act.CLOSE_REFERRED),
    ]


def test_a_suspected_major_hazard_waits_whichever_way_it_would_close(app: object) -> None:
    for hazard in suspected_closings():
        assert (hazard.state, hazard.closed_at) == (State.VERIFIED, None)
        with pytest.raises(Refused, match="major"):  # first it is decided what it is
            do(hazard, Act.APPROVE_CLOSURE)
        db.session.rollback()
        do(hazard, Act.CONFIRM_MAJOR)
        with pytest.raises(NotAllowed):
            do(hazard, Act.APPROVE_CLOSURE, actor="wang")
        db.session.rollback()
        assert do(hazard, Act.APPROVE_CLOSURE).state is State.CLOSED


def test_who_noted_the_reply_on_a_major_hazard_does_not_approve_it(app: object) -> None:
    hazard = do(do(issued(), Act.CONFIRM_MAJOR), Act.REFER)
    assert do(hazard, Act.CLOSE_REFERRED, actor="admin").state is State.VERIFIED
    with pytest.raises(NotAllowed):
        do(hazard, Act.APPROVE_CLOSURE, actor="admin")
    db.session.rollback()
    assert do(hazard, Act.APPROVE_CLOSURE, actor="leader").state is State.CLOSED


def test_what_turns_out_not_to_be_major_is_closed_by_a_manager_too(app: object) -> None:
    hazard = suspected_closings()[1]
    do(hazard, Act.DISMISS_MAJOR)
    assert hazard.state is State.VERIFIED
    assert do(hazard, Act.APPROVE_CLOSURE).state is State.CLOSED


def test_a_major_hazard_is_not_verified_by_photo(app: object) -> None:
    hazard = do(planned(), Act.REPORT_DONE)
    with pytest.raises(Refused) as refusal:
        do(hazard, Act.VERIFY, method="photo", note="照片清楚")
    assert refusal.value.field == "method"


@pytest.mark.parametrize("kind", ["fire", "electrical", "hazchem"])
def test_a_photo_is_enough_for_some_classes_only_with_a_reason(app: object, kind: str) -> None:
    hazard = do(issued(hazard_class=kind), Act.REPORT_DONE)
    with pytest.raises(Refused) as refusal:
        do(hazard, Act.VERIFY, method="photo")
    assert refusal.value.field == "note"
    db.session.rollback()
    assert do(hazard, Act.VERIFY, method="photo", note="标识牌已换，照片清晰").state is State.CLOSED


def test_there_must_be_a_photo_to_verify_by_photo(app: object) -> None:
    with pytest.raises(Refused) as refusal:
        do(in_state(State.IN_PROGRESS), Act.VERIFY, method="photo", note="看过")
    assert refusal.value.field == "method"


def test_listing_is_for_major_hazards_and_ends(app: object) -> None:
    hazard = do(issued(), Act.CONFIRM_MAJOR)
    assert (hazard.grade, hazard.major_criterion) == (Grade.MAJOR, "判定标准第三条")
    assert do(hazard, Act.LIST).listed_at == NOW
    with pytest.raises(Refused):
        do(hazard, Act.LIST)
    db.session.rollback()
    with pytest.raises(Refused):  # not before it is gone
        do(hazard, Act.DELIST)
    db.session.rollback()
    do(hazard, Act.DISMISS_MAJOR)
    assert do(hazard, Act.DELIST).listed_at is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("act", "field", "value"),
    [
        (Act.REMIND, "channel", "pigeon"),
        (Act.REMIND, "channel", 7),
        (Act.REMIND, "reply", "laughed"),
        (Act.VERIFY, "method", "by_rumour"),
    ],
)
def test_an_answer_that_is_not_offered_is_refused_in_words(act: Act, field: str, value: object) -> None:
    hazard = issued()
    with pytest.raises(Refused) as refusal:
        do(hazard, act, **{field: value})
    assert refusal.value.field == field
    db.session.rollback()
    assert hazard.events[-1].act is Act.ISSUE


def test_a_reminder_is_kept_and_changes_nothing(app: object) -> None:
    hazard = issued()
    version = hazard.version
    do(hazard, Act.REMIND, channel="phone", note="第二次电话催办")
    assert (hazard.state, hazard.version) == (State.OPEN, version)
    assert hazard.events[-1].brought["channel"] == "phone"


def test_the_second_is_told_who_was_first(app: object) -> None:
    hazard = in_state(State.REPORTED_DONE)
    do(hazard, Act.VERIFY, actor="lin")
    with pytest.raises(ActedFirst) as refusal:
        do(hazard, Act.VERIFY, actor="wang")
    assert refusal.value.params["name"] == "林组长"
    assert refusal.value.params["moment"] == "2026-11-03 10:00"
    closings = sa.select(sa.func.count()).where(
        HazardEvent.hazard_id == hazard.id, HazardEvent.to_state == State.CLOSED
    )
    assert db.session.scalar(closings) == 1


def test_a_photo_that_has_not_arrived_is_refused(app: object) -> None:
    hazard = issued()
    with pytest.raises(Refused) as refusal:
        step(
            hazard,
            Act.REPORT_DONE,
            actor=person("officer"),
            now=NOW,
            brought={"note": "好了"},
            photos=[builders.PhotoRef(sha256="0" * 64)],
        )
    assert refusal.value.field == "photos"
