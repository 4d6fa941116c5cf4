"""Runs documents from verb to verb until the call ends (twiml.md section 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.carrier.documents import Document, Source, obtain
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.outcomes import GoTo, HangUp, NextVerb, Outcome, Refuse
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.play import play_answer
from ivr.simulator.carrier.verbs.registry import VERBS
from ivr.simulator.carrier.verbs.say import speak
from ivr.simulator.carrier.verbs.step import Step
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

APOLOGY = "An application error has occurred. Goodbye."
_SCHEMA = 12200
_LOOP = 11215


async def interpret(call: CarrierCall, first: Source) -> CallStatus:
    """Run from `first` to the end of the call; returns the status it ends in. Cancelled by interrupts."""
    source, is_fallback = first, False
    for _ in range(call.services.settings.line.max_documents):
        try:
            document = await obtain(call, source)
            outcome = await run_document(call, document)
        except DocumentFailed as failed:
            if is_fallback or not call.hooks.fallback_url:
                return await _apologise(call, failed)
            source, is_fallback = _fallback(call, failed), True
            continue
        is_fallback = False
        match outcome:
            case GoTo(request):
                source = request
            case Refuse(status):
                return status
            case HangUp() | NextVerb():
                return CallStatus.COMPLETED if call.is_answered else call.services.settings.line.rejected_status
    return await _apologise(call, DocumentFailed(_LOOP, "", "too many documents in one call"))


async def run_document(call: CarrierCall, document: Document) -> Outcome:
    """Run verbs in order until one leaves the document; `NextVerb` when its end is reached."""
    step = Step(call, document, run_verb)
    if document.audio is not None:
        await play_answer(call, document)
        return HangUp()
    for node in document.verbs:
        outcome = await run_verb(node, step)
        if not isinstance(outcome, NextVerb):
            return outcome
    return NextVerb()


async def run_verb(node: Node, step: Step) -> Outcome:
    """Run one verb; what the carrier does not know is warning 12200 and skipped."""
    verb = VERBS.get(node.name)
    if verb is None:
        step.call.warn(_SCHEMA, f"unknown verb {node.name[:40]}")
        return NextVerb()
    for name in sorted(node.attributes.keys() - verb.attributes):
        step.call.warn(_SCHEMA, f"{node.name}: unknown attribute {name[:40]}")
    for child in node.children:
        if verb.children is not None and child.name not in verb.children:
            step.call.warn(_SCHEMA, f"{node.name}: {child.name[:40]} cannot be inside")
    step.call.timeline.add(EventKind.VERB_STARTED, node.name)
    try:
        return await verb.run(node, step)
    finally:
        step.call.timeline.add(EventKind.VERB_ENDED, node.name)


def _fallback(call: CarrierCall, failed: DocumentFailed) -> WebhookRequest:
    params = {"ErrorCode": str(failed.code), "ErrorUrl": failed.url}
    return WebhookRequest(call.hooks.fallback_url, call.hooks.fallback_method, params)


async def _apologise(call: CarrierCall, failed: DocumentFailed) -> CallStatus:
    call.timeline.add(EventKind.APPLICATION_ERROR, failed.reason, failed.code)
    await call.answer()
    await speak(Step(call, Document("", ()), run_verb), APOLOGY, "en-US")
    return CallStatus.COMPLETED
