"""`<Redirect>`: control goes to another document for good."""

from __future__ import annotations

from ivr.simulator.carrier.outcomes import GoTo, Outcome
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb
from ivr.simulator.carrier.webhooks import WebhookRequest


async def run(node: Node, step: Step) -> Outcome:
    """Ask the address in the text; none is the present document."""
    return GoTo(WebhookRequest(step.document.resolve(node.text), step.method(node)))


VERB = Verb(run, frozenset({"method"}))
