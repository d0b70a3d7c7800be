"""The life cycle of a decision: the one table of its steps. Pure."""

from __future__ import annotations

from ..core.labels import N_, Labelled


class DecisionState(Labelled):
    """Where a decision stands."""

    DRAFT = "draft", N_("In minutes not signed off")
    OPEN = "open", N_("To be carried out")
    REPORTED = "reported", N_("Reported done")
    ACCEPTED = "accepted", N_("Done and accepted")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class DecisionAct(Labelled):
    """What is done to a decision."""

    MAKE = "make", N_("Resolved at the meeting")
    REPORT = "report", N_("Reported done")
    RETURN = "return", N_("Sent back")
    ACCEPT = "accept", N_("Accepted as done")
    CHANGE = "change", N_("Date or person changed")
    WITHDRAW = "withdraw", N_("Withdrawn")


OUTSTANDING = (DecisionState.OPEN, DecisionState.REPORTED)
TABLE: dict[tuple[DecisionState, DecisionAct], DecisionState] = {
    (DecisionState.DRAFT, DecisionAct.MAKE): DecisionState.OPEN,
    (DecisionState.OPEN, DecisionAct.REPORT): DecisionState.REPORTED,
    (DecisionState.REPORTED, DecisionAct.RETURN): DecisionState.OPEN,
    (DecisionState.REPORTED, DecisionAct.ACCEPT): DecisionState.ACCEPTED,
    (DecisionState.OPEN, DecisionAct.CHANGE): DecisionState.OPEN,
    (DecisionState.OPEN, DecisionAct.WITHDRAW): DecisionState.WITHDRAWN,
    (DecisionState.REPORTED, DecisionAct.WITHDRAW): DecisionState.WITHDRAWN,
}


def next_state(state: DecisionState, act: DecisionAct) -> DecisionState | None:
    """The state after a step; none where the step does not fit."""
    return TABLE.get((state, act))
