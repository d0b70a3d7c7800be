"""A bad network: a TCP proxy on the loopback that cuts, stalls, slows, delivers twice or late, by a plan for each connection.

Every connection carries one request: the server is asked to close it after its answer.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

CHUNK = 16 * 1024
HEAD = 2 * 1024  # what of a request is seen before its plan is chosen
TICKS_PER_S = 20
End = Literal["reset", "close", "stall"]


@dataclass(frozen=True)
class Plan:
    """What happens to one connection: nothing, unless said."""

    up: int | None = (
        None  # bytes from the phone that pass before the end comes; below nought: all but so many
    )
    down: int | None = None  # bytes of the answer that pass before the end comes; 0 drops the answer
    end: End = "reset"
    stall_s: float = 1.0  # how long a stalled connection stays open before it is closed
    rate: int | None = None  # bytes a second, each way
    twice: bool = False  # the request is delivered two times at one moment
    late_s: float = 0.0  # the whole request is held back: others overtake it


class Cut(Exception):
    """The plan ends the connection here."""


class Proxy:
    """Stands in front of a port of the loopback; `choose` gives the plan of a request from its first bytes."""

    def __init__(
        self, target: int, choose: Callable[[bytes], Plan] = lambda _head: Plan(), longest_s: float = 120
    ) -> None:
        self.target, self.choose, self.longest_s = target, choose, longest_s
        self.port = self.connections = self.cuts = self.up = self.down = self.refused = 0
        self._ready, self._loop, self._stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Where phones reach the server through this line."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Proxy:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            async with asyncio.timeout(self.longest_s):
                head = await reader.read(HEAD)
                if not head:  # opened ahead of need, never used
                    return
                plan = self.choose(head)
                if plan.twice or plan.late_s:
                    await self._whole(plan, head, reader, writer)
                else:
                    await self._through(plan, head, reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError, asyncio.IncompleteReadError):
            self.refused += 1
        finally:
            close(writer)

    async def _through(
        self, plan: Plan, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target)
        most = CHUNK if plan.rate is None else max(1, plan.rate // TICKS_PER_S)
        limit = plan.up
        if limit is not None and limit < 0:
            head = await whole_head(head, reader)
            limit += length_of(head)
        ways = (
            asyncio.create_task(
                self._pipe(_pieces(reader, most, once(head)), up_writer, limit, plan.rate, "up")
            ),
            asyncio.create_task(self._pipe(_pieces(up_reader, most), writer, plan.down, plan.rate, "down")),
        )
        try:
            ended, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if any(isinstance(task.exception(), Cut) for task in ended):
                self.cuts += 1
                if plan.end == "stall":
                    await asyncio.sleep(plan.stall_s)
                elif plan.end == "reset":
                    reset(writer)
                    reset(up_writer)
        finally:
            for task in ways:
                task.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            close(up_writer)

    async def _pipe(
        self,
        source: AsyncIterator[bytes],
        sink: asyncio.StreamWriter,
        limit: int | None,
        rate: int | None,
        way: str,
    ) -> None:
        passed = 0
        async for piece in source:
            # The end comes with the first byte too many: a message of exactly this length passes whole.
            cut = limit is not None and passed + len(piece) > limit
            data = piece[: limit - passed] if cut and limit is not None else piece
            sink.write(data)
            await sink.drain()
            passed += len(data)
            setattr(self, way, getattr(self, way) + len(data))
            if cut:
                raise Cut
            if rate is not None:
                await asyncio.sleep(len(data) / rate)

    async def _whole(
        self, plan: Plan, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        request = await read_request(head, reader)
        self.up += len(request)
        await asyncio.sleep(plan.late_s)
        deliveries = [asyncio.create_task(self._exchange(request)) for _ in range(2 if plan.twice else 1)]
        try:
            for first in asyncio.as_completed(deliveries):
                answer = await first
                writer.write(answer)
                await writer.drain()
                self.down += len(answer)
                break
            await asyncio.gather(*deliveries, return_exceptions=True)
        finally:
            for task in deliveries:
                task.cancel()

    async def _exchange(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read(-1)
        finally:
            close(writer)


async def _pieces(reader: asyncio.StreamReader, most: int, begun: bytes = b"") -> AsyncIterator[bytes]:
    if begun:
        yield begun
    while data := await reader.read(most):
        yield data


def once(head: bytes) -> bytes:
    """The head of a request that asks to close the connection after the answer; not a byte longer or shorter."""
    return re.sub(rb"(?i)\r\nconnection: *keep-alive", b"\r\nConnection: close     ", head)


async def whole_head(head: bytes, reader: asyncio.StreamReader) -> bytes:
    """At least the head of a request that began with these bytes."""
    while b"\r\n\r\n" not in head:
        head += await reader.readexactly(1)
    return head


def length_of(head: bytes) -> int:
    """How long the request is, head and body."""
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return head.index(b"\r\n\r\n") + 4 + (int(found[1]) if found else 0)


async def read_request(head: bytes, reader: asyncio.StreamReader) -> bytes:
    """One whole request that began with these bytes."""
    head = await whole_head(head, reader)
    return once(head) + await reader.readexactly(max(0, length_of(head) - len(head)))


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST, as a phone that leaves the cell does."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def close(writer: asyncio.StreamWriter) -> None:
    """Close without waiting."""
    with suppress(OSError, RuntimeError):
        writer.close()
