"""A carrier on a virtual clock, an application that is a table of documents, and a far party that takes notes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from ivr.simulator.carrier import Carrier, CarrierCall, CarrierSettings, NumberSettings, SilentParty
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.services import Sockets
from ivr.simulator.carrier.settings import LineSettings
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.webhooks import WebhookRequest, WebhookResponse
from tests.fakes.line_clock import VirtualLineClock

ACCOUNT = "AC" + "0" * 32
TOKEN = "0123456789abcdef0123456789abcdef"
CALLER = "+12025550123"
NUMBER = "+15551230002"
VOICE = "https://app.example.com/voice"
FALLBACK = "https://app.example.com/fallback"
STATUS = "https://app.example.com/status"
SMS = "https://app.example.com/sms"


@dataclass
class Answer:
    """What the application says at one address."""

    body: str | bytes
    content_type: str = "text/xml"


Reply = str | Answer | DocumentFailed


@dataclass
class ScriptedWebhooks:
    """Answers from a table; an address that is not in it fails with 11200. Lists are used up one by one."""

    answers: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    requests: list[WebhookRequest] = field(default_factory=list)
    media: dict[str, Answer] = field(default_factory=dict)

    async def send(self, request: WebhookRequest, cookies: aiohttp.CookieJar) -> WebhookResponse:
        """Note the request, then reply."""
        self.requests.append(request)
        await asyncio.sleep(0)
        found = self.answers.get(request.url, DocumentFailed(11200, request.url, "HTTP status 404"))
        reply = found.pop(0) if isinstance(found, list) else found
        return _response(request.url, reply)

    async def fetch_media(self, url: str) -> WebhookResponse:
        """Serve a file of `media`."""
        await asyncio.sleep(0)
        return _response(url, self.media.get(url, DocumentFailed(11200, url, "HTTP status 404")))

    def to(self, url: str) -> list[dict[str, str]]:
        """Parameters of all requests to `url`, in order."""
        return [dict(request.params) for request in self.requests if request.url == url]


def _response(url: str, reply: Reply) -> WebhookResponse:
    if isinstance(reply, DocumentFailed):
        raise reply
    answer = Answer(reply) if isinstance(reply, str) else reply
    body = answer.body.encode() if isinstance(answer.body, str) else answer.body
    return WebhookResponse(url, 200, answer.content_type, body)


class NotingParty(SilentParty):
    """Remembers everything it is told; may act when a text is said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.keys = ""
        self.frames: list[tuple[int, bytes, bool]] = []
        self.cleared: list[tuple[int, int]] = []
        self.ended: list[CallStatus] = []
        self.call: CarrierCall | None = None
        self.reactions: dict[str, Callable[[CarrierCall], None]] = {}
        self.at_answer: Callable[[CarrierCall], None] | None = None

    def on_answered(self, call: CarrierCall) -> None:
        self.call = call
        if self.at_answer is not None:
            self.at_answer(call)

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        self.frames.append((at_ms, frame, is_silence))

    def on_clear(self, at_ms: int, dropped_ms: int) -> None:
        self.cleared.append((at_ms, dropped_ms))

    def on_say(self, at_ms: int, text: str, language: str, duration_ms: int) -> None:
        self.said.append(text)
        reaction = self.reactions.get(text)
        if reaction is not None and self.call is not None:
            reaction(self.call)

    def on_keys(self, at_ms: int, digits: str) -> None:
        self.keys += digits

    def on_ended(self, at_ms: int, status: CallStatus) -> None:
        self.ended.append(status)

    def heard(self) -> bytes:
        """All frames that were not silence, joined."""
        return b"".join(frame for _, frame, is_silence in self.frames if not is_silence)


@dataclass
class World:
    """A started carrier and its surroundings."""

    carrier: Carrier
    clock: VirtualLineClock
    webhooks: ScriptedWebhooks

    async def after(self, seconds: float) -> None:
        """Let line time pass."""
        await self.clock.sleep_until(self.clock.now_ms() + seconds * 1000)

    async def call(self, party: NotingParty | None = None) -> CarrierCall:
        """Dial the only number."""
        return await self.carrier.place_call(CALLER, NUMBER, party)


class NoSockets:
    """A network without a media server."""

    async def ws_connect(self, url: str, **_: object) -> aiohttp.ClientWebSocketResponse:
        """Refuse at once."""
        raise aiohttp.ClientConnectionError("no media server here")


@asynccontextmanager
async def world(
    answers: dict[str, Reply | list[Reply]], line: LineSettings | None = None, sockets: Sockets | None = None
) -> AsyncIterator[World]:
    """A carrier with one number whose webhooks are `VOICE`, `FALLBACK`, `STATUS` and `SMS`."""
    webhooks = ScriptedWebhooks(dict(answers))
    clock = VirtualLineClock()
    number = NumberSettings(
        VOICE, voice_fallback_url=FALLBACK, status_callback=STATUS, sms_url=SMS, sms_fallback_url=FALLBACK
    )
    settings = CarrierSettings(
        ACCOUNT, TOKEN, numbers={NUMBER: number}, line=line or LineSettings(), allow_ws_on_loopback=True
    )
    carrier = Carrier(settings, clock=clock, webhooks=lambda _: webhooks, sockets=sockets or NoSockets())
    await carrier.start(serve_rest=False)
    try:
        yield World(carrier, clock, webhooks)
    finally:
        await carrier.stop(grace_secs=0.5)


def twiml(*verbs: str) -> str:
    """A document of these verbs."""
    return f"<Response>{''.join(verbs)}</Response>"


def run_document(
    document: Reply, party: NotingParty | None = None, more: dict[str, Reply | list[Reply]] | None = None
) -> tuple[CarrierCall, ScriptedWebhooks]:
    """One whole inbound call whose first document is `document`; returns when it has ended."""

    async def scenario() -> tuple[CarrierCall, ScriptedWebhooks]:
        async with world({VOICE: document, STATUS: twiml(), **(more or {})}) as here:
            call = await here.call(party)
            await call.wait_ended()
        return call, here.webhooks

    return asyncio.run(scenario())
