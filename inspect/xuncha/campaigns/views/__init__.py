"""Pages of the campaigns domain, a file for each subject: the campaigns, the experts' engagements, the illegal cases."""

from __future__ import annotations

from . import cases, drives, experts
from .base import pages

__all__ = ["cases", "drives", "experts", "pages"]
