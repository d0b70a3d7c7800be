"""Phones that stop in the middle of an upload and stay: connections held open with half a body sent."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HEAD = (
    b"PUT /sync/photos/"
    + b"0" * 64
    + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\nContent-Length: 400000\r\n\r\n"
)


@contextmanager
def stalled(port: int, count: int) -> Iterator[None]:
    """Hold `count` half-sent uploads open on a port of the loopback."""
    held: list[socket.socket] = []
    try:
        for _number in range(count):
            phone = socket.create_connection(("127.0.0.1", port), timeout=10)
            phone.sendall(HEAD + b"\xff" * 100_000)
            held.append(phone)
        yield
    finally:
        for phone in held:
            with suppress(OSError):
                phone.close()


def latencies(url: str, rounds: int) -> list[float]:
    """Seconds that a page takes, one after the other; every one must answer."""
    taken = []
    for _round in range(rounds):
        begun = time.monotonic()
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.status == 200
            answer.read()
        taken.append(time.monotonic() - begun)
    return taken
