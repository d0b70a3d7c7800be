"""How a hazard stood in which days, from its events. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from ...core.clock import local_day
from ...hazards.lifecycle import Act, State
from .models import FOREVER

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """What of an event tells how the hazard stood."""

    at: datetime
    act: Act
    from_state: State | None
    to_state: State
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a hazard stands; `due` and `past_due` hold from the due date, and from the day after it."""

    state: State
    due_on: date | None
    due: bool = False
    past_due: bool = False
    fixed_on_spot: bool = False
    major: bool = False
    undecided: bool = True
    looked_at: bool = False
    reported: bool = False
    done_in_time: bool = False
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days in which it stood the same; `until_on` is not among them."""

    from_on: date
    until_on: date
    standing: Standing


def spans_of(found_on: date, original_due_on: date | None, events: Sequence[Event]) -> list[Span]:
    """The spans of a hazard from the day it was found on, without a gap; entered later, it stands as found."""
    days = {found_on: Standing(State.DRAFT, original_due_on)}
    for day, standing in _by_day(found_on, original_due_on, events):
        days[max(day, found_on)] = standing  # the last of a day holds at its end
    starts = sorted(days)
    spans: list[Span] = []
    for start, until in pairwise([*starts, FOREVER]):
        spans.extend(_split_at_due(start, until, days[start]))
    return _joined(spans)


def _by_day(
    found_on: date, original_due_on: date | None, events: Iterable[Event]
) -> Iterator[tuple[date, Standing]]:
    """The day of each event with how the hazard stood after it."""
    course = _Course(found_on, original_due_on)
    for event in events:
        course.take(event)
        yield local_day(event.at), course.standing(event)


class _Course:
    """What the events up to now have said."""

    def __init__(self, found_on: date, original_due_on: date | None) -> None:
        self._found_on, self._original_due_on = found_on, original_due_on
        self._fixed = self._major = self._decided = self._looked = self._reported = self._again = False
        self._reported_at: date | None = None  # since it was last begun again
        self._verified_at: date | None = None
        self._closed_on: date | None = None

    def take(self, event: Event) -> None:
        """Go on by an event."""
        act, day = event.act, local_day(event.at)
        if act is Act.FIX_ON_SPOT:
            self._fixed = True
        elif act in (Act.CONFIRM_MAJOR, Act.DISMISS_MAJOR):
            self._decided, self._major = True, act is Act.CONFIRM_MAJOR
        elif act is Act.REPORT_DONE:
            self._reported, self._reported_at = True, day
        elif act in (Act.VERIFY, Act.CLOSE_OWN):
            # What an enterprise found and closed itself counts as it did when its supervisor closed it.
            self._looked, self._verified_at = True, day
        elif act is Act.SEND_BACK:
            self._looked = True
        if act in (Act.SEND_BACK, Act.REOPEN):
            self._again, self._reported_at = True, None
        # Delisting leaves a closed hazard closed.
        if event.to_state is State.CLOSED is not event.from_state:
            self._closed_on = day

    def standing(self, event: Event) -> Standing:
        """How it stands after the event. A correction moves a draft's date without an event; what was mended on the
        spot was due on the spot."""
        state, original = event.to_state, self._original_due_on
        due_on = original if state is State.DRAFT else event.due_on or original
        if due_on is None and self._fixed:
            due_on = self._found_on
        return Standing(
            state,
            due_on,
            fixed_on_spot=self._fixed,
            major=self._major,
            undecided=not self._decided,
            looked_at=self._looked,
            reported=self._reported,
            done_in_time=self._in_time(state, due_on),
            closed_on=self._closed_on if state is State.CLOSED else None,
        )

    def _in_time(self, state: State, due_on: date | None) -> bool:
        """Reported on or before the due date and verified since; verified by then where nobody reported."""
        if state not in (State.VERIFIED, State.CLOSED):
            return False
        if self._fixed and not self._again:
            return True
        done_at = self._reported_at or self._verified_at
        return done_at is not None and due_on is not None and done_at <= due_on


def _split_at_due(start: date, until: date, standing: Standing) -> Iterator[Span]:
    due_on = standing.due_on
    if due_on is None:
        yield Span(start, until, standing)
        return
    cuts = [start, *(day for day in (due_on, due_on + DAY) if start < day < until), until]
    for first, last in pairwise(cuts):
        yield Span(first, last, replace(standing, due=due_on <= first, past_due=due_on < first))


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Without cuts between spans in which it stood the same."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].standing == span.standing:
            found[-1] = replace(found[-1], until_on=span.until_on)
        else:
            found.append(span)
    return found
