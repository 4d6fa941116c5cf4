"""`<Conference>` inside `<Dial>`: its attributes as an order to join."""

from __future__ import annotations

from ivr.simulator.carrier.conference_callbacks import ConferenceHooks
from ivr.simulator.carrier.participant import CarrierMusic, JoinOrder, Music
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, names
from ivr.simulator.carrier.webhooks import WebhookRequest

ATTRIBUTES = names(
    "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record trim coach "
    "participantLabel jitterBufferSize region statusCallback statusCallbackEvent statusCallbackMethod "
    "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent eventCallbackUrl"
)
_EVENTS = names("start end join leave mute hold modify speaker announcement")
_SCHEMA = 12200
_MAX_LABEL_CHARACTERS = 128


def join_order(noun: Node, step: Step) -> JoinOrder:
    """Read the noun; what cannot be used is its default, with a warning."""
    for name in sorted(noun.attributes.keys() - ATTRIBUTES):
        step.call.warn(_SCHEMA, f"Conference: unknown attribute {name[:40]}")
    beep = noun.attributes.get("beep", "true")
    if beep not in ("true", "false", "onEnter", "onExit"):
        step.warn_value(noun, "beep")
        beep = "true"
    label = noun.attributes.get("participantLabel", "")
    if len(label) > _MAX_LABEL_CHARACTERS:
        step.warn_value(noun, "participantLabel")
        label = ""
    return JoinOrder(
        label=label,
        is_muted=step.flag(noun, "muted", False),
        starts=step.flag(noun, "startConferenceOnEnter", True),
        ends_on_exit=step.flag(noun, "endConferenceOnExit", False),
        beeps_on_enter=beep in ("true", "onEnter"),
        beeps_on_exit=beep in ("true", "onExit"),
        music=_music(noun, step),
        coaches=noun.attributes.get("coach", ""),
        max_participants=step.whole(noun, "maxParticipants", 250, low=2, high=250),
    )


def conference_hooks(noun: Node, step: Step) -> ConferenceHooks:
    """Where the events go, should this leg be the first; raises `DocumentFailed` 15004 for a relative address."""
    url = noun.attributes.get("statusCallback", "")
    if not url:
        return ConferenceHooks()
    events = frozenset(noun.attributes.get("statusCallbackEvent", "start end").split())
    for name in sorted(events - _EVENTS):
        step.call.warn(_SCHEMA, f"Conference: unknown event {name[:40]}")
    return ConferenceHooks(step.document.resolve(url), step.method(noun, "statusCallbackMethod"), events)


def _music(noun: Node, step: Step) -> Music:
    url = noun.attributes.get("waitUrl")
    if url is None:
        return CarrierMusic()
    return WebhookRequest(step.document.resolve(url), step.method(noun, "waitMethod")) if url else None
