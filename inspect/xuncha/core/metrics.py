"""Requests counted and timed by route, for /metrics; the processes of one server add up in files (prometheus_client).

The library decides when it is imported whether it counts in files, so it is imported when first used: a server names
their folder before it starts its processes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask, request
from werkzeug.wrappers import Response

from .request_log import elapsed_s, rule

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BOUNDS_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Series(NamedTuple):
    """What is counted of requests, and the registry of this process."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    readings: Counter


@cache
def series() -> Series:
    """The series of this process."""
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    requests = Counter(
        "xuncha_requests", "Requests answered.", ["method", "route", "status"], registry=registry
    )
    seconds = Histogram(
        "xuncha_request_seconds",
        "Seconds until a request was answered.",
        ["route"],
        buckets=BOUNDS_S,
        registry=registry,
    )
    readings = Counter(
        "xuncha_figures_read", "Pages of figures by what answered them.", ["database"], registry=registry
    )
    return Series(registry, requests, seconds, readings)


def count_reading(database: str) -> None:
    """A page of figures was answered by this database; only where there is a copy beside the primary."""
    series().readings.labels(database).inc()


def share_among_processes() -> str:
    """Count in files of a new folder from now on; its path. Called before any request, and before processes start."""
    folder = tempfile.mkdtemp(prefix="xuncha-metrics-")
    os.environ[FOLDER] = folder
    series()
    return folder


def forget(folder: str) -> None:
    """Remove what the processes of a server counted."""
    shutil.rmtree(folder, ignore_errors=True)


def of_all_processes() -> CollectorRegistry:
    """What every process of this server has counted, those that ended as well."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    if FOLDER not in os.environ:
        return series().registry
    registry = CollectorRegistry()
    collector: Any = MultiProcessCollector
    collector(registry)
    return registry


def _count(response: Response) -> Response:
    # A route, never a path: paths hold secrets and numbers without end.
    place, counted = rule(), series()
    counted.requests.labels(request.method, place, str(response.status_code)).inc()
    counted.seconds.labels(place).observe(elapsed_s())
    return response


def set_up(app: Flask) -> None:
    """Count every request."""
    app.after_request(_count)
