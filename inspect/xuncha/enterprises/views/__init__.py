"""Pages of the enterprises domain, a file for each subject: the sites, who is responsible, workbooks."""

from __future__ import annotations

from . import duty, lists, reassigning, sites, workbooks
from .base import pages

__all__ = ["duty", "lists", "pages", "reassigning", "sites", "workbooks"]
