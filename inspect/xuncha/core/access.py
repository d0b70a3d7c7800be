"""Who may do what: default deny. One table of rules; views, templates, actions and lists all ask it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from .errors import NotAllowed
from .labels import N_, Labelled


class Role(Labelled):
    """What a person is in the zone's work (domain: roles)."""

    OFFICE_ADMIN = "office_admin", N_("Office administrator")
    LEADER = "leader", N_("Leader in charge")
    TEAM_LEAD = "team_lead", N_("Team lead")
    SUPERVISOR = "supervisor", N_("Supervisor")
    EXPERT = "expert", N_("Expert")
    ENT_OFFICER = "ent_officer", N_("Enterprise safety officer")
    ENT_PRINCIPAL = "ent_principal", N_("Enterprise principal")
    AUDITOR = "auditor", N_("Auditor (read only)")


class Bearer(Enum):
    """Who acts without an account, by something that was given to him."""

    NOTICE_LINK = "notice_link"


OFFICE = frozenset({Role.OFFICE_ADMIN})
MANAGERS = frozenset({Role.OFFICE_ADMIN, Role.LEADER})
READ_ALL = MANAGERS | {Role.AUDITOR}
FIELD = frozenset({Role.SUPERVISOR, Role.TEAM_LEAD})
STAFF = READ_ALL | FIELD
ENTERPRISE = frozenset({Role.ENT_OFFICER, Role.ENT_PRINCIPAL})
EVERYONE = frozenset(Role)


