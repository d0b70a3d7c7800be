"""A private certificate authority for a closed network, and the server's certificate from it.

Limits are Apple's, the strictest: server certificates of at most 825 days, every name and address in the SAN, EKU serverAuth.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LONGEST_LEAF = timedelta(days=825)
CA_LIFE = timedelta(days=3650)
# Clocks of phones and servers differ; a certificate that begins now would not yet hold for some.
BEFORE = timedelta(days=1)
LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
HOST = re.compile(rf"{LABEL}(\.{LABEL})*", re.ASCII)

CA_CERT, CA_KEY, SERVER_CERT, SERVER_KEY = "ca.crt", "ca.key", "server.crt", "server.key"


class BadCertificateRequest(ValueError):
    """What was asked for cannot be certified; the text says why, in English, for the command line."""


@dataclass(frozen=True)
class Issued:
    """What was written: whether the authority is new (phones must then trust it), and until when the server's holds."""

    new_ca: bool
    until: datetime


def issue(hosts: list[str], folder: Path, organization: str, days: int, now: datetime) -> Issued:
    """Write the server's certificate for these names and addresses, by the authority of the folder or a new one.

    Raises BadCertificateRequest, OSError.
    """
    if not 0 < days <= LONGEST_LEAF.days:
        raise BadCertificateRequest(
            f"a certificate holds 1 to {LONGEST_LEAF.days} days; phones refuse longer ones"
        )
    names = [_name(host) for host in hosts]
    if not names:
        raise BadCertificateRequest("name at least one host")
    folder.mkdir(parents=True, exist_ok=True)
    new_ca = not (folder / CA_CERT).exists()
    ca_cert, ca_key = _new_ca(folder, organization, now) if new_ca else _known_ca(folder, now)
    until = min(now + timedelta(days=days) - BEFORE, ca_cert.not_valid_after_utc)
    key = ec.generate_private_key(ec.SECP256R1())
    cert = _leaf(names, key, ca_cert, ca_key, now, until)
    _write(folder / SERVER_KEY, _pem(key), secret=True)
    # The proxy sends both: some phones ask for the whole chain.
    _write(folder / SERVER_CERT, cert.public_bytes(Encoding.PEM) + ca_cert.public_bytes(Encoding.PEM))
    return Issued(new_ca, until)


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate as phones and desks show it: AB:CD:…"""
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))


def read_der(path: Path) -> bytes:
    """The first certificate of a PEM file; never a key that may stand beside it. Raises ValueError, OSError."""
    text = path.read_text("ascii")
    start, end = text.index(ssl.PEM_HEADER), text.index(ssl.PEM_FOOTER)
    return ssl.PEM_cert_to_DER_cert(text[start : end + len(ssl.PEM_FOOTER)])


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    ascii_host = _ascii(host)
    # 192.168.1.300 would pass for a name, and no browser would ever accept it as one.
    if len(ascii_host) > 253 or not HOST.fullmatch(ascii_host) or ascii_host.rpartition(".")[2].isdigit():
        raise BadCertificateRequest(
            f"{host!r} is neither a host name nor an IP address (no https://, port or path)"
        )
    return x509.DNSName(ascii_host.lower())


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _subject(organization: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )


def _new_ca(
    folder: Path, organization: str, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if (folder / CA_KEY).exists():
        raise BadCertificateRequest(f"{folder / CA_KEY} is there without {CA_CERT}; choose another folder")
    key = ec.generate_private_key(ec.SECP256R1())
    name = _subject(organization, f"{organization} CA {now:%Y}")
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / CA_KEY, _pem(key), secret=True)
    _write(folder / CA_CERT, cert.public_bytes(Encoding.PEM))
    return cert, key


def _known_ca(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        cert = x509.load_pem_x509_certificate((folder / CA_CERT).read_bytes())
        key = load_pem_private_key((folder / CA_KEY).read_bytes(), None)
    except FileNotFoundError:
        raise BadCertificateRequest(
            f"{folder / CA_CERT} is there without {CA_KEY}; choose another folder"
        ) from None
    except ValueError as error:
        raise BadCertificateRequest(f"the authority in {folder} cannot be read: {error}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != cert.public_key():
        raise BadCertificateRequest(f"{CA_KEY} is not the key of {CA_CERT} in {folder}")
    if cert.not_valid_after_utc <= now + BEFORE:
        raise BadCertificateRequest(
            f"the authority in {folder} has expired; choose another folder for a new one"
        )
    return cert, key


def _leaf(
    names: list[x509.GeneralName],
    key: ec.EllipticCurvePrivateKey,
    ca_cert: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    until: datetime,
) -> x509.Certificate:
    ca_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    organization = str(ca_cert.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(organization, str(names[0].value)))
        .issuer_name(ca_cert.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_id), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write whole or not at all; a key is never readable by others, not even for a moment."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if secret else 0o644), "wb"
    ) as file:
        file.write(content)
    fresh.replace(path)
