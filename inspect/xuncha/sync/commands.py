"""`flask cert`: HTTPS in a closed network, where no public authority can look."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from ..core import settings
from ..core.certificates import (
    CA_CERT,
    CA_KEY,
    LONGEST_LEAF,
    SERVER_CERT,
    SERVER_KEY,
    BadCertificateRequest,
    fingerprint,
    issue,
    read_der,
)
from ..core.clock import utcnow


@click.command("cert")
@click.option(
    "--host",
    "hosts",
    multiple=True,
    required=True,
    help="A name or IP address of the server; may be repeated.",
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files."
)
@click.option(
    "--days", default=LONGEST_LEAF.days, show_default=True, help="How long the server's certificate holds."
)
@with_appcontext
def cert(hosts: tuple[str, ...], out: Path, days: int) -> None:
    """Make a private authority (once) and a server certificate from it; run again before it ends."""
    organization = settings.value("org_en") or settings.value("zone_en") or "Xuncha"
    try:
        issued = issue(list(hosts), out, organization, days, utcnow())
        shown = fingerprint(read_der(out / CA_CERT))
    except (BadCertificateRequest, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{out / SERVER_CERT}, {out / SERVER_KEY}: for {', '.join(hosts)}, until {issued.until:%Y-%m-%d}"
    )
    click.echo(f"{out / CA_CERT}: {'new' if issued.new_ca else 'as before'}, SHA-256 {shown}")
    click.echo("Next:")
    click.echo(
        f"  1. The proxy: ssl_certificate {(out / SERVER_CERT).resolve()}; ssl_certificate_key …/{SERVER_KEY};"
    )
    click.echo(f"  2. The app: XUNCHA_HTTPS=1 XUNCHA_PROXIES=1 XUNCHA_CA_FILE={(out / CA_CERT).resolve()}")
    click.echo(f"  3. Phones: open http://{hosts[0]}/trust once and follow it; compare the SHA-256.")
    click.echo(
        f"  4. Keep {CA_KEY} off the server, in a safe place: whoever has it can pose as any site to these phones."
    )
