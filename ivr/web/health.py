"""Whether this process lives, whether calls can be answered, and the figures."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, abort, jsonify, request

from ivr.web.deps import WebDeps
from ivr.web.handover import alive_since
from ivr.web.local import is_near
from ivr.web.metrics import WebMetrics

log = structlog.get_logger(__name__)


def health_blueprint(deps: WebDeps, metrics: WebMetrics) -> Blueprint:
    """`/healthz`, `/readyz`, `/metrics`."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        problems = readiness_problems(deps)
        return jsonify({"ready": not problems, "problems": problems}), 503 if problems else 200

    @health.get("/metrics")
    def figures() -> Response:
        if not is_near(request):
            abort(403)
        return Response(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return health


def readiness_problems(deps: WebDeps) -> list[str]:
    """Why calls cannot be answered now, in words; empty when they can."""
    now = deps.clock.now()
    try:
        nodes = deps.nodes.nodes(alive_since=alive_since(deps, now), now=now)
    except Exception:  # Outer rim: whatever is wrong with the database, the answer is "not ready".
        log.exception("readiness check failed")
        return ["the database does not answer"]
    if not nodes:
        return ["no media process is alive"]
    if all(node.draining for node in nodes):
        return ["every media process is being stopped"]
    return []
