"""Callers who were passed on to a person: on to a number, and back to the flow when nobody was there after all."""

from __future__ import annotations

import structlog

from ivr.core.flow.parts.transfer import without_person
from ivr.core.queueing.legs import Leg
from ivr.ports import CallRecord, QueueService, StoredReply
from ivr.telephony import twiml
from ivr.telephony.webhooks import VoiceRequest, has_been_answered, parse_voice_request
from ivr.web.deps import WebDeps
from ivr.web.handover import after_stream_url, spoken
from ivr.web.signed import Form

log = structlog.get_logger(__name__)

RING_SECS = 25
"""So long the telephone of a number in a flow rings."""


def sent_back(deps: WebDeps, queue: QueueService, leg: Leg, asked: VoiceRequest) -> StoredReply | None:
    """Where a caller goes who came to a conference without a conversation: on in the flow; None: nowhere."""
    if not leg.is_inbound or asked.status.is_final or leg.carrier_sid != asked.call_sid:
        return None
    if queue.came_out(leg.tag, deps.clock.now()):
        return None
    call = deps.calls.by_sid(asked.call_sid)
    return reopened(deps, call) if call is not None else None


def dial_on(deps: WebDeps, call: CallRecord, number: str) -> StoredReply:
    """The number of a flow, dialled on the caller's own line, with our number as the calling one."""
    url = f"{deps.settings.public_url}/voice/dialled"
    return spoken(twiml.dial_number(number, url, caller_id=call.dialled, ring_secs=RING_SECS))


def dialled(deps: WebDeps, form: Form) -> StoredReply:
    """That is over: goodbye to whoever has talked; else the flow goes on."""
    asked = parse_voice_request(form, deps.settings.carrier.account_sid)
    call = deps.calls.by_sid(asked.call_sid)
    if call is None or asked.status.is_final or has_been_answered(form):
        return spoken(twiml.hang_up())
    back = reopened(deps, call)
    return back if back is not None else spoken(twiml.hang_up())


def reopened(deps: WebDeps, call: CallRecord) -> StoredReply | None:
    """The call goes on behind the step that passed it on; None: it was not passed on."""
    snapshot = without_person(call.snapshot) if call.snapshot is not None else None
    if snapshot is None:
        return None
    log.warning("caller back without a conversation", call_id=call.id)
    again = {"status": "in_progress", "ended_at": None, "outcome": None, "end_cause": None, "node_id": None}
    deps.calls.update(call.id, snapshot=snapshot, **again)
    return spoken(twiml.say_and_redirect("", after_stream_url(deps, call.resumes + 1), call.language or "en"))
