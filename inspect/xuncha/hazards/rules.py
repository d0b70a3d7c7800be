"""Rules of a step beyond the table: approval by a second person, dates, methods. Buttons and steps ask the same rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from ..checklists.models import HazardClass
from ..core.access import Permission, allowed, demand
from ..core.clock import ZONE
from ..core.errors import ActedFirst, NotAllowed, Refused
from ..core.labels import N_, Labelled
from . import lifecycle, queries
from .actors import Actor
from .contact_log import Channel, Reply
from .lifecycle import ACTIVE, BESIDE, MISSING, WORKING, Act, State, Step
from .models import Grade, Hazard, HazardEvent, Source, VerifyMethod
from .sign_off import demand_principal, needs_sign_off, same_person, signed_off

# Domain 2.2: a later date is allowed once by default; a second need is a matter for the office.
EXTENSIONS_AT_MOST = 1
LONGEST_TERM = timedelta(days=5 * 366)
# What is answered by one of these alone.
OFFERED: dict[str, type[Labelled]] = {"channel": Channel, "reply": Reply, "method": VerifyMethod}
# Domain 2.3: these are looked at on site; a photo needs a reason.
ON_SITE_CLASSES = frozenset({HazardClass.FIRE, HazardClass.ELECTRICAL, HazardClass.HAZCHEM})


def on_site_by_default(hazard: Hazard) -> bool:
    """Whether re-inspection means going there unless somebody says why not."""
    return hazard.grade is not Grade.GENERAL or hazard.hazard_class in ON_SITE_CLASSES


def permission_for(act: Act, hazard: Hazard) -> Permission:
    """What a person needs for an act on this hazard."""
    return lifecycle.permission_for(act, major=hazard.is_major)


def last_change(hazard: Hazard) -> HazardEvent | None:
    """The last event of the life cycle: a reminder or a step of the escalation came first before nobody."""
    return next((event for event in reversed(hazard.events) if event.act not in BESIDE), None)


def demand_permission(act: Act, hazard: Hazard, actor: Actor) -> None:
    """Raise NotAllowed unless the actor may take the step at all."""
    demand(actor, permission_for(act, hazard), hazard)


_MOVED_ON = N_(
    "%(name)s was first: “%(done)s”, %(moment)s. The hazard is now “%(state)s”, so “%(act)s” is no longer possible."
)
_MOVED_ON_AND_KEPT = N_(
    "%(name)s was first: “%(done)s”, %(moment)s. The hazard is now “%(state)s”, so “%(act)s” is no longer"
    " possible. What you wrote is kept below."
)


def demand_state(act: Act, hazard: Hazard, *, sent: bool = True) -> State:
    """The state after the act. Raises ActedFirst, saying who did what and when, if the hazard has moved on.

    `sent`: a form was, so that the page which answers holds what was written in it.
    """
    try:
        return lifecycle.next_state(act, hazard.state, general=hazard.grade is Grade.GENERAL)
    except ActedFirst:
        last = last_change(hazard)
        if last is None:
            raise
        raise ActedFirst(
            _MOVED_ON_AND_KEPT if sent else _MOVED_ON,
            name=last.actor_name,
            done=last.act,
            moment=f"{last.at.astimezone(ZONE):%Y-%m-%d %H:%M}",
            state=hazard.state,
            act=act,
        ) from None


def demand_seen(hazard: Hazard, version: int | None) -> None:
    """Raise ActedFirst when the hazard changed since the actor's page was made."""
    last = last_change(hazard)
    if version is not None and version != hazard.version and last is not None:
        raise ActedFirst(
            N_("%(name)s was first: “%(done)s”, %(moment)s. Look at it again; what you wrote is kept below."),
            name=last.actor_name,
            done=last.act,
            moment=f"{last.at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        )


def possible(actor: Actor, hazard: Hazard, day: date) -> list[Step]:
    """The steps that this person may take now, in the table's order."""
    return [
        step
        for step in lifecycle.steps_from(hazard.state)
        if allowed(actor, permission_for(step.act, hazard), hazard)
        and obstacle(step.act, hazard, actor, day) is None
    ]


def obstacle(act: Act, hazard: Hazard, actor: Actor, day: date) -> Refused | None:
    """Why the step does not fit this hazard or this person now, though role and state would allow it."""
    find = _OBSTACLES.get(act)
    return find(hazard, actor, day) if find else None


def lacks_plan(hazard: Hazard) -> bool:
    """Whether it is major and nothing settles yet who rectifies it, how and by when."""
    return hazard.is_major and hazard.accepted_plan is None


def awaits_confirmation(hazard: Hazard) -> bool:
    """Whether an expert found it and the zone has not yet said that it takes the finding over."""
    told = any(event.act is Act.CONFIRM_FINDING for event in hazard.events)
    return hazard.source is Source.EXPERT and hazard.state is State.DRAFT and not told


def _of_expert(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    if awaits_confirmation(hazard):
        return None
    return Refused(N_("Only what an expert found is confirmed or rejected, and once."))


def _issuer(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    if not awaits_confirmation(hazard):
        return None
    return Refused(
        N_("An expert found %(number)s: confirm or reject the finding first."), number=hazard.number
    )


def _planned(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    # What was reported rectified before it was confirmed as major needs no plan any more.
    if lacks_plan(hazard) and hazard.state in WORKING:
        return Refused(
            N_(
                "This is a major hazard: first its plan is accepted, which settles who rectifies it, how, with what money,"
                " by when, and what to do in an emergency."
            )
        )
    return None


def _rectifier(hazard: Hazard, actor: Actor, day: date) -> Refused | None:
    problem = _planned(hazard, actor, day)
    if problem is None and needs_sign_off(hazard, actor):
        return Refused(
            N_(
                "This is a major hazard: the principal of the enterprise signs before it is reported rectified."
            )
        )
    return problem


def _signer(hazard: Hazard, actor: Actor, day: date) -> Refused | None:
    if not hazard.is_major:
        return Refused(N_("Only the rectification of a confirmed major hazard is signed off."))
    if signed_off(hazard):
        return Refused(N_("The principal has signed already."))
    return _planned(hazard, actor, day)


def _own_closer(hazard: Hazard, actor: Actor, _day: date) -> Refused | None:
    if not hazard.is_own_finding:
        return Refused(
            N_("The enterprise closes only what it found itself. Your supervisor looks at this one.")
        )
    if hazard.grade is not Grade.GENERAL:
        return Refused(N_("A hazard that is or may be major is verified on site by two people of the zone."))
    if hazard.reported_by_id == actor.id:
        return NotAllowed(
            N_("Who reported it rectified may not close it. Let another person of the enterprise look at it.")
        )
    return None


def _verifier(hazard: Hazard, actor: Actor, _day: date) -> Refused | None:
    if hazard.reported_by_id == actor.id:
        return NotAllowed(N_("Who reported it rectified may not verify it. Let a colleague look at it."))
    return _planned(hazard, actor, _day)


def _approver(hazard: Hazard, actor: Actor, _day: date) -> Refused | None:
    if hazard.grade is Grade.SUSPECTED:
        return Refused(N_("Decide first whether it is major."))
    passed = next(event for event in reversed(hazard.events) if event.from_state is not event.to_state)
    if actor.id in {passed.actor_id, hazard.reported_by_id} or same_person(
        actor.name, passed.brought.get("second")
    ):
        return NotAllowed(
            N_("The closure of a major hazard is approved by another person than the one who verified it.")
        )
    return None


def proposes_higher_grade(hazard: Hazard) -> bool:
    """Whether a repeat proposes to raise the grade: a person decides, by a criterion, which one that was dismissed keeps."""
    undecided = hazard.grade is Grade.GENERAL and not hazard.major_criterion
    return undecided and hazard.repeat_of_id is not None and hazard.state in lifecycle.UNSETTLED


def _asker(hazard: Hazard, _actor: Actor, day: date) -> Refused | None:
    if lacks_plan(hazard):
        return Refused(N_("The date of a major hazard is settled by its plan. Submit the plan first."))
    if hazard.due_on is None or day > hazard.due_on:
        return Refused(
            N_("A later date is asked for before the due date has passed. Speak with your supervisor.")
        )
    return _granter(hazard, _actor, day)


def _granter(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    granted = sum(extension.granted is True for extension in hazard.extensions)
    if granted >= EXTENSIONS_AT_MOST:
        return Refused(N_("The date was extended before; it is extended only once."))
    return None


def _is_general(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    return Refused(N_("It is not marked as major.")) if hazard.grade is Grade.GENERAL else None


def _is_major(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    return Refused(N_("It is confirmed as major already.")) if hazard.is_major else None


def _reporter(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    return None if hazard.is_major else Refused(N_("Only a confirmed major hazard is reported."))


def _planner(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    if not hazard.is_major:
        return Refused(N_("Only a confirmed major hazard needs a plan."))
    if hazard.accepted_plan is not None:
        return Refused(N_("Its plan is accepted. A later date is asked for as an extension."))
    if hazard.pending_plan is not None:
        return Refused(N_("A plan waits for the office's decision."))
    return None


def _plan_judge(hazard: Hazard, actor: Actor, _day: date) -> Refused | None:
    plan = hazard.pending_plan
    if not hazard.is_major or plan is None:
        return Refused(N_("No plan waits for a decision."))
    if plan.submitted_by_id == actor.id:
        return NotAllowed(N_("Who entered the plan does not decide on it. Let a colleague do so."))
    return None


def _progress(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    return None if hazard.is_major else Refused(N_("Progress is reported for confirmed major hazards."))


def _may_list(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    if not hazard.is_major or hazard.listed_at:
        return Refused(N_("Only a confirmed major hazard is listed, and only once."))
    return None


def _may_delist(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    if not hazard.listed_at:
        return Refused(N_("It is not listed."))
    if hazard.is_major and hazard.state in ACTIVE:
        return Refused(
            N_(
                "It stays listed until it is closed after two people saw on site that it is gone, or is found not major."
            )
        )
    return None


def _overdue(hazard: Hazard, _actor: Actor, day: date) -> Refused | None:
    if hazard.due_on is None or hazard.due_on >= day:
        return Refused(N_("A supervision letter is for a hazard that is past its due date."))
    return None


def _mergeable(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    if not queries.others_open(hazard):
        return Refused(N_("No other hazard of this enterprise is open, into which it could be merged."))
    return None


def _looks_back(hazard: Hazard, _actor: Actor, _day: date) -> Refused | None:
    if hazard.look_back is None or hazard.look_back.done_on is not None:
        return Refused(N_("No look-back is due for this hazard."))
    return None


_OBSTACLES: dict[Act, Callable[[Hazard, Actor, date], Refused | None]] = {
    Act.CONFIRM_FINDING: _of_expert,
    Act.REJECT_FINDING: _of_expert,
    Act.ISSUE: _issuer,
    Act.REPORT_DONE: _rectifier,
    Act.SIGN_OFF: _signer,
    Act.CLOSE_OWN: _own_closer,
    Act.VERIFY: _verifier,
    Act.APPROVE_CLOSURE: _approver,
    Act.ASK_EXTENSION: _asker,
    Act.GRANT_EXTENSION: _granter,
    Act.CONFIRM_MAJOR: _is_major,
    Act.DISMISS_MAJOR: _is_general,
    Act.REPORT_MAJOR: _reporter,
    Act.SUBMIT_PLAN: _planner,
    Act.ACCEPT_PLAN: _plan_judge,
    Act.RETURN_PLAN: _plan_judge,
    Act.REPORT_PROGRESS: _progress,
    Act.LIST: _may_list,
    Act.DELIST: _may_delist,
    Act.SUPERVISE: _overdue,
    Act.MERGE: _mergeable,
    Act.LOOK_BACK: _looks_back,
    Act.RELAPSE: _looks_back,
}


def demand_near(due_on: date, day: date, field: str = "due_on") -> None:
    """Raise Refused for a due date so far off that its year must be a slip."""
    if due_on > day + LONGEST_TERM:
        raise Refused(N_("A due date lies at most 5 years ahead. Correct the year."), field=field)


def demand_fitting(act: Act, hazard: Hazard, actor: Actor, brought: dict[str, Any], day: date) -> None:
    """Raise Refused, naming the field, when what is brought does not fit: a date in the past, a photo that is too little.

    `day` is the day of the act in the zone.
    """
    _demand_offered(brought)
    due_on: date = brought.get("due_on") or date.min
    demand_near(due_on, day)
    for name in ("deadline", "reply_by"):
        _demand_ahead(brought.get(name), day, name)
    if act is Act.SUBMIT_PLAN:
        _demand_ahead(due_on, day, "due_on")
    if act is Act.ASK_EXTENSION and hazard.due_on and due_on <= hazard.due_on:
        raise Refused(N_("The new date must be later than the present one."), field="due_on")
    if act in {Act.SEND_BACK, Act.REOPEN, Act.RELAPSE} and due_on < day:
        raise Refused(N_("The new due date must not be in the past."), field="due_on")
    if act is Act.CONFIRM_FINDING and due_on < day:
        raise Refused(N_("The due date must not be in the past."), field="due_on")
    if act is Act.VERIFY and VerifyMethod(brought["method"]) is VerifyMethod.PHOTO:
        _demand_photo_enough(hazard, brought)
    if act is Act.VERIFY:
        _demand_second(hazard, actor, brought)
    if act is Act.SIGN_OFF:
        demand_principal(hazard, actor)


def _demand_offered(brought: dict[str, Any]) -> None:
    for name, offered in OFFERED.items():
        if brought.get(name) and brought[name] not in {*offered}:
            raise Refused(MISSING[name], field=name)


def _demand_ahead(wanted: date | None, day: date, field: str) -> None:
    if wanted is not None and wanted < day:
        raise Refused(N_("This date must not be in the past."), field=field)
    if wanted is not None:
        demand_near(wanted, day, field)


def needs_second(hazard: Hazard) -> bool:
    """Whether two people look on site: what may be major may be confirmed after they were there (domain 2.5)."""
    return hazard.grade is not Grade.GENERAL


def _demand_second(hazard: Hazard, actor: Actor, brought: dict[str, Any]) -> None:
    second = brought.get("second")
    if needs_second(hazard) and not second:
        raise Refused(MISSING["second"], field="second")
    if second and same_person(actor.name, second):
        raise Refused(N_("Name another person than yourself."), field="second")


def _demand_photo_enough(hazard: Hazard, brought: dict[str, Any]) -> None:
    if needs_second(hazard):
        raise Refused(
            N_("A hazard that is or may be major is verified on site, not by photo."), field="method"
        )
    if hazard.state is not State.REPORTED_DONE:
        raise Refused(
            N_("The enterprise has sent no photo to verify yet. Verify it on site."), field="method"
        )
    if on_site_by_default(hazard) and not brought.get("note"):
        raise Refused(N_("This kind of hazard is verified on site. Say why a photo is enough."), field="note")
