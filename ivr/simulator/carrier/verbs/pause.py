"""`<Pause>`: nothing for a while. As first verb it does not answer the call."""

from __future__ import annotations

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb


async def run(node: Node, step: Step) -> Outcome:
    """Wait `length` seconds of line time."""
    await sleep_ms(step.services.clock, step.whole(node, "length", 1) * 1000)
    return NextVerb()


VERB = Verb(run, frozenset({"length"}))
