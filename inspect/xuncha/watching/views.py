"""`/readyz` for load balancers, `/metrics` for Prometheus."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, jsonify, request

from ..core import metrics
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.web import needs
from ..version import VERSION
from .conditions import READY, look_at
from .measures import of_the_site

if TYPE_CHECKING:
    from prometheus_client import Metric

pages = Blueprint("watching", __name__)


@pages.get("/readyz")
@needs(Permission.BE_ANYONE)
def readyz() -> tuple[Response, int]:
    """200 when this server can take requests, otherwise 503; `parts` says which part is not ready and why."""
    now = utcnow()
    found = {name: look_at(name, now) for name in READY}
    ready = not any(one.fault for one in found.values())
    parts = {name: one.told if one.fault else "ready" for name, one in found.items()}
    answer = jsonify(status="ready" if ready else "not ready", version=VERSION, parts=parts)
    return answer, 200 if ready else 503


class _Site:
    """The figures of the site, as prometheus_client asks for them."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for measure in of_the_site(utcnow()):
            kind = CounterMetricFamily if measure.total else GaugeMetricFamily
            yield kind(measure.name, measure.meaning, value=measure.value)


@pages.get("/metrics")
@needs(Permission.BE_ANYONE)
def show_metrics() -> Response:
    """The figures of this server in Prometheus's text, to whoever brings the token of XUNCHA_METRICS_TOKEN."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    wanted = current_app.config["METRICS_TOKEN"]
    if not wanted:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode()):
        abort(403)
    registry = CollectorRegistry()
    registry.register(_Site())
    content = generate_latest(metrics.of_all_processes()) + generate_latest(registry)
    return Response(content, content_type=CONTENT_TYPE_LATEST)