class Permission(Enum):
    """Each with the sentence that explains it; domains name the thing that it is asked about."""

    BE_ANYONE = "open a page that needs no sign-in"
    BE_SIGNED_IN = "use one's own account"
    USE_CALENDAR_FEED = "subscribe to one's own due dates by the secret address of a calendar"
    MANAGE_USERS = "add people, change their role, end their access"
    MANAGE_SETTINGS = "change the settings of the zone"
    MANAGE_JOBS = "see the work that is done outside requests, have it tried again and stop it"
    SEE_HISTORY = "read the history of changes"

    SEE_SITE = "open an enterprise or idle site and its history"
    EDIT_SITE = "add and change enterprises and idle sites, import and export them"
    ASSIGN_SITE = "name the supervisor of an enterprise"
    SEE_LOAD = "see how much each supervisor carries"
    SETTLE_PHONE = "note that what a phone reported as unsent has been dealt with"

    SEE_CHECKLISTS = "read the checklists"
    EDIT_CHECKLISTS = "write and publish a new version of a checklist"

    SEE_SCHEDULE = "see the tasks of the half-months"
    OPEN_SCHEDULE = "open the tasks of a month"
    ASK_EXCUSE = "ask that a task be excused"
    DECIDE_EXCUSE = "decide whether a task is excused"
    POSTPONE_CHECKS = "move planned checks to a later day, or ask for that"
    PLAN_VISITS = "put one's own visits into days and an order"
    EDIT_CALENDAR = "enter holidays and adjusted workdays"

    SEE_CHECK = "read a filed check"
    FILE_CHECK = "file a check of a site"
    CORRECT_CHECK = "file a corrected version of a check"
    SEE_PULSE = "see the pulses of idle sites"
    FILE_PULSE = "take a pulse of an idle site"
    DELIVER_FILING = "bring in a colleague's check from a rescue file"
    DECIDE_CHECK = "decide which of two checks of one task counts"
    SEE_PHOTO = "see a photo"
    SEE_ORIGINAL = "download a photo as it was sent, with the time, place and device that it carries"
    MARK_PHOTO = "draw marks on a layer over a photo"
    SEE_LIKENESS = "be told that a photo looks like an earlier one"

    SEE_HAZARD = "read a hazard and its timeline"
    IMPORT_HAZARDS = "bring in the hazards that are open when the zone moves in"
    EXPORT_HAZARDS = "export the hazard ledger"
    ISSUE_NOTICE = "issue a rectification notice"
    ACCEPT_HAZARD = "accept a hazard for the enterprise and name who rectifies it"
    RECTIFY_HAZARD = "report a hazard rectified, ask for an extension"
    CLOSE_OWN_FINDING = "close for the enterprise what it found itself and another person rectified"
    SIGN_OFF_RECTIFICATION = "sign for the enterprise that a major hazard is rectified"
    SEE_INBOX = "see what is expected of one's enterprise, by date"
    MANAGE_POSTERS = "print and revoke the posters by which an enterprise's workers report hazards"
    MANAGE_PLAQUES = "print the plaque of an enterprise, make and revoke the address on it"
    REPORT_BY_POSTER = "report a hazard by the address on a poster"
    SEE_WORKER_REPORTS = "read what workers reported"
    SEE_REPORTER = "see the name of the worker who reported"
    DECIDE_WORKER_REPORT = "take or turn down for the enterprise what a worker reported"
    SEE_NOTICE_LINK = "get a notice with the address that opens its hazards without an account"
    USE_NOTICE_LINK = "open the hazards of a notice by the address on its paper"
    PLAN_RECTIFICATION = "submit the plan for a major hazard and report its progress"
    DECIDE_PLAN = "accept or return the plan for a major hazard"
    DECIDE_EXTENSION = "decide on an extension of a general hazard"
    DECIDE_MAJOR_EXTENSION = "decide on an extension of a major hazard"
    VERIFY_HAZARD = "verify a rectification or send it back"
    REMIND_ENTERPRISE = "note that an enterprise was called, written to or visited about a hazard"
    APPROVE_CLOSURE = "approve the closure of a major hazard"
    CONFIRM_MAJOR = "confirm or dismiss that a hazard is major"
    REFER_HAZARD = "refer a hazard to the competent department"
    VOID_HAZARD = "void or reopen a hazard"
    SUPERVISE_HAZARD = "issue a supervision letter for a hazard that is overdue"
    LIST_HAZARD = "list a major hazard publicly and delist it"

    SEE_CAMPAIGNS = "read campaigns and illegal cases"
    MANAGE_CAMPAIGNS = "set up campaigns and engage experts"
    RECORD_CASE = "record an illegal act or installation and its outcome"

    SEE_TRAININGS = "read trainings and drills"
    RECORD_TRAINING = "record a training or drill"
    CHANGE_TRAINING = "change a recorded training or make it void"
    PLAN_TRAININGS = "plan the trainings of a year and say of which materials stock is kept"
    EDIT_QUESTIONS = "add, import and retire the questions of exams"
    USE_TRAINING_CODE = "sign in to a training and take its exam by the code that hangs there"

    SEE_COMMITTEE = "read the committee's meetings and decisions, and the plans by sector"
    MANAGE_COMMITTEE = "keep the committee's members, meetings and decisions, and the plans by sector"
    SIGN_MINUTES = "sign off the minutes of a meeting that one chaired"
    REPORT_DECISION = "report a decision done for which one is responsible"
    ACCEPT_DECISION = "accept or send back, as secretary, a decision that is reported done"

    SEE_FIGURES = "see the figures"
    EDIT_FOCUS_LISTS = "name the enterprises in focus by a rule"
    PRINT_REPORTS = "make summaries and ledgers of a period"
    SEE_EDITIONS = "read the summary of the whole zone, and the summaries and circulars that were issued"
    WRITE_SUMMARY = "write the paragraph of a summary by hand"
    ISSUE_EDITION = "issue a summary or circular"
    SEE_APPRAISAL = "see an appraisal: the own, or everybody's"
    FILE_APPEAL = "appeal against a component of the own appraisal"
    DECIDE_APPEAL = "decide on the appeal of somebody else"
    RECORD_DEDUCTION = "record, with evidence, that a record of somebody else was found false"
    ANSWER_DEDUCTION = "state one's view of the own record that is said to be false"
    DECIDE_DEDUCTION = (
        "decide whether points are deducted for a false record of somebody else, and withdraw a deduction"
    )
    SEE_BURDEN = "see what checks cost the people who file them, without their names"

    SEE_ZONES = "see the figures of all zones of the province, and go into each as a reader"

    EXPORT_LISTS = "export lists as they stand on the screen"
    SAVE_VIEW = "save the view of a list under a name"
    CHANGE_VIEW = "rename and delete a saved view"
    SHARE_VIEW = "share a saved view with the office"


class Thing(Protocol):
    """What a relation is asked about; every domain's rows can name their site."""


Relation = Callable[[Any, Any], bool]
_relations: dict[str, Relation] = {}


def relation(name: str) -> Callable[[Relation], Relation]:
    """Register a named relation of actor and thing; the domain that knows the thing defines it."""

    def register(predicate: Relation) -> Relation:
        _relations[name] = predicate
        return predicate

    return register


@dataclass(frozen=True)
class Way:
    """One way to hold a permission: one of the roles and, if named, a relation to the thing."""

    roles: frozenset[Role | Bearer]
    relation: str | None = None


def way(*roles: Role | Bearer | frozenset[Role], to: str | None = None) -> Way:
    """Write a way: roles or sets of roles, and the relation `to` the thing."""
    flat: set[Role | Bearer] = set()
    for role in roles:
        flat |= role if isinstance(role, frozenset) else {role}
    return Way(frozenset(flat), to)


