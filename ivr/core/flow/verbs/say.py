"""`say`: a text, then on. The next node's prompt follows without a gap."""

from __future__ import annotations

from ivr.core.call import Call
from ivr.core.flow.model import SayVerb
from ivr.core.flow.verbs.base import ask_nothing_again as ask_again
from ivr.core.flow.verbs.base import hear_nothing as heard
from ivr.core.flow.verbs.base import ignore_look_up as looked_up
from ivr.core.flow.verbs.base import ignore_timer as timed_out
from ivr.core.flow.verbs.base import keep_key as key

__all__ = ["ask_again", "enter", "heard", "key", "looked_up", "timed_out"]


def enter(call: Call, verb: SayVerb) -> None:
    """Speaks and goes on at once: prompts queue behind one another."""
    call.say(call.text(verb.prompt))
    if verb.outcome is not None:
        call.state.outcome = verb.outcome
    call.goto(verb.then)
