"""The one door to apprise: which addresses are taken, how they are kept and shown, and sending through one.

Apprise is loaded when first needed: 0.2 s and 30 MB that no page and no other command has to carry.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from cryptography.fernet import InvalidToken

from ..core import signing
from ..core.errors import Refused
from ..core.labels import N_
from .models import Fault

if TYPE_CHECKING:
    from apprise import NotifyBase

# Chat services and nothing else: whoever is no administrator must not make the server talk to any host he names.
CHATS = frozenset({"wecombot", "dingtalk", "feishu", "lark", "pushplus", "wxpusher"})
ALL = CHATS | {"mailto", "mailtos", "json", "jsons"}
WEB = "https"  # as chat services show the address of a robot; apprise knows theirs and takes no other
LONGEST = 1000
LONGEST_S = 300  # of one sending, with the pauses between the parts of a long one
PURPOSE = "reminder channel"
BYTES_A_LETTER = 3  # services count bytes, apprise counts characters; a Chinese character takes three
# Robots' own addresses that apprise does not know.
ROBOTS = (
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), "dingtalk"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), "feishu"),
)
ERROR = re.compile(r"error=(\d{3})")


@dataclass(frozen=True)
class Outcome:
    """How a sending ended: no fault when the service took all of it; `code` is the number that it answered."""

    fault: Fault | None = None
    code: str = ""


def typed(text: str) -> str:
    """An address as apprise writes it, from what was typed or pasted."""
    text = text.strip()
    for robot, scheme in ROBOTS:
        if found := robot.fullmatch(text):
            return f"{scheme}://{found.group(1)}"
    return text


def check(address: str, *, schemes: frozenset[str]) -> str:
    """The address as it may be shown. Raises Refused for one that does not fit, in words that do not repeat it."""
    if len(address) > LONGEST:
        raise Refused(N_("At most %(most)s characters."), field="address", most=LONGEST)
    scheme, _colon, rest = address.partition("://")
    known = rest and scheme.lower() in schemes | {WEB}
    plugin = _plugin(address) if known else None
    if not known or (plugin is not None and not _schemes(plugin) & schemes):
        raise Refused(
            N_("Paste the address of a chat robot, or begin with one of: %(schemes)s."),
            field="address",
            schemes=", ".join(f"{one}://" for one in sorted(schemes)),
        )
    if plugin is None:
        raise Refused(N_("This address is not complete, or a part of it does not fit."), field="address")
    return _masked(plugin)


def _schemes(plugin: NotifyBase) -> set[str]:
    """The schemes of a service, also where its own address was pasted."""
    given: tuple[Any, ...] = (plugin.protocol, plugin.secure_protocol)
    names = (names if isinstance(names, tuple | list) else (names,) for names in given if names)
    return {str(name) for some in names for name in some}


def _masked(plugin: Any) -> str:
    shown = str(plugin.url(privacy=True)).partition("?")[0]
    # What follows the host may be a secret too: apprise does not know it for addresses of one's own receiver.
    if shown.startswith("json"):
        shown = "/".join(shown.split("/", 3)[:3]) + "/…"
    return unquote(shown).rstrip("/")


def seal(address: str) -> str:
    """The address as the database keeps it: a copy of the database tells nobody where to send."""
    return signing.cipher(PURPOSE).encrypt(address.encode()).decode()


def _opened(secret: str) -> str | None:
    try:
        return signing.cipher(PURPOSE).decrypt(secret.encode()).decode()
    except InvalidToken:
        return None


def _plugin(address: str) -> NotifyBase | None:
    import apprise

    # What these log may hold addresses; whoever asks gets a fault in our own words.
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).propagate = False
    plugin = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if plugin is None:
        return None
    plugin.overflow_mode = apprise.OverflowMode.SPLIT
    plugin.body_maxlen //= BYTES_A_LETTER
    plugin.service_retry = 0  # the pauses between tries are ours
    return plugin


def send(secret: str, title: str, text: str) -> Outcome:
    """Send a message through the channel that an encrypted address names, long ones in several parts.

    It waits for the service: no transaction may be open.
    """
    import apprise

    address = _opened(secret)
    plugin = _plugin(address) if address else None
    if plugin is None:
        return Outcome(Fault.UNREADABLE)
    sender = apprise.Apprise()
    sender.add(plugin)
    told: list[str] = []
    result = sender.notify(
        body=text,
        title=title,
        body_format=apprise.NotifyFormat.TEXT,
        timeout=LONGEST_S,
        log_callback=lambda entry, _service: told.append(str(entry.message)),
    )
    return Outcome() if result else _fault(result.status.name, told)


def _fault(status: str, told: list[str]) -> Outcome:
    if status == "TIMEOUT":
        return Outcome(Fault.TIMEOUT)
    code = next((found.group(1) for line in told if (found := ERROR.search(line))), "")
    refused = code or not any("onnection error" in line for line in told)
    return Outcome(Fault.REFUSED if refused else Fault.UNREACHABLE, code)
