"""Look-ups at an HTTP service that answers JSON: fixed hosts, checked addresses, no redirects, small answers only."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx

from ivr.connectors.addresses import Resolver, resolve, system_resolver
from ivr.connectors.config import HttpConnector, HttpOperation
from ivr.connectors.source import Deadline, Question, Record, SourceFailed
from ivr.connectors.typed import BadCell, plain_record
from ivr.connectors.url_template import BadPath, UrlTemplate


class HttpService:
    """A `Source` over one service. `secrets` are the header values, already read from the environment."""

    def __init__(self, config: HttpConnector, secrets: Mapping[str, str], resolver: Resolver = system_resolver) -> None:
        self._config = config
        self._secrets = dict(secrets)
        self._resolver = resolver
        self._templates = {name: UrlTemplate.parse(each.url) for name, each in config.operations.items()}
        self._client = _client()

    def operations(self) -> Mapping[str, Sequence[str]]:
        """Arguments of the address first, then those of the body."""
        return {
            name: tuple(dict.fromkeys((*self._templates[name].arguments, *operation.body.values())))
            for name, operation in self._config.operations.items()
        }

    def answer(self, question: Question) -> Record | None:
        """The object in the answer; None for the statuses under `not_found`, null and an empty list."""
        operation = self._config.operations[question.operation]
        own = Deadline.after(min(self._config.timeout_secs, question.deadline.remaining()))
        try:
            status, body = self._exchange(operation, question, own)
        except httpx.TimeoutException:
            raise SourceFailed("timeout") from None
        except httpx.ConnectError as error:
            raise SourceFailed(_connect_reason(error)) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise SourceFailed("bad_answer") from None
        if status in operation.not_found:
            return None
        if not 200 <= status <= 299:
            raise SourceFailed("redirect" if status < 400 else f"status_{status // 100}xx")
        return _record(body, operation.record)

    def close(self) -> None:
        """Closes the client."""
        self._client.close()

    def _exchange(self, operation: HttpOperation, question: Question, deadline: Deadline) -> tuple[int, bytes]:
        template = self._templates[question.operation]
        address = resolve(
            template.host, template.port, allow_private=self._config.allow_private, resolver=self._resolver
        )
        deadline.check()
        request = self._client.build_request(
            operation.method,
            _url(template, address, question.arguments),
            headers=self._headers(template, question.key if operation.method != "GET" else ""),
            json=_body(operation, question.arguments),
            timeout=deadline.remaining(),
            extensions={"sni_hostname": template.host, "trace": _socket_cutter(question)},
        )
        response = self._client.send(request, stream=True)
        try:
            return response.status_code, _read(response, self._config.max_bytes, deadline)
        finally:
            response.close()

    def _headers(self, template: UrlTemplate, key: str) -> dict[str, str]:
        host = f"[{template.host}]" if ":" in template.host else template.host
        is_usual = template.port == (443 if template.scheme == "https" else 80)
        headers = {"Host": host if is_usual else f"{host}:{template.port}"} | self._secrets
        return headers | ({"Idempotency-Key": key} if key else {})


def _client() -> httpx.Client:
    plain = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "denwaban"}
    # Nothing is kept: a connection to an address was verified for one name only, and is cut when it is late.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.Client(headers=plain, follow_redirects=False, trust_env=False, limits=limits)


def _socket_cutter(question: Question) -> Callable[[str, Mapping[str, Any]], None]:
    """Has the connection cut when the question is abandoned: a server that drips bytes outlives any read time-out."""

    def trace(event: str, facts: Mapping[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            opened = facts["return_value"].get_extra_info("socket")
            question.on_abandon.append(lambda: _cut(opened))

    return trace


def _cut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)


def _url(template: UrlTemplate, address: str, arguments: Mapping[str, str]) -> str:
    try:
        rest = template.fill(arguments)
    except BadPath:
        raise SourceFailed("bad_argument") from None
    host = f"[{address}]" if ":" in address else address
    return f"{template.scheme}://{host}:{template.port}{rest}"


def _body(operation: HttpOperation, arguments: Mapping[str, str]) -> dict[str, str] | None:
    return {field: arguments[name] for field, name in operation.body.items()} or None


def _read(response: httpx.Response, max_bytes: int, deadline: Deadline) -> bytes:
    """The raw body: what is counted is what arrives, so nothing may be packed."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise SourceFailed("bad_encoding")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise SourceFailed("too_large")
        deadline.check()
    return bytes(body)


def _record(body: bytes, path: str) -> Record | None:
    try:
        found = json.loads(
            body.decode("utf-8"), parse_constant=_no_constant, parse_float=Decimal, object_pairs_hook=_object
        )
    except (ValueError, RecursionError):
        raise SourceFailed("bad_json") from None
    for step in path.split(".") if path else ():
        found = found.get(step) if isinstance(found, dict) else None
    if isinstance(found, list):
        found = found[0] if found else None
    if found is None:
        return None
    if not isinstance(found, dict):
        raise SourceFailed("bad_json")
    try:
        return plain_record(found)
    except BadCell:
        raise SourceFailed("bad_json") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled key")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _connect_reason(error: httpx.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "bad_certificate"
        cause = cause.__cause__ or cause.__context__
    return "refused"
