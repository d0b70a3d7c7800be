"""Pulses of idle sites, as phones hand them over."""

from __future__ import annotations

from flask import Response

from ..checks.pulses import take_pulse
from ..core.access import Permission
from ..core.web import needs
from . import forms
from .blueprint import pages
from .taking import take_once


@pages.post("/sync/pulses")
@needs(Permission.FILE_PULSE)
def take_pulse_of_phone() -> tuple[Response, int]:
    """Take a pulse."""
    return take_once(forms.read_pulse, take_pulse)
