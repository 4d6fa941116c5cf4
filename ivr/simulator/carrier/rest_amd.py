"""Answering-machine detection as REST asks for it (rest.md sections 2 and 3)."""

from __future__ import annotations

from ivr.simulator.carrier.amd import MachineDetection, MachineMode
from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.rest_form import Form, address, flag, method, text, whole

_RANGES = {
    "MachineDetectionSpeechThreshold": (1000, 6000),
    "MachineDetectionSpeechEndThreshold": (500, 5000),
    "MachineDetectionSilenceTimeout": (2000, 10_000),
}
"""Checked, but without an effect here: a party says when it is recognised."""


def machine_detection(form: Form, callback: str, is_always_async: bool = False) -> MachineDetection | None:
    """None where none is wanted; `callback` names the form's parameter for the result's address."""
    wanted = text(form, "MachineDetection")
    for name, bounds in _RANGES.items():
        whole(form, name, bounds[0], bounds)
    if not wanted:
        return None
    known = {mode.value: mode for mode in MachineMode}
    if wanted not in known:
        raise RequestRefused(400, 20001, "MachineDetection must be Enable or DetectMessageEnd")
    return MachineDetection(
        mode=known[wanted],
        timeout_secs=whole(form, "MachineDetectionTimeout", 30, (3, 60)),
        is_async=is_always_async or flag(form, "AsyncAmd"),
        callback=address(form, callback),
        callback_method=method(form, f"{callback}Method"),
    )
