"""`hang_up`: a goodbye that is heard to its end, then the call is over."""

from __future__ import annotations

from ivr.core.call import Call
from ivr.core.flow.ladder import start_leaving
from ivr.core.flow.model import HangUpVerb
from ivr.core.flow.verbs.base import ask_nothing_again as ask_again
from ivr.core.flow.verbs.base import hear_nothing as heard
from ivr.core.flow.verbs.base import ignore_look_up as looked_up
from ivr.core.flow.verbs.base import ignore_timer as timed_out

__all__ = ["ask_again", "enter", "heard", "key", "looked_up", "timed_out"]


def enter(call: Call, verb: HangUpVerb) -> None:
    """Says goodbye and waits for it to be heard."""
    call.state.outcome = verb.outcome
    if verb.prompt is not None:
        call.say(call.text(verb.prompt), interruptible=False)
    start_leaving(call)


def key(call: Call, verb: HangUpVerb, digit: str) -> None:
    """Keys change nothing any more."""
