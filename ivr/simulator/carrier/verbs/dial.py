"""`<Dial>`: joins the call to numbers or to a conference, and goes on when that is over (twiml.md rule 6)."""

from __future__ import annotations

import asyncio

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.outcomes import GoTo, NextVerb, Outcome
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.dial_conference import join_conference
from ivr.simulator.carrier.verbs.dial_numbers import dial_numbers
from ivr.simulator.carrier.verbs.dial_result import DialResult
from ivr.simulator.carrier.verbs.step import Step, Verb, names
from ivr.simulator.carrier.waiting import end_tasks
from ivr.simulator.carrier.webhooks import WebhookRequest

_ATTRIBUTES = names(
    "action method timeout timeLimit callerId hangupOnStar answerOnBridge ringTone record recordingTrack "
    "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent trim sequential referUrl "
    "referMethod callReason events passports"
)
_NOUNS = names("Number Client Conference")
_MIXED = 13000
_TIME_LIMIT_SECS = 14_400


async def run(node: Node, step: Step) -> Outcome:
    """Dial, then ask `action` with the result, or go on with the next verb."""
    result = DialResult()
    request = step.action(node) if "action" in node.attributes else None
    if request is not None:
        step.call.action_at_hang_up = lambda: _with(request, result)
    await _dial(node, step, result)
    step.call.action_at_hang_up = None
    return NextVerb() if request is None else GoTo(_with(request, result))


def _with(request: WebhookRequest, result: DialResult) -> WebhookRequest:
    return WebhookRequest(request.url, request.method, result.params())


async def _dial(node: Node, step: Step, result: DialResult) -> None:
    conference = next((child for child in node.children if child.name == "Conference"), None)
    over = asyncio.Event()
    on_star = over.set if step.flag(node, "hangupOnStar", False) else _nothing
    limit = asyncio.create_task(_limit(step, step.whole(node, "timeLimit", _TIME_LIMIT_SECS, low=1), over))
    try:
        if conference is None:
            await dial_numbers(node, step, result, over)
            return
        if len(node.children) > 1:
            step.call.warn(_MIXED, "Dial: a conference stands alone")
        await step.call.answer()
        with step.call.taking_keys("dial", lambda digit: on_star() if digit == "*" else None):
            await join_conference(conference, step, result, over)
    finally:
        await end_tasks(limit)


async def _limit(step: Step, seconds: int, over: asyncio.Event) -> None:
    await sleep_ms(step.services.clock, seconds * 1000)
    over.set()


def _nothing() -> None:
    """The key means nothing here."""


VERB: Verb = Verb(run, _ATTRIBUTES, _NOUNS)
