"""`<Record>`: the far party's voice until a key, silence, the length limit or the hang-up; then `action`."""

from __future__ import annotations

import asyncio

from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_BYTES, FRAME_MS, is_silence, tone
from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.recordings import Recording
from ivr.simulator.carrier.sids import rfc2822
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.key_entry import KeyEntry
from ivr.simulator.carrier.verbs.step import Step, Verb, names
from ivr.simulator.carrier.waiting import end_tasks
from ivr.simulator.carrier.webhooks import WebhookRequest

_ATTRIBUTES = names(
    "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback "
    "recordingStatusCallbackMethod recordingStatusCallbackEvent transcribe transcribeCallback "
    "recordingConfigurationId"
)
_ANY_KEY = "1234567890*#"
_BEEP = tone(1000, 250)


class _Tape:
    """Takes the far party's frames; done at the length limit, or after too much silence."""

    def __init__(self, silence_ms: int, max_ms: int) -> None:
        self._silence_ms = silence_ms
        self._max_bytes = max_ms * BYTES_PER_MS
        self._quiet_ms = 0
        self.audio = bytearray()
        self.has_sound = False
        self.done = asyncio.Event()

    def on_frame(self, at_ms: int, caller: bytes, played: bytes) -> None:
        self.audio += caller
        quiet = is_silence(caller)
        self.has_sound |= not quiet
        self._quiet_ms = self._quiet_ms + FRAME_MS if quiet else 0
        if len(self.audio) >= self._max_bytes or 0 < self._silence_ms <= self._quiet_ms:
            self.done.set()

    def trimmed(self) -> bytes:
        """Without silence at either end."""
        frames = [bytes(self.audio[at : at + FRAME_BYTES]) for at in range(0, len(self.audio), FRAME_BYTES)]
        while frames and is_silence(frames[-1]):
            frames.pop()
        while frames and is_silence(frames[0]):
            frames.pop(0)
        return b"".join(frames)


async def run(node: Node, step: Step) -> Outcome:
    """Record; a recording without any sound falls through to the next verb."""
    await step.call.answer()
    request = step.action(node)
    entry = KeyEntry(None, node.attributes.get("finishOnKey", _ANY_KEY))
    if step.flag(node, "playBeep", True):
        await step.call.play_out(_BEEP)
    limit_secs = step.whole(node, "maxLength", 120 if step.flag(node, "transcribe", False) else 3600, low=1)
    tape = _Tape(step.whole(node, "timeout", 5) * 1000, limit_secs * 1000)
    step.call.action_at_hang_up = lambda: _request(request, _store(tape, node, step), step, "hangup")
    step.call.audio.attach(tape)
    with step.call.taking_keys("record", entry.press):
        try:
            await _until_done(entry, tape)
        finally:
            step.call.audio.detach(tape)
    step.call.action_at_hang_up = None
    if not tape.has_sound:
        return NextVerb()
    full = _request(request, _store(tape, node, step), step, entry.finished_on)
    return step.go_to_action(node, full.params)


async def _until_done(entry: KeyEntry, tape: _Tape) -> None:
    silence = asyncio.create_task(tape.done.wait())
    try:
        while not entry.is_done and not tape.done.is_set():
            entry.changed.clear()
            key = asyncio.create_task(entry.changed.wait())
            try:
                await asyncio.wait({key, silence}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await end_tasks(key)
    finally:
        await end_tasks(silence)


def _store(tape: _Tape, node: Node, step: Step) -> Recording:
    trim = node.attributes.get("trim", "trim-silence")
    audio = tape.trimmed() if trim == "trim-silence" else bytes(tape.audio)
    recording = step.services.recordings.add(step.call.sid, audio)
    step.call.timeline.add(EventKind.RECORDED, recording.sid, duration_ms=len(audio) // BYTES_PER_MS)
    callback = node.attributes.get("recordingStatusCallback", "")
    if callback:
        params = _callback_params(recording, step)
        method = step.method(node, "recordingStatusCallbackMethod")
        sending = _send(WebhookRequest(step.document.resolve(callback), method, params), step)
        step.services.background.spawn(sending)
    return recording


async def _send(request: WebhookRequest, step: Step) -> None:
    try:
        await step.services.webhooks.send(request, step.call.cookies)
    except DocumentFailed as failed:
        step.call.warn(15003, failed.reason)


def _url(recording: Recording, step: Step) -> str:
    account = step.call.resource.account_sid
    return f"{step.services.base_url()}/2010-04-01/Accounts/{account}/Recordings/{recording.sid}"


def _request(base: WebhookRequest, recording: Recording, step: Step, digits: str) -> WebhookRequest:
    params = {
        "RecordingUrl": _url(recording, step),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.duration_secs),
        "Digits": digits,
    }
    return WebhookRequest(base.url, base.method, params)


def _callback_params(recording: Recording, step: Step) -> dict[str, str]:
    return {
        "AccountSid": step.call.resource.account_sid,
        "CallSid": step.call.sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": _url(recording, step),
        "RecordingStatus": "completed",
        "RecordingDuration": str(recording.duration_secs),
        "RecordingChannels": "1",
        "RecordingSource": "RecordVerb",
        "RecordingStartTime": rfc2822(step.services.clock.utc_now()),
        "RecordingTrack": "both",
        "ErrorCode": "0",
    }


VERB = Verb(run, _ATTRIBUTES)
