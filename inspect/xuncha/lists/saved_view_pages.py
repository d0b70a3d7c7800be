"""Pages of saved views: save the view of a list, rename, share and delete it."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import sentence
from ..core.web import done, fetch, needs
from . import saved_views
from .saved_views import SavedView

pages = Blueprint("saved_views", __name__, url_prefix="/views")


def _view(number: int, permission: Permission) -> SavedView:
    return fetch(saved_views.visible_to(current_user).where(SavedView.id == number), permission)


@pages.get("")
@needs(Permission.SAVE_VIEW)
def index() -> str:
    """The saved views that a person sees, to be renamed, shared and deleted."""
    return _page()


def _page(*, tried: dict[str, str] | None = None, problem: str = "", number: int | None = None) -> str:
    return render_template(
        "lists/saved_views.html",
        views=saved_views.all_of(current_user),
        list_name=saved_views.label_of,
        tried=tried or {},
        problem=problem,
        number=number,
    )


@pages.get("/tabs")
@needs(Permission.SAVE_VIEW)
def tabs() -> Response:
    """The saved views of a list as its page puts them beside its own, after it is shown."""
    views = saved_views.of_list(request.args.get("list", ""), current_user)
    return jsonify([{"name": view.name, "url": view.url, "query": view.now} for view in views])


@pages.post("")
@needs(Permission.SAVE_VIEW)
def save() -> Response | tuple[str, int]:
    """Save what the address of a list shows."""
    tried = {name: request.form.get(name, "") for name in ("list", "query", "name", "shared")}
    try:
        view = saved_views.save(
            tried["list"],
            tried["query"],
            tried["name"],
            actor=current_user,
            now=utcnow(),
            shared=bool(tried["shared"]),
        )
    except Refused as problem:
        if problem.status in {403, 404}:
            raise
        db.session.rollback()
        return _page(tried=tried, problem=sentence(problem)), 422
    endpoint, args = saved_views.place(view)
    return done(gettext("The view “%(name)s” is saved.", name=view.name), endpoint, **args)


@pages.post("/<int:number>/rename")
@needs(Permission.CHANGE_VIEW)
def rename(number: int) -> Response | tuple[str, int]:
    """Give a view another name."""
    view = _view(number, Permission.CHANGE_VIEW)
    name = request.form.get("name", "")
    try:
        saved_views.rename(view, name, actor=current_user)
    except Refused as problem:
        if problem.status in {403, 404}:
            raise
        db.session.rollback()
        return _page(tried={"name": name}, problem=sentence(problem), number=number), 422
    return done(gettext("The view is now called “%(name)s”.", name=view.name), "saved_views.index")


@pages.post("/<int:number>/share")
@needs(Permission.SHARE_VIEW)
def share(number: int) -> Response:
    """Show a view to the whole office, or to its owner only."""
    view = _view(number, Permission.SHARE_VIEW)
    saved_views.share(view, request.form.get("shared") == "1", actor=current_user)
    said = (
        gettext("The office sees this view now.")
        if view.shared
        else gettext("Only its owner sees this view now.")
    )
    return done(said, "saved_views.index")


@pages.post("/<int:number>/delete")
@needs(Permission.CHANGE_VIEW)
def delete(number: int) -> Response:
    """Delete a view."""
    view = _view(number, Permission.CHANGE_VIEW)
    name = view.name
    saved_views.delete(view, actor=current_user)
    return done(gettext("The view “%(name)s” is deleted.", name=name), "saved_views.index")
