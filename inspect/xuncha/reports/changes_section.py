"""What changed since the last edition of the same period, as a summary prints it."""

from __future__ import annotations

from typing import Any

from .document import Document
from .document_parts import Sections


def write(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    """x"""
