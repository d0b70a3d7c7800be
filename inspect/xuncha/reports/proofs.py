"""Proof of paper: the code of an issued document, the digest of what it says, and what became of it.

A code names a document and carries an HMAC (120 bits) under a key that the database holds: the key of the sessions may be
changed, and every paper that was ever printed still opens its page. Nobody without the database can make or guess one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext

from ..accounts.actions import demand_few_wrong_links
from ..campaigns.case_papers import CasePaper
from ..campaigns.expert_opinions import ExpertOpinion
from ..checks.models import Check
from ..committee.minutes import CommitteeMinutes
from ..core.clock import local_day
from ..core.db import db
from ..core.labels import N_, Labelled
from ..core.signing import as_typed
from ..hazards.lifecycle import State
from ..hazards.models import Hazard, Letter, Notice, Opinion
from ..hazards.papers.deliveries import Delivery
from .layout.document_parts import digest_of, verification
from .models import Edition, ProofKey

Issued = Check | Notice | Opinion | Letter | Delivery | ExpertOpinion | CasePaper | Edition | CommitteeMinutes
# A code holds the place of its document's kind in here: kinds are only added, at the end.
KINDS: tuple[type[Issued], ...] = (
    Check,
    Notice,
    Opinion,
    Letter,
    Delivery,
    ExpertOpinion,
    CasePaper,
    Edition,
    CommitteeMinutes,
)
NAME = struct.Struct(">BI")  # kind and number
MAC_BYTES = 15
CODE_BYTES = NAME.size + MAC_BYTES
# Layout of the record of a check; the other papers freeze theirs with their facts.
RECORD_LAYOUT = 1


class Standing(Labelled):
    """What became of a document since it was issued."""

    UNCHANGED = "unchanged", N_("Issued, unchanged")
    REPLACED = "replaced", N_("Replaced by %(number)s")
    VOID = "void", N_("Void")


@dataclass(frozen=True)
class Proof:
    """What anybody who holds the paper may know of it."""

    document: Issued
    issued_on: date
    office: dict[str, str]
    digest: str
    standing: Standing
    replaced_by: str = ""


def digest(document: Issued) -> str:
    """SHA-256 of what the paper says and how it is laid out, in hex."""
    if isinstance(document, Check):
        filed = [document.number, document.edition, document.received_at.isoformat(), document.digest]
        return digest_of([RECORD_LAYOUT, *filed, document.facts])
    return digest_of([document.number, document.issued_at.isoformat(), document.facts])


def _keys() -> list[str]:
    """The keys of the zone, the newest first; it makes the codes, all of them are believed."""
    return list(db.session.scalars(sa.select(ProofKey.key).order_by(ProofKey.id.desc())))


def _mac(key: str, name: bytes) -> bytes:
    return hmac.new(key.encode(), b"proof of paper " + name, hashlib.sha256).digest()[:MAC_BYTES]


def address_of(document: Issued) -> str | None:
    """The address of its page to print; none without a base address."""
    base = current_app.config["PUBLIC_URL"]
    keys = _keys() if base else []
    if not keys:
        return None
    name = NAME.pack(KINDS.index(type(document)), document.id)
    code = base64.b32encode(name + _mac(keys[0], name)).decode().lower()
    return f"{base}/v/{code}"


def marks(document: Issued, *, draft: bool, short: str = "") -> dict[str, Any]:
    """What the paper carries to be verified by: the options of `open_paper`. A draft proves nothing.

    Without a public address the code says the number and the beginning of a digest, `short` where that is another one.
    """
    whole = digest(document)
    address = None if draft else address_of(document)
    if address is None:
        return {"verify_text": verification(document.number, short or whole)}
    lines = (
        gettext("Verify at: %(address)s", address=address),
        gettext("Digest (SHA-256): %(digest)s", digest=whole),
    )
    return {"verify_text": address, "proof": lines}


def find(code: str, *, address: str, now: datetime) -> Proof | None:
    """The proof that a code names; None for every other one, after the same statements.

    Raises TooManyTries after twenty wrong ones from an address in ten minutes.
    """
    demand_few_wrong_links(address, now)
    kind, number = _named(code, _keys())
    document = db.session.scalars(sa.select(kind).where(kind.id == number)).one_or_none()
    hazards = _hazards_named(document)
    states = list(db.session.scalars(hazards))
    if document is None:
        return None
    if isinstance(document, Check):
        return _of_check(document)
    if isinstance(document, Edition):
        return _of_edition(document)
    office = document.facts["org"]
    void = bool(states) and set(states) == {State.VOID}
    standing = Standing.VOID if void else Standing.UNCHANGED
    return Proof(document, local_day(document.issued_at), office, digest(document), standing)


def _named(code: str, keys: list[str]) -> tuple[type[Any], int]:
    """Kind and number of the document that a code names; a number that nothing has where the code is not one of ours."""
    try:
        given = base64.b32decode(as_typed(code).upper())
    except (ValueError, binascii.Error):
        given = b""
    if len(given) != CODE_BYTES:
        given = bytes(CODE_BYTES)
    name, mac = given[: NAME.size], given[NAME.size :]
    if not any(hmac.compare_digest(mac, _mac(key, name)) for key in keys):
        return Check, 0
    kind, number = NAME.unpack(name)
    return KINDS[kind], number


def _hazards_named(document: Issued | None) -> sa.Select[State]:
    """The states of the hazards that a paper orders to be rectified, or tells of; of a record and a receipt none."""
    query = sa.select(Hazard.state)
    if isinstance(document, Notice):
        return query.where(Hazard.notice_id == document.id)
    if isinstance(document, Opinion):
        return query.where(Hazard.uuid.in_([one["uuid"] for one in document.facts["results"]]))
    return query.where(Hazard.id == (document.hazard_id if isinstance(document, Letter) else 0))


def _of_check(check: Check) -> Proof:
    newer = check.replaced_by
    standing = Standing.REPLACED if newer else Standing.UNCHANGED
    number = (
        gettext("%(number)s, version %(edition)s", number=newer.number, edition=newer.edition)
        if newer
        else ""
    )
    return Proof(check, check.visited_on, check.facts["org"], digest(check), standing, number)


def _of_edition(edition: Edition) -> Proof:
    """A later edition of the same period replaces it; what it says stays what was issued."""
    of_period = (Edition.first_on == edition.first_on, Edition.last_on == edition.last_on)
    query = sa.select(Edition.number).where(Edition.kind == edition.kind, *of_period)
    newer = db.session.scalar(
        query.where(Edition.edition > edition.edition).order_by(Edition.edition.desc()).limit(1)
    )
    standing = Standing.REPLACED if newer else Standing.UNCHANGED
    office, issued_on = edition.facts["org"], local_day(edition.issued_at)
    return Proof(edition, issued_on, office, digest(edition), standing, newer or "")
