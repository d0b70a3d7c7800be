"""The name with which a phone signed in to a training, kept on that phone so that the exam does not ask for it again."""

from __future__ import annotations

from flask import current_app, request, url_for
from itsdangerous import BadData
from werkzeug.wrappers import Response

from ..core import signing
from .participants import Participant

COOKIE, A_DAY = "signed_in", 24 * 3600


def keep_name(response: Response, training_id: int, person: Participant) -> Response:
    """The answer to a sign-in, with the name for the exam of the same training; only pages of exams get it back."""
    response.set_cookie(
        COOKIE,
        str(signing.serializer(COOKIE).dumps([training_id, person.name.strip(), person.enterprise.strip()])),
        max_age=A_DAY,
        path=url_for("exams.begin", number=0).rpartition("/")[0],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def signed_in(training_id: int) -> Participant | None:
    """Who signed in last to a training on this phone."""
    try:
        training, name, enterprise = signing.serializer(COOKIE).loads(request.cookies.get(COOKIE, ""))
    except (BadData, TypeError, ValueError):
        return None
    return Participant(name, enterprise) if training == training_id else None
