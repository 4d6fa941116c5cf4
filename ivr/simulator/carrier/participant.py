"""One leg of a conference: how it was asked to join, and what it hears and says there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ivr.simulator.carrier.mixing import Seat
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.conference import Conference


class LeaveReason(Enum):
    """Why a participant left."""

    CONFERENCE_BY_API = "conference_ended_via_api"
    MODERATOR = "moderator_ended_conference"
    BY_API = "participant_updated_via_api"
    """Redirected, kicked or hung up through REST."""
    HUNG_UP = "participant_hung_up"
    NOT_ADDED = "participant_add_failed"
    """Dialled, but never answered."""


@dataclass(frozen=True, slots=True)
class CarrierMusic:
    """The carrier's own waiting music."""


Music = WebhookRequest | CarrierMusic | None
"""What plays to somebody who waits; None for silence."""


@dataclass(frozen=True, slots=True)
class JoinOrder:
    """`<Conference>` as a document or REST asked for it."""

    label: str = ""
    is_muted: bool = False
    starts: bool = True
    """Its presence lets the conference begin."""
    ends_on_exit: bool = False
    beeps_on_enter: bool = True
    beeps_on_exit: bool = True
    music: Music = CarrierMusic()
    """Until the conference begins."""
    coaches: str = ""
    """CallSid of the only participant that hears this one."""
    max_participants: int = 250


class Participant:
    """Changed by REST and by its conference; `changed` wakes the leg that waits inside."""

    def __init__(self, conference: Conference, call: CarrierCall, order: JoinOrder) -> None:
        """Not inside yet."""
        self.conference = conference
        self.call = call
        self.order = order
        self.label = order.label
        self.ends_on_exit = order.ends_on_exit
        self.is_present = False
        self.was_present = False
        self.is_muted = order.is_muted
        """Nobody hears it."""
        self.is_held = False
        """It hears only its hold music, and nobody hears it."""
        self.hold_music: Music = CarrierMusic()
        self.announcement: WebhookRequest | None = None
        """To be said to it next, once."""
        self.coaches = order.coaches
        """CallSid of the only participant that hears it; empty: all do."""
        self.created_at = self.updated_at = call.services.clock.utc_now()
        self.changed = asyncio.Event()
        self._is_connected = False
        self._seat = conference.mixer.seat()
        self.apply()

    @property
    def status(self) -> str:
        """As REST shows it: queued, connecting, ringing, connected, complete or failed."""
        if self.is_present:
            return "connected"
        if self.call.status.is_final:
            return "complete" if self.call.status is CallStatus.COMPLETED else "failed"
        shown = {CallStatus.QUEUED: "queued", CallStatus.RINGING: "ringing"}
        return shown.get(self.call.status, "connecting")

    @property
    def music(self) -> Music:
        """What plays to it now."""
        if self.is_held:
            return self.hold_music
        return None if self._is_connected else self.order.music

    def apply(self) -> None:
        """Let the flags take effect; call it after changing any."""
        self.updated_at = self.call.services.clock.utc_now()
        self._seat.is_muted = self.is_muted or self.is_held
        self._seat.is_deaf = self.is_held
        coached = self.conference.find(self.coaches) if self.coaches else None
        self._seat.heard_only_by = coached.seat if coached is not None else None
        self.changed.set()

    def announce(self, request: WebhookRequest) -> None:
        """It hears this document once, besides whatever it hears; nothing, while it is not inside."""
        if self.is_present:
            self.announcement = request
            self.changed.set()

    @property
    def seat(self) -> Seat:
        """Its place at the conference's mixer."""
        return self._seat

    def connect(self) -> None:
        """The conference runs: this leg hears and is heard."""
        self._is_connected = True
        self.call.audio.bridge = self._seat
        self.changed.set()

    def disconnect(self) -> None:
        """Out: this leg is alone with its document again."""
        self.is_present = self._is_connected = False
        if self.call.audio.bridge is self._seat:
            self.call.audio.bridge = None
        self.changed.set()
