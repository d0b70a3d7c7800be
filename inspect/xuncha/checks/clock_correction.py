"""A filing by the server's clock: a phone's clock that is days off must not put a visit into the wrong half-month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

from ..core.clock import local_day
from .filing import Filing, Finding, PhotoRef, Recheck
from .models import Check

TOLERANCE_S = 300
LONGEST_VISIT = timedelta(hours=24)
LONGEST_WAIT = timedelta(days=62)  # phones return after weeks

Ref = TypeVar("Ref", bound=PhotoRef)


def lasts_as_a_visit(filing: Filing) -> bool:
    """Whether the visit ends after it begins, and within a day."""
    return timedelta(0) <= filing.finished_at - filing.started_at <= LONGEST_VISIT


def by_server_clock(filing: Filing, offset_s: int, now: datetime) -> Filing:
    """The filing with its moments as the server's clock would have given them; `offset_s` is the phone's less the server's.

    The offset is measured when the filing is sent. Where it would put the visit after its arrival or long before, the
    phone's clock was set in between, and its own moments stay.
    """
    shift = timedelta(seconds=offset_s if abs(offset_s) > TOLERANCE_S else 0)
    try:
        if not now - LONGEST_WAIT <= filing.finished_at - shift <= now + timedelta(seconds=TOLERANCE_S):
            shift = timedelta(0)
        return _moved(filing, shift)
    except OverflowError:  # a moment at the end of the calendar
        return filing


def as_recorded(check: Check) -> Filing:
    """The filing of a check, its moments as they stand in the record."""
    filing = Filing.model_validate(check.payload)
    return _moved(filing, filing.finished_at - check.finished_at)


def _moved(filing: Filing, shift: timedelta) -> Filing:
    if not shift and lasts_as_a_visit(filing):
        return filing
    started, finished = filing.started_at - shift, filing.finished_at - shift
    if not lasts_as_a_visit(filing):
        # The clock was set during the visit: its end lies nearer to the moment at which the clock was measured.
        started = finished
    day = local_day(started)
    later = day - local_day(filing.started_at)
    signatures = [
        part.model_copy(update={"signed_at": part.signed_at and part.signed_at - shift})
        for part in filing.signatures
    ]
    return filing.model_copy(
        update={
            "started_at": started,
            "finished_at": finished,
            "signatures": signatures,
            "answers": [
                one.model_copy(update={"photos": _taken(one.photos, shift)}) for one in filing.answers
            ],
            "photos": _taken(filing.photos, shift),
            "findings": [_finding(one, shift, day, later) for one in filing.findings],
            "rechecks": [_recheck(one, shift, day, later) for one in filing.rechecks],
        }
    )


def _taken(refs: list[Ref], shift: timedelta) -> list[Ref]:
    return [ref.model_copy(update={"taken_at": ref.taken_at and ref.taken_at - shift}) for ref in refs]


def _due(due_on: date | None, day: date, later: timedelta) -> date | None:
    """The enterprise has signed for the date: it stays, unless it would lie before the visit."""
    return due_on + later if due_on is not None and due_on < day else due_on


def _finding(one: Finding, shift: timedelta, day: date, later: timedelta) -> Finding:
    return one.model_copy(
        update={
            "due_on": _due(one.due_on, day, later),
            "before": _taken(one.before, shift),
            "after": _taken(one.after, shift),
        }
    )


def _recheck(one: Recheck, shift: timedelta, day: date, later: timedelta) -> Recheck:
    return one.model_copy(
        update={"due_on": _due(one.due_on, day, later), "photos": _taken(one.photos, shift)}
    )
