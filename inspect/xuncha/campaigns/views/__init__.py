"""Pages of the campaigns domain, a file for each subject: the campaigns, the experts' engagements, the illegal cases."""

from __future__ import annotations

from .. import visit_matters
from . import calibration, cases, credentials, drives, experts, opinions
from .base import pages

__all__ = ["calibration", "cases", "credentials", "drives", "experts", "opinions", "pages", "visit_matters"]
