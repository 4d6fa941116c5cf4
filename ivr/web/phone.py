"""`/phone`: a caller's telephone in the browser. Only beside the simulated carrier, never in production.

The page talks to the carrier's own socket; we only hand it a short-lived token for it.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from ivr.settings import Settings
from ivr.web.deps import WebDeps
from ivr.web.local import is_local
from ivr.web.softphone import access_tokens, page_policy, socket_address


def is_phone_served(settings: Settings) -> bool:
    """Whether this installation has the page at all."""
    return settings.carrier.is_simulated and not settings.is_production and bool(settings.carrier.auth_tokens)


def phone_blueprint(deps: WebDeps) -> Blueprint:
    """The page, the token it opens the carrier's socket with, and what is known of a number."""
    pages = Blueprint("phone", __name__, url_prefix="/phone")
    tokens = access_tokens(deps.settings)
    socket = socket_address(deps.settings)
    policy = page_policy(deps.settings)

    @pages.before_request
    def only_here() -> None:
        if not is_local(request):
            abort(403)

    @pages.get("")
    def page() -> Response:
        answer = make_response(render_template("phone.html"))
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["Permissions-Policy"] = "microphone=(self)"
        return answer

    @pages.get("/token")
    def token() -> Response:
        return jsonify({"token": tokens.for_telephone(), "expires_in": tokens.ttl_secs, "socket": socket})

    @pages.get("/numbers/<number>")
    def number(number: str) -> Response:
        flow = deps.flow_for(number)
        if flow is None:
            abort(404)
        return jsonify({"number": number, "flow": flow.name, "language": flow.language})

    return pages
