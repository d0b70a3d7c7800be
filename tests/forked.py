"""`flask` commands in processes of their own, forked from one that has imported the program.

Importing it takes a server or a command two seconds of processor before it begins; a run of all tests starts hundreds. What
is forked has its own environment, folder and outputs, and runs what `python -m flask` runs. Tests about starting itself
(test_settings.py, test_schema_version.py, tests/deploy) start Python.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]


class Process:
    """One that was forked, with the methods of `subprocess.Popen` that tests call."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], out: IO[bytes], err: IO[bytes]
    ) -> None:
        self.returncode: int | None = None
        self._told = socket.socket(socket.AF_UNIX)
        self._told.connect(_origin())
        wanted = json.dumps({"words": [*words], "environment": {**environment}}).encode() + b"\n"
        socket.send_fds(self._told, [b"f"], [out.fileno(), err.fileno()])
        self._told.sendall(wanted)
        self._lines = self._told.makefile("rb")
        self.pid = int(self._lines.readline())

    def poll(self) -> int | None:
        """How it ended, if it has."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; negative: by which signal."""
        ended = self._ended(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("flask", timeout or 0)
        return ended

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(self._lines.readline())
            self._lines.close()
            self._told.close()
        return self.returncode


def run(words: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = Process(words, environment, out, err).wait()
        said = []
        for one in (out, err):
            one.seek(0)
            said.append(one.read().decode())
    return subprocess.CompletedProcess([*words], code, *said)


@cache
def _origin() -> str:
    """The socket of the process that is forked; it ends with this one."""
    folder = tempfile.TemporaryDirectory(prefix="xuncha-forked-")
    address = str(Path(folder.name) / "socket")
    pipe, held = os.pipe()
    command = [sys.executable, "-m", "tests.forked", address, str(pipe)]
    started = subprocess.Popen(command, cwd=ROOT, pass_fds=[pipe], stdout=subprocess.PIPE)
    os.close(pipe)
    assert started.stdout and started.stdout.readline() == b"ready\n"

    def end() -> None:
        os.close(held)
        started.wait()
        folder.cleanup()

    atexit.register(end)
    return address


def _main(address: str, pipe: int) -> None:
    """Import the program, then fork whenever asked, until whoever asks has ended."""
    sys.path.insert(0, str(ROOT / "inspect"))
    for name in ("flask.cli", "xuncha"):
        importlib.import_module(name)
    importlib.import_module("tests.compiled_once").for_servers()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while listener in select.select([listener, pipe], [], [])[0]:
        asked, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            os.close(pipe)
            _keep(asked)
        asked.close()


def _keep(asked: socket.socket) -> NoReturn:
    """Fork what was asked for, tell its number, and then how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _byte, outputs, _flags, _address = socket.recv_fds(asked, 1, 2)
    with asked.makefile("rb") as lines:
        wanted = json.loads(lines.readline())
    number = os.fork()
    if number == 0:
        asked.close()
        _become(wanted, outputs)
    for one in outputs:
        os.close(one)
    asked.sendall(b"%d\n" % number)
    _number, status = os.waitpid(number, 0)
    try:
        asked.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    finally:
        os._exit(0)  # whether or not anybody still wants to know


def _become(wanted: dict[str, Any], outputs: list[int]) -> NoReturn:
    """Be `python -m flask` with these words, environment and outputs."""
    import flask.cli

    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for place, one in enumerate([nothing, *outputs]):
        os.dup2(one, place)
        os.close(one)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    os.chdir(ROOT)
    sys.path[0] = str(ROOT)
    sys.argv = ["flask", *wanted["words"]]
    flask.cli.main()
    sys.exit()


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
