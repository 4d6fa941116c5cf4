"""`<Stream>` inside `<Connect>` and `<Start>`: its attributes and `<Parameter>` children as an order."""

from __future__ import annotations

from ivr.simulator.carrier.errors import StreamRefused
from ivr.simulator.carrier.stream import StreamOrder
from ivr.simulator.carrier.stream_address import stream_address
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, names

ATTRIBUTES = names("url name track statusCallback statusCallbackMethod connectorName audioFormat sampleRate")
_TRACKS = {
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}
_BAD_TRACK = 31941
_SCHEMA = 12200
_MAX_PARAMETER_CHARACTERS = 500


def stream_order(noun: Node, step: Step, is_bidirectional: bool) -> StreamOrder:
    """Read the noun; raises `StreamRefused` (31922, 31923, 31941)."""
    for name in noun.attributes.keys() - ATTRIBUTES:
        step.call.warn(_SCHEMA, f"Stream: unknown attribute {name}")
    track = noun.attributes.get("track", "inbound_track")
    if track not in _TRACKS or (is_bidirectional and track != "inbound_track"):
        raise StreamRefused(_BAD_TRACK, "track cannot be used here")
    allow_ws = step.services.settings.allow_ws_on_loopback
    return StreamOrder(
        url=stream_address(step.document, noun.attributes.get("url", ""), allow_ws),
        is_bidirectional=is_bidirectional,
        name=noun.attributes.get("name", ""),
        tracks=_TRACKS[track],
        parameters=_parameters(noun, step),
        status_callback=noun.attributes.get("statusCallback", ""),
        status_callback_method=step.method(noun, "statusCallbackMethod"),
    )


def _parameters(noun: Node, step: Step) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in noun.children:
        name, value = child.attributes.get("name"), child.attributes.get("value", "")
        if child.name != "Parameter" or not name or len(name) + len(value) >= _MAX_PARAMETER_CHARACTERS:
            step.call.warn(_SCHEMA, "Stream: child cannot be used")
        else:
            found[name] = value
    return found
