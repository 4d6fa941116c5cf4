"""`do`: a connector's operation. A word to the caller when it is slow; a way on whatever happens."""

from __future__ import annotations

from typing import Any

from ivr.core.call import Call
from ivr.core.events import LookUpFinished, LookUpOutcome
from ivr.core.flow.expressions import Template, evaluate
from ivr.core.flow.ladder import leave
from ivr.core.flow.model import DoVerb
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.flow.verbs.base import hear_nothing as heard
from ivr.core.flow.verbs.base import keep_key as key
from ivr.core.state import plain

__all__ = ["arguments", "ask_again", "enter", "heard", "key", "looked_up", "timed_out"]

FILLER_MS = 1000
"""The caller hears nothing of a look-up that is faster than this."""
AGAIN_MS = 3000
"""After this the caller hears again that we are at it: even behind "one moment" less than 2.5 s of it are silent."""
DEADLINE_MS = 8000
"""After this a connector counts as failed, whatever it is doing."""


def enter(call: Call, verb: DoVerb) -> None:
    """Asks the connector once; a repeat after a crash uses the same key."""
    call.state.lookups += 1
    ask_again(call, verb)


def ask_again(call: Call, verb: DoVerb, *, is_said: bool = False) -> None:
    """Asks the connector; nothing has been said about it yet."""
    call.listen_for_commands()
    call.look_up(verb.call, arguments(call, verb), DEADLINE_MS)
    call.set_timer("filler", FILLER_MS, patient=False)


def arguments(call: Call, verb: DoVerb) -> dict[str, Any]:
    """What the operation is called with at this moment."""
    return {name: _argument(call, template) for name, template in verb.arguments.items()}


def _argument(call: Call, template: Template) -> Any:
    """A template that is one expression keeps its value's type."""
    if len(template.parts) == 1 and not isinstance(template.parts[0], str):
        return plain(evaluate(template.parts[0], call.names(), call.state.language))
    return call.render(template)


def timed_out(call: Call, verb: DoVerb, why: str) -> None:
    """`filler`: say that we are at it. `lookup`: give up waiting."""
    if why == "filler" and call.is_speaking:
        call.set_timer("filler", FILLER_MS, patient=False)
    elif why == "filler":
        call.set_timer("filler", AGAIN_MS, patient=False)
        call.say(_filler(call, verb))
    elif why == "lookup":
        _finish(call, verb, LookUpOutcome.FAILED, "deadline")


def _filler(call: Call, verb: DoVerb) -> str:
    """The flow's own sentence first; then, so that nobody wonders, that we are still at it."""
    if call.miss("filler") > 1:
        return phrase(Phrase.STILL_WORKING, call.state.language)
    return call.text(verb.filler) if verb.filler else phrase(Phrase.WORKING, call.state.language)


def looked_up(call: Call, verb: DoVerb, event: LookUpFinished) -> None:
    """Saves what was found and goes on."""
    if event.outcome is LookUpOutcome.FOUND and verb.save is not None:
        call.state.records[verb.save] = plain(event.record)
    _finish(call, verb, event.outcome, event.reason)


def _finish(call: Call, verb: DoVerb, outcome: LookUpOutcome, reason: str) -> None:
    call.cancel_timer("filler", "lookup")
    call.forget_interruption()
    call.state.lookup_id = 0
    call.note("look_up", operation=verb.call, outcome=outcome.value, reason=reason)
    if outcome is LookUpOutcome.FOUND:
        call.goto(verb.then)
    elif outcome is LookUpOutcome.NOT_FOUND and verb.not_found is not None:
        call.goto(verb.not_found)
    else:
        leave(call, verb.failed)
