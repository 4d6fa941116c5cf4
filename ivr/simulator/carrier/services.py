"""What every call shares: settings, clock, the ways out to the application, and the carrier's memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp

from ivr.simulator.carrier.background import Background
from ivr.simulator.carrier.clock import LineClock
from ivr.simulator.carrier.conferences import Conferences
from ivr.simulator.carrier.exchange import Exchange
from ivr.simulator.carrier.faults import Faults
from ivr.simulator.carrier.leg_audio import LineFilter
from ivr.simulator.carrier.recordings import Recordings
from ivr.simulator.carrier.settings import CarrierSettings
from ivr.simulator.carrier.texting import Texting
from ivr.simulator.carrier.webhooks import WebhookRequest, WebhookResponse

SayToAudio = Callable[[str, str], bytes | None]
"""(text, language) -> mu-law audio, or None for silence of the estimated length. May block: runs in a thread."""

MakeLine = Callable[[object], LineFilter]
"""Values by name (the page's sliders) -> a telephone line; raises `ValueError` for a line that cannot be."""


class Sockets(Protocol):
    """Opens media sockets; an aiohttp session is one."""

    async def ws_connect(
        self, url: str, *, headers: Mapping[str, str], max_msg_size: int
    ) -> aiohttp.ClientWebSocketResponse:
        """Raises aiohttp's client errors."""


class Webhooks(Protocol):
    """The way to the application, as calls use it."""

    async def send(self, request: WebhookRequest, cookies: aiohttp.CookieJar) -> WebhookResponse:
        """Raises `DocumentFailed` when no usable answer comes."""

    async def fetch_media(self, url: str) -> WebhookResponse:
        """Raises `DocumentFailed` when the file cannot be had."""


@dataclass(frozen=True, slots=True)
class Services:
    """Passed to each call once."""

    settings: CarrierSettings
    clock: LineClock
    webhooks: Webhooks
    sockets: Sockets
    background: Background
    faults: Faults
    random: random.Random
    base_url: Callable[[], str]
    """Public base of this carrier's REST addresses, without a slash at its end."""
    exchange: Exchange
    texting: Texting
    say_to_audio: SayToAudio | None = None
    recordings: Recordings = field(default_factory=Recordings)
    conferences: Conferences = field(default_factory=Conferences)
