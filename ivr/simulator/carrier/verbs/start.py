"""`<Start><Stream>`: a one-way stream beside whatever follows, until `<Stop>` or the end of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.carrier.errors import StreamRefused
from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.stream import MediaStream, StreamOrder
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb
from ivr.simulator.carrier.verbs.stream_noun import stream_order

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_SCHEMA = 12200


async def run(node: Node, step: Step) -> Outcome:
    """Begin each stream in the background; does not answer the call by itself."""
    for noun in node.children:
        if noun.name != "Stream":
            continue
        try:
            order = stream_order(noun, step, is_bidirectional=False)
        except StreamRefused as refused:
            step.call.warn(refused.code, refused.reason)
            continue
        if order.name in step.call.streams:
            step.call.warn(_SCHEMA, "Stream: name is taken in this call")
            continue
        step.services.background.spawn(_listen(step.call, order))
    return NextVerb()


async def _listen(call: CarrierCall, order: StreamOrder) -> None:
    stream = MediaStream(call, order)
    try:
        await stream.open()
        if not call.status.is_final:
            await stream.serve()
    except StreamRefused as refused:
        call.warn(refused.code, refused.reason)
    finally:
        await stream.finish()


VERB = Verb(run, children=frozenset({"Stream"}))
