"""The life cycle of a hazard: one ordered table, and the one place that says which step may follow (domain 2.2, 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.access import Permission
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_, Labelled


class State(Labelled):
    """Where a hazard stands. Overdue, major and publicly listed are not states."""

    DRAFT = "draft", N_("To be issued")
    OPEN = "open", N_("To be rectified")
    IN_PROGRESS = "in_progress", N_("Being rectified")
    EXTENSION_PENDING = "extension_pending", N_("Extension pending")
    REPORTED_DONE = "reported_done", N_("To be verified")
    VERIFIED = "verified", N_("Closure to be approved")
    SENT_BACK = "sent_back", N_("Sent back")
    CLOSED = "closed", N_("Closed")
    REFERRED = "referred", N_("Referred")
    VOID = "void", N_("Void")


class Act(Labelled):
    """What can be done to a hazard."""

    FIND = "find", N_("Found")
    FIX_ON_SPOT = "fix_on_spot", N_("Rectified on the spot")
    ISSUE = "issue", N_("Issue the notice")
    ACCEPT = "accept", N_("Accept the hazard")
    REPORT_DONE = "report_done", N_("Report rectified")
    ASK_EXTENSION = "ask_extension", N_("Ask for an extension")
    GRANT_EXTENSION = "grant_extension", N_("Grant the extension")
    REFUSE_EXTENSION = "refuse_extension", N_("Refuse the extension")
    VERIFY = "verify", N_("Pass re-inspection")
    SEND_BACK = "send_back", N_("Send back")
    APPROVE_CLOSURE = "approve_closure", N_("Approve closure")
    REFER = "refer", N_("Refer")
    CLOSE_REFERRED = "close_referred", N_("Close after the department's reply")
    CONFIRM_MAJOR = "confirm_major", N_("Confirm as major")
    DISMISS_MAJOR = "dismiss_major", N_("Not major")
    REPORT_MAJOR = "report_major", N_("Report to the department")
    SUBMIT_PLAN = "submit_plan", N_("Submit the plan")
    ACCEPT_PLAN = "accept_plan", N_("Accept the plan")
    RETURN_PLAN = "return_plan", N_("Return the plan")
    REPORT_PROGRESS = "report_progress", N_("Report progress")
    LIST = "list", N_("List publicly")
    DELIST = "delist", N_("Delist")
    REOPEN = "reopen", N_("Reopen")
    VOID = "void", N_("Make void")
    REMIND = "remind", N_("Remind the enterprise")
    SUPERVISE = "supervise", N_("Issue a supervision letter")
    ESCALATE = "escalate", N_("Escalated by time")
    FOUND_AGAIN = "found_again", N_("Found again")
    MERGE = "merge", N_("Merge into another hazard")
    LOOK_BACK = "look_back", N_("Looked back: still rectified")
    RELAPSE = "relapse", N_("Looked back: back again")
    SIGN_OFF = "sign_off", N_("Sign off the rectification")
    CLOSE_OWN = "close_own", N_("Close our own finding")
    CONFIRM_FINDING = "confirm_finding", N_("Confirm the expert's finding")
    REJECT_FINDING = "reject_finding", N_("Reject the expert's finding")


# What happens beside the life cycle: after these a hazard can be done exactly what could be done before.
BESIDE = frozenset({Act.REMIND, Act.SUPERVISE, Act.ESCALATE, Act.FOUND_AGAIN})
ACTIVE = (
    State.OPEN,
    State.IN_PROGRESS,
    State.EXTENSION_PENDING,
    State.REPORTED_DONE,
    State.VERIFIED,
    State.SENT_BACK,
)
WORKING = (State.OPEN, State.IN_PROGRESS, State.SENT_BACK)
UNSETTLED = (State.DRAFT, *ACTIVE, State.REFERRED)
# The enterprise is at work on it: progress on a major hazard is asked for.
UNDER_WAY = (*WORKING, State.EXTENSION_PENDING)


@dataclass(frozen=True)
class Step:
    """One row of the table: `to` of None leaves the state; `brings` are the fields that must be filled."""

    act: Act
    sources: tuple[State, ...]
    to: State | None
    permission: Permission
    brings: tuple[str, ...] = ()
    may_bring: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(Act.FIX_ON_SPOT, (State.DRAFT,), State.CLOSED, Permission.FILE_CHECK, (), ("note", "photos")),
    # What an expert found is an opinion until the zone takes it over (domain 2.6).
    Step(
        Act.CONFIRM_FINDING,
        (State.DRAFT,),
        None,
        Permission.ISSUE_NOTICE,
        ("due_on",),
        ("criterion", "note"),
    ),
    Step(Act.REJECT_FINDING, (State.DRAFT,), State.VOID, Permission.VOID_HAZARD, ("reason",)),
    Step(Act.ISSUE, (State.DRAFT,), State.OPEN, Permission.ISSUE_NOTICE),
    Step(Act.ACCEPT, (State.OPEN,), State.IN_PROGRESS, Permission.ACCEPT_HAZARD, ("responsible",), ("note",)),
    Step(
        Act.REPORT_DONE,
        WORKING,
        State.REPORTED_DONE,
        Permission.RECTIFY_HAZARD,
        ("note", "photos"),
        ("cost",),
    ),
    # 主要负责人签字: before a major hazard is reported rectified.
    Step(Act.SIGN_OFF, WORKING, None, Permission.SIGN_OFF_RECTIFICATION, (), ("note",)),
    # 企业自查: closed by another person of the enterprise than who reported it (domain 2.2).
    Step(
        Act.CLOSE_OWN,
        (State.REPORTED_DONE,),
        State.CLOSED,
        Permission.CLOSE_OWN_FINDING,
        (),
        ("note", "photos"),
    ),
    Step(
        Act.ASK_EXTENSION,
        WORKING,
        State.EXTENSION_PENDING,
        Permission.RECTIFY_HAZARD,
        ("reason", "interim_measures", "due_on"),
    ),
    Step(
        Act.GRANT_EXTENSION,
        (State.EXTENSION_PENDING,),
        State.IN_PROGRESS,
        Permission.DECIDE_EXTENSION,
        (),
        ("note",),
    ),
    Step(
        Act.REFUSE_EXTENSION,
        (State.EXTENSION_PENDING,),
        State.IN_PROGRESS,
        Permission.DECIDE_EXTENSION,
        ("note",),
    ),
    Step(
        Act.VERIFY,
        (*WORKING, State.REPORTED_DONE),
        State.CLOSED,
        Permission.VERIFY_HAZARD,
        ("method",),
        ("second", "note", "photos"),
    ),
    Step(
        Act.SEND_BACK,
        (*WORKING, State.REPORTED_DONE, State.VERIFIED),
        State.SENT_BACK,
        Permission.VERIFY_HAZARD,
        ("note", "due_on"),
        ("photos",),
    ),
    Step(Act.APPROVE_CLOSURE, (State.VERIFIED,), State.CLOSED, Permission.APPROVE_CLOSURE, (), ("note",)),
    Step(
        Act.REFER,
        (State.DRAFT, *WORKING, State.REPORTED_DONE),
        State.REFERRED,
        Permission.REFER_HAZARD,
        ("department", "reason"),
        ("reply_by",),
    ),
    Step(
        Act.CLOSE_REFERRED, (State.REFERRED,), State.CLOSED, Permission.REFER_HAZARD, ("note",), ("photos",)
    ),
    Step(
        Act.CONFIRM_MAJOR,
        (State.DRAFT, *ACTIVE),
        None,
        Permission.CONFIRM_MAJOR,
        ("criterion", "interim_measures"),
        ("note",),
    ),
    Step(Act.DISMISS_MAJOR, (State.DRAFT, *ACTIVE), None, Permission.CONFIRM_MAJOR, ("reason",)),
    Step(Act.REPORT_MAJOR, (State.DRAFT, *ACTIVE), None, Permission.REFER_HAZARD, ("department",), ("note",)),
    Step(
        Act.SUBMIT_PLAN,
        WORKING,
        None,
        Permission.PLAN_RECTIFICATION,
        ("responsible", "measures", "funds", "due_on", "emergency_plan", "interim_measures"),
        ("note",),
    ),
    Step(Act.ACCEPT_PLAN, WORKING, None, Permission.DECIDE_PLAN, (), ("note",)),
    Step(Act.RETURN_PLAN, WORKING, None, Permission.DECIDE_PLAN, ("note",)),
    Step(
        Act.REPORT_PROGRESS,
        UNDER_WAY,
        None,
        Permission.PLAN_RECTIFICATION,
        ("note", "interim_measures"),
        ("photos",),
    ),
    Step(Act.LIST, ACTIVE, None, Permission.LIST_HAZARD, ("reason", "leader", "deadline")),
    Step(
        Act.DELIST,
        (*ACTIVE, State.REFERRED, State.CLOSED, State.VOID),
        None,
        Permission.LIST_HAZARD,
        ("reason",),
    ),
    Step(Act.REOPEN, (State.CLOSED,), State.SENT_BACK, Permission.VOID_HAZARD, ("reason", "due_on")),
    Step(Act.VOID, (State.DRAFT, *ACTIVE, State.REFERRED), State.VOID, Permission.VOID_HAZARD, ("reason",)),
    Step(Act.REMIND, ACTIVE, None, Permission.REMIND_ENTERPRISE, ("channel",), ("reply", "note")),
    # 督办函 (domain 2.4): the date stays; what the enterprise has reported waits for us and brings no letter.
    Step(Act.SUPERVISE, UNDER_WAY, None, Permission.SUPERVISE_HAZARD, ("reply_by",), ("note",)),
    Step(Act.FOUND_AGAIN, UNSETTLED, None, Permission.FILE_CHECK, ("note",), ("photos",)),
    # A duplicate is void (domain 2.2): both rows stay, one counts.
    Step(Act.MERGE, UNSETTLED, State.VOID, Permission.VOID_HAZARD, ("into",), ("note",)),
    # 回头看: what came back is a new hazard, so that the figures of the first one stay true.
    Step(Act.LOOK_BACK, (State.CLOSED,), None, Permission.VERIFY_HAZARD, ("photos",), ("note",)),
    Step(Act.RELAPSE, (State.CLOSED,), None, Permission.VERIFY_HAZARD, ("photos", "due_on"), ("note",)),
)

_BY_ACT = {step.act: step for step in STEPS}


def step_of(act: Act) -> Step:
    """The row of the table for an act."""
    return _BY_ACT[act]


def permission_for(act: Act, *, major: bool) -> Permission:
    """What a person needs for an act; the date of a major hazard is moved by managers only (domain 2.2)."""
    if major and act in {Act.GRANT_EXTENSION, Act.REFUSE_EXTENSION}:
        return Permission.DECIDE_MAJOR_EXTENSION
    return step_of(act).permission


def steps_from(state: State) -> list[Step]:
    """The steps that may follow a state, in the table's order."""
    return [step for step in STEPS if state in step.sources]


