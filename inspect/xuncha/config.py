"""Every setting: its name in the environment (or `.env`), its default, and what it means."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .checks.models import LegalMode
from .core import request_log
from .core.paths import HOME
from .core.settings import LONGEST_AGE, LONGEST_SOON, LONGEST_TERM
from .setting_values import (
    FONT_FILES,
    database,
    font,
    number,
    one_of,
    photo_store,
    public_url,
    read_database,
    readable_file,
    terms,
    token,
)

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Setting:
    """A setting of the environment; `demand` raises ValueError, saying what is expected, for a value that does not fit.

    `kept` is the name under which the office may set it on its page where the environment does not.
    """

    name: str
    default: str
    meaning: str
    demand: Callable[[str], object] = str
    kept: str = ""

    @property
    def given(self) -> str:
        """What stands in the environment, or the default."""
        return self.given_in(os.environ)

    @property
    def fault(self) -> str | None:
        """What is wrong with what was given."""
        return self.fault_in(os.environ)

    def given_in(self, environment: Environment) -> str:
        """What stands in an environment, or the default."""
        return environment.get(self.name, "") or self.default

    def fault_in(self, environment: Environment) -> str | None:
        """What is wrong with what stands there."""
        try:
            self.demand(self.given_in(environment))
        except ValueError as problem:
            return str(problem)
        return None


SETTINGS = (
    Setting("HOST", "127.0.0.1", "Address that the server listens on."),
    Setting("PORT", "8000", "Port that the server listens on.", number(1, 65535)),
    Setting("XUNCHA_DATA", "var", "Folder for the database, the photos and the secret key."),
    Setting(
        "XUNCHA_ZONES",
        "",
        "File that declares many zones of one installation (docs/operations/many-zones.md); empty: one zone.",
        readable_file,
    ),
    Setting("XUNCHA_ZONE", "", "With XUNCHA_ZONES: the zone that a command works on."),
    Setting("DATABASE_URL", "", "Database; empty for SQLite in XUNCHA_DATA, else postgresql://…", database),
    Setting("XUNCHA_READ_DATABASE_URL", "", "PostgreSQL standby that figures are read from.", read_database),
    Setting("XUNCHA_READ_LAG_S", "5", "Seconds that standby may be behind.", number(1, 3600)),
    Setting(
        "PHOTO_STORE",
        "",
        "Photos; empty for XUNCHA_DATA, else s3://BUCKET/PREFIX?endpoint=https://…&region=…&style=path.",
        photo_store,
    ),
    Setting(
        "XUNCHA_PHOTO_CACHE_MB", "2048", "Photos of PHOTO_STORE kept on this machine.", number(0, 999_999)
    ),
    Setting("SECRET_KEY", "", "Key that signs sessions; empty to make one in XUNCHA_DATA."),
    Setting(
        "SECRET_KEY_OLD",
        "",
        "Former keys, separated by spaces: who is signed in stays so after a change of the key.",
    ),
    Setting(
        "XUNCHA_HTTPS",
        "",
        "1 behind HTTPS: cookies are Secure, browsers are told to stay on HTTPS.",
        one_of("", "0", "1"),
    ),
    Setting(
        "XUNCHA_PROXIES",
        "0",
        "How many reverse proxies stand in front and set X-Forwarded-*.",
        number(0, 9),
    ),
    Setting(
        "XUNCHA_HOSTS",
        "",
        "Names and addresses under which the site answers, separated by spaces (.zone.cn: with all below); empty: any.",
    ),
    Setting(
        "XUNCHA_PUBLIC_URL",
        "",
        "Address under which phones outside reach the site, such as https://safety.zone.cn: notices then carry a code"
        " that opens their page, and papers the address that proves them; empty: none.",
        public_url,
    ),
    Setting(
        "XUNCHA_LINK_DAYS",
        "30",
        "How many days after the last hazard of a notice is closed the address on its paper still opens.",
        number(0, 999),
    ),
    Setting(
        "XUNCHA_CA_FILE",
        "",
        "The office's own CA certificate (ca.crt of `flask cert`), given to phones at /trust.",
    ),
    Setting(
        "XUNCHA_PROCESSES",
        "0",
        "Processes that serve; 0: as many as the machine has cores, at most 8.",
        number(0, 99),
    ),
    Setting("XUNCHA_THREADS", "8", "Requests that each process works on at once.", number(1, 999)),
    Setting(
        "XUNCHA_WORKER",
        "1",
        "1: one process of the server works off the queue of jobs; 0: only `flask jobs work` does.",
        one_of("0", "1"),
    ),
    Setting(
        "XUNCHA_JOB_LEASE_S",
        "60",
        "Seconds after which a job is taken up again whose worker has ended without a word.",
        number(2, 3600),
    ),
    Setting(
        "XUNCHA_DB_TIMEOUT_S",
        "30",
        "Seconds after which PostgreSQL gives up a statement of a request; half as long it waits for a lock.",
        number(2, 3600),
    ),
    Setting("XUNCHA_ZONE_ZH", "", "Name of the zone in Chinese, on pages and papers.", kept="zone_zh"),
    Setting("XUNCHA_ZONE_EN", "", "Name of the zone in English.", kept="zone_en"),
    Setting(
        "XUNCHA_ORG_ZH",
        "",
        "Inspecting organ printed on papers, in Chinese (never assumed: 国办发〔2024〕54号).",
        kept="org_zh",
    ),
    Setting("XUNCHA_ORG_EN", "", "Inspecting organ printed on papers, in English.", kept="org_en"),
    Setting(
        "XUNCHA_OFFICE_PHONE",
        "",
        "Telephone of the office, on plaques, responsibility lists and the page of public facts.",
        kept="office_phone",
    ),
    Setting(
        "XUNCHA_PUBLIC_FACTS",
        "1",
        "1: the code of a plaque opens the public facts of its enterprise; 0: it opens nothing.",
        one_of("0", "1"),
        kept="public_facts",
    ),
    Setting(
        "XUNCHA_PUBLIC_HAZARDS",
        "0",
        "1: the public facts say how many hazards are not closed.",
        one_of("0", "1"),
        kept="public_hazards",
    ),
    Setting(
        "XUNCHA_NUMBER_PREFIX",
        "开安",
        "Organ code in document numbers: （开安）检记〔2026〕1号.",
        kept="number_prefix",
    ),
    Setting(
        "XUNCHA_LEGAL_MODE",
        "zone_check",
        "Legal mode proposed for a visit; the office decides its default.",
        one_of(*LegalMode),
        kept="legal_mode",
    ),
    Setting(
        "XUNCHA_ENFORCEMENT",
        "0",
        "1 where the inspecting organ has enforcement power: administrative inspection and its orders are offered.",
        one_of("0", "1"),
        kept="enforcement",
    ),
    Setting(
        "XUNCHA_TERMS",
        "3 7 15 30",
        "Deadlines offered for a rectification, in days, separated by spaces.",
        terms,
        kept="terms",
    ),
    Setting(
        "XUNCHA_TERM",
        "7",
        "Deadline proposed where no ready wording gives one, in days.",
        number(1, LONGEST_TERM),
        kept="term",
    ),
    Setting(
        "XUNCHA_SOON",
        "3",
        "How many days before its due date a hazard counts as due soon.",
        number(1, LONGEST_SOON),
        kept="soon",
    ),
    Setting(
        "XUNCHA_STEP_DUE_SOON",
        "1",
        "1: a hazard that is due soon takes the first step of the escalation; 0: it does not.",
        one_of("0", "1"),
        kept="step_due_soon",
    ),
    *(
        Setting(name, default, meaning, number(0, LONGEST_TERM), kept=kept)
        for name, default, meaning, kept in (
            (
                "XUNCHA_STEP_OVERDUE",
                "1",
                "Days after the due date from which a hazard is escalated as overdue; 0: never.",
                "step_overdue",
            ),
            (
                "XUNCHA_STEP_TEAM_LEADER",
                "3",
                "Days after the due date from which it is passed to the team leader; 0: never.",
                "step_team_leader",
            ),
            (
                "XUNCHA_STEP_LETTER",
                "7",
                "Days after the due date from which a supervision letter is due; 0: never.",
                "step_letter",
            ),
            (
                "XUNCHA_STEP_INTERVIEW",
                "15",
                "Days after the due date from which an interview or a referral is due; 0: never.",
                "step_interview",
            ),
        )
    ),
    Setting(
        "XUNCHA_LOOK_BACK_SHARE",
        "10",
        "How many of a hundred closed hazards are drawn to be looked back at; 0: none.",
        number(0, 100),
        kept="look_back_share",
    ),
    Setting(
        "XUNCHA_LOOK_BACK_AGE",
        "60",
        "How many days after its closure a hazard is looked back at.",
        number(1, LONGEST_AGE),
        kept="look_back_age",
    ),
    Setting(
        "XUNCHA_QUIET_FROM",
        "20",
        "Hour of the day from which no digest is sent; the same as XUNCHA_QUIET_TO: at any hour.",
        number(0, 23),
        kept="quiet_from",
    ),
    Setting(
        "XUNCHA_QUIET_TO",
        "7",
        "Hour of the day from which digests are sent again.",
        number(0, 23),
        kept="quiet_to",
    ),
    Setting(
        "XUNCHA_FONT", "", f"Folder with another TrueType font for papers ({', '.join(FONT_FILES)}).", font
    ),
    Setting("XUNCHA_MAX_UPLOAD_MB", "64", "Largest request taken, in MB.", number(1, 999)),
    Setting(
        "XUNCHA_LOG",
        "",
        "The server's log: json (a line a request) or text (what goes wrong); empty: text in a terminal, else json.",
        one_of(*request_log.STYLES),
    ),
    Setting(
        "XUNCHA_SLOW_MS",
        "500",
        "Milliseconds from which a statement of the database is logged; 0: never.",
        number(0, 600_000),
    ),
    Setting(
        "XUNCHA_METRICS_TOKEN",
        "",
        "Token that opens /metrics, at least 16 letters; empty: it stays closed.",
        token,
    ),
    Setting(
        "XUNCHA_FREE_WARN",
        "10",
        "Percent of the disk below whose free share an alarm is sent.",
        number(1, 90),
    ),
    Setting(
        "XUNCHA_FREE_LEAST",
        "2",
        "Percent of the disk below whose free share the server says that it is not ready.",
        number(0, 90),
    ),
)

KEPT = {setting.kept: setting for setting in SETTINGS if setting.kept}


def setting(name: str) -> Setting:
    """A setting by its name."""
    return next(setting for setting in SETTINGS if setting.name == name)


def read(name: str, environment: Environment = os.environ) -> str:
    """A setting's value from the environment; its default where none stands there, or one that does not fit."""
    found = setting(name)
    return found.default if found.fault_in(environment) else found.given_in(environment)


def faults(environment: Environment = os.environ) -> list[str]:
    """What must be mended before the application may work, a sentence for each setting."""
    return [f"{one.name} {fault}" for one in SETTINGS if (fault := one.fault_in(environment))]


def try_address(host: str, port: int) -> None:
    """Listen for a moment. Raises OSError when the server could not; port 0 tries the host alone."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def folder_of_data(environment: Environment = os.environ) -> Path:
    """The data folder that an environment names."""
    return HOME / read("XUNCHA_DATA", environment)
