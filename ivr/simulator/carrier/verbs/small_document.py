"""Documents that run beside a call's own: waiting music and whispers, where only some verbs may stand."""

from __future__ import annotations

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.documents import Document, Source, obtain
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.mulaw import FRAME_MS
from ivr.simulator.carrier.outcomes import GoTo, NextVerb, Outcome
from ivr.simulator.carrier.verbs.play import play_answer
from ivr.simulator.carrier.verbs.step import Step

_LOOP = 11215


async def run_small_document(
    step: Step, source: Source, allowed: frozenset[str], code: int, limit: int | None = None
) -> Outcome:
    """Run on the call of `step`, through redirects, to the end; any other verb is a warning with `code`.

    `limit` is the greatest number of documents. Raises `DocumentFailed`.
    """
    count = 0
    while limit is None or count < limit:
        count += 1
        outcome = await _run(step, await obtain(step.call, source), allowed, code)
        if not isinstance(outcome, GoTo):
            return outcome
        source = outcome.request
        await sleep_ms(step.services.clock, FRAME_MS)
    raise DocumentFailed(_LOOP, "", "too many documents")


async def _run(step: Step, document: Document, allowed: frozenset[str], code: int) -> Outcome:
    if document.audio is not None:
        await play_answer(step.call, document)
    inner = Step(step.call, document, step.run_nested)
    for node in document.verbs:
        if node.name not in allowed:
            step.call.warn(code, f"{node.name[:40]} cannot stand here")
            continue
        outcome = await step.run_nested(node, inner)
        if not isinstance(outcome, NextVerb):
            return outcome
    return NextVerb()
