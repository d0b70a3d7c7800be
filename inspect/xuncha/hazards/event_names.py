"""Names of what happened to a hazard: a step is offered as what to do, and told in a timeline as what was done."""

from __future__ import annotations

from ..core.i18n import word
from ..core.labels import N_, Labelled
from .lifecycle import Act

# Steps whose label already tells what happened are not among them.
DONE = {
    Act.ISSUE: N_("Notice issued"),
    Act.ACCEPT: N_("Hazard accepted"),
    Act.REPORT_DONE: N_("Reported rectified"),
    Act.ASK_EXTENSION: N_("Extension asked for"),
    Act.GRANT_EXTENSION: N_("Extension granted"),
    Act.REFUSE_EXTENSION: N_("Extension refused"),
    Act.VERIFY: N_("Re-inspection passed"),
    Act.SEND_BACK: N_("Rectification sent back"),
    Act.APPROVE_CLOSURE: N_("Closure approved"),
    Act.REFER: N_("Hazard referred"),
    Act.CLOSE_REFERRED: N_("Closed after the department's reply"),
    Act.CONFIRM_MAJOR: N_("Confirmed as major"),
    Act.DISMISS_MAJOR: N_("Found not to be major"),
    Act.REPORT_MAJOR: N_("Reported to the department"),
    Act.SUBMIT_PLAN: N_("Plan submitted"),
    Act.ACCEPT_PLAN: N_("Plan accepted"),
    Act.RETURN_PLAN: N_("Plan returned"),
    Act.REPORT_PROGRESS: N_("Progress reported"),
    Act.LIST: N_("Listed publicly"),
    Act.DELIST: N_("Delisted"),
    Act.REOPEN: N_("Hazard reopened"),
    Act.VOID: N_("Made void"),
    Act.REMIND: N_("Enterprise reminded"),
    Act.SUPERVISE: N_("Supervision letter issued"),
    Act.MERGE: N_("Merged into another hazard"),
    Act.SIGN_OFF: N_("Rectification signed off"),
    Act.CLOSE_OWN: N_("Own finding closed"),
    Act.CONFIRM_FINDING: N_("Expert's finding confirmed"),
    Act.REJECT_FINDING: N_("Expert's finding rejected"),
}


def happened(what: Labelled) -> str:
    """What a timeline says of a step that was taken, or of a step of the escalation that was reached."""
    return str(word(DONE[what] if isinstance(what, Act) and what in DONE else what.label))
