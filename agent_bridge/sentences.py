"""What a person is told whose order was refused. Pure."""

from __future__ import annotations

from ivr.core.bridging.model import Bridge
from ivr.ports.bridge import Answer, BridgeResult, Why

_SENTENCES = {
    Why.NO_OFFER: "Nothing is offered to you at this moment.",
    Why.STILL_RINGING: "Your telephone still rings. Answer it first, then take the call.",
    Why.ALREADY_TAKEN: "You have taken this call already.",
    Why.DECLINED: "You have passed this call on already.",
    Why.MISSED: "The time to take this call is over; it went on to somebody else.",
    Why.CALLED_OFF: "The customer has left, or the call was called off.",
    Why.NO_CALL: "You are in no conversation.",
    Why.NOT_NOW: "That is not possible at this moment of the conversation.",
    Why.NOT_YOURS: "Only the person who has the customer can do that.",
    Why.NOBODY: "Nobody is free there at this moment.",
    Why.NUMBER: "This number may not be called.",
    Why.BUSY: "This colleague is not free.",
    Why.STORE: "It could not be stored; nothing was changed. Try again in a moment.",
}


def result(why: Why, bridge: Bridge | None = None) -> BridgeResult:
    """Refused, in a word and in a sentence."""
    return BridgeResult(Answer.REFUSED, why, _SENTENCES[why], bridge)
