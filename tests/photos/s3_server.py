"""An S3 server of a test's own: rclone serves a folder, in which a bucket is a folder and an object a file."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from obstore.store import S3Store
from tests.served import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "xuncha", "AWS_SECRET_ACCESS_KEY": "only-for-tests"}
RCLONE = Path(sys.executable).with_name("rclone")


@dataclass
class S3Server:
    """A server on a free port; `stop` ends it, `start` begins again on the same port and folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """PHOTO_STORE for its bucket."""
        return f"s3://photos/zone?endpoint=http://127.0.0.1:{self.port}"

    def address_of(self, path: str) -> str:
        """The address of a bucket of its, or of what is below a prefix in it; the bucket is made."""
        (self.folder / path).mkdir(parents=True, exist_ok=True)
        return f"s3://{path}?endpoint=http://127.0.0.1:{self.port}"

    @property
    def bucket(self) -> S3Store:
        """The bucket of the photos as another program sees it."""
        return self.opened("photos")

    def opened(self, name: str) -> S3Store:
        """What is below `zone` in a bucket, as another program sees it: what is changed on the disk the server sees late."""
        key, secret = KEYS.values()
        return S3Store(
            name,
            prefix="zone",
            endpoint=f"http://127.0.0.1:{self.port}",
            access_key_id=key,
            secret_access_key=secret,
            client_options={"allow_http": True},
        )

    @property
    def originals(self) -> list[Path]:
        """The objects of the bucket, as files."""
        return sorted(
            path for path in (self.folder / "photos" / "zone" / "originals").rglob("*") if path.is_file()
        )

    def start(self) -> S3Server:
        """Start, and come back when it answers."""
        (self.folder / "photos").mkdir(parents=True, exist_ok=True)
        keys = ",".join(KEYS.values())
        command = [RCLONE, "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", keys, self.folder]
        with (self.folder.parent / "s3.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with suppress(urllib.error.URLError, ConnectionError):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2)
                except urllib.error.HTTPError:
                    return self  # it refuses whoever brings no key: it answers
                return self
            time.sleep(0.1)
        raise TimeoutError(self.address)

    def stop(self) -> None:
        """End it."""
        if self.process:
            self.process.kill()
            self.process.wait()
