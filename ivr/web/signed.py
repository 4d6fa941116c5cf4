"""The way every webhook takes: size, signature, ledger, form, view – and an outer rim that always answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from urllib.parse import parse_qsl, quote

import structlog
from flask import Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ivr.ports import StoredReply
from ivr.telephony.errors import BadWebhook
from ivr.telephony.signature import SETTINGS_HEADER, SIGNATURE_HEADER, SignatureCheck, SignatureHeaders
from ivr.telephony.webhooks import MAX_FORM_BYTES, ledger_key
from ivr.web.deps import WebDeps
from ivr.web.gateway import RAW_PATH
from ivr.web.metrics import Refusal, WebMetrics

log = structlog.get_logger(__name__)

FORM_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 400
_STRIPES = 32
# What RFC 3986 allows unescaped in a path (pchar and the slash).
_PATH_SAFE = "/:@!$&'()*+,;=-._~"

Form = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One webhook: its name in metrics, what it does, and what it answers when that fails."""

    name: str
    view: Callable[[Form], StoredReply]
    """May raise `BadWebhook` (400) and anything else (the rim)."""
    on_error: Callable[[Form], StoredReply]
    """Must not touch what may be broken."""
    uses_ledger: bool = True


class SignedWebhooks:
    """Runs endpoints behind signature and ledger. Thread-safe."""

    def __init__(self, deps: WebDeps, metrics: WebMetrics) -> None:
        tokens = [token.get_secret_value() for token in deps.settings.carrier.auth_tokens]
        self._check = SignatureCheck(deps.settings.public_url, tokens)
        self._deps = deps
        self._metrics = metrics
        # A retry that overtakes its original waits for the original's answer.
        self._locks = tuple(Lock() for _ in range(_STRIPES))

    def route(self, endpoint: Endpoint) -> Callable[..., Response]:
        """A Flask view for an endpoint. What its path holds is in `request.view_args`."""
        view = partial(self._answer, endpoint)
        view.__name__ = endpoint.name  # type: ignore[attr-defined]
        return view

    def _answer(self, endpoint: Endpoint, **_path: str) -> Response:
        began = time.monotonic()
        reply = self._reply(endpoint, request)
        self._metrics.answered(endpoint.name, time.monotonic() - began)
        return Response(reply.body, reply.status, content_type=reply.content_type)

    def _reply(self, endpoint: Endpoint, incoming: Request) -> StoredReply:
        try:
            body = incoming.get_data(cache=True, parse_form_data=False)
        except RequestEntityTooLarge:
            return self._refuse(endpoint, Refusal.SIZE, 413)
        if len(body) > MAX_FORM_BYTES:
            return self._refuse(endpoint, Refusal.SIZE, 413)
        form = read_form(incoming.mimetype, body)
        if form is None:
            return self._refuse(endpoint, Refusal.FORM, 400)
        signature = incoming.headers.get(SIGNATURE_HEADER)
        headers = SignatureHeaders(signature, incoming.headers.get(SETTINGS_HEADER))
        path, query = signed_target(incoming)
        if signature is None or not self._check.is_form_genuine(path, query, form, headers):
            return self._refuse(endpoint, Refusal.SIGNATURE, 403)
        try:
            return self._obey(endpoint, form, ledger_key(signature, form))
        except BadWebhook as problem:
            log.warning("webhook form refused", endpoint=endpoint.name, field=problem.field, problem=problem.problem)
            return self._refuse(endpoint, Refusal.FORM, 400)
        except Exception:  # The outer rim of the web process: whatever fails, the caller hears a sentence.
            log.exception("webhook failed", endpoint=endpoint.name)
            self._metrics.failed(endpoint.name)
            return endpoint.on_error(form)

    def _obey(self, endpoint: Endpoint, form: Form, key: str) -> StoredReply:
        if not endpoint.uses_ledger:
            return endpoint.view(form)
        with self._locks[int(key[:8], 16) % _STRIPES]:
            stored = self._deps.ledger.recall(key)
            if stored is not None:
                self._metrics.replayed(endpoint.name)
                log.info("webhook came again", endpoint=endpoint.name)
                return stored
            reply = endpoint.view(form)
            self._deps.ledger.remember(key, reply, at=self._deps.clock.now())
            return reply

    def _refuse(self, endpoint: Endpoint, reason: Refusal, status: int) -> StoredReply:
        self._metrics.refused(endpoint.name, reason)
        if reason is not Refusal.FORM:
            log.warning("webhook refused", endpoint=endpoint.name, reason=reason.value)
        return StoredReply(status, "", "text/plain; charset=utf-8")


def read_form(mimetype: str, body: bytes) -> Form | None:
    """The names and values of a form body, in order, doubled and empty ones included; None when it is no form."""
    if mimetype != FORM_TYPE:
        return None
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        return None


def signed_target(incoming: Request) -> tuple[str, str]:
    """Path and query as the carrier signed them: raw.

    Behind a server that hands over a decoded path only, that path is quoted again; a path written with needless
    escapes then does not verify.
    """
    query = incoming.environ.get("QUERY_STRING", "")
    if (raw := incoming.environ.get(RAW_PATH)) is not None:
        return raw, query
    path = incoming.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    return quote(path, safe=_PATH_SAFE), query
