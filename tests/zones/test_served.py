"""An installation served by the shipped command, set up as docs/operations/many-zones.md says, word for word."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgresql
from tests.served import ROOT, free_port

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.S | re.M)
PAGE = ROOT / "docs" / "operations" / "many-zones.md"


def environment(**own: str) -> dict[str, str]:
    """Without any setting of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XUNCHA_")}
    return {**kept, "DATABASE_URL": "", "SECRET_KEY": "", **own}


# Folders of the machine that the page names; here they lie below a folder of the test.
FOLDERS = ("/srv/", "/etc/xuncha/", "/var/lib/xuncha", "/opt/xuncha/")
FLASK = """#!/bin/sh
export PYTHONPATH={root}/inspect
exec {python} -m flask "$@"
"""
OWNER = """#!/bin/sh
# install -d -o USER -g GROUP -m MODE FOLDER…, chown: no such user is on this machine
case $0 in *install) shift 7; exec mkdir -p "$@" ;; esac
"""


def machine(folder: Path) -> Path:
    """A folder that stands for a machine on which docs/operations/install.md was followed."""
    for name in ("bin", "etc/xuncha", "var/lib/xuncha", "opt/xuncha/bin", "srv"):
        (folder / name).mkdir(parents=True)
    program = folder / "opt" / "xuncha" / "bin"
    shutil.copy(ROOT / "deploy" / "xuncha", program)
    (program / "flask").write_text(FLASK.format(root=ROOT, python=sys.executable), "utf-8")
    for name in ("install", "chown"):
        (folder / "bin" / name).write_text(OWNER, "utf-8")
        (folder / "bin" / name).chmod(0o755)
    (program / "flask").chmod(0o755)
    settings = (ROOT / "deploy" / "xuncha.env").read_text("utf-8")
    (folder / "etc" / "xuncha" / "xuncha.env").write_text(here(settings, folder), "utf-8")
    return folder


def data_of(folder: Path) -> Path:
    """The data folder of the installation on a machine."""
    return folder / "var" / "lib" / "xuncha"


def here(text: str, folder: Path) -> str:
    """The same with the folders of this machine."""
    for name in FOLDERS:
        text = text.replace(name, f"{folder}{name}")
    return text


def typed(script: str, folder: Path, **own: str) -> subprocess.CompletedProcess[str]:
    """What an operator types on the machine."""
    settings = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "XUNCHA_ENV": str(folder / "etc" / "xuncha" / "xuncha.env"),
    }
    return subprocess.run(
        ["bash", "-c", "set -eu\n" + here(script, folder)],
        cwd=folder,
        env=environment(**settings, **own),
        capture_output=True,
        text=True,
        check=False,
    )


def ask(port: int, host: str, path: str = "/sign-in") -> tuple[int, str]:
    """The status and text of a page of a host."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Servers that a test starts; they are stopped as systemd does."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for one in started:
        one.terminate()
        assert one.wait(30) == 0


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """`flask serve` of an installation, until it answers."""
    own = {
        "XUNCHA_DATA": str(data_of(folder)),
        "XUNCHA_ZONES": str(data_of(folder) / "zones.toml"),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "XUNCHA_LOG": "json",
        "XUNCHA_PROCESSES": "2",
    }
    with (folder / "server.log").open("ab") as log:
        served = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=ROOT,
            env=environment(**own),
            stdout=log,
            stderr=log,
        )
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert served.poll() is None, (folder / "server.log").read_text("utf-8")[-2000:]
        with suppress(OSError):
            ask(port, "nobody.example.cn")
            return served
        time.sleep(0.2)
    raise TimeoutError


@pytest.mark.timeout(600)  # it starts the program some twenty times
def test_the_page_is_followed_and_the_zones_answer(
    tmp_path: Path, server: list[subprocess.Popen[bytes]]
) -> None:
    before, after = PAGE.read_text("utf-8").split("## Serve\n")
    done = typed("".join(BLOCK.findall(before)), machine(tmp_path))
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
    port = free_port()
    server.append(start(tmp_path, port))
    done = typed("".join(BLOCK.findall(after)), tmp_path)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
    assert "edition 1 of above is taken" in done.stdout and "figures 1 of far-county is taken" in done.stdout
    for key in ("province", "county1", "county2"):
        assert list((tmp_path / "srv" / "backups" / key).glob("*/manifest.json*")), key
    for host, name in (("province", "江南省"), ("county1", "临江县"), ("county2", "山南县")):
        status, page = ask(port, f"{host}.example.cn")
        assert status == 200 and name in page
    assert ask(port, "nobody.example.cn")[0] == 404
    lines = [
        json.loads(line)
        for line in (tmp_path / "server.log").read_text("utf-8").splitlines()
        if line[:1] == "{"
    ]
    assert {line["zone"] for line in lines if line.get("route") == "/sign-in"} == {
        "province",
        "county1",
        "county2",
    }


def test_a_failing_zone_stops_no_other_one(tmp_path: Path, server: list[subprocess.Popen[bytes]]) -> None:
    settings = machine(tmp_path) / "etc" / "xuncha" / "xuncha.env"
    settings.write_text(
        here("XUNCHA_DATA=/var/lib/xuncha\nXUNCHA_ZONES=/var/lib/xuncha/zones.toml\n", tmp_path)
    )
    (data_of(tmp_path) / "zones.toml").write_text(
        '[zones.a]\nhosts = ["a.cn"]\nDATABASE_URL = "postgresql+psycopg://nobody@127.0.0.1:1/none"\n'
        '[zones.b]\nhosts = ["b.cn"]\n'
    )
    done = typed("/opt/xuncha/bin/xuncha zones each db upgrade", tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == "Error: failed for a; done for 1 zones"
    port = free_port()
    server.append(start(tmp_path, port))
    assert [ask(port, host)[0] for host in ("a.cn", "b.cn")] == [503, 200]


def test_zones_on_postgresql_and_on_sqlite_in_one_server(
    postgresql_server: str, tmp_path: Path, server: list[subprocess.Popen[bytes]]
) -> None:
    urls = [postgresql.new_database(postgresql_server, name) for name in ("zone_one", "zone_two")]
    tables = "".join(
        f'[zones.{key}]\nhosts = ["{key}.cn"]\nXUNCHA_ZONE_ZH = "{name}"\nDATABASE_URL = {json.dumps(url)}\n'
        for key, name, url in (("one", "甲县", urls[0]), ("two", "乙县", urls[1]))
    )
    data_of(tmp_path).mkdir(parents=True)
    (data_of(tmp_path) / "zones.toml").write_text(
        f'{tables}[zones.three]\nhosts = ["three.cn"]\nXUNCHA_ZONE_ZH = "丙县"\n'
    )
    port = free_port()
    server.append(start(tmp_path, port))
    for host, name in (("one.cn", "甲县"), ("two.cn", "乙县"), ("three.cn", "丙县")):
        status, page = ask(port, host)
        assert status == 200 and name in page
    for url in urls:
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM checklists")) > 5
        engine.dispose()
