"""The page of the map: the outline of the zone, and the office's own server of tiles."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField

from ..core import settings
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.errors import ActedFirst, Refused
from ..core.forms import OnceField, PageForm, show_problem
from ..core.parsing import read_number
from ..core.web import done, needs
from ..stats.zone_map.queries import newest_outline
from . import actions

pages = Blueprint("zone_map", __name__, url_prefix="/settings/map")


class MapForm(PageForm):
    """What the map is drawn from."""

    once = OnceField()
    seen = HiddenField()
    outline = FileField(
        _l("Outline of the zone (GeoJSON)"),
        description=_l(
            "Polygons in WGS-84 (EPSG:4326), at most 2 MB and 20,000 points. Empty: it stays as it is."
        ),
    )
    no_outline = BooleanField(_l("Take the outline away: sites are drawn on blank ground"))
    map_tiles = StringField(
        _l("Address of the office's own tiles"),
        description=_l(
            "With {z}, {x} and {y}, for example https://tiles.zone.cn/{z}/{x}/{y}.png. Empty: blank ground."
        ),
    )
    map_shifted = BooleanField(
        _l("These tiles are shifted (GCJ-02)"),
        description=_l("Places stay in WGS-84; they are shifted only for drawing."),
    )
    office_place = StringField(
        _l("Place of the office"),
        description=_l(
            "Latitude, longitude in WGS-84, for example 31.3012, 120.6034: visit plans begin there."
        ),
    )


@pages.route("", methods=["GET", "POST"])
@needs(Permission.MANAGE_SETTINGS)
def page() -> str | Response | tuple[str, int]:
    """The outline and the ground, and every change of them."""
    now = settings.values()
    shown = {
        "map_tiles": now[settings.MAP_TILES],
        "map_shifted": now[settings.MAP_SHIFTED] == "1",
        "office_place": now[settings.OFFICE_PLACE],
        "seen": str(settings.newest_row()),
    }
    form = MapForm(data=shown)
    if form.validate_on_submit():
        try:
            return _saved(form)
        except ActedFirst:
            raise
        except Refused as problem:
            show_problem(form, problem)
    text = render_template("office/map.html", form=form, outline=newest_outline())
    return text, 422 if form.is_submitted() else 200


def _saved(form: MapForm) -> Response:
    seen, moment = read_number(form.seen.data) or 0, utcnow()
    file = form.outline.data
    data = file.read() if file and file.filename else None
    name = file.filename if data is not None else ""
    changed = actions.change_map(
        form.map_tiles.data or "",
        bool(form.map_shifted.data),
        form.office_place.data or "",
        seen=seen,
        actor=current_user,
        now=moment,
    )
    if form.no_outline.data:
        changed += actions.take_outline_away(actor=current_user, now=moment)
    elif data is not None:
        changed += [actions.bring_outline(data, name, actor=current_user, now=moment).name]
    message = gettext("The map is saved.") if changed else gettext("Nothing was changed.")
    return done(message, "zone_map.page")
