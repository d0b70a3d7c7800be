"""The one door to object stores (S3): where a bucket is, a client for it, and what it means when the bucket does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from . import scale_packages

SCHEME = "s3://"
ANSWERS_WITHIN = timedelta(seconds=10)
SILENT_FOR = timedelta(seconds=60)
KNOWN = {"endpoint", "region", "style"}


class StoreAway(ConnectionError):
    """The bucket does not answer or refuses us: nothing was taken, and the sender keeps its copy."""


@dataclass(frozen=True)
class Bucket:
    """Where a bucket is, as settings and commands name it: s3://NAME/PREFIX?endpoint=https://…&region=…&style=path."""

    name: str
    prefix: str
    endpoint: str
    region: str
    virtual_hosted: bool

    @classmethod
    def read(cls, address: str) -> Bucket:
        """Raises ValueError, saying what is expected."""
        parts = urlsplit(address)
        given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        style = given.get("style", "path")
        endpoint, region = given.get("endpoint", ""), given.get("region", "us-east-1")
        right = parts.scheme == "s3" and parts.netloc and given.keys() <= KNOWN
        if not right or style not in {"path", "virtual"}:
            raise ValueError(
                "must be empty or s3://BUCKET/PREFIX?endpoint=https://…&region=…&style=path (or virtual)"
            )
        if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
            raise ValueError("names an endpoint that is no http:// or https:// address")
        scale_packages.demand_for(address)
        return cls(parts.netloc, parts.path.strip("/"), endpoint, region, style == "virtual")

    def address(self, name: str = "") -> str:
        """The address of what is below the prefix under this name, as it is written in settings and commands."""
        path = "/".join(part for part in (self.prefix, name) if part)
        given = {"endpoint": self.endpoint, "region": self.region if self.region != "us-east-1" else ""}
        given["style"] = "virtual" if self.virtual_hosted else ""
        query = urlencode({key: value for key, value in given.items() if value}, safe=":/")
        return f"{SCHEME}{self.name}/{path}" + (f"?{query}" if query else "")


@cache
def client(bucket: Bucket, *, large: bool = False) -> Any:
    """Keys come from the environment, as every S3 tool reads them: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.

    A client for large objects may take long, but is never silent for long.
    """
    from obstore.store import S3Store

    endpoint: dict[str, Any] = {"endpoint": bucket.endpoint} if bucket.endpoint else {}
    longest = timedelta(days=1) if large else ANSWERS_WITHIN
    silent = SILENT_FOR if large else ANSWERS_WITHIN
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        region=bucket.region,
        virtual_hosted_style_request=bucket.virtual_hosted,
        checksum_algorithm="SHA256",
        client_options={
            "allow_http": True,
            "connect_timeout": timedelta(seconds=3),
            "timeout": longest,
            "read_timeout": silent,
        },
        **endpoint,
        retry_config={"max_retries": 2, "retry_timeout": ANSWERS_WITHIN},
    )


@contextmanager
def away(what: str) -> Iterator[None]:
    """Whatever the bucket refuses or does not answer is StoreAway; that there is no such object is not."""
    from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError

    try:
        yield
    except (FileNotFoundError, NotFoundError):
        raise FileNotFoundError from None
    except AlreadyExistsError:
        raise
    except (BaseError, OSError) as problem:
        raise StoreAway(f"{what}: {str(problem).partition(chr(10))[0][:300]}") from None
