"""The checks for outer platforms: what a profile may name of each, and the rows of an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from flask_login import current_user

from ..core.access import Permission
from ..core.db import db
from ..core.labels import N_
from ..lists import upstream_profiles
from ..lists.listing_pages import EXPORT_AT_MOST
from ..lists.upstream_profile import Field
from . import queries
from .list_columns import CHECKS, marks
from .models import Check, LegalMode, VisitKind

FIELDS = (
    Field("number", N_("Number"), lambda check: check.number),
    Field("site_name", N_("Site"), lambda check: check.site.name),
    Field("site_uscc", N_("Credit code"), lambda check: check.site.uscc or ""),
    Field("site_address", N_("Address"), lambda check: check.site.address),
    Field("visited_on", N_("Visited"), lambda check: check.visited_on, is_day=True),
    Field("kind", N_("Kind of visit"), lambda check: check.kind, choices=VisitKind),
    Field("mode", N_("Legal mode"), lambda check: check.mode, choices=LegalMode),
    Field("inspector", N_("Inspector"), lambda check: check.inspector.name),
    Field("place", N_("Place"), lambda check: check.place),
    Field("site_person", N_("Person in charge on site"), lambda check: check.site_person),
    Field("summary", N_("Summary"), lambda check: check.summary),
    Field("objection", N_("Objection of the enterprise"), lambda check: check.objection),
    Field("late_reason", N_("Reason for the late entry"), lambda check: check.late_reason),
    Field("remark", N_("Marks"), marks),
)


def _rows(args: Mapping[str, str]) -> Iterable[Check]:
    query = queries.filtered(current_user, queries.Criteria.from_args(args))
    _look, query = CHECKS.look(args).of(queries.with_people(query))
    return db.session.scalars(query.limit(EXPORT_AT_MOST)).unique()


upstream_profiles.offer(
    "checks",
    upstream_profiles.Source(
        title=CHECKS.title,
        permission=Permission.EXPORT_LISTS,
        fields=lambda: {one.name: one for one in FIELDS},
        rows=_rows,
        name=lambda check: str(check.number),
        page="checks.index",
        folder=Path(__file__).with_name("data") / "upstream",
    ),
)
