"""A draft of a list as the check page shows it on a phone, for the frame beside its editor."""

from __future__ import annotations

from types import SimpleNamespace

from flask import abort, g, render_template, request
from flask_login import current_user

from ..checklists import queries as lists
from ..checklists.models import Checklist, HazardClass
from ..checklists.queries import Section
from ..core.access import Permission
from ..core.clock import today
from ..core.parsing import read_number
from ..core.web import SELF, fetch, needs
from ..enterprises.models import Sector
from .blueprint import pages
from .finding_details import on_page
from .page_values import Values
from .queries import Background


@pages.get("/preview/<code>")
@needs(Permission.EDIT_CHECKLISTS)
def preview(code: str) -> str:
    """The items of a draft, or one of them, each with the fields of its finding."""
    checklist = fetch(
        lists.visible_to(current_user).where(Checklist.code == code), Permission.EDIT_CHECKLISTS
    )
    if checklist.draft is None:
        abort(404)
    number = request.args.get("item", type=read_number)
    items = [item for item in checklist.draft.items if number in (None, item.id)]
    g.framed_by = SELF
    return render_template(
        "checks/preview.html",
        checklist=checklist,
        items=items,
        **on_page([Section(checklist, checklist.draft, items)], today()),
        failing={str(item.id) for item in items},
        background=Background(),
        values=Values(),
        photos={},
        problems={},
        finding_of={},
        new_uuid=lambda: "preview",
        hazard_classes=HazardClass,
        site=SimpleNamespace(sector=Sector.OTHER),
    )
