"""The operator's pages are followed line by line on a fresh zone: each command of a block marked sh must succeed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests import cast
from tests.conftest import build
from tests.operations.operator import file_with_photo, succeed
from tests.photos.s3_server import S3Server
from tests.served import ROOT
from xuncha.core.db import db
from xuncha.operations import upgrading

PAGES = ROOT / "docs" / "operations"
BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.M | re.S)
COMMAND = "/opt/xuncha/bin/xuncha "
DATA = "export XUNCHA_DATA="
# Folders of the machine that the pages name; here they lie below a folder of the test.
FOLDERS = ("/srv/", "/var/lib/xuncha")
# What `tests/deploy` follows, or what only root of a machine may do.
NOT_HERE = {"cp", "./install.sh", "systemctl", "rm", "mv"}


def blocks(page: str) -> list[list[str]]:
    """The lines of the shell blocks of a page."""
    found = BLOCK.findall((PAGES / page).read_text("utf-8"))
    return [[line.removeprefix(indent) for line in text.splitlines()] for indent, text in found]


BUCKET = "s3://BUCKET/zone?endpoint=https://s3.example.cn"


class Operator:
    """Whoever follows a page, with the machine's folders put into one of the test and BUCKET's address into a store's."""

    def __init__(self, folder: Path, bucket: str = BUCKET) -> None:
        self.folder, self.bucket = folder, bucket
        self.apps: dict[str, Flask] = {}
        self.now = cast.NOW

    def follow(self, page: str) -> list[str]:
        """Do what each block says; what each told."""
        return [self._block(lines) for lines in blocks(page)]

    @property
    def data(self) -> Path:
        """The data folder of the installation."""
        return self.folder / "var" / "lib" / "xuncha"

    def app(self, data: str) -> Flask:
        """The program on a data folder, which is made as the program makes it."""
        if data not in self.apps:
            Path(data).mkdir(exist_ok=True, parents=True)
            self.apps[data] = build(f"sqlite:///{data}/xuncha.db", Path(data))
        return self.apps[data]

    def _block(self, lines: list[str]) -> str:
        told, data, values = "", str(self.data), {}
        for written in lines:
            line = written.replace(BUCKET, self.bucket)
            for folder in FOLDERS:
                line = line.replace(folder, f"{self.folder}{folder}")
            for name, value in values.items():
                line = line.replace(f"${name}", value)
            words = shlex.split(line)
            if line.startswith(COMMAND):
                self.now += timedelta(minutes=10)
                with time_machine.travel(self.now, tick=True):
                    told += succeed(self.app(data), *words[1:])
            elif line.startswith(DATA):
                data = line.removeprefix(DATA)
            elif words[0] == "install":
                Path(words[-1]).mkdir(parents=True)
            elif words[0] not in NOT_HERE:
                name, _, command = line.partition("=")
                done = subprocess.run(
                    ["bash", "-c", f"echo {command}"], capture_output=True, text=True, check=True
                )
                values[name] = done.stdout.strip()
        return told


def test_back_up_restore_mend_upgrade_and_go_back_as_written(
    settled: Path, tmp_path: Path, store: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrading, "REST_S", 0)
    operator = Operator(tmp_path, store.address_of("backups/zone"))
    app = operator.app(str(operator.data))
    shutil.copyfile(settled, operator.data / "xuncha.db")
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        file_with_photo("wang", "huaxin", 1)
        db.session.remove()
        db.engine.dispose()
    taken, _timers, in_bucket, encrypted, restored, mended = operator.follow("backup.md")
    assert in_bucket.count("whole") == 3 and "s3://backups/zone" in in_bucket
    assert taken.count("whole") == 3 and "encrypted for age1" in encrypted
    assert "1 photos are as they were sent" in restored and "1 photos put back" in mended
    upgraded, back = operator.follow("upgrade.md")
    assert "backup before it" in upgraded and "stands again" in back


def test_the_queue_is_worked_off_and_looked_at_as_written(settled: Path, tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    operator.app(str(operator.data))
    shutil.copyfile(settled, operator.data / "xuncha.db")
    worked, looked = operator.follow("jobs.md")
    assert (worked, looked) == ("0 jobs tried\n", "0 waiting, 0 running, 0 given up\n")
