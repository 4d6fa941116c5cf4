"""One telephone in a browser: its call, what rings at it, and its present socket. It outlives its sockets."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_BYTES, SILENCE
from ivr.simulator.carrier.parties import Party, SilentParty
from ivr.simulator.carrier.softphone.offer import Offer
from ivr.simulator.carrier.softphone.outbox import Outbox
from ivr.simulator.carrier.softphone.tokens import Grant
from ivr.simulator.carrier.state import CallStatus

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

MAX_QUEUED_MS = 240
"""Of the microphone's audio that waits to go out; a browser whose clock runs faster loses a frame now and then."""
CUSHION = SILENCE * 2
"""Put before audio that begins, so that frames which come unevenly leave no gaps."""


@dataclass(slots=True)
class Counters:
    """What was dropped, of all phones together."""

    refused: int = 0
    """Sockets without a good token."""
    malformed: int = 0
    oversized: int = 0
    flooded: int = 0
    """Messages that came faster than anybody speaks."""
    late_frames: int = 0
    """Audio of phones that send more than real time, or have no call."""
    lost: int = 0
    """Phones that did not come back in time."""


@dataclass(slots=True, eq=False)
class Phone:
    """Belongs to the carrier's loop."""

    grant: Grant
    counters: Counters
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    """Whoever knows it is this phone."""
    address: str = ""
    """Where it rings; empty: nowhere."""
    call: CarrierCall | None = None
    is_muted: bool = False
    is_speaking: bool = False
    """Its typed words are being said."""
    is_gone: bool = False
    outbox: Outbox | None = None
    offers: dict[str, Offer] = field(default_factory=dict)

    @property
    def is_free(self) -> bool:
        """Whether another call may ring here."""
        return self.call is None and not self.is_gone

    def tell(self, kind: str, **details: object) -> None:
        """Send a message, when it has a socket; what is lost is made good by `ready` when it comes back."""
        if self.outbox is not None:
            self.outbox.text(orjson.dumps({"type": kind, **details}).decode())

    # -- calls that come in ------------------------------------------------------------------------------------

    def rings(self, offer: Offer) -> None:
        """A call comes in."""
        self.offers[offer.sid] = offer
        self.tell("incoming", **incoming_of(offer))

    def stops_ringing(self, offer: Offer, reason: str) -> None:
        """It is over, or somebody else has it."""
        if self.offers.pop(offer.sid, None) is not None:
            self.tell("ended", call=offer.sid, reason=reason)

    def takes(self, offer: Offer) -> Party:
        """It has the call now."""
        self.offers.pop(offer.sid, None)
        return self.begin(offer.call)

    # -- its own call ------------------------------------------------------------------------------------------

    def begin(self, call: CarrierCall) -> Party:
        """This is the phone's call from now on; the party is its far end."""
        self.call, self.is_muted = call, False
        return PhoneParty(self, call)

    def is_over(self, call: CarrierCall, status: CallStatus) -> None:
        """Its call has ended."""
        if self.call is call:
            self.call = None
            self.tell("ended", call=call.sid, reason=status.value)

    def hear(self, frame: bytes) -> None:
        """Play 20 ms."""
        if self.outbox is not None:
            self.outbox.frame(frame)

    def speak(self, frames: bytes) -> None:
        """Whole frames of the microphone."""
        call = self.call
        if call is None or not call.is_answered or call.audio.queued_ms > MAX_QUEUED_MS:
            self.counters.late_frames += len(frames) // FRAME_BYTES
        elif not self.is_muted:
            call.send_audio((CUSHION if call.audio_queue_empty else b"") + frames)

    def leave(self) -> None:
        """It is gone for good: its call ends, and it rings no more."""
        self.is_gone, self.address = True, ""
        for offer in tuple(self.offers.values()):
            offer.left(self)
        self.offers.clear()
        if self.call is not None:
            self.call.hang_up()
        if self.outbox is not None:
            self.outbox.close()

    def state(self) -> Mapping[str, object]:
        """Its call, for a page that comes back; empty without one."""
        call = self.call
        if call is None:
            return {}
        return {
            "call": call.sid,
            "from": call.resource.from_number,
            "to": call.resource.to_number,
            "is_connected": call.is_answered,
            "connected_ms": call.now_ms if call.is_answered else 0,
            "is_muted": self.is_muted,
        }


class PhoneParty(SilentParty):
    """The far end of one call: a phone in a browser."""

    def __init__(self, phone: Phone, call: CarrierCall) -> None:
        """Silent until the answer."""
        self._phone = phone
        self._call = call
        # Browsers deliver frames unevenly: each gap would be noted as the end of a sentence.
        call.audio.on_caller_audio = lambda at_ms, is_speaking: None

    def on_answered(self, call: CarrierCall) -> None:
        """Tell the page."""
        self._phone.tell("connected", call=call.sid)

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        """Play it."""
        self._phone.hear(frame)

    def on_clear(self, at_ms: int, dropped_ms: int) -> None:
        """The page drops what it has not played yet."""
        self._phone.tell("clear", call=self._call.sid)

    def on_keys(self, at_ms: int, digits: str) -> None:
        """The page shows them."""
        self._phone.tell("keys", call=self._call.sid, digits=digits)

    def on_ended(self, at_ms: int, status: CallStatus) -> None:
        """Tell the page."""
        self._phone.is_over(self._call, status)


def incoming_of(offer: Offer) -> dict[str, object]:
    """What a ringing page is told."""
    resource = offer.call.resource
    return {
        "call": offer.sid,
        "from": resource.from_number,
        "to": resource.to_number,
        "params": dict(offer.call.client_params),
    }


def duration_ms(mulaw: bytes) -> int:
    """Length of audio."""
    return len(mulaw) // BYTES_PER_MS
