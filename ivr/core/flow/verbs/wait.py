"""`wait`: how something stands, asked about once a second; the caller hears of it every few seconds, and may leave.

ask ─▶ answer ─▶ settled: on
         └─────▶ not yet: a second later, ask again
"""

from __future__ import annotations

from ivr.core.call import Call
from ivr.core.events import LookUpFinished, LookUpOutcome
from ivr.core.flow.ladder import leave
from ivr.core.flow.model import WaitVerb
from ivr.core.flow.verbs.base import hear_nothing as heard
from ivr.core.state import plain

__all__ = ["ask_again", "enter", "heard", "key", "looked_up", "timed_out"]

POLL_MS = 1000
WORDS_MS = 8000
"""From one sentence to the next."""
SPEAKING_MS = 1000
"""Later by so much, while something is being said."""
DEADLINE_MS = 8000
MAX_FAILURES = 5
"""Answers that do not come, one after another, before it is given up."""


def enter(call: Call, verb: WaitVerb) -> None:
    """Asks for the first time."""
    call.state.lookups += 1
    ask_again(call, verb)


def ask_again(call: Call, verb: WaitVerb, *, is_said: bool = False) -> None:
    """Asks, also after the call was resumed."""
    call.listen_for_commands()
    call.set_timer("words", WORDS_MS, patient=False)
    _ask(call, verb)


def _ask(call: Call, verb: WaitVerb) -> None:
    arguments = {name: call.render(template) for name, template in verb.arguments.items()}
    call.look_up(verb.call, arguments, DEADLINE_MS)


def key(call: Call, verb: WaitVerb, digit: str) -> None:
    """A way out, or nothing: what comes next has not been heard yet."""
    if digit in verb.keys:
        call.begin_turn()
        call.note("key_choice", node=call.state.node, key=digit)
        call.goto(verb.keys[digit])


def timed_out(call: Call, verb: WaitVerb, why: str) -> None:
    """`poll`: ask again. `words`: say how it stands. `lookup`: no answer came."""
    if why == "poll":
        _ask(call, verb)
    elif why == "words" and call.is_speaking:
        call.set_timer("words", SPEAKING_MS, patient=False)
    elif why == "words":
        _tell(call, verb)
    else:
        call.state.lookup_id = 0
        _failed(call, verb)


def looked_up(call: Call, verb: WaitVerb, event: LookUpFinished) -> None:
    """Settled: on; else once more."""
    call.cancel_timer("lookup")
    call.state.lookup_id = 0
    if event.outcome is not LookUpOutcome.FOUND:
        _failed(call, verb)
        return
    before = _stands(call, verb)
    call.state.records[verb.save] = plain(event.record)
    call.state.misses.pop("wait", None)
    stands = _stands(call, verb)
    if stands in verb.by_value:
        call.goto(verb.by_value[stands])
        return
    call.set_timer("poll", POLL_MS, patient=False)
    if stands != before and stands in verb.at_once:
        _tell(call, verb)


def _stands(call: Call, verb: WaitVerb) -> str:
    return str(call.state.records.get(verb.save, {}).get("stands", ""))


def _tell(call: Call, verb: WaitVerb) -> None:
    """Behind what is being said; only the newest is worth saying again."""
    prompt = verb.prompts.get(_stands(call, verb))
    if prompt is not None:
        call.state.turn.clear()
        call.say(call.text(prompt))
    call.set_timer("words", WORDS_MS, patient=False)


def _failed(call: Call, verb: WaitVerb) -> None:
    if call.miss("wait") >= MAX_FAILURES:
        leave(call, verb.failed)
    else:
        call.set_timer("poll", POLL_MS, patient=False)
