"""Pages of the papers about enterprises and who is responsible for them."""

from __future__ import annotations

from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import today
from ..core.web import fetch, needs
from ..enterprises.models import Site
from ..enterprises.queries import visible_to as sites_visible_to
from ..stats.profile import Profile
from . import enterprise_profile as profile_paper
from .answers import answer
from .batch_views import pages


@pages.get("/profiles/<int:number>")
@needs(Permission.PRINT_REPORTS)
def enterprise_profile(number: int) -> str | Response | tuple[str, int]:
    """The profile of an enterprise on one sheet."""
    site = fetch(sites_visible_to(current_user).where(Site.id == number), Permission.SEE_SITE)
    return answer(profile_paper.order(Profile(site, today(), current_user._get_current_object())))
