"""`<Dial>` of numbers and clients: children ring, the first that answers is joined to this call, others cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ivr.simulator.carrier.child_leg import ChildLeg
from ivr.simulator.carrier.mixing import Mixer
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.tones import RINGBACK
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.dial_result import DialResult
from ivr.simulator.carrier.verbs.number_noun import child_leg
from ivr.simulator.carrier.verbs.step import Step
from ivr.simulator.carrier.waiting import end_tasks

_TIMEOUT_SECS = 30
_MAX_CHILDREN = 10
_SCHEMA = 12200
_BAD_CALLER_ID = 13214
_WORST_FIRST = (CallStatus.FAILED, CallStatus.CANCELED, CallStatus.BUSY, CallStatus.NO_ANSWER)


async def dial_numbers(node: Node, step: Step, result: DialResult, over: asyncio.Event) -> None:
    """Blocks until the joined child is gone, nobody answered, or `over` is set."""
    if not step.flag(node, "answerOnBridge", False):
        await step.call.answer()
    nouns = _nouns(node, step)
    caller_id = _caller_id(node, step)
    if not nouns or not caller_id:
        result.status = "failed"
        return
    timeout_secs = step.whole(node, "timeout", _TIMEOUT_SECS, low=1, high=600)
    is_sequential = step.flag(node, "sequential", False)
    for group in [[noun] for noun in nouns] if is_sequential else [nouns]:
        legs = [child_leg(noun, step, caller_id, timeout_secs) for noun in group]
        if await _attempt(legs, node, step, result, over):
            return


async def _attempt(legs: list[ChildLeg], node: Node, step: Step, result: DialResult, over: asyncio.Event) -> bool:
    """True when somebody answered."""
    winner: ChildLeg | None = None
    leaving = asyncio.create_task(over.wait())
    for leg in legs:
        step.services.exchange.begin(leg.call, leg.run())
    try:
        winner = await _first_answered(legs, step, leaving)
        if winner is not None:
            result.is_bridged = False
            await asyncio.gather(*(leg.release() for leg in legs if leg is not winner))
            await _join(winner, node, step, result, over)
    finally:
        await end_tasks(leaving)
        await asyncio.gather(*(leg.release() for leg in legs))
        _note(result, legs, winner)
    return winner is not None


async def _first_answered(legs: Sequence[ChildLeg], step: Step, leaving: asyncio.Task[bool]) -> ChildLeg | None:
    waits = {asyncio.create_task(leg.call.wait_answered()): leg for leg in legs}
    ringback = asyncio.create_task(_ring_back(step))
    try:
        open_waits = set(waits)
        while open_waits and not leaving.done():
            done, _ = await asyncio.wait({*open_waits, leaving}, return_when=asyncio.FIRST_COMPLETED)
            answered = [waits[task] for task in waits if task in done and task.result()]
            if answered:
                return answered[0]
            open_waits -= done
        return None
    finally:
        await end_tasks(ringback, *waits)


async def _ring_back(step: Step) -> None:
    while step.call.is_answered:
        await step.call.play_out(RINGBACK)


async def _join(leg: ChildLeg, node: Node, step: Step, result: DialResult, over: asyncio.Event) -> None:
    ready, leaving = asyncio.create_task(leg.wait_ready()), asyncio.create_task(over.wait())
    try:
        await asyncio.wait({ready, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done() or not ready.result():
            return
        await step.call.answer()
        result.is_bridged = True
        await _talk(leg, node, step, over, leaving)
    finally:
        await end_tasks(ready, leaving)


async def _talk(leg: ChildLeg, node: Node, step: Step, over: asyncio.Event, leaving: asyncio.Task[bool]) -> None:
    hangs_up_on_star = step.flag(node, "hangupOnStar", False)
    mixer, call, child = Mixer(), step.call, leg.call

    def from_parent(digit: str) -> None:
        if digit == "*" and hangs_up_on_star:
            over.set()
        child.party.on_keys(child.now_ms, digit)

    gone = asyncio.create_task(leg.gone.wait())
    leg.join(mixer)
    call.audio.bridge = mixer.seat()
    for one, other in ((call, child), (child, call)):
        one.timeline.add(EventKind.BRIDGED, other.sid)
    try:
        with (
            call.taking_keys("dial", from_parent),
            child.taking_keys("dial", lambda digit: call.party.on_keys(call.now_ms, digit)),
        ):
            await asyncio.wait({gone, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        call.audio.bridge = None
        for one, other in ((call, child), (child, call)):
            one.timeline.add(EventKind.UNBRIDGED, other.sid)
        await end_tasks(gone)


def _nouns(node: Node, step: Step) -> list[Node]:
    nouns = [child for child in node.children if child.name in ("Number", "Client")]
    if not node.children and node.text:
        nouns = [Node("Number", text=node.text)]
    if len(nouns) > _MAX_CHILDREN:
        step.call.warn(_SCHEMA, "Dial: more than ten numbers")
    return nouns[:_MAX_CHILDREN]


def _caller_id(node: Node, step: Step) -> str:
    """Empty for a number this call must not show."""
    resource = step.call.resource
    wanted = node.attributes.get("callerId", "") or resource.from_number
    if wanted in (resource.from_number, resource.to_number) or step.services.exchange.may_call_from(wanted):
        return wanted
    step.call.warn(_BAD_CALLER_ID, "Dial: callerId is not verified")
    return ""


def _note(result: DialResult, legs: Sequence[ChildLeg], winner: ChildLeg | None) -> None:
    if winner is not None:
        result.status, result.call_sid = "completed", winner.call.sid
        started = winner.call.resource.answered_at
        ended = winner.call.resource.ended_at or winner.call.services.clock.utc_now()
        result.duration_secs = round((ended - started).total_seconds()) if started is not None else 0
        return
    statuses = [leg.call.status for leg in legs]
    found = max(statuses, key=lambda status: _WORST_FIRST.index(status) if status in _WORST_FIRST else -1)
    result.status = found.value
    result.call_sid = legs[-1].call.sid
