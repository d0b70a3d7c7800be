"""Three web nodes on one PostgreSQL and one object store, behind nginx; each part can be broken while phones file."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.photos.s3_server import KEYS, S3Server
from tests.postgresql import administer
from tests.served import Served, free_port

NGINX = "/usr/sbin/nginx"
NODES = 3
# Large bodies go through files in its folder: started by root, its workers must be root's too.
SITE = """{user}daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{}}
http {{
  access_log off; client_max_body_size 70m; {folders}
  upstream nodes {{ {nodes} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://nodes; proxy_http_version 1.1; proxy_request_buffering on;
      proxy_connect_timeout 2s; proxy_set_header Host $http_host;
    }}
  }}
}}
"""


@dataclass
class Cluster:
    """`strike` breaks a node, the store and all connections of the database in turn, and mends each again."""

    folder: Path
    database: str
    store: S3Server
    count: int = NODES
    port: int = field(default_factory=free_port)
    nodes: list[Served] = field(default_factory=list)
    nginx: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        shared = {
            "SECRET_KEY": "one key for all nodes",
            "PHOTO_STORE": self.store.address,
            "XUNCHA_PROCESSES": "1",
        }
        for number in range(self.count):
            (data := self.folder / f"node{number}").mkdir()
            self.nodes.append(Served(data, database=self.database, settings={**shared, **KEYS}))
        self._harms: Iterator[Callable[[], None]] = itertools.cycle(
            [self._kill_node, self._end_connections, self._kill_node, self._stop_store]
        )
        self._turn = itertools.cycle(self.nodes)
        self._starting: list[Thread] = []

    @property
    def url(self) -> str:
        """Where nginx answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Cluster:
        """Start the nodes, then nginx."""
        for node in self.nodes:
            node.start()
        folders = "".join(
            f"{name}_temp_path {self.folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        nodes = " ".join(f"server 127.0.0.1:{node.port} fail_timeout=1s;" for node in self.nodes)
        conf = self.folder / "nginx.conf"
        user = "user root; " if os.geteuid() == 0 else ""
        conf.write_text(
            SITE.format(user=user, folder=self.folder, folders=folders, nodes=nodes, port=self.port)
        )
        self.nginx = subprocess.Popen([NGINX, "-c", str(conf), "-p", str(self.folder)])
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return self
            time.sleep(0.1)
        raise TimeoutError(self.url)

    def strike(self) -> None:
        """Break the next part, and mend it."""
        next(self._harms)()

    def kill(self) -> None:
        """End everything but the database and the store."""
        for thread in self._starting:
            thread.join()
        if self.nginx:
            self.nginx.send_signal(signal.SIGTERM)
            self.nginx.wait()
        for node in self.nodes:
            node.kill()

    def _kill_node(self) -> None:
        """The others work on while it starts again."""
        node = next(self._turn)
        node.kill()
        self._starting.append(Thread(target=node.start))
        self._starting[-1].start()

    def _end_connections(self) -> None:
        administer(
            self.database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )

    def _stop_store(self) -> None:
        self.store.stop()
        time.sleep(1)
        self.store.start()
