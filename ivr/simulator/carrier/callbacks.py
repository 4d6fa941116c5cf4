"""Status callbacks of a call: `initiated`, `ringing`, `answered`, `completed` (webhooks.md section 4)."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from ivr.simulator.carrier.callback_out import CallbackOut, send_callback
from ivr.simulator.carrier.services import Services
from ivr.simulator.carrier.sids import rfc2822
from ivr.simulator.carrier.state import SIP_CODES, CallStatus
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall


class Progress(Enum):
    """The events an application can subscribe to."""

    INITIATED = "initiated"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"


class StatusCallbacks:
    """Numbers every event of one call and tells the subscribed ones."""

    def __init__(self, call: CarrierCall, services: Services) -> None:
        """Numbers begin at 0."""
        self._call = call
        self._services = services
        self._sequence = 0

    def fire(self, progress: Progress) -> None:
        """Count the event; tell it in the background if it is wanted. The answer never controls the call."""
        sequence, self._sequence = self._sequence, self._sequence + 1
        hooks = self._call.hooks
        if not hooks.status_callback or progress not in hooks.status_events:
            return
        params = self._params(progress, sequence)
        request = WebhookRequest(hooks.status_callback, hooks.status_callback_method, params)
        call = self._call
        note = partial(call.timeline.add, EventKind.CALLBACK_SENT)
        send_callback(self._services, CallbackOut(request, progress.value, call.cookies, note, call.warn))

    def _params(self, progress: Progress, sequence: int) -> dict[str, str]:
        resource = self._call.resource
        params = self._call.params()
        params |= {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(sequence),
            "Timestamp": rfc2822(self._services.clock.utc_now()),
        }
        if progress is Progress.INITIATED:
            params["CallStatus"] = "initiated"
        if progress is Progress.COMPLETED:
            seconds = resource.duration_secs or 0
            params["CallDuration"] = str(seconds)
            params["Duration"] = str(-(-seconds // 60))
            params["SipResponseCode"] = str(self._call.sip_code or SIP_CODES.get(resource.status, 200))
        return params


def first_status_of(status: CallStatus) -> Progress | None:
    """The event that entering `status` fires; None where it fires none."""
    if status.is_final:
        return Progress.COMPLETED
    return {CallStatus.RINGING: Progress.RINGING, CallStatus.IN_PROGRESS: Progress.ANSWERED}.get(status)
