"""What every application would compile anew, kept for all of a worker: templates, addresses and statements.

Each test has an application of its own. These are made from the source alone and hold nothing of a test; a server keeps them
as long as it runs. Compiling them anew was half of the time of a page test.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from xuncha.core.db import db

TEMPLATES = Path(__file__).parent.parent / "build" / "templates"
STATEMENTS = 4_000  # more than the whole suite has; SQLAlchemy would keep 500

_rules: dict[object, Any] = {}
_first: dict[str, sa.Engine] = {}


class KeptRule(Rule):
    """A route that is read and compiled once: later applications take its parts, and bind what builds addresses."""

    def compile(self) -> None:
        """Compile the rule, or take what it was compiled to."""
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), self.merge_slashes)
        if key not in _rules:
            super().compile()
            builders = [method.__func__ for method in (self._build, self._build_unknown)]
            _rules[key] = self._parts, self._trace, self._converters, self.arguments, *builders
        self._parts, self._trace, self._converters, arguments, build, build_unknown = _rules[key]
        self.arguments = set(arguments)
        self._build, self._build_unknown = (one.__get__(self, None) for one in (build, build_unknown))


Flask.url_rule_class = KeptRule


def keep_templates(app: Flask) -> None:
    """Let an application take its templates compiled."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(TEMPLATES))


def for_servers() -> None:
    """Let every application that this process or one that it forks makes take its templates and routes compiled."""
    from xuncha import BehindProxies, create_app

    TEMPLATES.mkdir(parents=True, exist_ok=True)
    cache = FileSystemBytecodeCache(str(TEMPLATES))
    BehindProxies.jinja_options = {**BehindProxies.jinja_options, "bytecode_cache": cache}
    with tempfile.TemporaryDirectory() as folder:
        create_app(DATA=Path(folder), SECRET_KEY="for none")
    sa.orm.configure_mappers()


def keep_statements(engine: sa.Engine) -> None:
    """Let later engines of this kind of database take the statements of this one, which has been connected."""
    _first.setdefault(engine.dialect.name, engine)


def take_statements(app: Flask) -> None:
    """Let an application take the statements that earlier ones compiled; the dialect is a part of their key."""
    with app.app_context():
        engine = db.engine
    first = _first.get(engine.dialect.name)
    if first is not None:
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
