"""Every setting: its name in the environment (or `.env`), its default, and what it means."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .core.assets import YEAR_S
from .core.db import engine_options

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setting:
    """A setting of the environment."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("HOST", "127.0.0.1", "Address that the server listens on."),
    Setting("PORT", "8000", "Port that the server listens on."),
    Setting("XUNCHA_DATA", "var", "Folder for the database, the photos and the secret key."),
    Setting("DATABASE_URL", "", "Database; empty for SQLite in XUNCHA_DATA, else postgresql://…"),
    Setting("SECRET_KEY", "", "Key that signs sessions; empty to make one in XUNCHA_DATA."),
    Setting(
        "SECRET_KEY_OLD",
        "",
        "Former keys, separated by spaces: who is signed in stays so after a change of the key.",
    ),
    Setting("XUNCHA_HTTPS", "", "1 behind HTTPS: cookies are Secure, browsers are told to stay on HTTPS."),
    Setting("XUNCHA_PROXIES", "0", "How many reverse proxies stand in front and set X-Forwarded-*."),
    Setting(
        "XUNCHA_CA_FILE",
        "",
        "The office's own CA certificate (ca.crt of `flask cert`), given to phones at /trust.",
    ),
    Setting("XUNCHA_THREADS", "8", "Requests that the server works on at once."),
    Setting("XUNCHA_ZONE_ZH", "", "Name of the zone in Chinese, on pages and papers."),
    Setting("XUNCHA_ZONE_EN", "", "Name of the zone in English."),
    Setting(
        "XUNCHA_ORG_ZH",
        "",
        "Inspecting organ printed on papers, in Chinese (never assumed: 国办发〔2024〕54号).",
    ),
    Setting("XUNCHA_ORG_EN", "", "Inspecting organ printed on papers, in English."),
    Setting("XUNCHA_NUMBER_PREFIX", "开安", "Organ code in document numbers: （开安）检记〔2026〕1号."),
    Setting(
        "XUNCHA_LEGAL_MODE", "zone_check", "Legal mode proposed for a visit; the office decides its default."
    ),
    Setting(
        "XUNCHA_ENFORCEMENT",
        "",
        "1 where the inspecting organ has enforcement power: administrative inspection and its orders are offered.",
    ),
    Setting("XUNCHA_FONT", "", "Folder with another TrueType font for papers (Regular.ttf, Bold.ttf)."),
    Setting("XUNCHA_MAX_UPLOAD_MB", "64", "Largest request taken, in MB."),
)


def read(name: str) -> str:
    """A setting's value from the environment, or its default."""
    default = next(setting.default for setting in SETTINGS if setting.name == name)
    return os.environ.get(name, "") or default


def _secret_key(data: Path) -> str:
    given = read("SECRET_KEY")
    if given:
        return given
    path = data / "secret-key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()


def flask_config() -> dict[str, Any]:
    """The application's configuration from the environment."""
    data = Path(read("XUNCHA_DATA"))
    data = data if data.is_absolute() else ROOT / data
    data.mkdir(parents=True, exist_ok=True)
    url = read("DATABASE_URL") or f"sqlite:///{data / 'xuncha.db'}"
    https = read("XUNCHA_HTTPS") == "1"
    upload = int(read("XUNCHA_MAX_UPLOAD_MB")) * 1024 * 1024
    return {
        "DATA": data,
        "SECRET_KEY": _secret_key(data),
        "SECRET_KEY_FALLBACKS": read("SECRET_KEY_OLD").split(),
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(url),
        "TRANSLATIONS": ROOT / "inspect" / "xuncha" / "translations",
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
        "CA_FILE": read("XUNCHA_CA_FILE"),
        "PROXIES": int(read("XUNCHA_PROXIES")),
        "ZONE": {"zh": read("XUNCHA_ZONE_ZH"), "en": read("XUNCHA_ZONE_EN")},
        "ORG": {"zh": read("XUNCHA_ORG_ZH"), "en": read("XUNCHA_ORG_EN")},
        "NUMBER_PREFIX": read("XUNCHA_NUMBER_PREFIX"),
        "LEGAL_MODE": read("XUNCHA_LEGAL_MODE"),
        "ENFORCEMENT": read("XUNCHA_ENFORCEMENT") == "1",
        "FONT_FOLDER": read("XUNCHA_FONT"),
    }
