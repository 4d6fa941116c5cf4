"""`<Connect><Stream>`: both ways over a socket; blocks until the server closes it or the call ends."""

from __future__ import annotations

from ivr.simulator.carrier.errors import StreamRefused
from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.stream import MediaStream
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb
from ivr.simulator.carrier.verbs.stream_noun import stream_order

_SCHEMA = 12200


async def run(node: Node, step: Step) -> Outcome:
    """Serve the stream, then ask `action` or go on with the next verb."""
    noun = next((child for child in node.children if child.name == "Stream"), None)
    if noun is None:
        step.call.warn(_SCHEMA, "Connect: no noun the carrier knows")
        return NextVerb()
    await step.call.answer()
    if "action" in node.attributes:
        request = step.action(node)
        step.call.action_at_hang_up = lambda: request
    try:
        await _serve(noun, step)
    except StreamRefused as refused:
        step.call.warn(refused.code, refused.reason)
    step.call.action_at_hang_up = None
    return step.go_to_action(node) if "action" in node.attributes else NextVerb()


async def _serve(noun: Node, step: Step) -> None:
    stream = MediaStream(step.call, stream_order(noun, step, is_bidirectional=True))
    with step.call.taking_keys("stream", stream.press):
        try:
            await stream.open()
            await stream.serve()
        finally:
            await stream.finish()


VERB = Verb(run, frozenset({"action", "method"}), frozenset({"Stream"}))
