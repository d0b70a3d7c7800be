"""The list of hazards: who sees which, what each view holds, and filters that survive the address."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hazards.builders import NOW, TODAY, day, do, draft, in_state, issued, person, photo

from xuncha.checklists.models import HazardClass
from xuncha.core.access import Permission, allowed
from xuncha.core.db import db
from xuncha.hazards import queries
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.lists import list_queries
from xuncha.hazards.lists.filters import USUAL, Column, Criteria, Order, View
from xuncha.hazards.models import Grade, Hazard, Source

days = st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31))
numbers = st.none() | st.integers(1, 2**31 - 1)
words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40).map(str.strip)


def in_the_lists_order(columns: set[Column]) -> tuple[Column, ...]:
    """Columns as an address keeps them: the usual ones go without saying."""
    found = tuple(column for column in Column if column in columns)
    return () if found == USUAL else found


anything = st.builds(
    Criteria,
    view=st.sampled_from(View),
    text=words,
    site=numbers,
    supervisor=numbers,
    finder=numbers,
    check=numbers,
    notice=numbers,
    hazard_class=st.none() | st.sampled_from(HazardClass),
    grade=st.none() | st.sampled_from(Grade),
    source=st.none() | st.sampled_from(Source),
    state=st.none() | st.sampled_from(State),
    site_kind=st.sampled_from(["", "idle", "enterprise"]),
    item=words,
    **dict.fromkeys(
        ("found_from", "found_to", "closed_from", "closed_to", "due_from", "due_to", "open_on"), days
    ),
    repeat=st.booleans(),
    on_spot=st.booleans(),
    listed=st.booleans(),
    chosen=st.lists(st.integers(1, 2**31 - 1), unique=True, max_size=200).map(tuple),
    order=st.sampled_from(Order),
    turned=st.booleans(),
    columns=st.sets(st.sampled_from(Column)).map(in_the_lists_order),
)


@given(anything)
def test_an_address_says_exactly_what_was_chosen(criteria: Criteria) -> None:
    assert Criteria.from_args(criteria.to_args()) == criteria


@given(
    st.dictionaries(
        st.sampled_from([spec.name for spec in fields(Criteria)] + ["from", "to", "class", "q"]), st.text()
    )
)
def test_nonsense_in_an_address_is_left_out(args: dict[str, str]) -> None:
    read = Criteria.from_args(args)
    assert Criteria.from_args(read.to_args()) == read


def numbers_of(name: str, criteria: Criteria, today: date = TODAY) -> set[str]:
    return {
        hazard.number for hazard in db.session.scalars(list_queries.filtered(person(name), criteria, today))
    }


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("admin", {"huaxin", "lifeng", "minghe"}),
        ("leader", {"huaxin", "lifeng", "minghe"}),
        ("auditor", {"huaxin", "lifeng", "minghe"}),
        ("lin", {"huaxin", "lifeng"}),
        ("wang", {"huaxin"}),
        ("zhao", {"lifeng"}),
        ("chen", {"minghe"}),
        ("expert", {"huaxin"}),
        ("officer", {"huaxin"}),
        ("principal", {"huaxin"}),
        ("stranger", {"minghe"}),
    ],
)
def test_each_sees_the_hazards_of_their_sites(app: object, name: str, sees: set[str]) -> None:
    made = {
        code: draft(code, actor=actor).number
        for code, actor in (("huaxin", "wang"), ("lifeng", "zhao"), ("minghe", "chen"))
    }
    assert numbers_of(name, Criteria()) == {made[code] for code in sees}


def test_who_found_it_sees_it_after_the_site_went_to_another(app: object) -> None:
    hazard = draft()
    hazard.site.supervisor_id = person("chen").id
    db.session.commit()
    assert numbers_of("wang", Criteria()) == {hazard.number}


def test_each_view_holds_its_states(app: object) -> None:
    made = {state: in_state(state).number for state in State}
    expected = {
        View.ALL: set(State) - {State.VOID},
        View.UNSETTLED: set(State) - {State.VOID, State.CLOSED},
        View.TO_DO: {State.OPEN, State.IN_PROGRESS, State.SENT_BACK},
        View.WAITING: {State.REPORTED_DONE, State.EXTENSION_PENDING, State.VERIFIED, State.REFERRED},
        View.MINE: set(State) - {State.VOID, State.CLOSED},
        View.ISSUE: {State.DRAFT},
        View.VERIFY: {State.REPORTED_DONE},
        View.OVERDUE: set(),
        View.SOON: set(),
        View.TO_PUSH: set(),
        View.EXTENSION: {State.EXTENSION_PENDING},
        View.CLOSURE: {State.VERIFIED},
        View.MAJOR: {State.VERIFIED},
        **{view: set() for view in (View.PLAN_DUE, View.PLAN, View.PROGRESS)},
        View.CLOSED: {State.CLOSED},
    }
    assert set(expected) == set(View)
    for view, states in expected.items():
        assert numbers_of("wang", Criteria(view=view)) == {made[state] for state in states}, view
    assert numbers_of("wang", Criteria(state=State.VOID)) == {made[State.VOID]}


def test_overdue_and_soon_turn_with_the_day(app: object) -> None:
    hazard = issued(due_on=day(4).isoformat())
    views = (View.SOON, View.OVERDUE)
    seen = [
        tuple(len(numbers_of("wang", Criteria(view=view), day(offset))) for view in views)
        for offset in (0, 1, 4, 5)
    ]
    assert seen == [(0, 0), (1, 0), (1, 0), (0, 1)]
    assert hazard.is_overdue(day(5))
    assert not hazard.is_overdue(day(4))


def test_the_counts_are_what_the_tabs_open(app: object) -> None:
    for state in State:
        in_state(state)
    for name in ("wang", "admin", "officer"):
        for base in (Criteria(), Criteria(hazard_class=HazardClass.FIRE), Criteria(text="配电箱")):
            for view, count in list_queries.counts(list_queries.narrowed(person(name), base, TODAY)).items():
                assert count == len(numbers_of(name, replace(base, view=view)))


def test_days_are_the_zones_and_inclusive(app: object) -> None:
    hazard = in_state(State.CLOSED)
    for criteria, there in (
        (Criteria(found_from=TODAY, found_to=TODAY), True),
        (Criteria(found_to=day(-1)), False),
        (Criteria(closed_from=TODAY, closed_to=TODAY), True),
        (Criteria(closed_from=day(1)), False),
        (Criteria(open_on=day(-1)), True),
        (Criteria(open_on=TODAY), False),
        (Criteria(due_from=day(7), due_to=day(7)), True),
        (Criteria(due_to=day(6)), False),
    ):
        assert (hazard.number in numbers_of("wang", criteria)) is there, criteria


def test_words_are_found_literally(app: object) -> None:
    one = draft(description="压力表100%超量程")
    draft(description="压力表1000次校验")
    assert numbers_of("wang", Criteria(text="100%")) == {one.number}
    assert numbers_of("wang", Criteria(text=one.number)) == {one.number}


def test_marks_narrow_the_list(app: object) -> None:
    spot = draft(fixed_on_spot=True, due_on=None, after=[{"sha256": photo(9).sha256}])
    major = do(do(issued(), Act.CONFIRM_MAJOR), Act.LIST, now=NOW + timedelta(hours=1))
    assert numbers_of("wang", Criteria(on_spot=True)) == {spot.number}
    assert numbers_of("wang", Criteria(listed=True)) == {major.number}
    assert numbers_of("wang", Criteria(grade=Grade.MAJOR)) == {major.number}
    assert numbers_of("wang", Criteria(check=spot.check_id)) == {spot.number}
    assert numbers_of("wang", Criteria(notice=major.notice_id)) == {major.number}
    assert numbers_of("wang", Criteria(site_kind="idle")) == set()


def test_open_at_a_site_is_what_the_enterprise_owes(app: object) -> None:
    made = {state: in_state(state) for state in State}
    owed = set(State) - {State.DRAFT, State.CLOSED, State.VOID}
    assert {hazard.state for hazard in queries.open_at(made[State.OPEN].site)} == owed


def test_who_sees_a_hazard_sees_its_photos(app: object) -> None:
    hazard: Hazard = in_state(State.REPORTED_DONE)
    shown = hazard.photos[0].photo
    for name, sees in (
        ("officer", True),
        ("admin", True),
        ("lin", True),
        ("stranger", False),
        ("chen", False),
    ):
        assert allowed(person(name), Permission.SEE_PHOTO, shown) is sees, name
