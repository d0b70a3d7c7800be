"""What is noted of a contact with an enterprise: how it was reached, and what came of it."""

from __future__ import annotations

from ..core.labels import N_, Labelled


class Channel(Labelled):
    """How an enterprise was reminded."""

    PHONE = "phone", N_("By phone")
    MESSAGE = "message", N_("By message")
    VISIT = "visit", N_("By a visit")
    LETTER = "letter", N_("By letter")
    # 约谈 (domain 2.4); "interview" is the step of the escalation that asks for it.
    MEETING = "meeting", N_("By interview")


class Reply(Labelled):
    """What came of a contact; only one that reached the enterprise counts as urged."""

    REACHED = "reached", N_("Reached")
    PROMISED = "promised", N_("Promised to rectify")
    REFUSED = "refused", N_("Refused to rectify")
    NOT_REACHED = "not_reached", N_("Not reached")
