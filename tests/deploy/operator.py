"""An operator who follows the pages of docs/operations word for word, in a folder that stands for a machine."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.served import ROOT, free_port

NAME = "safety.zone.example"
HOST = "localhost"  # in place of the name: it is the loopback's on every machine
# Folders of the machine that the pages name; here they lie below a folder of the test.
FOLDERS = (
    "/opt/xuncha",
    "/etc/xuncha",
    "/var/lib/xuncha",
    "/etc/systemd/system",
    "/etc/nginx/conf.d",
    "/var/log/nginx",
)
# What changes the machine itself: only that it was called is noted.
CHANGES = ("apt-get", "useradd", "chown", "systemctl", "nginx")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.S | re.M)


def commands(page: str) -> list[str]:
    """The blocks of commands of a page."""
    text = (ROOT / "docs" / "operations" / page).read_text("utf-8")
    return [found[1] for found in BLOCK.finditer(text)]


@dataclass
class Machine:
    """A folder with what the pages name, ports of its own, and programs that only note that they were called."""

    root: Path
    port: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        (self.root / "stubs").mkdir(parents=True, exist_ok=True)
        for name in CHANGES:
            stub = self.root / "stubs" / name
            stub.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self.root}/called"\n')
            stub.chmod(0o755)
        for folder in ("/etc/systemd/system", "/etc/nginx/conf.d", "/var/log/nginx"):
            self.path(folder).mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Where a folder of the pages lies here."""
        return self.root / name.lstrip("/")

    def here(self, text: str) -> str:
        """The text with folders, name and ports of this machine."""
        for folder in FOLDERS:
            text = text.replace(folder, str(self.path(folder)))
        text = re.sub(r"listen \[::\].*\n", "", text)  # a machine may have no IPv6
        for given, own in (
            ("127.0.0.1:8000", f"127.0.0.1:{self.port}"),
            ("PORT=8000", f"PORT={self.port}"),
            ("listen 443", f"listen 127.0.0.1:{self.https}"),
            ("listen 80;", f"listen 127.0.0.1:{self.http};"),
        ):
            text = text.replace(given, own)
        return text.replace(f"https://{NAME}", f"https://{HOST}:{self.https}").replace(NAME, HOST)

    def follow(self, blocks: list[str], folder: Path) -> str:
        """Type the commands one after the other, as one shell would take them; what they printed."""
        script = "set -eu\n" + "".join(self.here(block) for block in blocks)
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def environment(self) -> dict[str, str]:
        """A plain environment, with the settings where the pages put them."""
        return {
            "PATH": f"{self.root / 'stubs'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.root),
            "LANG": "C.UTF-8",
            "XUNCHA_ENV": str(self.path("/etc/xuncha") / "xuncha.env"),
        }

    def settings(self) -> dict[str, str]:
        """The settings as the service gets them."""
        lines = (self.path("/etc/xuncha") / "xuncha.env").read_text("utf-8").splitlines()
        pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
        return self.environment() | {name: value.strip('"') for name, _equals, value in pairs}

    def localise(self, release: Path) -> None:
        """Put the folders, name and ports of this machine into the files that the pages copy."""
        for path in [*(release / "deploy").rglob("*.*"), release / "deploy" / "xuncha"]:
            if path.is_file() and path.name != "install.sh":
                path.write_text(self.here(path.read_text("utf-8")), "utf-8")
