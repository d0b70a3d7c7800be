"""Decisions on reported rectifications, as phones hand them over."""

from __future__ import annotations

from flask import Response

from ..core.access import Permission
from ..core.web import needs
from ..hazards.verification.verifications import take_verification
from . import forms
from .blueprint import pages
from .taking import take_once


@pages.post("/sync/verifications")
@needs(Permission.VERIFY_HAZARD)
def take() -> tuple[Response, int]:
    """Take a decision."""
    return take_once(forms.read_verification, take_verification)
