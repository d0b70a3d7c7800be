"""Several processes serve one port: one that is killed is replaced, a stop finishes what was begun, none outlives its parent."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.client import Book, Phone
from tests.faults.soak import Strength, prepared, ready
from tests.faults.stalled import HEAD, latencies
from tests.faults.test_locked_database import locked
from tests.served import Served, sockets

TWO = {"XUNCHA_PROCESSES": "2"}


def until(told: Callable[[], bool], patience_s: float = 20) -> None:
    end = time.monotonic() + patience_s
    while not told():
        assert time.monotonic() < end
        time.sleep(0.02)


def runs(number: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def served(settled: Path, tmp_path: Path) -> Iterator[Served]:
    ready(tmp_path, settled)
    server = Served(tmp_path, settings=TWO).start()
    until(lambda: len(server.workers()) == 2)
    yield server
    server.kill()


def test_both_processes_take_connections(served: Served) -> None:
    pair = served.workers()
    empty = [sockets(worker) for worker in pair]
    held: list[socket.socket] = []
    try:
        # The first to wake takes a connection; while one is busy with an upload the other is that.
        for _number in range(200):
            held.append(socket.create_connection(("127.0.0.1", served.port), timeout=10))
            held[-1].sendall(HEAD + b"\xff" * 100_000)
        until(lambda: all(sockets(worker) - before for worker, before in zip(pair, empty, strict=True)))
    finally:
        for one in held:
            one.close()
    assert len(latencies(f"{served.url}/sign-in", 9)) == 9


def test_a_process_that_is_killed_is_replaced_and_the_others_go_on(served: Served) -> None:
    for _round in range(3):
        first, second = served.workers()
        os.kill(first, signal.SIGKILL)
        assert len(latencies(f"{served.url}/sign-in", 5)) == 5
        until(lambda first=first: len(served.workers()) == 2 and first not in served.workers())
        assert second in served.workers()
    assert "ended by signal 9; another one starts" in (served.data / "server.log").read_text("utf-8")


def test_all_processes_killed_at_once_are_replaced(served: Served) -> None:
    killed = served.workers()
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    assert len(latencies(f"{served.url}/sign-in", 5)) == 5  # they wait in the socket, nobody is refused
    until(lambda: len(served.workers()) == 2 and not set(killed) & set(served.workers()))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_finishes_the_open_request(settled: Path, tmp_path: Path, told: signal.Signals) -> None:
    book = Book()
    loads = prepared(ready(tmp_path, settled), Strength(seed=3, filings=4, kills=0, cuts=0), book)
    served = Served(tmp_path, settings=TWO).start()
    assert served.process
    phone, entry = Phone(served.url, book).sign_in("wang"), loads[0][0]
    token = phone.token()
    assert token
    for sha, data in entry.photos.items():
        assert phone.put(sha, data, token).status == 201
    answers = []
    idle = socket.create_connection(("127.0.0.1", served.port), timeout=10)
    stalled = socket.create_connection(("127.0.0.1", served.port), timeout=10)
    stalled.sendall(HEAD)
    time.sleep(2)
    with locked(tmp_path) as connection:
        post = threading.Thread(target=lambda: answers.append(phone.post(entry, token)))
        post.start()
        time.sleep(1)
        pair = served.workers()
        # As a terminal and a service manager do: everybody hears it.
        for number in (served.process.pid, *pair):
            os.kill(number, told)
        time.sleep(1)
        assert served.process.poll() is None and not answers
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", served.port), timeout=10).close()
        connection.execute("ROLLBACK")
        post.join(20)
    assert [answer.status for answer in answers] == [201]
    begun = time.monotonic()
    assert served.process.wait(20) == 0
    assert time.monotonic() - begun < 8  # neither the idle nor the stalled one is waited for
    assert not any(map(runs, pair))
    assert not (tmp_path / "xuncha.db-wal").exists()  # all is in the one file: it may be copied
    idle.close()
    stalled.close()
    served.start()
    try:
        assert phone.sign_in("wang").post(entry, phone.token() or "").status == 200
    finally:
        served.kill()


def test_who_is_killed_leaves_no_process_and_the_port_free(served: Served) -> None:
    for _round in range(3):
        pair = served.workers()
        served.kill()
        until(lambda pair=pair: not any(map(runs, pair)), patience_s=5)
        served.start()
        until(lambda: len(served.workers()) == 2)


def test_a_new_connection_goes_to_the_process_that_holds_fewer(served: Served) -> None:
    pair = served.workers()
    empty = [sockets(worker) for worker in pair]
    held = [socket.create_connection(("127.0.0.1", served.port), timeout=10) for _number in range(10)]
    try:
        until(lambda: [len(sockets(one) - before) for one, before in zip(pair, empty, strict=True)] == [5, 5])
    finally:
        for one in held:
            one.close()


def test_a_process_that_stands_still_shuts_no_new_connection_out(served: Served) -> None:
    still = served.workers()[0]
    held = [socket.create_connection(("127.0.0.1", served.port), timeout=10) for _number in range(4)]
    os.kill(still, signal.SIGSTOP)
    try:
        assert len(latencies(f"{served.url}/sign-in", 9)) == 9
    finally:
        os.kill(still, signal.SIGCONT)
        for one in held:
            one.close()


@pytest.fixture
def held_port(tmp_path: Path, settled: Path) -> Iterator[tuple[socket.socket, Served]]:
    """A port that another process listens on, and a server that is to have it."""
    ready(tmp_path, settled)
    server = Served(tmp_path)
    with socket.create_server(("127.0.0.1", server.port)) as holder:
        yield holder, server
    server.kill()


def test_a_server_waits_for_the_workers_of_a_killed_one_to_let_go_of_its_port(
    held_port: tuple[socket.socket, Served],
) -> None:
    holder, server = held_port
    threading.Timer(1.5, holder.close).start()
    server.start()
    assert len(latencies(f"{server.url}/sign-in", 1)) == 1


def test_a_server_says_that_its_port_is_taken(held_port: tuple[socket.socket, Served]) -> None:
    _holder, server = held_port
    with pytest.raises(RuntimeError, match=f"port {server.port} is taken; choose another"):
        server.start()
