"""`<Hangup>`: the call ends; unanswered when it was the first verb."""

from __future__ import annotations

from ivr.simulator.carrier.outcomes import HangUp, Outcome
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb


async def run(node: Node, step: Step) -> Outcome:
    """End the call."""
    return HangUp()


VERB = Verb(run, children=frozenset({"Parameter"}))
