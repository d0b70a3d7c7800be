"""Until when the certificate holds that browsers get at the site's public address."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509

RENEW_DAYS = 21
PATIENCE_S = 5
HTTPS = 443


def holds_until(address: str) -> datetime | None:
    """The end of the certificate at an https address, whoever issued it; None where nothing answers with one."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    # Only its dates are read: that phones trust the issuer is another question.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, parts.port or HTTPS), timeout=PATIENCE_S) as line,
            context.wrap_socket(line, server_hostname=host) as secured,
        ):
            content = secured.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return None
    return x509.load_der_x509_certificate(content).not_valid_after_utc if content else None
