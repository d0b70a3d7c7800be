"""The pages for operators, followed word for word: install, closed network, behind a proxy."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.deploy.operator import HOST, Machine, commands
from tests.faults.client import Answer, Book, Entry, Phone
from tests.served import ROOT
from tests.sync.phones import picture, sha256, visit

NGINX = "/usr/sbin/nginx"


class SecurePhone(Phone):
    """A phone whose browser names the page that sends, as HTTPS demands of forms."""

    def ask(self, path: str, **given: Any) -> Answer:
        return super().ask(path, Referer=f"{self.url}/", **given)


def until(url: str) -> bytes:
    end = time.monotonic() + 40
    while time.monotonic() < end:
        with suppress(OSError):
            return bytes(urllib.request.urlopen(url, timeout=5).read())
        time.sleep(0.2)
    raise TimeoutError(url)


@pytest.fixture
def served(machine: Machine, settled: Path) -> Iterator[Machine]:
    """The unit's own command with the settings of its file, on the cast's database."""
    data = machine.path("/var/lib/xuncha")
    for path in data.glob("xuncha.db*"):
        path.unlink()
    shutil.copy(settled, data / "xuncha.db")
    unit = (machine.path("/etc/systemd/system") / "xuncha-web.service").read_text("utf-8")
    command = next(line.partition("=")[2] for line in unit.splitlines() if line.startswith("ExecStart="))
    with (machine.root / "server.log").open("wb") as log:
        server = subprocess.Popen(command.split(), cwd=data, env=machine.settings(), stdout=log, stderr=log)
    try:
        until(f"http://127.0.0.1:{machine.port}/readyz")
        yield machine
    finally:
        server.terminate()
        assert server.wait(30) == 0


@pytest.fixture
def proxied(served: Machine) -> Iterator[Machine]:
    """Debian's nginx with the site's file, as its main configuration includes it."""
    assert Path(NGINX).exists(), "tests/install-browser installs it"
    conf = served.root / "nginx.conf"
    site = served.path("/etc/nginx/conf.d") / "xuncha.conf"
    folders = "".join(
        f"{name}_temp_path {served.root}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(
        f"daemon off; pid {served.root}/nginx.pid; error_log {served.root}/nginx.log;"
        f"events {{}} http {{ {folders} include {site}; }}"
    )
    nginx = subprocess.Popen([NGINX, "-c", str(conf), "-p", str(served.root)])
    time.sleep(1)
    yield served
    nginx.send_signal(signal.SIGQUIT)
    nginx.wait(20)


def test_the_installed_program_answers_and_the_doctor_finds_no_fault(served: Machine) -> None:
    told = json.loads(until(f"http://127.0.0.1:{served.port}/readyz"))
    assert set(told["parts"].values()) == {"ready"}
    page = until(f"http://127.0.0.1:{served.port}/sign-in").decode()
    address = next(part for part in page.split('"') if part.endswith("build/app.css"))
    assert len(until(f"http://127.0.0.1:{served.port}{address}")) > 10_000
    printed = served.follow([commands("install.md")[-1]], served.root)
    assert "FAULT" not in printed


def test_what_the_pages_change_on_the_machine(machine: Machine) -> None:
    called = (machine.root / "called").read_text("utf-8")
    assert "useradd --system" in called and "enable --now xuncha-web.service" in called
    data, settings = machine.path("/var/lib/xuncha"), machine.path("/etc/xuncha") / "xuncha.env"
    assert (data.stat().st_mode & 0o777, settings.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_check_is_filed_through_nginx_with_tls(
    proxied: Machine, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(proxied.path("/etc/xuncha") / "tls" / "ca.crt"))
    address = f"https://{HOST}:{proxied.https}"
    until(f"{address}/readyz")
    book, data = Book(), picture(7)
    phone = SecurePhone(address, book, dice=random.Random(1)).sign_in("wang")
    entry = Entry(visit(site("huaxin").id, photos=[{"sha256": sha256(data)}]), {sha256(data): data})
    book.give([entry])
    assert phone.drain([entry], until=time.monotonic() + 30) == []
    assert book.receipts[entry.uuid][0]["number"] and book.odd == []
    phone.ask("/n/s3cret-of-a-notice")
    assert phone.ask("/metrics").status in {403, 404}
    logged = (proxied.path("/var/log/nginx") / "xuncha.log").read_text("utf-8")
    assert "s3cret" not in logged
    taken = [line for line in logged.splitlines() if re.search(r" /sync/filings(/together)? 201 ", line)]
    reference = taken[-1].split()[-1]
    assert reference in (proxied.root / "server.log").read_text("utf-8")


def test_plain_http_leads_to_https(proxied: Machine) -> None:
    done = subprocess.run(
        ["curl", "-sI", f"http://127.0.0.1:{proxied.http}/sign-in", "-H", f"Host: {HOST}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"Location: https://{HOST}/sign-in" in done.stdout


def test_the_units_hold_and_are_confined(machine: Machine) -> None:
    assert shutil.which("systemd-analyze"), "tests/install-browser installs it"
    folder = machine.path("/etc/systemd/system")
    units = sorted(str(path) for path in folder.glob("xuncha-*.*") if path.is_file())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for unit in (one for one in units if one.endswith(".service")):
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit]
        looked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert looked.returncode == 0, looked.stdout[-500:]


def test_a_damaged_archive_and_another_python_are_refused_in_words(unpacked: Path, tmp_path: Path) -> None:
    def install() -> subprocess.CompletedProcess[str]:
        command = ["./install.sh", str(tmp_path / "opt")]
        return subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=False)

    for name, damaged, words in (
        ("requirements.txt", "flask==0\n", "this archive is damaged"),
        ("python-version", "2.7-vax\n", "this release is made for Python 2.7-vax"),
    ):
        path = unpacked / name
        before, sums = path.read_text("utf-8"), (unpacked / "SHA256SUMS").read_text("utf-8")
        path.write_text(damaged, "utf-8")
        if name == "python-version":  # as the archive of another machine would be: whole
            whole = "".join(line + "\n" for line in sums.splitlines() if name not in line)
            (unpacked / "SHA256SUMS").write_text(whole, "utf-8")
        done = install()
        assert done.returncode == 1 and words in done.stderr
        path.write_text(before, "utf-8")
        (unpacked / "SHA256SUMS").write_text(sums, "utf-8")
    assert not (tmp_path / "opt").exists()


def test_what_a_larger_zone_needs_is_asked_for_in_words_and_installed_when_it_is_named(
    machine: Machine, unpacked: Path, tmp_path: Path
) -> None:
    def routes(**settings: str) -> subprocess.CompletedProcess[str]:
        command = [str(machine.path("/opt/xuncha") / "bin" / "flask"), "--app", "xuncha", "routes"]
        environment = {"PATH": os.environ["PATH"], "XUNCHA_DATA": str(tmp_path), **settings}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    larger = {"DATABASE_URL": "postgresql://127.0.0.1/zone", "PHOTO_STORE": "s3://photos/zone"}
    for name, address in larger.items():
        done = routes(**{name: address})
        assert done.returncode and f"{name} needs packages for" in done.stderr
        assert "install.sh FOLDER scale" in done.stderr and "Traceback" not in done.stderr
    machine.follow(["./install.sh /opt/xuncha scale\n"], unpacked)
    assert routes(**larger).returncode == 0


def test_the_closed_networks_page_names_what_the_makefile_makes() -> None:
    blocks = commands("closed-network.md")
    assert blocks[0] == "make release\n"
    assert "\nrelease: " in (ROOT / "Makefile").read_text("utf-8")
