"""Callbacks of one conference: a single counter from 1 for all its events (webhooks.md section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from ivr.simulator.carrier.callback_out import CallbackOut, send_callback
from ivr.simulator.carrier.sids import rfc2822
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.participant import Participant
    from ivr.simulator.carrier.services import Services

GROUPS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}
"""Event as it is told -> word by which it is subscribed to."""


@dataclass(frozen=True, slots=True)
class ConferenceHooks:
    """Where the first participant wants the conference's events."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset()
    """Words of `statusCallbackEvent`."""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One event of a conference, whether or not anybody subscribed to it."""

    name: str
    sequence: int
    params: Mapping[str, str]


class ConferenceCallbacks:
    """Numbers every event and tells the subscribed ones."""

    def __init__(self, services: Services, sid: str, name: str, hooks: ConferenceHooks) -> None:
        """Numbers begin at 1."""
        self._services = services
        self._base = {"ConferenceSid": sid, "FriendlyName": name, "AccountSid": services.settings.account_sid}
        self._hooks = hooks
        self._cookies = aiohttp.CookieJar(unsafe=True)
        self.told: list[ToldEvent] = []

    def conference(self, event: str, more: Mapping[str, str] | None = None) -> None:
        """Tell an event of the whole conference."""
        params = self._base | dict(more or {})
        params |= {
            "SequenceNumber": str(len(self.told) + 1),
            "Timestamp": rfc2822(self._services.clock.utc_now()),
            "StatusCallbackEvent": event,
        }
        self.told.append(ToldEvent(event, len(self.told) + 1, params))
        if self._hooks.url and GROUPS[event] in self._hooks.events:
            request = WebhookRequest(self._hooks.url, self._hooks.method, params)
            send_callback(self._services, CallbackOut(request, event, self._cookies))

    def participant(self, event: str, participant: Participant, more: Mapping[str, str] | None = None) -> None:
        """Tell an event of one participant."""
        params = {
            "CallSid": participant.call.sid,
            "Muted": _flag(participant.is_muted),
            "Hold": _flag(participant.is_held),
            "Coaching": _flag(bool(participant.coaches)),
            "EndConferenceOnExit": _flag(participant.ends_on_exit),
            "StartConferenceOnEnter": _flag(participant.order.starts),
            "ParticipantLabel": participant.label,
        }
        if participant.coaches:
            params["CallSidToCoach"] = participant.coaches
        self.conference(event, params | dict(more or {}))


def _flag(is_set: bool) -> str:
    return "true" if is_set else "false"
