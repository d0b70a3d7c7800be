"""The lists of enterprises and of idle sites: their columns and orders."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import aliased, selectinload

from ..accounts.models import User
from ..core.i18n import label
from ..core.labels import N_
from ..lists.listing import ListColumn, Listing
from ..lists.orders import beginning, ranked
from .models import Sector, Site, SiteKind, WorkingState

HOLDER = aliased(User)
HELD_BY = sa.func.coalesce(HOLDER.name, "")
# As the index of migration 0011 writes it: a database knows it again only with these literals.
BY_RISK: sa.ColumnElement[int] = sa.literal_column(
    "(CASE sites.risk WHEN 'red' THEN 0 WHEN 'orange' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END)", sa.Integer()
)


def _holder(site: Site) -> str:
    return site.supervisor.name if site.supervisor else ""


def _marks(site: Site) -> str:
    marks = [
        gettext("Key enterprise") if site.key else "",
        gettext("Crowded place") if site.crowded else "",
        label(site.working_state) if site.working_state is not WorkingState.PRODUCING else "",
    ]
    return gettext("; ").join(filter(None, marks))


def _with_holder(query: sa.Select[Site]) -> sa.Select[Site]:
    return query.outerjoin(HOLDER, Site.supervisor_id == HOLDER.id)


BY_NAME = (Site.name, Site.id)
NAME = ListColumn("name", N_("Name of the site"), lambda site: site.name, BY_NAME, 32, indexed=True)
RISK = ListColumn("risk", N_("Risk level"), lambda site: site.risk, (BY_RISK,), indexed=True)
AREA = ListColumn("area", N_("Area"), lambda site: site.area, (Site.area,), indexed=True, nowrap=True)
SUPERVISOR = ListColumn(
    "supervisor", N_("Supervisor"), _holder, (HELD_BY,), 12, load=(selectinload(Site.supervisor),)
)
ADDRESS = ListColumn("address", N_("Address"), lambda site: site.address, (beginning(Site.address),), 36)
CODE = ListColumn("uscc", N_("Credit code"), lambda site: site.uscc or "", (beginning(Site.uscc),), 22)
NOTE = ListColumn("note", N_("Remark"), lambda site: site.note, (beginning(Site.note),), 30)


def _declared(name: str, title: str, columns: tuple[ListColumn, ...], usual: tuple[str, ...]) -> Listing:
    return Listing(
        name, title, NAME, columns, usual, last=BY_NAME, number=Site.id, own="name", join=_with_holder
    )


def _counted(name: str, head: str, column: Any) -> ListColumn:
    return ListColumn(
        name, head, lambda site: getattr(site, name), (sa.func.coalesce(column, -1),), 10, num=True
    )


LISTINGS = {
    SiteKind.ENTERPRISE: _declared(
        "enterprises",
        N_("Enterprises"),
        (
            CODE,
            ListColumn(
                "sector", N_("Sector"), lambda site: site.sector, (ranked(Site.sector, list(Sector)),)
            ),
            RISK,
            AREA,
            SUPERVISOR,
            ADDRESS,
            _counted("staff", N_("Staff"), Site.staff),
            ListColumn(
                "state",
                N_("Working state"),
                lambda site: site.working_state,
                (ranked(Site.working_state, list(WorkingState)),),
            ),
            NOTE,
            ListColumn("marks", N_("Marks"), _marks, (), 24),
        ),
        ("sector", "risk", "area", "supervisor", "marks"),
    ),
    SiteKind.IDLE: _declared(
        "idle_sites",
        N_("Idle sites"),
        (RISK, AREA, SUPERVISOR, ADDRESS, NOTE),
        ("risk", "area", "supervisor", "address"),
    ),
}
