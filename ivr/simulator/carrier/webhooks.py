"""Requests to the application: signed, retried, redirected, limited in time and size (webhooks.md section 1)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from yarl import URL

from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.overrides import Failure, Policy, policy_of
from ivr.simulator.carrier.settings import CarrierSettings
from ivr.simulator.carrier.signing import sign, wire_url, without_userinfo

USER_AGENT = "TwilioProxy/1.1"
MAX_TWIML_BYTES = 64 * 1024
MAX_AUDIO_BYTES = 16 * 1024 * 1024
_MAX_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One webhook event to be told to the application."""

    url: str
    """May carry user info and a connection-override fragment."""
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    idempotency_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    """One per event; the same on its retries."""


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """What the application answered with a 2xx status."""

    url: str
    """After redirects; relative addresses in the document resolve against it."""
    status: int
    content_type: str
    """Lower case, without parameters; empty when none was given."""
    body: bytes


class _AttemptFailed(Exception):
    def __init__(self, failure: Failure, code: int, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.code = code


class WebhookClient:
    """Speaks to the application as the carrier does."""

    def __init__(self, settings: CarrierSettings) -> None:
        """Needs a running loop; close it afterwards."""
        self._settings = settings
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=0, ssl=settings.verify_tls, force_close=True),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def send(self, request: WebhookRequest, cookies: aiohttp.CookieJar) -> WebhookResponse:
        """Ask until an attempt succeeds or the policy gives up; raises `DocumentFailed` (11200 family).

        `cookies` belong to the call: those the application sets are returned on its later requests.
        """
        policy = policy_of(request.url, self._settings.timeouts)
        try:
            async with asyncio.timeout(policy.total_secs):
                return await self._attempts(request, policy, cookies)
        except TimeoutError as error:
            raise DocumentFailed(11205, request.url, "no answer in time") from error

    async def fetch_media(self, url: str) -> WebhookResponse:
        """Get a file for `<Play>`: signed, but without any parameter of the call."""
        request = WebhookRequest(url, "GET")
        return await self.send(request, aiohttp.CookieJar(unsafe=True))

    async def _attempts(self, request: WebhookRequest, policy: Policy, cookies: aiohttp.CookieJar) -> WebhookResponse:
        for attempt in range(policy.retries + 1):
            try:
                return await self._follow(request, policy, cookies)
            except _AttemptFailed as failed:
                if failed.failure not in policy.retry_on or attempt == policy.retries:
                    raise DocumentFailed(failed.code, request.url, str(failed)) from failed
        raise DocumentFailed(11200, request.url, "no attempt was allowed")

    async def _follow(self, request: WebhookRequest, policy: Policy, cookies: aiohttp.CookieJar) -> WebhookResponse:
        url, method = request.url, request.method.upper()
        for _ in range(_MAX_REDIRECTS + 1):
            answer, location = await self._once(replace(request, url=url, method=method), policy, cookies)
            if not location:
                return answer
            url = _joined(wire_url(url), location)
            method = method if answer.status in (307, 308) else "GET"
        raise DocumentFailed(11215, request.url, "too many redirects")

    async def _once(
        self, request: WebhookRequest, policy: Policy, cookies: aiohttp.CookieJar
    ) -> tuple[WebhookResponse, str]:
        url, form = _target(request)
        timeout = aiohttp.ClientTimeout(sock_connect=policy.connect_secs, sock_read=policy.read_secs)
        try:
            async with self._session.request(
                request.method,
                URL(without_userinfo(url), encoded=True),
                data=None if form is None else urlencode(form).encode(),
                headers=self._headers(url, form, request.idempotency_token, cookies),
                allow_redirects=False,
                timeout=timeout,
            ) as response:
                cookies.update_cookies(response.cookies, response.url)
                return await _read(response, url)
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            raise _AttemptFailed(Failure.CONNECT, 11205, "could not connect") from error
        except TimeoutError as error:
            raise _AttemptFailed(Failure.READ, 11205, "no answer in time") from error
        except aiohttp.InvalidURL as error:
            raise DocumentFailed(11100, request.url, "not a usable address") from error
        except aiohttp.ClientError as error:
            raise _AttemptFailed(Failure.READ, 11200, "connection broke") from error

    def _headers(
        self, url: str, form: Mapping[str, str] | None, token: str, cookies: aiohttp.CookieJar
    ) -> dict[str, str]:
        headers = {
            "User-Agent": USER_AGENT,
            "X-Twilio-Signature": sign(self._settings.auth_token, url, form),
            "I-Twilio-Idempotency-Token": token,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
        }
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        stored = cookies.filter_cookies(URL(url))
        if stored:
            headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in stored.items())
        parts = urlsplit(url)
        if parts.username is not None:
            headers["Authorization"] = aiohttp.encode_basic_auth(parts.username, parts.password or "")
        return headers


def _target(request: WebhookRequest) -> tuple[str, Mapping[str, str] | None]:
    """The address on the wire and the form of a POST; a GET carries its parameters in the address."""
    try:
        url = wire_url(request.url)
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise DocumentFailed(11100, request.url, "not a usable address") from error
    if not is_usable:
        raise DocumentFailed(11100, request.url, "not a usable address")
    if request.method != "GET":
        return url, request.params
    if request.params:
        url += ("&" if urlsplit(url).query else "?") + urlencode(request.params)
    return url, None


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise DocumentFailed(11100, url, "redirected to a malformed address") from error


async def _read(response: aiohttp.ClientResponse, url: str) -> tuple[WebhookResponse, str]:
    if response.status in _REDIRECTS and "Location" in response.headers:
        return WebhookResponse(url, response.status, "", b""), response.headers["Location"]
    if response.status >= 400:
        failure = Failure.SERVER_ERROR if response.status >= 500 else Failure.CLIENT_ERROR
        raise _AttemptFailed(failure, 11200, f"HTTP status {response.status}")
    if not 200 <= response.status < 300:
        raise DocumentFailed(11200, url, f"HTTP status {response.status}")
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    limit = MAX_AUDIO_BYTES if content_type.startswith("audio/") else MAX_TWIML_BYTES
    body = bytearray()
    async for part in response.content.iter_chunked(16 * 1024):
        body += part
        if len(body) > limit:
            raise DocumentFailed(11750, url, "document is too large")
    return WebhookResponse(url, response.status, content_type, bytes(body)), ""
