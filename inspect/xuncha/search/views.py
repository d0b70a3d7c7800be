"""The page of the search."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import current_user

from ..core.access import Permission
from ..core.parsing import visible_text
from ..core.web import needs
from .groups import Group, groups

pages = Blueprint("search", __name__)

LONGEST = 60


@pages.get("/search")
@needs(Permission.BE_SIGNED_IN)
def show() -> str:
    """What fits a text, by kind."""
    text = visible_text(request.args.get("q", "").replace("\0", ""))
    wrong = _wrong_with(text)
    found: list[Group] = groups(current_user._get_current_object(), text) if text and not wrong else []
    return render_template("search/show.html", text=text, wrong=wrong, groups=found, longest=LONGEST)


def _wrong_with(text: str) -> str:
    """Why a text is not searched for; one sign of a Chinese name says something, one letter does not."""
    if len(text) > LONGEST:
        return gettext("This is too long to search for. Type at most %(num)s characters.", num=LONGEST)
    if len(text) == 1 and text.isascii():
        return gettext("Type two or more letters or digits, or one Chinese character.")
    return ""
