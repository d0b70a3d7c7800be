"""The log: an id and a line for every request, a line for every slow statement, as JSON or as lines for people.

Neither addresses of people nor what was entered is written: an address would name the worker who reports by a poster,
and the words in some paths open notices. A line names the route and the numbers in it.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any, TextIO

from flask import Flask, current_app, g, has_app_context, has_request_context, request
from sqlalchemy import event, inspect
from sqlalchemy.engine import Engine
from werkzeug.wrappers import Response

HEADER = "X-Request-ID"
LONGEST_STATEMENT = 2000
STYLES = ("", "json", "text")
# What a record has by itself; the rest was given by `extra`.
_OWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request"}

requests = logging.getLogger("xuncha.requests")
statements = logging.getLogger("xuncha.statements")


def request_id() -> str:
    """The id of the request that is answered, as its error page, its JSON and its header tell it; outside of one empty."""
    if not has_request_context():
        return ""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(5)
    return str(g.request_id)


def rule() -> str:
    """The rule by which the request was routed, without the version in the address of static files."""
    if request.endpoint == "static":
        return "/static"
    return request.url_rule.rule if request.url_rule else "-"


def route() -> str:
    """Where the request goes, its numbers filled in and its words not: some of those are secrets."""
    place = rule()
    for name, value in (request.view_args or {}).items():
        if isinstance(value, int):
            place = place.replace(f"<int:{name}>", str(value))
    return place


class JsonLines(logging.Formatter):
    """One event, one line: whatever stands in a message cannot begin another."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": moment,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_app_context() and (zone := current_app.config.get("ZONE")):
            line["zone"] = zone
        if asked := request_id():
            line["request"] = asked
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """The same for people at a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        given = " ".join(f"{name}={value}" for name, value in vars(record).items() if name not in _OWN)
        if record.exc_info:
            return text
        return " ".join(part for part in (text, given, request_id()) if part)


def write_to(stream: TextIO, style: str) -> None:
    """Send the log of this process to a stream; an empty style is text for a terminal, else JSON."""
    handler = logging.StreamHandler(stream)
    text = style == "text" or (not style and stream.isatty())
    handler.setFormatter(TextLines() if text else JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # A terminal shows what goes wrong; who keeps a log wants every request.
    requests.setLevel(logging.WARNING if text else logging.INFO)


def to_standard_error(style: str) -> None:
    """The log of a server."""
    write_to(sys.stderr, style)


def _begin() -> None:
    g.began = time.perf_counter()


def elapsed_s() -> float:
    """Seconds since the request was begun to be answered."""
    return time.perf_counter() - g.began if "began" in g else 0.0


def _line(response: Response) -> Response:
    if request.endpoint == "static":  # kept by browsers for a year: no answer to anybody
        return response
    response.headers[HEADER] = request_id()
    if requests.isEnabledFor(logging.INFO):
        told = {
            "method": request.method,
            "route": route(),
            "status": response.status_code,
            "ms": round(elapsed_s() * 1000, 1),
            "bytes": response.content_length,
            "user": _user(),
        }
        requests.info("request", extra=told)
    return response


def _user() -> int | None:
    """Who was signed in, by number; not asked of the database, which may be what the answer is about."""
    state = inspect(g.get("_login_user"), raiseerr=False)
    identity = getattr(state, "identity", None)
    return identity[0] if identity else None


@event.listens_for(Engine, "before_cursor_execute")
def _statement_begins(
    _connection: Any, _cursor: Any, _text: str, _given: Any, context: Any, _many: bool
) -> None:
    context.began = time.perf_counter()


@event.listens_for(Engine, "after_cursor_execute")
def _statement_ended(
    connection: Any, _cursor: Any, text: str, _given: Any, context: Any, _many: bool
) -> None:
    took = (time.perf_counter() - context.began) * 1000
    limit = current_app.config.get("SLOW_MS", 0) if has_app_context() else 0
    if not limit or took < limit:
        return
    statement = " ".join(text.split())[:LONGEST_STATEMENT]
    told = {"ms": round(took, 1), "statement": statement, "database": connection.dialect.name}
    if has_request_context():
        told["route"] = route()
    statements.warning("slow statement", extra=told)


def set_up(app: Flask) -> None:
    """Give every request its id and its line."""
    app.before_request(_begin)
    app.after_request(_line)
