"""`<Dial><Conference>`: this leg joins others by name, and stays until it or the conference ends."""

from __future__ import annotations

import asyncio

from ivr.simulator.carrier.conference import Conference
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from ivr.simulator.carrier.participant import LeaveReason, Participant
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.conference_noun import conference_hooks, join_order
from ivr.simulator.carrier.verbs.dial_result import DialResult
from ivr.simulator.carrier.verbs.step import Step
from ivr.simulator.carrier.verbs.waiting_music import play_music
from ivr.simulator.carrier.waiting import end_tasks

_LABEL_TAKEN = 16025
_FULL = 16020
_NO_COACHED = 13240
_NO_NAME = 13232


async def join_conference(noun: Node, step: Step, result: DialResult, over: asyncio.Event) -> None:
    """Blocks until the leg is out of the conference again; `over` takes it out from this side."""
    result.status = "failed"
    participant = _admitted(noun, step)
    if participant is None:
        return
    result.status = "answered"
    conference = participant.conference
    conference.enter(participant)
    step.call.timeline.add(EventKind.CONFERENCE_JOINED, conference.sid)
    reason = LeaveReason.HUNG_UP
    try:
        await _stay(participant, step, over)
    except DocumentFailed as failed:
        step.call.warn(failed.code, failed.reason)
        result.status, reason = "failed", LeaveReason.NOT_ADDED
    finally:
        conference.leave(participant, _reason(step, reason))
        step.call.timeline.add(EventKind.CONFERENCE_LEFT, conference.sid)


def _admitted(noun: Node, step: Step) -> Participant | None:
    call, order = step.call, join_order(noun, step)
    if not noun.text:
        call.warn(_NO_NAME, "Conference: no name")
        return None
    conference = step.services.conferences.enterable(step.services, noun.text, conference_hooks(noun, step))
    expected = conference.find(call.sid)
    if expected is not None:
        return expected
    refusal = _refusal(conference, order.label, order.coaches, order.max_participants)
    if refusal:
        call.warn(refusal, "Conference: cannot be joined")
        return None
    return conference.expect(call, order)


def _refusal(conference: Conference, label: str, coaches: str, limit: int) -> int:
    if label and conference.find(label) is not None:
        return _LABEL_TAKEN
    if coaches and conference.find(coaches) is None:
        return _NO_COACHED
    return _FULL if len(conference.participants) >= limit else 0


async def _stay(participant: Participant, step: Step, over: asyncio.Event) -> None:
    leaving = asyncio.create_task(over.wait())
    try:
        while participant.is_present and not over.is_set():
            participant.changed.clear()
            await _until_changed(participant, step, leaving)
    finally:
        await end_tasks(leaving)


async def _until_changed(participant: Participant, step: Step, leaving: asyncio.Task[bool]) -> None:
    if participant.announcement is not None:
        await _announce(participant, step, leaving)
        return
    music = asyncio.create_task(play_music(step, participant.music, loops=participant.is_held))
    changed: asyncio.Task[bool] = asyncio.create_task(participant.changed.wait())
    try:
        await asyncio.wait({music, changed, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if music.done():
            music.result()
            await asyncio.wait({changed, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end_tasks(music, changed)


async def _announce(participant: Participant, step: Step, leaving: asyncio.Task[bool]) -> None:
    """Said once and told; what cannot be had is told, too, and nobody leaves for it."""
    request, participant.announcement = participant.announcement, None
    assert request is not None
    words: asyncio.Task[None] = asyncio.create_task(play_music(step, request, loops=False))
    try:
        await asyncio.wait({words, leaving}, return_when=asyncio.FIRST_COMPLETED)
        failure = words.exception() if words.done() else None
    finally:
        await end_tasks(words)
    if failure is not None and not isinstance(failure, DocumentFailed):
        raise failure
    more = {"AnnounceUrl": request.url} | ({"ReasonAnnouncementFailed": str(failure)} if failure is not None else {})
    if participant.is_present:
        event = "announcement-end" if failure is None else "announcement-fail"
        participant.conference.callbacks.participant(event, participant, more)


def _reason(step: Step, otherwise: LeaveReason) -> LeaveReason:
    match step.call.broken_by:
        case Redirected() | HungUp(EndedBy.APPLICATION):
            return LeaveReason.BY_API
        case HungUp():
            return LeaveReason.HUNG_UP
        case None:
            return otherwise
