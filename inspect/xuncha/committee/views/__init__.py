"""Pages of the committee, a file for each subject: members, meetings, decisions, plans by sector."""

from __future__ import annotations

from .. import panels
from . import decisions, meetings, members, plans
from .base import pages

__all__ = ["decisions", "meetings", "members", "pages", "panels", "plans"]
