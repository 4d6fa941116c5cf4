"""`POST …/Participants`: a call that is dialled straight into a conference."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ivr.simulator.carrier.conference import Conference
from ivr.simulator.carrier.conference_callbacks import ConferenceHooks
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.outbound import DialOrder
from ivr.simulator.carrier.participant import CarrierMusic, JoinOrder, LeaveReason, Music, Participant
from ivr.simulator.carrier.rest_amd import machine_detection
from ivr.simulator.carrier.rest_form import Form, address, flag, method, text, texts, whole
from ivr.simulator.carrier.rest_numbers import call_hooks, numbers
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.carrier import Carrier

_IS_OVER = "Conference does not exist or completed"
_LABEL_TAKEN = 16026


def dial_in(carrier: Carrier, name_or_sid: str, form: Form) -> Participant:
    """Dial the number; the participant waits in the conference's list until it answers. Raises `RequestRefused`."""
    from_number, to_number = numbers(carrier.settings, form)
    order = _join_order(form)
    conference = _conference(carrier, name_or_sid, form)
    if order.label and conference.find(order.label) is not None:
        raise RequestRefused(400, _LABEL_TAKEN, "Label is in use")
    twiml = f"<Response><Dial><Conference>{escape(conference.name)}</Conference></Dial></Response>"
    dial = DialOrder(
        source=InlineTwiml(twiml),
        timeout_secs=whole(form, "Timeout", 60, (5, 600), 21208),
        time_limit_secs=whole(form, "TimeLimit", 14_400, (1, 86_400)),
        detection=machine_detection(form, "AmdStatusCallback", is_always_async=True),
    )
    call = carrier.dial(from_number, to_number, call_hooks(form), dial)
    participant = conference.expect(call, order)
    carrier.services.background.spawn(_give_up(participant))
    return participant


async def _give_up(participant: Participant) -> None:
    """A call that ends before it joined takes its place out of the list."""
    await participant.call.wait_ended()
    if not participant.was_present:
        participant.conference.leave(participant, LeaveReason.NOT_ADDED)


def _conference(carrier: Carrier, name_or_sid: str, form: Form) -> Conference:
    conferences = carrier.services.conferences
    known = conferences.get(name_or_sid)
    if known is not None and not known.is_over:
        return known
    if name_or_sid.startswith("CF") and len(name_or_sid) == 34:
        raise RequestRefused(404, 16022, _IS_OVER)
    return conferences.enterable(carrier.services, name_or_sid, _hooks(form))


def _hooks(form: Form) -> ConferenceHooks:
    events = " ".join(texts(form, "ConferenceStatusCallbackEvent")).split() or ["start", "end"]
    return ConferenceHooks(
        address(form, "ConferenceStatusCallback"),
        method(form, "ConferenceStatusCallbackMethod"),
        frozenset(events),
    )


def _join_order(form: Form) -> JoinOrder:
    beep = text(form, "Beep") or "true"
    return JoinOrder(
        label=text(form, "Label"),
        is_muted=flag(form, "Muted"),
        starts=flag(form, "StartConferenceOnEnter", True),
        ends_on_exit=flag(form, "EndConferenceOnExit"),
        beeps_on_enter=beep in ("true", "onEnter"),
        beeps_on_exit=beep in ("true", "onExit"),
        music=_music(form),
        coaches=text(form, "CallSidToCoach") if flag(form, "Coaching") else "",
        max_participants=whole(form, "MaxParticipants", 250, (2, 250)),
    )


def _music(form: Form) -> Music:
    if "WaitUrl" not in form:
        return CarrierMusic()
    url = address(form, "WaitUrl")
    return WebhookRequest(url, method(form, "WaitMethod")) if url else None
