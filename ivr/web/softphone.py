"""`/api/v1/softphone`: an agent's page becomes the agent's telephone.

GET token   what the page opens the carrier's socket with; it rings there as `client:<agent>`
PUT phone   {"phone": "browser" | "telephone"}: where calls for this agent ring from now on
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, request

from ivr.core.queueing.legs import Agent, AgentPhone
from ivr.ports import AgentStore, StoreFailed
from ivr.settings import Settings
from ivr.telephony.access_token import AccessTokens, SigningKey
from ivr.web.deps import WebDeps
from ivr.web.guard import current_person


def has_browser_phones(settings: Settings) -> bool:
    """Whether tokens can be signed: with an API key, or beside the simulated carrier."""
    return bool(_key(settings).secret)


def softphone_api(deps: WebDeps, agents: AgentStore) -> Blueprint:
    """Token and choice, for the agent who is signed in; a program on this machine says whose telephone it is."""
    api = Blueprint("softphone_api", __name__, url_prefix="/api/v1/softphone")
    tokens = access_tokens(deps.settings)

    @api.errorhandler(StoreFailed)
    def no_store(_: StoreFailed) -> tuple[Response, int]:
        return jsonify({"error": "the database does not answer; nothing was changed"}), 503

    @api.get("/token")
    def token() -> Response:
        agent = _agent(agents)
        made = {"token": tokens.for_agent(agent.id), "expires_in": tokens.ttl_secs, "identity": agent.id}
        is_ours = deps.settings.carrier.is_simulated
        return jsonify(
            made | {"phone": agent.phone.value, "socket": socket_address(deps.settings) if is_ours else None}
        )

    @api.put("/phone")
    def phone() -> tuple[Response, int]:
        agent = _agent(agents)
        given = request.get_json(silent=True) if request.is_json else None
        wanted = given.get("phone") if isinstance(given, dict) else None
        if wanted not in [one.value for one in AgentPhone]:
            return jsonify({"error": 'send {"phone": "browser"} or {"phone": "telephone"}'}), 400
        chosen = AgentPhone(wanted)
        agents.set_state(agent.id, lambda before: replace(before, phone=chosen))
        return jsonify({"phone": chosen.value}), 200

    return api


def _agent(agents: AgentStore) -> Agent:
    person = current_person()
    agent = agents.get(person.id if person is not None else request.args.get("agent", "")[:64])
    if agent is None:
        abort(404)
    return agent


def access_tokens(settings: Settings) -> AccessTokens:
    """Signed with the API key, or beside the simulated carrier with the account's own token.

    Raises:
        UnsafeSecret: There is neither.
    """
    return AccessTokens(_key(settings))


def _key(settings: Settings) -> SigningKey:
    carrier = settings.carrier
    sid, secret = carrier.api_key_sid, carrier.api_key_secret.get_secret_value()
    if not sid and carrier.is_simulated and carrier.auth_tokens:
        sid, secret = carrier.account_sid, carrier.auth_tokens[0].get_secret_value()
    return SigningKey(carrier.account_sid, sid, secret, carrier.application_sid)


def socket_address(settings: Settings) -> str:
    """Where browser phones connect to the simulated carrier."""
    base = urlsplit(settings.carrier.api_base)
    return f"{'wss' if base.scheme == 'https' else 'ws'}://{base.netloc}{base.path}/softphone"


def phone_sources(settings: Settings) -> str:
    """What a page with a telephone connects to besides us: the carrier's socket, and its goodbye over http."""
    if not settings.carrier.is_simulated:
        return ""
    parts = urlsplit(socket_address(settings))
    return f"{parts.scheme}://{parts.netloc} {'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"


def page_policy(settings: Settings) -> str:
    """What `/phone` may load: our own files, and the way to the carrier."""
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"connect-src 'self' {phone_sources(settings)}"
    )
