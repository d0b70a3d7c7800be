"""A bad line: a TCP proxy on the loopback that cuts, stalls, slows, delivers twice or late, by a plan for each connection."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

CHUNK = 16 * 1024
TICKS_PER_S = 20
End = Literal["reset", "close", "stall"]


@dataclass(frozen=True)
class Plan:
    """What happens to one connection: nothing, unless said."""

    up: int | None = None  # bytes from the phone that pass before the end comes
    down: int | None = None  # bytes of the answer that pass before the end comes; 0 drops the answer
    end: End = "reset"
    stall_s: float = 1.0  # how long a stalled connection stays open before it is closed
    rate: int | None = None  # bytes a second, each way
    twice: bool = False  # the request is delivered two times at one moment
    late_s: float = 0.0  # the whole request is held back: others overtake it


class Cut(Exception):
    """The plan ends the connection here."""


class Proxy:
    """Stands in front of a port of the loopback; `choose` gives the plan of the nth connection."""

    def __init__(
        self, target: int, choose: Callable[[int], Plan] = lambda _n: Plan(), longest_s: float = 120
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
        plan = self.choose(self.connections)
        try:
            async with asyncio.timeout(self.longest_s):
                if plan.twice or plan.late_s:
                    await self._whole(plan, reader, writer)
                else:
                    await self._through(plan, reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError, asyncio.IncompleteReadError):
            self.refused += 1
        finally:
            close(writer)

    async def _through(self, plan: Plan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target)
        ways = (
            asyncio.create_task(self._pipe(reader, up_writer, plan.up, plan.rate, "up")),
            asyncio.create_task(self._pipe(up_reader, writer, plan.down, plan.rate, "down")),
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
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        limit: int | None,
        rate: int | None,
        way: str,
    ) -> None:
        passed, most = 0, CHUNK if rate is None else max(1, rate // TICKS_PER_S)
        while limit is None or passed < limit:
            data = await source.read(most if limit is None else min(most, limit - passed))
            if not data:
                return
            sink.write(data)
            await sink.drain()
            passed += len(data)
            setattr(self, way, getattr(self, way) + len(data))
            if rate is not None:
                await asyncio.sleep(len(data) / rate)
        # The end comes with the next byte: a message of exactly this length has passed whole.
        if await source.read(1):
            raise Cut

    async def _whole(self, plan: Plan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
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


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One whole request, asked to close its connection after the answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(found[1])) if found else b""
    return re.sub(rb"(?i)\r\nconnection: *keep-alive", b"\r\nConnection: close", head) + body


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
