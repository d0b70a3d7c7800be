"""A process that answers requests with Waitress, and stops without losing one that was begun."""

from __future__ import annotations

import gc
import os
import socket
import time
from collections.abc import Sequence
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from .. import config
from ..core.db import close_all
from ..jobs.watch import Watch
from .balance import Balance
from .memory import collect_garbage

LAST_S = 15.0  # how long a stop waits for requests that were begun
SILENCE_S = 2.0  # a request that is still coming is waited for unless it has been silent for so long
MOST_WAITING = 20
LEFT_S = 0.05  # how long a new connection is left to a worker that holds fewer; it may be busy, or have ended
NEW_S = 1.0  # a connection may have been made before the stop, and its first bytes still be on the way


def options(app: Flask) -> dict[str, Any]:
    """Waitress's settings for one worker."""
    return {
        "threads": int(config.read("XUNCHA_THREADS")),
        "connection_limit": 1000,
        # Looked at every half minute: who has sent nothing for two minutes is gone.
        "channel_timeout": 90,
        # What is only somewhat too large reaches our own page, which says so in the reader's language.
        "max_request_body_size": 4 * app.config["MAX_CONTENT_LENGTH"],
        "ident": None,
        # Each piece is a turn of the loop: of 8 KB a photo had forty. Larger ones cost fresh memory each (LARGE_BLOCK).
        "recv_bytes": 64 * 1024,
        # A filing that comes with its photos (two megabytes at most) goes through no file; larger bodies do.
        "inbuf_overflow": 2_500_000,
    }


class WebWorker:
    """One process that serves, at a place of its own in `balance`; `watches` run beside it."""

    def __init__(
        self,
        app: Flask,
        sockets: Sequence[socket.socket],
        apps: Sequence[Flask],
        watches: Sequence[Watch],
        balance: Balance,
        place: int,
    ) -> None:
        self.app, self.sockets, self.apps, self.watches = app, sockets, apps, watches
        self.balance, self.place = balance, place
        self.stopping = False
        self.listeners: list[BaseWSGIServer] = []
        self._map: dict[int, Any] = {}
        self._leave_until = 0.0

    def stop(self, *_signal: object) -> None:
        """Take no further connection, finish what was begun, and end."""
        self.stopping = True
        for watch in self.watches:
            watch.stop()
        for listener in self.listeners:
            listener.pull_trigger()

    def run(self) -> None:
        """Serve until `stop`."""
        server = waitress.create_server(
            self.app, map=self._map, sockets=list(self.sockets), **options(self.app)
        )
        self.listeners = [one for one in self._map.values() if isinstance(one, BaseWSGIServer)]
        parent = os.getppid()
        gc.disable()  # collect_garbage() does it
        for watch in self.watches if not self.stopping else ():
            watch.start()
        while not self.stopping:
            if self.balance.fewest(self.place, len(self._channels())):
                self._turn(1)
                self._leave_until = time.monotonic() + LEFT_S
            else:
                self._leave_new_ones()
            collect_garbage()
            if os.getppid() != parent:  # where the system does not end us with it
                return
        end = time.monotonic() + LAST_S
        for _waiting in range(MOST_WAITING):
            self._turn(0)  # a connection was made as soon as it waits in the socket
        for listener in self.listeners:
            wasyncore.dispatcher.close(listener)  # not its own close(): answers still need its trigger
        self._finish(end)
        server.task_dispatcher.shutdown(timeout=1)
        close_all(self.apps)

    def _leave_new_ones(self) -> None:
        """A turn without new connections; each LEFT_S one that takes what nobody else took."""
        now = time.monotonic()
        if now < self._leave_until:
            self._listen(False)
            self._turn(self._leave_until - now)
            self._listen(True)
        else:
            self._turn(0)
            self._leave_until = time.monotonic() + LEFT_S

    def _listen(self, whether: bool) -> None:
        for listener in self.listeners:
            listener.accepting = whether

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=self._map, count=1)

    def _finish(self, end: float) -> None:
        self._turn(0)  # what lies in a socket already becomes a request
        while time.monotonic() < end and (channels := self._channels()):
            now = time.time()
            for channel in channels:
                if not _begun(channel, now):
                    channel.will_close = True
            self._turn(0.1)

    def _channels(self) -> list[HTTPChannel]:
        return [one for one in self._map.values() if isinstance(one, HTTPChannel)]


def _begun(channel: HTTPChannel, now: float) -> bool:
    """Whether a connection has a request that is worked on, an answer that goes out, or one that is still coming."""
    coming = channel.request is not None and now - channel.last_activity < SILENCE_S
    new = now - channel.creation_time < NEW_S
    return bool(channel.requests or channel.total_outbufs_len or channel.close_when_flushed or coming or new)
