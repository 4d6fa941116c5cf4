"""What happens when nothing was said or nothing understood: ask again, more helpfully, then go on elsewhere."""

from __future__ import annotations

from ivr.core.call import Call
from ivr.core.flow.model import Ladder
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.state import Phase

NO_INPUT_MS = 6000
"""Silence after a question before it counts as no input, ms."""
SLOWEST_MS = 300
"""No voice takes longer for a character, at the usual rate."""
MEANT = {"no_input": Phrase.NO_INPUT, "no_match": Phrase.NO_MATCH}


def climb(call: Call, kind: str, ladder: Ladder, question: str, *, failure: str | None, hint: str = "") -> bool:
    """Counts a failure. True: `question` was asked again; False: the call goes to another node.

    A ladder's own prompt replaces the built-in sentence and the question; `hint` is added to both.
    """
    count = call.miss(kind)
    call.note(kind, node=call.state.node, count=str(count))
    if count >= ladder.tries:
        leave(call, ladder.then or failure)
        return False
    call.begin_turn()
    if ladder.prompt is not None:
        call.ask(call.text(ladder.prompt))
    else:
        call.say(phrase(MEANT[kind], call.state.language))
        call.ask(question)
    call.say(hint)
    return True


def leave(call: Call, name: str | None) -> None:
    """Goes to a node; to a person where none is named; says sorry and ends where there is no person either."""
    way_out = name or call.node.everywhere.get("agent") or call.flow.everywhere.get("agent")
    if way_out is not None and way_out in call.flow.nodes and way_out != call.state.node:
        call.goto(way_out)
    else:
        give_up(call)


def give_up(call: Call) -> None:
    """The last way on: an apology, then the end."""
    call.begin_turn()
    call.state.outcome = "failed"
    call.say(phrase(Phrase.TROUBLE, call.state.language), interruptible=False)
    start_leaving(call)


def start_leaving(call: Call) -> None:
    """Hangs up when what is playing has been heard."""
    call.cancel_timers()
    call.state.phase = Phase.LEAVING
    if call.is_speaking:
        await_goodbye(call)
    else:
        call.hang_up(call.state.outcome or "resolved")


def await_goodbye(call: Call) -> None:
    """The call ends when everything was heard; a timer ends it should the news of that never come."""
    waiting = sum(len(playing.text) for playing in call.state.playing if not playing.stopped)
    call.set_timer("goodbye", 20_000 + int(waiting * SLOWEST_MS / call.state.rate), patient=False)
