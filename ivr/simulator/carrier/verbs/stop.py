"""`<Stop><Stream name>`: ends a stream that `<Start>` began."""

from __future__ import annotations

from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb

_SCHEMA = 12200


async def run(node: Node, step: Step) -> Outcome:
    """Stop by name or by SID; an unknown one is a warning."""
    for noun in node.children:
        wanted = noun.attributes.get("name", "")
        found = [stream for stream in step.call.streams.values() if wanted and wanted in (stream.name, stream.sid)]
        if not found:
            step.call.warn(_SCHEMA, "Stop: no such stream")
        for stream in found:
            await stream.finish()
    return NextVerb()


VERB = Verb(run, children=frozenset({"Stream"}))
