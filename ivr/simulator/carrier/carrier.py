"""The simulated carrier: numbers, calls, and the REST interface, embeddable in a test or run by itself.

Speaks only the public interface of the real one (signed webhooks, TwiML, Media Streams, REST), so that it can
drive any application written for it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from ivr.simulator.carrier.background import Background
from ivr.simulator.carrier.call import CallHooks, CarrierCall
from ivr.simulator.carrier.call_run import finish, run_call
from ivr.simulator.carrier.clock import LineClock, ScaledClock
from ivr.simulator.carrier.conference import Conference
from ivr.simulator.carrier.control.desk import ControlDesk
from ivr.simulator.carrier.errors import UnknownNumber
from ivr.simulator.carrier.exchange import Exchange, OnDialled
from ivr.simulator.carrier.faults import Faults
from ivr.simulator.carrier.interpreter import interpret
from ivr.simulator.carrier.outbound import DialOrder, run_outbound
from ivr.simulator.carrier.parties import Answering, Party, SilentParty
from ivr.simulator.carrier.rest import make_rest_application
from ivr.simulator.carrier.services import MakeLine, SayToAudio, Services, Sockets, Webhooks
from ivr.simulator.carrier.settings import CarrierSettings, NumberSettings
from ivr.simulator.carrier.softphone.switchboard import CLIENT, Switchboard
from ivr.simulator.carrier.state import CallResource, CallStatus, Direction
from ivr.simulator.carrier.text_delivery import TextDelivery
from ivr.simulator.carrier.texting import Texting
from ivr.simulator.carrier.texts import Text, TextBook, TextDirection, TextStatus
from ivr.simulator.carrier.webhooks import WebhookClient, WebhookRequest


class Carrier:
    """One account of the simulated carrier. All methods belong to the loop that started it."""

    def __init__(
        self,
        settings: CarrierSettings,
        *,
        clock: LineClock | None = None,
        say_to_audio: SayToAudio | None = None,
        make_line: MakeLine | None = None,
        webhooks: Callable[[CarrierSettings], Webhooks] | None = None,
        sockets: Sockets | None = None,
    ) -> None:
        """`webhooks` and `sockets` replace the ways to the application (for tests without a network).

        `make_line` lets browser phones choose how bad their line is.
        """
        self.settings = settings
        self.faults = Faults()
        self._clock = clock or ScaledClock(settings.line.speed)
        self._say_to_audio = say_to_audio
        self._make_webhooks = webhooks
        self._injected_sockets = sockets
        self._background = Background()
        self._texting = Texting(settings.stop_words)
        self._exchange = Exchange(settings, self._clock, self._background, interpret)
        self._services: Services | None = None
        self.make_line = make_line
        self.switchboard = Switchboard(self._clock, self._background)
        """Telephones in browsers."""
        self._exchange.phones = self.switchboard.answering
        self.desk = ControlDesk(self)
        """Takes orders from a file or from another process."""
        self._client: WebhookClient | None = None
        self._sockets: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._port = settings.port

    async def start(self, serve_rest: bool = True) -> None:
        """Open the ways out and, unless told otherwise, the REST interface."""
        settings = self.settings
        if self._make_webhooks is None:
            self._client = WebhookClient(settings)
        self._services = Services(
            settings=settings,
            clock=self._clock,
            webhooks=self._client or self._injected_webhooks(),
            sockets=self._injected_sockets or self._open_sockets(),
            background=self._background,
            faults=self.faults,
            random=random.Random(settings.line.seed),
            base_url=lambda: self.base_url,
            exchange=self._exchange,
            texting=self._texting,
            say_to_audio=self._say_to_audio,
        )
        if serve_rest:
            await self._serve()

    async def stop(self, grace_secs: float = 2.0) -> None:
        """End every call, wait for what is still being told, close everything. Safe to call twice."""
        self.switchboard.close()
        await self._exchange.end_all(grace_secs)
        await self._background.close(grace_secs)
        if self._runner is not None:
            await self._runner.cleanup()
        if self._client is not None:
            await self._client.close()
        if self._sockets is not None:
            await self._sockets.close()

    async def __aenter__(self) -> Carrier:
        """Start, with REST."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    @property
    def base_url(self) -> str:
        """Base of the REST interface, such as `http://127.0.0.1:8080`; put it in `TWILIO_API_BASE`."""
        return self.settings.public_url.rstrip("/") or f"http://{self.settings.host}:{self._port}"

    @property
    def calls(self) -> list[CarrierCall]:
        """All remembered calls, oldest first."""
        return self._exchange.book.all()

    def call(self, sid: str) -> CarrierCall | None:
        """A remembered call by its SID."""
        return self._exchange.book.get(sid)

    @property
    def services(self) -> Services:
        """What calls share; raises `RuntimeError` before `start`."""
        if self._services is None:
            raise RuntimeError("the carrier has not been started")
        return self._services

    def now_utc(self) -> datetime:
        """The date on the line: aware, UTC."""
        return self._clock.utc_now()

    def set_answering(self, number: str, *answering: Answering) -> None:
        """Say what happens when `number` is dialled; without this nobody answers there.

        Several behaviours are used one after the other, a call each; the last one stays.
        """
        self._exchange.behaviours.put(number, answering)

    @property
    def on_dialled(self) -> OnDialled | None:
        """Asked at each dialling with the call; may return what its far end does, instead of `set_answering`."""
        return self._exchange.on_dialled

    @on_dialled.setter
    def on_dialled(self, hook: OnDialled | None) -> None:
        self._exchange.on_dialled = hook

    @property
    def conferences(self) -> list[Conference]:
        """All remembered conferences, oldest first."""
        return self.services.conferences.all()

    @property
    def texts(self) -> TextBook:
        """All remembered texts, both ways, oldest first: iterate it, or ask `to(number)` and `from_(number)`."""
        return self._texting.book

    def set_text_delivery(self, number: str, *deliveries: TextDelivery) -> None:
        """Say what becomes of texts to `number`; several are used one after the other, the last one stays."""
        self._texting.deliveries.put(number, deliveries)

    async def send_text(self, from_: str, to: str, body: str, deliveries: int = 1) -> Text:
        """Somebody texts one of our numbers: its `sms_url` is asked; returns once the answer's replies are queued.

        They are in `replies`; `error_code` tells of a webhook that failed. With more `deliveries` the same event is
        told again. Raises `UnknownNumber` when the account does not own `to`.
        """
        now = self._clock.utc_now()
        text = Text(self.settings.account_sid, from_, to, body, TextDirection.INBOUND, TextStatus.RECEIVED, now)
        text.sent_at = now
        await self._texting.receive(self.services, text, deliveries)
        return text

    def is_listed(self, created_at: datetime) -> bool:
        """Whether something made then shows in REST's lists by now (`list_lag_secs`)."""
        lag_secs = self.settings.list_lag_secs if self.faults.list_lag_secs is None else self.faults.list_lag_secs
        return (self._clock.utc_now() - created_at).total_seconds() >= lag_secs

    async def place_call(
        self,
        from_: str,
        to: str,
        party: Party | None = None,
        extra_params: Mapping[str, str] | None = None,
    ) -> CarrierCall:
        """Somebody dials one of our numbers: the call rings and its voice URL is asked. Returns at once.

        `extra_params` join every webhook of the call (`StirVerstat`, `ForwardedFrom`, …). Raises `UnknownNumber`
        when the account does not own `to`.
        """
        number = self.settings.numbers.get(to)
        if number is None:
            raise UnknownNumber("the dialled number belongs to nobody")
        resource = self._resource(from_, to, Direction.INBOUND, CallStatus.RINGING)
        call = CarrierCall(self.services, resource, _hooks_of(number), party or SilentParty())
        call.extra_params = dict(extra_params or {})
        self._exchange.begin(call, self._inbound(call, number))
        return call

    def place_client_call(self, identity: str, application_sid: str, params: Mapping[str, str]) -> CarrierCall:
        """A browser phone with an agent's token calls: the application's voice URL is asked, `params` with it.

        Raises `KeyError` for an application that the account does not have.
        """
        application = self.settings.applications[application_sid]
        resource = self._resource(f"{CLIENT}{identity}", params.get("To", ""), Direction.INBOUND, CallStatus.RINGING)
        call = CarrierCall(self.services, resource, _hooks_of(application), SilentParty())
        call.extra_params = {name: value for name, value in params.items() if name != "To"}
        self._exchange.begin(call, self._inbound(call, application))
        return call

    def dial(self, from_: str, to: str, hooks: CallHooks, order: DialOrder) -> CarrierCall:
        """Make an outbound call as REST does; the number's `Answering` decides what follows."""
        address, _, query = to.partition("?") if to.startswith(CLIENT) else (to, "", "")
        resource = self._resource(from_, address, Direction.OUTBOUND_API, CallStatus.QUEUED)
        resource.queue_ms = self._exchange.queue_ms()
        call = CarrierCall(self.services, resource, hooks, SilentParty())
        call.client_params = dict(parse_qsl(query))
        self._exchange.begin(call, run_outbound(call, order))
        return call

    def forget(self, sid: str) -> None:
        """Drop a finished call from memory."""
        self._exchange.book.remove(sid)

    async def _inbound(self, call: CarrierCall, number: NumberSettings) -> None:
        if not number.voice_url:
            await finish(call, CallStatus.FAILED)
            return
        call.tell()
        await run_call(call, WebhookRequest(number.voice_url, number.voice_method))

    def _resource(self, from_: str, to: str, direction: Direction, status: CallStatus) -> CallResource:
        return CallResource(self.settings.account_sid, from_, to, direction, status, self._clock.utc_now())

    def _injected_webhooks(self) -> Webhooks:
        assert self._make_webhooks is not None
        return self._make_webhooks(self.settings)

    def _open_sockets(self) -> aiohttp.ClientSession:
        self._sockets = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self.settings.verify_tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept",),
        )
        return self._sockets

    async def _serve(self) -> None:
        self._runner = web.AppRunner(make_rest_application(self), access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        await site.start()
        self._port = self._runner.addresses[0][1]


def _hooks_of(number: NumberSettings) -> CallHooks:
    return CallHooks(
        fallback_url=number.voice_fallback_url,
        fallback_method=number.voice_fallback_method,
        status_callback=number.status_callback,
        status_callback_method=number.status_callback_method,
    )


async def run_carrier(
    settings: CarrierSettings,
    *,
    say_to_audio: SayToAudio | None = None,
    make_line: MakeLine | None = None,
    on_ready: Callable[[Carrier], None] | None = None,
    stopped: asyncio.Event | None = None,
) -> None:
    """Serve until cancelled, or until `stopped` is set; `on_ready` is told once REST accepts requests."""
    carrier = Carrier(settings, say_to_audio=say_to_audio, make_line=make_line)
    await carrier.start()
    try:
        if on_ready is not None:
            on_ready(carrier)
        await (stopped or asyncio.Event()).wait()
    finally:
        await carrier.stop()
