"""Pages of the papers of campaigns: experts' opinions, papers of illegal cases, the report of a campaign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..campaigns import queries as campaigns
from ..campaigns.case_papers import CasePaper, CasePaperKind
from ..campaigns.expert_opinions import ExpertOpinion
from ..campaigns.expert_opinions import visible_to as opinions_visible_to
from ..campaigns.models import Campaign, IllegalCase
from ..core.access import Permission
from ..core.web import fetch, needs
from ..stats.scope import Scope
from . import printing
from .answers import answer
from .batch_views import pages
from .printing import Kind


def _draft() -> bool:
    return request.args.get("draft") == "1"


@pages.get("/expert-opinions/<int:number>")
@needs(Permission.SEE_HAZARD)
def expert_opinion(number: int) -> str | Response | tuple[str, int]:
    """An expert's opinion."""
    query = opinions_visible_to(current_user).where(ExpertOpinion.id == number)
    return answer(printing.expert(fetch(query, Permission.SEE_HAZARD), draft=_draft()))


def papers_visible_to(actor: User) -> sa.Select[CasePaper]:
    """The papers of the illegal cases that the actor sees."""
    seen = campaigns.cases_visible_to(actor).with_only_columns(IllegalCase.id)
    return sa.select(CasePaper).where(CasePaper.case_id.in_(seen))


@pages.get("/cases/<int:number>")
@needs(Permission.SEE_CAMPAIGNS)
def case_paper(number: int) -> str | Response | tuple[str, int]:
    """A paper of an illegal case."""
    query = papers_visible_to(current_user).where(CasePaper.id == number)
    return answer(printing.case(fetch(query, Permission.SEE_CAMPAIGNS), draft=_draft()))


@pages.get("/campaigns/<int:number>")
@needs(Permission.PRINT_REPORTS)
def campaign_report(number: int) -> str | Response | tuple[str, int]:
    """The report of a campaign, of what the reader sees."""
    query = campaigns.visible_to(current_user).where(Campaign.id == number)
    found = fetch(query, Permission.PRINT_REPORTS)
    return answer(printing.campaign(found, Scope(current_user), draft=_draft()))


def _papers_of(kind: CasePaperKind) -> Callable[[User], sa.Select[CasePaper]]:
    return lambda actor: papers_visible_to(actor).where(CasePaper.kind == kind)


FOUND: dict[str, tuple[Any, Any, str]] = {
    Kind.EXPERT_OPINION.value: (opinions_visible_to, ExpertOpinion, "reports.expert_opinion"),
    **{kind.value: (_papers_of(of), CasePaper, "reports.case_paper") for kind, of in printing.CASES.items()},
}
