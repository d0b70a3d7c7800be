"""The application's configuration, made of the settings of one environment."""

from __future__ import annotations

import os
import secrets
from functools import partial
from pathlib import Path
from typing import Any

from .config import KEPT, Environment, folder_of_data, read
from .core.assets import YEAR_S
from .core.db import copy_bind, engine_options
from .core.paths import PACKAGE

# Connections of a process beside those of its requests: the job that runs, its lease, its progress.
OF_JOBS = 4


def _secret_key(data: Path, given: str) -> str:
    if given:
        return given
    path = data / "secret-key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()


def flask_config(environment: Environment) -> dict[str, Any]:
    """The application's configuration from an environment."""
    of = partial(read, environment=environment)
    data, zone = folder_of_data(environment), of("XUNCHA_ZONE") if of("XUNCHA_ZONES") else ""
    data.mkdir(parents=True, exist_ok=True)
    url = of("DATABASE_URL") or f"sqlite:///{data / 'xuncha.db'}"
    https = of("XUNCHA_HTTPS") == "1"
    upload = int(of("XUNCHA_MAX_UPLOAD_MB")) * 1024 * 1024
    return {
        "DATA": data,
        "SECRET_KEY": _secret_key(data, of("SECRET_KEY")),
        "SECRET_KEY_FALLBACKS": of("SECRET_KEY_OLD").split(),
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_BINDS": copy_bind(of("XUNCHA_READ_DATABASE_URL"), int(of("XUNCHA_THREADS"))),
        "READ_LAG_S": int(of("XUNCHA_READ_LAG_S")),
        "PHOTO_STORE": of("PHOTO_STORE"),
        "PHOTO_CACHE_BYTES": int(of("XUNCHA_PHOTO_CACHE_MB")) * 1024 * 1024,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(
            url, connections=int(of("XUNCHA_THREADS")) + OF_JOBS, kept=1 if zone else None
        ),
        "ZONE": zone,  # its key in XUNCHA_ZONES; empty where there is but one
        "WORKER": of("XUNCHA_WORKER") == "1",
        "JOB_LEASE_S": int(of("XUNCHA_JOB_LEASE_S")),
        "LOG": of("XUNCHA_LOG"),
        "DB_TIMEOUT_S": int(of("XUNCHA_DB_TIMEOUT_S")),
        "TRANSLATIONS": PACKAGE / "translations",
        "MAX_CONTENT_LENGTH": upload,
        "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_NAME": "__Host-xuncha" if https else "xuncha",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "SEND_FILE_MAX_AGE_DEFAULT": YEAR_S,  # for static files; every page sets its own
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "application/manifest+json",
            "image/svg+xml",
        ],
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,  # a tenth smaller than 4 for half a millisecond
        "PUBLIC_URL": of("XUNCHA_PUBLIC_URL").rstrip("/"),
        "LINK_DAYS": int(of("XUNCHA_LINK_DAYS")),
        "CA_FILE": of("XUNCHA_CA_FILE"),
        "PROXIES": int(of("XUNCHA_PROXIES")),
        "HOSTS": of("XUNCHA_HOSTS").split(),
        "SETTINGS_GIVEN": {
            key: one.given_in(environment)
            for key, one in KEPT.items()
            if environment.get(one.name) and not one.fault_in(environment)
        },
        "SETTINGS_DEFAULT": {key: one.default for key, one in KEPT.items()},
        "FONT_FOLDER": of("XUNCHA_FONT"),
        "SLOW_MS": int(of("XUNCHA_SLOW_MS")),
        "METRICS_TOKEN": of("XUNCHA_METRICS_TOKEN"),
        "FREE_WARN": int(of("XUNCHA_FREE_WARN")) / 100,
        "FREE_LEAST": int(of("XUNCHA_FREE_LEAST")) / 100,
    }
