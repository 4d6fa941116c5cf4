"""`/phone`: a caller's telephone in the browser. Only beside the simulated carrier, never in production.

The page talks to the carrier's own socket; we only hand it a short-lived token for it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from ivr.settings import Settings
from ivr.telephony.access_token import AccessTokens, SigningKey
from ivr.web.deps import WebDeps
from ivr.web.local import is_local


def is_phone_served(settings: Settings) -> bool:
    """Whether this installation has the page at all."""
    return settings.carrier.is_simulated and not settings.is_production and bool(settings.carrier.auth_tokens)


def phone_blueprint(deps: WebDeps) -> Blueprint:
    """The page, the token it opens the carrier's socket with, and what is known of a number."""
    pages = Blueprint("phone", __name__, url_prefix="/phone")
    tokens = access_tokens(deps.settings)
    socket = socket_address(deps.settings)
    policy = page_policy(socket)

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


def access_tokens(settings: Settings) -> AccessTokens:
    """Signed with the API key, or beside the simulated carrier with the account's own token.

    Raises:
        UnsafeSecret: There is neither.
    """
    carrier = settings.carrier
    sid, secret = carrier.api_key_sid, carrier.api_key_secret.get_secret_value()
    if not sid and carrier.is_simulated and carrier.auth_tokens:
        sid, secret = carrier.account_sid, carrier.auth_tokens[0].get_secret_value()
    return AccessTokens(SigningKey(carrier.account_sid, sid, secret, carrier.application_sid))


def socket_address(settings: Settings) -> str:
    """Where browser phones connect to the simulated carrier."""
    base = urlsplit(settings.carrier.api_base)
    return f"{'wss' if base.scheme == 'https' else 'ws'}://{base.netloc}{base.path}/softphone"


def page_policy(socket: str) -> str:
    """What pages with a telephone may load: our own files, and the carrier's socket (and its goodbye, over http)."""
    parts = urlsplit(socket)
    web = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"connect-src 'self' {parts.scheme}://{parts.netloc} {web}"
    )