P = Permission
_see_site = (
    way(READ_ALL),
    way(FIELD, to="responsible"),
    way(Role.EXPERT, to="engaged"),
    way(ENTERPRISE, to="own"),
)
_field_work = (way(OFFICE), way(FIELD, to="responsible"))
_enterprise_work = (way(ENTERPRISE, to="own"), way(Bearer.NOTICE_LINK, to="named_in_notice"))

OPEN_TO_ALL = frozenset(
    {P.BE_ANYONE, P.USE_NOTICE_LINK, P.REPORT_BY_POSTER, P.USE_CALENDAR_FEED, P.USE_TRAINING_CODE}
)

RULES: dict[Permission, tuple[Way, ...]] = {
    P.BE_ANYONE: (way(EVERYONE),),
    P.BE_SIGNED_IN: (way(EVERYONE),),
    P.USE_CALENDAR_FEED: (way(EVERYONE),),
    P.MANAGE_USERS: (way(OFFICE),),
    P.MANAGE_SETTINGS: (way(OFFICE),),
    P.MANAGE_JOBS: (way(OFFICE),),
    P.SEE_HISTORY: (way(READ_ALL),),
    P.SEE_SITE: _see_site,
    P.EDIT_SITE: (way(OFFICE),),
    P.ASSIGN_SITE: (way(MANAGERS), way(Role.TEAM_LEAD, to="responsible")),
    P.SEE_LOAD: (way(READ_ALL), way(Role.TEAM_LEAD)),
    P.SETTLE_PHONE: (way(MANAGERS), way(Role.TEAM_LEAD)),
    P.SEE_CHECKLISTS: (way(STAFF, Role.EXPERT),),
    P.EDIT_CHECKLISTS: (way(OFFICE),),
    P.SEE_SCHEDULE: (way(STAFF),),
    P.OPEN_SCHEDULE: (way(OFFICE),),
    P.ASK_EXCUSE: (way(OFFICE), way(FIELD, to="responsible")),
    P.DECIDE_EXCUSE: (way(MANAGERS), way(Role.TEAM_LEAD, to="responsible")),
    P.POSTPONE_CHECKS: (way(MANAGERS), way(FIELD, to="responsible")),
    P.PLAN_VISITS: (way(FIELD),),
    P.EDIT_CALENDAR: (way(OFFICE),),
    P.SEE_CHECK: (*_see_site, way(FIELD, Role.EXPERT, to="author")),
    P.FILE_CHECK: (*_field_work, way(Role.EXPERT, to="engaged")),
    P.CORRECT_CHECK: (way(OFFICE), way(FIELD, Role.EXPERT, to="author")),
    P.SEE_PULSE: (way(READ_ALL), way(FIELD, to="responsible")),
    P.FILE_PULSE: _field_work,
    P.DELIVER_FILING: (way(OFFICE, FIELD),),
    P.DECIDE_CHECK: (way(MANAGERS), way(Role.TEAM_LEAD, to="responsible")),
    P.SEE_PHOTO: (way(EVERYONE, to="shown"),),
    P.SEE_ORIGINAL: (way(STAFF, Role.EXPERT, to="shown"), way(EVERYONE, to="author")),
    P.MARK_PHOTO: (way(OFFICE, FIELD, Role.EXPERT, to="shown"), way(EVERYONE, to="author")),
    P.SEE_LIKENESS: (way(READ_ALL), way(FIELD, to="responsible")),
    P.SEE_HAZARD: (*_see_site, way(FIELD, Role.EXPERT, to="author")),
    P.IMPORT_HAZARDS: (way(OFFICE),),
    P.EXPORT_HAZARDS: (way(STAFF),),
    P.ISSUE_NOTICE: _field_work,
    P.ACCEPT_HAZARD: _enterprise_work,
    P.RECTIFY_HAZARD: _enterprise_work,
    P.CLOSE_OWN_FINDING: (way(ENTERPRISE, to="own"),),
    P.SIGN_OFF_RECTIFICATION: (
        way(Role.ENT_PRINCIPAL, to="own"),
        way(Bearer.NOTICE_LINK, to="named_in_notice"),
    ),
    P.SEE_INBOX: (way(ENTERPRISE),),
    P.MANAGE_POSTERS: (*_field_work, way(ENTERPRISE, to="own")),
    P.MANAGE_PLAQUES: _field_work,
    P.REPORT_BY_POSTER: (way(EVERYONE),),
    P.SEE_WORKER_REPORTS: (way(READ_ALL), way(FIELD, to="responsible"), way(ENTERPRISE, to="own")),
    # Domain 7: names of who reports stand on a permission of their own.
    P.SEE_REPORTER: (way(MANAGERS), way(FIELD, to="responsible"), way(ENTERPRISE, to="own")),
    P.DECIDE_WORKER_REPORT: (way(ENTERPRISE, to="own"),),
    P.SEE_NOTICE_LINK: (way(MANAGERS), way(FIELD, to="responsible"), way(ENTERPRISE, to="own")),
    P.USE_NOTICE_LINK: (way(EVERYONE),),
    P.PLAN_RECTIFICATION: (way(ENTERPRISE, to="own"), *_field_work),
    P.DECIDE_PLAN: (way(MANAGERS),),
    P.DECIDE_EXTENSION: (way(MANAGERS), way(FIELD, to="responsible")),
    P.DECIDE_MAJOR_EXTENSION: (way(MANAGERS),),
    P.VERIFY_HAZARD: _field_work,
    P.REMIND_ENTERPRISE: (way(MANAGERS), way(FIELD, to="responsible")),
    P.APPROVE_CLOSURE: (way(MANAGERS),),
    P.CONFIRM_MAJOR: (way(MANAGERS),),
    P.REFER_HAZARD: _field_work,
    P.VOID_HAZARD: (way(MANAGERS),),
    P.SUPERVISE_HAZARD: (way(MANAGERS),),
    P.LIST_HAZARD: (way(MANAGERS),),
    P.SEE_CAMPAIGNS: (way(STAFF, Role.EXPERT),),
    P.MANAGE_CAMPAIGNS: (way(OFFICE),),
    P.RECORD_CASE: (way(OFFICE, FIELD),),
    P.SEE_TRAININGS: (way(STAFF),),
    P.RECORD_TRAINING: (way(OFFICE, FIELD),),
    P.CHANGE_TRAINING: (way(OFFICE), way(FIELD, to="author")),
    P.PLAN_TRAININGS: (way(OFFICE),),
    P.EDIT_QUESTIONS: (way(OFFICE),),
    P.USE_TRAINING_CODE: (way(EVERYONE),),
    P.SEE_COMMITTEE: (way(STAFF),),
    P.MANAGE_COMMITTEE: (way(MANAGERS),),
    P.SIGN_MINUTES: (way(MANAGERS, FIELD, to="presides"),),
    P.REPORT_DECISION: (way(MANAGERS, FIELD, to="answers"),),
    P.ACCEPT_DECISION: (way(MANAGERS, FIELD, to="accepts"),),
    P.SEE_FIGURES: (way(STAFF),),
    P.EDIT_FOCUS_LISTS: (way(OFFICE),),
    P.PRINT_REPORTS: (way(STAFF),),
    P.SEE_EDITIONS: (way(READ_ALL),),
    P.WRITE_SUMMARY: (way(MANAGERS),),
    P.ISSUE_EDITION: (way(MANAGERS),),
    P.SEE_APPRAISAL: (way(READ_ALL), way(FIELD, to="concerned")),
    P.FILE_APPEAL: (way(OFFICE, FIELD, to="concerned"),),
    P.DECIDE_APPEAL: (way(Role.LEADER, to="not_concerned"),),
    P.RECORD_DEDUCTION: (way(MANAGERS, to="not_concerned"),),
    P.ANSWER_DEDUCTION: (way(MANAGERS, FIELD, to="concerned"),),
    P.DECIDE_DEDUCTION: (way(Role.LEADER, to="not_concerned"),),
    P.SEE_BURDEN: (way(READ_ALL),),
    P.SEE_ZONES: (way(READ_ALL),),
    P.EXPORT_LISTS: (way(STAFF),),
    P.SAVE_VIEW: (way(STAFF),),
    # Of what others keep to themselves nobody sees anything.
    P.CHANGE_VIEW: (way(STAFF, to="keeper"), way(MANAGERS)),
    P.SHARE_VIEW: (way(MANAGERS),),
}


def allowed(actor: Any, permission: Permission, thing: Any = None) -> bool:
    """Whether the actor holds the permission, for the thing where one is given.

    Without a thing the answer is whether some thing might allow it: enough to open a list, never to act on a thing.
    """
    if actor is None or not getattr(actor, "is_active", False):
        return False
    for rule in RULES[permission]:
        if actor.role not in rule.roles:
            continue
        if rule.relation is None or thing is None or _relations[rule.relation](actor, thing):
            return True
    return False


def demand(actor: Any, permission: Permission, thing: Any = None) -> None:
    """Raise NotAllowed unless the actor holds the permission; every action begins with it."""
    if not allowed(actor, permission, thing):
        raise NotAllowed(N_("You may not do this. Ask the safety office if you think you should."))
