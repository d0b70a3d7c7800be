"""Words about channels: for whom, in which state."""

from __future__ import annotations

from flask_babel import gettext

from ..core.i18n import label, pick
from .models import Channel


def name_of(channel: Channel) -> str:
    """For whom a channel is."""
    if channel.user:
        return channel.user.name
    return pick(channel.team, "name") if channel.team else gettext("All managers")


def problem_of(channel: Channel) -> str:
    """Why a channel takes nothing at present; empty where it does."""
    if channel.fault is None:
        return ""
    words = label(channel.fault)
    return (
        gettext("%(words)s (answer %(code)s)", words=words, code=channel.fault_code)
        if channel.fault_code
        else words
    )
