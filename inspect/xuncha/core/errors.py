"""What an action answers when it cannot do as asked: always a sentence that says what to do."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The request breaks a rule. `message` is a catalogue message with `%(name)s` places filled from `params`."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params
        self.field = field


class NotAllowed(Refused):
    """The actor sees the thing but may not do this to it."""

    status = 403


class Missing(Refused):
    """The thing does not exist, or the actor must not learn that it does."""

    status = 404


class ActedFirst(Refused):
    """Somebody else changed the thing since the actor looked at it."""

    status = 409
