"""The list of checks: its columns, its order, the photos of its workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import aliased

from ..accounts.models import User
from ..core.labels import N_, Labelled
from ..enterprises.models import Site
from ..lists.list_workbook import Pictures
from ..lists.listing import ListColumn, Listing
from ..lists.orders import beginning, ranked
from ..photos.list_pictures import pictures
from .models import Check, CheckPhoto, LegalMode, PhotoRole, VisitKind
from .queries import NEWEST

INSPECTOR = aliased(User)
PHOTOS = {PhotoRole.SCENE.value: N_("Scene"), PhotoRole.ITEM.value: N_("Item")}


def marks(check: Check) -> str:
    """What is out of the ordinary about a check, in words."""
    said = [gettext("Entered late")] if check.is_late_entry else []
    said += [gettext("Version %(number)s", number=check.edition)] if check.edition > 1 else []
    return gettext("; ").join(
        said + ([gettext("Second for its task")] if "second_for_task" in check.flags else [])
    )


def _choice(name: str, head: str, column: Any, kind: type[Labelled]) -> ListColumn:
    return ListColumn(name, head, lambda check: getattr(check, name), (ranked(column, list(kind)),))


def _text(name: str, head: str, column: Any, width: int) -> ListColumn:
    return ListColumn(name, head, lambda check: getattr(check, name), (beginning(column),), width)


def _with_names(query: sa.Select[Check]) -> sa.Select[Check]:
    named = query.join(Site, Site.id == Check.site_id)
    return named.join(INSPECTOR, INSPECTOR.id == Check.inspector_id)


CHECKS = Listing(
    name="checks",
    title=N_("Checks"),
    subject=ListColumn("site", N_("Site"), lambda check: check.site.name, (Site.name, Site.id), 30),
    columns=(
        ListColumn(
            "number",
            N_("Number"),
            lambda check: check.number,
            (Check.year, Check.serial, Check.edition),
            nowrap=True,
        ),
        ListColumn(
            "visited",
            N_("Visited"),
            lambda check: check.visited_on,
            (Check.visited_on, Check.id),
            indexed=True,
            nowrap=True,
        ),
        _choice("kind", N_("Kind of visit"), Check.kind, VisitKind),
        _choice("mode", N_("Legal mode"), Check.mode, LegalMode),
        ListColumn("inspector", N_("Inspector"), lambda check: check.inspector.name, (INSPECTOR.name,), 12),
        ListColumn("area", N_("Area"), lambda check: check.site.area, (beginning(Site.area),)),
        _text("place", N_("Place"), Check.place, 18),
        _text("site_person", N_("Person in charge on site"), Check.site_person, 12),
        _text("summary", N_("Summary"), Check.summary, 40),
        _text("objection", N_("Objection of the enterprise"), Check.objection, 24),
        _text("late_reason", N_("Reason for the late entry"), Check.late_reason, 24),
        ListColumn("edition", N_("Edition"), lambda check: check.edition, (Check.edition,), 8, num=True),
        ListColumn("marks", N_("Marks"), marks, (), 18),
    ),
    usual=("number", "visited", "kind", "inspector", "marks"),
    last=NEWEST,
    number=Check.id,
    own="-visited",
    join=_with_names,
)


def photos(numbers: Sequence[int]) -> Pictures:
    """Of each check the first photo of the scene and of an item."""
    return pictures(CheckPhoto, CheckPhoto.check_id, PHOTOS, numbers)
