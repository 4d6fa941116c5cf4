"""Builds the Flask app from its ports."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from ivr.core.accounts.model import Role
from ivr.ports import QueueService
from ivr.telephony.webhooks import MAX_FORM_BYTES
from ivr.web.accounts.account import account_blueprint
from ivr.web.accounts.people import people_blueprint
from ivr.web.accounts.sign_in import sign_in_blueprint
from ivr.web.api import api_blueprint, description_blueprint
from ivr.web.bridges import BridgeWebhooks
from ivr.web.callbacks.api import callbacks_api
from ivr.web.callbacks.pages import callbacks_blueprint
from ivr.web.deps import WebDeps
from ivr.web.frame import frame
from ivr.web.guard import Guard, Local
from ivr.web.health import health_blueprint
from ivr.web.metrics import WebMetrics
from ivr.web.outbound import OutboundWebhooks
from ivr.web.phone import is_phone_served, phone_blueprint
from ivr.web.signed import SignedWebhooks
from ivr.web.sms import TextWebhooks
from ivr.web.softphone import has_browser_phones, phone_sources, softphone_api
from ivr.web.voice import VoiceWebhooks

_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LIVE_POLICY = f"{_CONTENT_POLICY}; script-src 'self'; connect-src 'self'; media-src 'self'"
"""Of pages that keep themselves fresh: our own script may ask us; and sounds are played."""
_LIVE_PAGES = frozenset({"callbacks", "desk"})
_PHONES = "DENWABAN_PHONES"
"""Where a desk's own telephone connects to."""


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
    guard = Guard(app, deps.settings, deps.accounts, deps.clock)
    app.context_processor(frame)
    webhooks = SignedWebhooks(deps, metrics)
    app.register_blueprint(VoiceWebhooks(deps, metrics).blueprint(webhooks))
    if deps.queue is not None:
        _add_queue(app, deps, deps.queue, guard)
        app.register_blueprint(OutboundWebhooks(deps, deps.queue, metrics).blueprint(webhooks))
        if deps.lines is not None:
            app.register_blueprint(BridgeWebhooks(deps, deps.queue, deps.lines).blueprint(webhooks))
        app.register_blueprint(TextWebhooks(deps, deps.queue).blueprint(webhooks))
    if deps.agents is not None and has_browser_phones(deps.settings):
        app.register_blueprint(guard.protect_api(softphone_api(deps, deps.agents), Role.AGENT))
        app.config[_PHONES] = phone_sources(deps.settings)
    if is_phone_served(deps.settings):
        app.register_blueprint(guard.protect(phone_blueprint(deps), None))
    app.register_blueprint(health_blueprint(deps, metrics))
    app.register_blueprint(description_blueprint())
    app.register_blueprint(guard.protect_api(api_blueprint(deps), Role.SUPERVISOR))
    app.register_blueprint(sign_in_blueprint(deps, guard, metrics))
    if deps.accounts is not None:
        app.register_blueprint(guard.protect(account_blueprint(deps, deps.accounts, guard), Role.AGENT))
        app.register_blueprint(guard.protect(people_blueprint(deps, deps.accounts), Role.ADMIN))
    app.after_request(_with_safe_headers)
    return app


def _add_queue(app: Flask, deps: WebDeps, queue: QueueService, guard: Guard) -> None:
    """Pages and JSON that are there because promises are kept."""
    pages = guard.protect(callbacks_blueprint(deps, queue), Role.SUPERVISOR, Local.UNTIL_ACCOUNTS)
    app.register_blueprint(pages)
    app.register_blueprint(guard.protect_api(callbacks_api(deps, queue), Role.SUPERVISOR))


def _with_safe_headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    policy = _LIVE_POLICY if request.blueprint in _LIVE_PAGES else _CONTENT_POLICY
    phones = current_app.config.get(_PHONES, "")
    if request.blueprint == "desk" and phones:
        policy = policy.replace("connect-src 'self'", f"connect-src 'self' {phones}")
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
