"""The shipped server in a process of its own, on a free port of the loopback, with a data folder that tests prepare."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from tests import forked

ROOT = Path(__file__).resolve().parents[1]
LISTENS = "0A"  # as the kernel tells the state of a socket
FLASK = [sys.executable, "-m", "flask"]


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sockets(process: int) -> set[str]:
    """The sockets that a process holds, by name."""
    held = set()
    with suppress(FileNotFoundError):
        for file in Path(f"/proc/{process}/fd").iterdir():
            with suppress(FileNotFoundError):
                held.add(str(file.readlink()))
    return {name for name in held if name.startswith("socket:")}


@dataclass
class Served:
    """A running server; `kill` ends it without a word, `start` begins again on the same port and data."""

    data: Path
    database: str = ""
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | forked.Process | None = None
    root: Path = ROOT
    program: str = "wsgi"
    fork: ClassVar[bool] = False  # pytest sets it; what measures starts Python each time

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment of the server and of commands on the same data."""
        own = {
            "XUNCHA_DATA": str(self.data),
            "DATABASE_URL": self.database,
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "XUNCHA_ZONE_ZH": "临江经济开发区",
            "XUNCHA_ZONE_EN": "Linjiang Economic Development Zone",
            "XUNCHA_ORG_ZH": "临江经济开发区安全生产办公室",
            "XUNCHA_ORG_EN": "Work Safety Office of Linjiang Zone",
        }
        return {**os.environ, **own, **self.settings}

    def start(self, patience_s: float = 90) -> Served:
        """Start, and come back when it answers."""
        words = ["--app", self.program, "serve"]
        with (self.data / "server.log").open("ab") as log:
            if self._forks:
                self.process = forked.Process(words, self.environment(), log, log)
            else:
                self.process = subprocess.Popen(
                    [*FLASK, *words], cwd=self.root, env=self.environment(), stdout=log, stderr=log
                )
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError((self.data / "server.log").read_text("utf-8")[-2000:])
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"{self.url}/sign-in", timeout=2).read()
                return self
            time.sleep(0.03)
        raise TimeoutError(self.url)

    @property
    def _forks(self) -> bool:
        return self.fork and self.root == ROOT

    def children(self) -> list[int]:
        """The processes under the server's parent now, by number."""
        assert self.process
        number = self.process.pid
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]

    def workers(self) -> list[int]:
        """Those of them that take connections: not the one that works jobs off."""
        assert self.process
        listening = self._listening()
        return [child for child in self.children() if listening & sockets(child)]

    def _listening(self) -> set[str]:
        """The names of the sockets on which the server listens."""
        place = f"0100007F:{self.port:04X}"
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        return {f"socket:[{line[9]}]" for line in lines if line[1] == place and line[3] == LISTENS}

    def flask(self, *words: str) -> str:
        """Run a command on the same data; its output."""
        if self._forks:
            done = forked.run(["--app", "wsgi", *words], self.environment())
        else:
            command = [*FLASK, "--app", "wsgi", *words]
            done = subprocess.run(
                command, cwd=self.root, env=self.environment(), capture_output=True, text=True, check=False
            )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def kill(self) -> None:
        """End it at once, as a power cut would (SIGKILL)."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def strike(self) -> None:
        """Kill it in the middle of its work, and start it again."""
        self.kill()
        self.start()
