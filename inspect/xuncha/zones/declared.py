"""The zones that the file of XUNCHA_ZONES declares, examined before any of them is opened."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from .. import config
from ..core.bucket import Bucket
from ..core.paths import HOME

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
WORDS = ("hosts", "province")
# What belongs to one zone alone: in the environment of many it would stand for all of them.
OF_A_ZONE = frozenset(
    {
        "DATABASE_URL",
        "XUNCHA_READ_DATABASE_URL",
        "PHOTO_STORE",
        "XUNCHA_HOSTS",
        "XUNCHA_PUBLIC_URL",
        "XUNCHA_NUMBER_PREFIX",
    }
    | {"XUNCHA_OFFICE_PHONE", "XUNCHA_ZONE_ZH", "XUNCHA_ZONE_EN", "XUNCHA_ORG_ZH", "XUNCHA_ORG_EN"}
)
# What the server's processes share, and what follows from the file itself.
OF_THE_INSTALLATION = frozenset(
    {"HOST", "PORT", "XUNCHA_PROCESSES", "XUNCHA_THREADS", "XUNCHA_PROXIES", "XUNCHA_LOG", "XUNCHA_FONT"}
    | {"XUNCHA_METRICS_TOKEN", "XUNCHA_ZONES", "XUNCHA_ZONE", "XUNCHA_HOSTS"}
)


class ZonesFault(Exception):
    """What must be mended in the file of zones; a sentence a line."""


@dataclass(frozen=True)
class Zone:
    """One zone: the host names under which it answers, and the environment of its application."""

    key: str
    hosts: tuple[str, ...]
    province: bool
    environment: Mapping[str, str]

    @property
    def data(self) -> Path:
        """Its data folder."""
        return config.folder_of_data(self.environment).resolve()

    @property
    def database(self) -> str:
        """What tells its database from another one, without a password."""
        given = config.read("DATABASE_URL", self.environment)
        if not given:
            return str(self.data / "xuncha.db")
        url = sa.make_url(given)
        if url.get_backend_name() == "sqlite":
            return str((HOME / (url.database or "")).resolve())
        return f"{url.host or ''}:{url.port or 5432}/{url.database}"

    @property
    def photos(self) -> str:
        """Where its photos are kept, with a slash at the end."""
        given = config.read("PHOTO_STORE", self.environment)
        if not given:
            return f"{self.data}/"
        bucket = Bucket.read(given)
        return f"{bucket.endpoint} {bucket.name}/{bucket.prefix}".rstrip("/") + "/"


def read(path: Path, base: Mapping[str, str]) -> list[Zone]:
    """The zones of a file, each with the environment of the installation and its own settings. Raises ZonesFault."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ZonesFault(f"{path} cannot be read: {problem}") from None
    return parse(text, base, name=str(path))


def parse(text: str, base: Mapping[str, str], *, name: str) -> list[Zone]:
    """The same of the text of a file."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ZonesFault(f"{name} is no TOML: {problem}") from None
    tables = content.get("zones")
    faults = [
        f"{name}: {word} is not known; zones stand in [zones.KEY]" for word in content if word != "zones"
    ]
    if not isinstance(tables, dict) or not tables:
        raise ZonesFault("\n".join([*faults, f"{name}: declares no zone; write [zones.KEY] for each"]))
    faults += _of_the_environment(base)
    faults += [one for key, table in tables.items() for one in _of_a_table(key, table)]
    if not faults:
        zones = [_zone(key, table, base) for key, table in tables.items()]
        faults = [f"{zone.key}: {fault}" for zone in zones for fault in config.faults(zone.environment)]
        if not faults:
            faults = list(_between(zones))
    if faults:
        raise ZonesFault("\n".join(faults))
    return zones


def _of_the_environment(base: Mapping[str, str]) -> list[str]:
    return [
        f"{one} stands in the environment and would hold for every zone: write it into the table of its zone"
        for one in sorted(OF_A_ZONE)
        if base.get(one)
    ]


def _of_a_table(key: str, table: Any) -> Iterator[str]:
    if not KEY.fullmatch(key):
        yield f"{key}: the key of a zone is up to 31 small letters, digits and hyphens"
    if not isinstance(table, dict):
        yield f"{key}: is no table; write [zones.{key}]"
        return
    yield from _of_hosts(key, table.get("hosts"))
    if not isinstance(table.get("province", False), bool):
        yield f"{key}: province must be true or false"
    for word, value in table.items():
        if word not in WORDS and (fault := _of_a_setting(word, value)):
            yield f"{key}: {fault}"


def _of_hosts(key: str, hosts: Any) -> Iterator[str]:
    if not isinstance(hosts, list) or not hosts or not all(isinstance(one, str) for one in hosts):
        yield f'{key}: hosts must be a list of host names, such as ["{key}.example.cn"]'
        return
    for host in hosts:
        if not HOST.fullmatch(host.lower()):
            yield f"{key}: {host} is no host name (without https:// and without a port)"


def _of_a_setting(word: str, value: Any) -> str:
    if word in OF_THE_INSTALLATION:
        return f"{word} is set for the whole installation, in its environment"
    if word not in {one.name for one in config.SETTINGS}:
        return f"{word} is not known; a table has hosts, province and settings by their names"
    return "" if isinstance(value, str) else f'{word} must be text, such as {word} = "…"'


def _zone(key: str, table: Mapping[str, Any], base: Mapping[str, str]) -> Zone:
    own = {word: value for word, value in table.items() if word not in WORDS}
    hosts = tuple(host.lower() for host in table["hosts"])
    made = {
        **base,
        "XUNCHA_DATA": str(config.folder_of_data(base) / key),
        "SECRET_KEY": _derived(base.get("SECRET_KEY", ""), key),
        "SECRET_KEY_OLD": " ".join(_derived(old, key) for old in base.get("SECRET_KEY_OLD", "").split()),
        **own,
        "XUNCHA_HOSTS": " ".join(hosts),
        "XUNCHA_ZONE": key,
    }
    return Zone(key, hosts, table.get("province", False), made)


def _derived(secret: str, key: str) -> str:
    """A zone's own key out of that of the installation; empty where its data folder keeps one."""
    return hmac.new(secret.encode(), f"zone {key}".encode(), hashlib.sha256).hexdigest() if secret else ""


def _between(zones: list[Zone]) -> Iterator[str]:
    """What two zones may not share, nor hold one inside the other."""
    provinces = [zone.key for zone in zones if zone.province]
    if len(provinces) > 1:
        yield f"{' and '.join(provinces)}: only one may be the province"
    yield from _shared(zones, "host name", lambda zone: zone.hosts)
    yield from _shared(zones, "database", lambda zone: [zone.database])
    yield from _shared(
        zones, "secret key", lambda zone: filter(None, [zone.environment["SECRET_KEY"]]), hide=True
    )
    for one, other in combinations(zones, 2):
        if one.data.is_relative_to(other.data) or other.data.is_relative_to(one.data):
            yield f"{one.key} and {other.key}: the data folder of one holds that of the other ({one.data}, {other.data})"
        elif one.photos.startswith(other.photos) or other.photos.startswith(one.photos):
            yield f"{one.key} and {other.key}: the photos of one lie among those of the other"


def _shared(
    zones: list[Zone], what: str, of: Callable[[Zone], Iterable[str]], *, hide: bool = False
) -> Iterator[str]:
    owners: dict[str, str] = {}
    for zone in zones:
        for value in of(zone):
            if value in owners:
                yield f"{owners[value]} and {zone.key}: have one {what}{'' if hide else f' ({value})'}"
            owners[value] = zone.key
