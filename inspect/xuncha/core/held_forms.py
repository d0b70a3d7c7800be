"""A form that could not be taken, since its page was too old or the sign-in had ended: held, to be sent again."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import render_template, request, session
from flask_login import current_user

from .access import OPEN_TO_ALL, Permission

HOLDS = "holds"  # in a session whose browser shows a form that is held until its person has signed in again
SECRETS = {"csrf_token", "password", "old", "again"}


def _from_here() -> bool:
    """Whether a page of ours posted this: nobody else's words are put before a reader to send."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin") or request.referrer or "").netloc == request.host


def page(permission: Permission | None) -> str | None:
    """A page that holds what was typed into a form of ours, to be sent again; None where nothing was."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRETS]
    if not typed or not _from_here():
        return None
    files: dict[str, list[str]] = {}
    for name, file in request.files.items(multi=True):
        if file.filename:
            files.setdefault(name, []).append(file.filename)
    address = request.full_path.rstrip("?")
    signed_out = permission not in OPEN_TO_ALL and not current_user.is_authenticated
    if signed_out:
        session[HOLDS] = True
    return render_template("again.html", address=address, typed=typed, files=files, signed_out=signed_out)


def begin_session() -> None:
    """Forget all of the session before somebody signs in, but the token of a form that this browser holds for that."""
    token = session.get("csrf_token") if session.get(HOLDS) else None
    session.clear()
    if token:
        session["csrf_token"] = token
