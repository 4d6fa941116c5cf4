"""Answering-machine detection: what it says, when, and how the application learns it (webhooks.md section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from ivr.simulator.carrier.callback_out import CallbackOut, send_callback
from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.waiting import wait_until
from ivr.simulator.carrier.webhooks import WebhookRequest

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.parties import Answering

AMD_EVENT = "amd"
"""Name under which `CallbackFaults` knows the asynchronous result."""


class MachineMode(Enum):
    """How long detection listens."""

    START = "Enable"
    """Until it knows who answered."""
    MESSAGE_END = "DetectMessageEnd"
    """To the end of a machine's greeting."""


@dataclass(frozen=True, slots=True)
class MachineDetection:
    """What a call asked for."""

    mode: MachineMode
    timeout_secs: int = 30
    """Then the answer is `unknown`."""
    is_async: bool = False
    """The document runs meanwhile; the result is posted to `callback`."""
    callback: str = ""
    callback_method: str = "POST"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What detection says."""

    answered_by: str
    after_ms: int
    """Since the answer, in line time."""


def verdict(answering: Answering, detection: MachineDetection) -> Verdict:
    """A machine is known by its start, or by the end of its greeting; the time limit makes it `unknown`."""
    found = Verdict(answering.answered_by, answering.detection_ms)
    is_machine = answering.answered_by == "machine_start"
    if detection.mode is MachineMode.MESSAGE_END and is_machine and answering.message_end_ms is not None:
        found = Verdict(answering.message_end, answering.message_end_ms)
    limit_ms = detection.timeout_secs * 1000
    return found if found.after_ms <= limit_ms else Verdict("unknown", limit_ms)


async def detect_first(call: CarrierCall, answering: Answering, detection: MachineDetection) -> None:
    """Hold the answered call until detection has decided, or something breaks in."""
    found = verdict(answering, detection)
    clock, late_ms = call.services.clock, call.services.faults.late_detection_ms
    if not await wait_until(clock, clock.now_ms() + found.after_ms + late_ms, call.wait_interrupted()):
        _note(call, found)
        call.extra_params = {**call.extra_params, "MachineDetectionDuration": str(found.after_ms)}


async def detect_beside(call: CarrierCall, answering: Answering, detection: MachineDetection) -> None:
    """Post the result when it is known, unless the call ended first; a late one comes whatever has become of it."""
    found, services = verdict(answering, detection), call.services
    await sleep_ms(services.clock, found.after_ms)
    if call.status.is_final:
        return
    if services.faults.late_detection_ms:
        await sleep_ms(services.clock, services.faults.late_detection_ms)
    _note(call, found)
    if not detection.callback:
        return
    params = {
        "CallSid": call.sid,
        "AccountSid": call.resource.account_sid,
        "AnsweredBy": found.answered_by,
        "MachineDetectionDuration": str(found.after_ms),
    }
    note = partial(call.timeline.add, EventKind.CALLBACK_SENT)
    request = WebhookRequest(detection.callback, detection.callback_method, params)
    send_callback(services, CallbackOut(request, AMD_EVENT, call.cookies, note, call.warn))


def _note(call: CarrierCall, found: Verdict) -> None:
    call.resource.answered_by = found.answered_by
    call.timeline.add(EventKind.MACHINE_DETECTION, found.answered_by)
