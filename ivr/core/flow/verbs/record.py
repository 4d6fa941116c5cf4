"""A recorded message: what the caller says is kept as sound and as words, until silence or `#`.

prompt ── heard, or spoken into ──▶ recording ── 4 s of silence, # or the limit ──▶ then
                                        └── nothing said, twice ──▶ nothing
"""

from __future__ import annotations

from ivr.core.call import Call
from ivr.core.commands import StopMessage
from ivr.core.events import UtteranceHeard
from ivr.core.flow.model import RecordVerb
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.flow.verbs.base import ignore_look_up as looked_up
from ivr.core.meaning import Expecting, Kind, SlotType
from ivr.core.state import Phase, Step

__all__ = ["ask_again", "begin", "enter", "finish", "heard", "key", "looked_up", "timed_out"]

PAUSE_MS = 4000
"""Silence that ends a message."""
TRIES = 2


def enter(call: Call, verb: RecordVerb) -> None:
    """A message from its beginning."""
    call.state.step = Step.MAIN
    old = call.state.slots.get(f"{verb.slot}_file")
    if old is not None:
        call.order(StopMessage(old, keep=False))
    for name in (verb.slot, f"{verb.slot}_file", f"{verb.slot}_secs"):
        call.state.slots.pop(name, None)
    ask_again(call, verb)


def ask_again(call: Call, verb: RecordVerb, *, is_said: bool = False) -> None:
    """Says what to do; the session begins when that was heard. Words that were kept before a resume stay."""
    if not is_said:
        call.ask(call.text(verb.prompt))
    _hear(call)


def _hear(call: Call) -> None:
    """No commands: whatever is said belongs to the message."""
    call.state.phase = Phase.ASKING
    call.listen(Expecting(Kind.SLOT, call.state.language, slot=SlotType("text")), commands=False)


def begin(call: Call, verb: RecordVerb) -> None:
    """The caller's turn has come, or the caller has taken it. Idempotent."""
    if not call.state.message:
        call.start_message(f"{call.state.call_id}-{call.new_id()}")
        call.set_timer("too_long", verb.max_secs * 1000, patient=False)


def heard(call: Call, verb: RecordVerb, event: UtteranceHeard) -> None:
    """One more piece of it."""
    begin(call, verb)
    said = [call.state.slots.get(verb.slot, ""), event.text.strip()]
    call.state.slots[verb.slot] = " ".join(piece for piece in said if piece)
    _hear(call)
    call.set_timer("no_input", PAUSE_MS)


def key(call: Call, verb: RecordVerb, digit: str) -> None:
    """`#` ends it, `*` begins anew; other keys are nothing."""
    if digit == "*":
        call.stop_message(keep=False)
        call.begin_turn()
        enter(call, verb)
    elif digit == "#" and _is_spoken(call, verb):
        _go_on(call, verb)
    elif digit == "#":
        _nothing(call, verb)
    else:
        call.set_timer("no_input", PAUSE_MS)


def timed_out(call: Call, verb: RecordVerb, why: str) -> None:
    """Silence, or the limit."""
    if _is_spoken(call, verb):
        _go_on(call, verb)
    else:
        _nothing(call, verb)


def _is_spoken(call: Call, verb: RecordVerb) -> bool:
    return call.state.has_voice or bool(call.state.slots.get(verb.slot))


def _go_on(call: Call, verb: RecordVerb) -> None:
    finish(call, verb)
    call.begin_turn()
    call.goto(verb.then)


def finish(call: Call, verb: RecordVerb) -> None:
    """Keeps the sound; its key and length are in slots from now on."""
    if call.state.message:
        call.state.slots[f"{verb.slot}_file"] = call.state.message
        call.state.slots[f"{verb.slot}_secs"] = str(max(1, (call.at - call.state.message_at) // 1000))
    call.stop_message(keep=True)
    call.note("message_recorded", node=call.state.node)


def _nothing(call: Call, verb: RecordVerb) -> None:
    call.stop_message(keep=False)
    call.cancel_timer("too_long")
    call.note("no_input", node=call.state.node, count=str(call.miss("no_input")))
    call.begin_turn()
    if call.state.misses["no_input"] >= TRIES:
        call.goto(verb.nothing)
        return
    call.say(phrase(Phrase.NO_INPUT, call.state.language))
    ask_again(call, verb)
