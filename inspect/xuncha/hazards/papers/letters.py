"""The numbered papers that steps of a hazard issue, from its listing to a supervision letter; their facts are frozen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...accounts.models import User
from ...checks import snapshot
from ...core.clock import local_day
from ...core.numbering import document_number, next_serial
from ..contact_log import Reply
from ..lifecycle import Act, State
from ..models import Hazard, HazardEvent, Letter, LetterKind
from .document_facts import check_facts, hazard_facts, head

KINDS = {
    Act.LIST: LetterKind.LISTING,
    Act.DELIST: LetterKind.DELISTING,
    Act.REPORT_MAJOR: LetterKind.REPORT,
    Act.REFER: LetterKind.REFERRAL,
    Act.GRANT_EXTENSION: LetterKind.EXTENSION,
    Act.REFUSE_EXTENSION: LetterKind.EXTENSION,
    Act.SUPERVISE: LetterKind.SUPERVISION,
}
WORDS = {
    LetterKind.LISTING: "挂牌",
    LetterKind.DELISTING: "摘牌",
    LetterKind.REPORT: "报告",
    LetterKind.REFERRAL: "移送",
    LetterKind.EXTENSION: "延期",
    LetterKind.SUPERVISION: "督办",
}
TOLD = ("reason", "leader", "deadline", "department", "reply_by", "note")


def issue(event: HazardEvent, actor: User) -> Letter:
    """Issue the paper of a step that was just taken."""
    hazard, kind = event.hazard, KINDS[event.act]
    year = local_day(event.at).year
    serial = next_serial(f"letter_{kind.value}", year)
    letter = Letter(
        kind=kind,
        number=document_number(snapshot.prefix(), WORDS[kind], year, serial),
        year=year,
        serial=serial,
        site=hazard.site,
        issued_at=event.at,
        issued_by=actor,
        facts={
            **head(hazard.site, actor),
            "hazard": _hazard(hazard),
            "told": {name: event.brought[name] for name in TOLD if event.brought.get(name)},
            "closure": _closure(hazard) if kind is LetterKind.DELISTING else None,
            "extension": _extension(hazard) if kind is LetterKind.EXTENSION else None,
            "delay": _delay(hazard, event) if kind is LetterKind.SUPERVISION else None,
        },
    )
    hazard.letters.append(letter)
    return letter


def _hazard(hazard: Hazard) -> dict[str, Any]:
    plan, notice = hazard.accepted_plan, hazard.notice
    return {
        **hazard_facts(hazard),
        "found_on": hazard.found_on.isoformat(),
        "check": check_facts(hazard.check),
        "notice": notice and {"number": notice.number, "issued_on": local_day(notice.issued_at).isoformat()},
        "interim_measures": hazard.interim_measures,
        "plan": plan
        and {
            "responsible": plan.responsible,
            "measures": plan.measures,
            "funds": plan.funds,
            "due_on": plan.due_on.isoformat(),
            "emergency_plan": plan.emergency_plan,
        },
    }


def _extension(hazard: Hazard) -> dict[str, Any]:
    """What was asked, and what was decided."""
    asked = hazard.extensions[-1]
    return {
        "asked_on": local_day(asked.asked_at).isoformat(),
        "reason": asked.reason,
        "interim_measures": asked.interim_measures,
        "old_due_on": asked.old_due_on.isoformat(),
        "new_due_on": asked.new_due_on.isoformat(),
        "granted": bool(asked.granted),
        "note": asked.decision_note,
    }


def _delay(hazard: Hazard, event: HazardEvent) -> dict[str, Any]:
    """How late it is, and how often the enterprise was reached before."""
    days = (local_day(event.at) - hazard.due_on).days if hazard.due_on else 0
    urged = [
        one
        for one in hazard.events
        if one.act is Act.REMIND and one.brought.get("reply") != Reply.NOT_REACHED.value
    ]
    return {"days": days, "urged": len(urged), "last_urged_on": _day(urged[-1] if urged else None)}


def _closure(hazard: Hazard) -> dict[str, Any]:
    """What went before the delisting: the listing, who saw on site that it is gone, who approved the closure."""
    listed, looked = _last(hazard.events, Act.LIST), _last(hazard.events, Act.VERIFY)
    closed = hazard.state is State.CLOSED
    approved = _last(hazard.events, Act.APPROVE_CLOSURE) if closed else None
    listings = [letter for letter in hazard.letters if letter.kind is LetterKind.LISTING]
    return {
        "listing": listings[-1].number if listings else None,
        "leader": listings[-1].facts["told"]["leader"] if listings else "",
        "listed_on": _day(listed),
        "state": hazard.state.value,
        "major": hazard.is_major,
        "verified_on": _day(looked) if closed else None,
        "verified_by": [looked.actor_name, looked.brought.get("second", "")] if looked and closed else [],
        "approved_on": _day(approved),
        "approved_by": approved.actor_name if approved else "",
    }


def _last(events: Iterable[HazardEvent], act: Act) -> HazardEvent | None:
    return next((event for event in reversed(list(events)) if event.act is act), None)


def _day(event: HazardEvent | None) -> str | None:
    return local_day(event.at).isoformat() if event else None
