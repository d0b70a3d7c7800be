"""Finding a numbered paper as people name it: its full number, 2026-12, or the bare serial of this year."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from ..campaigns.case_papers import CasePaper
from ..campaigns.expert_opinions import ExpertOpinion
from ..checks.models import Check
from ..committee.minutes import CommitteeMinutes
from ..hazards.models import Letter, Notice, Opinion
from ..hazards.papers.deliveries import Delivery
from .models import Edition

_SHORT = re.compile(r"(?:(\d{4})-)?(\d{1,9})", re.ASCII)
# People type the brackets of a number in every width.
_BRACKETS = str.maketrans({"(": "\uff08", ")": "\uff09", "[": "\u3014", "]": "\u3015", " ": None})


def numbered(
    query: sa.Select[Any],
    model: type[
        Check | Notice | Opinion | Letter | Delivery | ExpertOpinion | CasePaper | Edition | CommitteeMinutes
    ],
    text: str,
    year: int,
) -> Any:
    """Narrow a select of papers to a number; of a corrected record the version that holds."""
    text = text.strip()
    short = _SHORT.fullmatch(text)
    if short:
        query = query.where(model.year == int(short[1] or year), model.serial == int(short[2]))
    else:
        query = query.where(model.number == text.translate(_BRACKETS))
    if model is Check:
        query = query.order_by(Check.edition.desc())
    return query.limit(1)