def next_state(act: Act, state: State, *, general: bool = True) -> State:
    """The state after an act. Raises ActedFirst when the state no longer allows it.

    Whatever would close a hazard that is or may be major leaves it to a second person's approval (domain 2.2, 2.5).
    """
    step = step_of(act)
    if state not in step.sources:
        raise ActedFirst(
            N_("This hazard is now “%(state)s”; “%(act)s” is no longer possible. Look at its timeline."),
            state=state,
            act=act,
        )
    if step.to is State.CLOSED and act is not Act.APPROVE_CLOSURE and not general:
        return State.VERIFIED
    return step.to or state


def demand_brought(act: Act, brought: dict[str, object]) -> None:
    """Raise Refused, naming the field, when something the step must bring is missing."""
    for field in step_of(act).brings:
        if is_missing(brought.get(field)):
            raise Refused(MISSING[field], field=field)


def is_missing(value: object) -> bool:
    """Whether nothing was brought; an amount of nought is something."""
    return value is None or (not isinstance(value, int | float) and not value)


MISSING = {
    "responsible": N_("Name the person who will rectify it."),
    "note": N_("Say in a sentence what was done or seen."),
    "photos": N_("Add at least one photo of how it looks now."),
    "reason": N_("Give the reason."),
    "interim_measures": N_("Say which measures keep it safe until then."),
    "due_on": N_("Give a due date."),
    "method": N_("Say how it was verified: on site or by photo."),
    "department": N_("Name the competent department."),
    "criterion": N_("Name the criterion: document and clause."),
    "channel": N_("Say how the enterprise was reminded."),
    "reply": N_("Say what came of the contact."),
    "measures": N_("Say how it will be rectified, step by step."),
    "funds": N_("Give the money that is set aside, in 10,000 yuan; 0 if it costs nothing."),
    "emergency_plan": N_("Say what is done in an emergency, and who is called."),
    "second": N_("A major hazard is verified on site by two people: name the second one."),
    "leader": N_("Name the leader who is responsible."),
    "deadline": N_("Give the deadline of the listing."),
    "reply_by": N_("Say by when the enterprise is to answer."),
    "into": N_("Choose the hazard that stays."),
}
