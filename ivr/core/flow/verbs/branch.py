"""`branch`: the first case that holds; the way to a person when none does."""

from __future__ import annotations

from ivr.core.call import Call
from ivr.core.flow.expressions import evaluate
from ivr.core.flow.ladder import leave
from ivr.core.flow.model import BranchVerb
from ivr.core.flow.verbs.base import ask_nothing_again as ask_again
from ivr.core.flow.verbs.base import hear_nothing as heard
from ivr.core.flow.verbs.base import ignore_look_up as looked_up
from ivr.core.flow.verbs.base import ignore_timer as timed_out
from ivr.core.flow.verbs.base import keep_key as key

__all__ = ["ask_again", "enter", "heard", "key", "looked_up", "timed_out"]


def enter(call: Call, verb: BranchVerb) -> None:
    """Evaluates the cases in their order."""
    names = call.names()
    for case in verb.cases:
        if case.condition is None or evaluate(case.condition, names, call.state.language):
            call.goto(case.then)
            return
    leave(call, None)
