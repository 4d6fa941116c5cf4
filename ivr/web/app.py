"""Builds the Flask app from its ports."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from ivr.ports import QueueService
from ivr.telephony.webhooks import MAX_FORM_BYTES
from ivr.web.api import api_blueprint
from ivr.web.callbacks.api import callbacks_api
from ivr.web.callbacks.pages import callbacks_blueprint
from ivr.web.deps import WebDeps
from ivr.web.health import health_blueprint
from ivr.web.metrics import WebMetrics
from ivr.web.outbound import OutboundWebhooks
from ivr.web.pages import pages_blueprint
from ivr.web.signed import SignedWebhooks
from ivr.web.sms import TextWebhooks
from ivr.web.voice import VoiceWebhooks

_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LIVE_POLICY = f"{_CONTENT_POLICY}; script-src 'self'; connect-src 'self'; media-src 'self'"
"""Of pages that keep themselves fresh: our own script may ask us; and recorded messages are played."""


def create_app(deps: WebDeps) -> Flask:
    """The web process's app.

    Raises:
        UnsafeSecret: The carrier's auth token is empty, so that every signature would be valid.
    """
    app = Flask("ivr.web", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM_BYTES
    app.secret_key = deps.settings.secret_key.get_secret_value()
    metrics = WebMetrics()
    webhooks = SignedWebhooks(deps, metrics)
    app.register_blueprint(VoiceWebhooks(deps, metrics).blueprint(webhooks))
    if deps.queue is not None:
        _add_queue(app, deps, deps.queue, OutboundWebhooks(deps, deps.queue, metrics).blueprint(webhooks))
        app.register_blueprint(TextWebhooks(deps, deps.queue).blueprint(webhooks))
    app.register_blueprint(health_blueprint(deps, metrics))
    app.register_blueprint(api_blueprint(deps))
    app.register_blueprint(pages_blueprint(deps))
    app.after_request(_with_safe_headers)
    return app


def _add_queue(app: Flask, deps: WebDeps, queue: QueueService, outbound: Blueprint) -> None:
    """What is there because promises are kept: legs we dial, pages, JSON. Forms of pages carry a token (CSRF).

    Webhooks are signed, and the JSON interface takes only what no foreign page can send; both need no such token.
    """
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    forms = CSRFProtect(app)
    pages = callbacks_blueprint(deps, queue)
    pages.before_request(forms.protect)
    app.register_blueprint(outbound)
    app.register_blueprint(pages)
    app.register_blueprint(callbacks_api(deps, queue))


def _with_safe_headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Security-Policy"] = _LIVE_POLICY if request.blueprint == "callbacks" else _CONTENT_POLICY
    response.headers.setdefault("Cache-Control", "no-store")
    return response
