"""Behaviours of numbers and texts in the control format.

pickup: answer | busy | reject | no_answer | fail      answered_by, detection_ms, message_end, message_end_ms
after_ms: 1000                                         skip_ringing: false
voicemail: {greeting_ms: 6000, max_secs: 120, silence_secs: 10}        instead of steps
steps: [{on_say: press 1, after_ms: 300, press: "1"}, {quiet_ms: 800, tone_ms: 500}, {hangs_up: true}]
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from ivr.simulator.carrier.control.values import ControlInvalid, choice, flag, mapping, sequence, text, whole
from ivr.simulator.carrier.mulaw import BYTES_PER_MS, tone
from ivr.simulator.carrier.parties import Answering, Pickup
from ivr.simulator.carrier.scripted_party import PartyStep, ScriptedParty
from ivr.simulator.carrier.text_delivery import TextDelivery
from ivr.simulator.carrier.texts import TextStatus
from ivr.simulator.carrier.voicemail import GREETING, Voicemail

_ANSWERING = (
    "pickup",
    "after_ms",
    "answered_by",
    "detection_ms",
    "message_end",
    "message_end_ms",
    "skip_ringing",
    "steps",
    "voicemail",
)
_STEP = ("on_say", "quiet_ms", "after_ms", "press", "words", "audio", "tone_ms", "hangs_up")
_DELIVERY = ("final", "error_code", "sent_ms", "final_ms")
_VOICEMAIL = ("greeting_ms", "max_secs", "silence_secs")
_KEYS = frozenset("0123456789*#ABCD")
_TONE_HZ = 420.0


class NumberOrder:
    """What one number shall do, read once."""

    def __init__(self, value: object, where: str) -> None:
        """Raise `ControlInvalid`."""
        self.voicemails: list[Voicemail] = []
        """The boxes behind those behaviours that are one."""
        self.answering = [self._answering(one, where) for one in sequence(value, where)]

    def _answering(self, value: object, where: str) -> Answering:
        order = mapping(value, where, _ANSWERING)
        if "voicemail" in order:
            return self._voicemail(order, where)
        steps = [_step(one, f"{where}.steps") for one in sequence(order["steps"], where)] if "steps" in order else []
        default = Answering()
        message_end_ms = order.get("message_end_ms")
        return Answering(
            pickup=choice(order.get("pickup", "answer"), Pickup, f"{where}.pickup"),
            after_ms=whole(order.get("after_ms", default.after_ms), f"{where}.after_ms"),
            party=lambda: ScriptedParty(steps),
            answered_by=text(order.get("answered_by", default.answered_by), f"{where}.answered_by"),
            detection_ms=whole(order.get("detection_ms", default.detection_ms), f"{where}.detection_ms"),
            message_end=text(order.get("message_end", default.message_end), f"{where}.message_end"),
            message_end_ms=None if message_end_ms is None else whole(message_end_ms, f"{where}.message_end_ms"),
            skip_ringing=flag(order.get("skip_ringing", False), f"{where}.skip_ringing"),
        )

    def _voicemail(self, order: Mapping[str, object], where: str) -> Answering:
        box = mapping(order["voicemail"] or {}, f"{where}.voicemail", _VOICEMAIL)
        greeting_ms = whole(box.get("greeting_ms", len(GREETING) // BYTES_PER_MS), f"{where}.greeting_ms")
        repeated = GREETING * (greeting_ms * BYTES_PER_MS // len(GREETING) + 1)
        made = Voicemail(
            greeting=repeated[: greeting_ms * BYTES_PER_MS],
            after_ms=whole(order.get("after_ms", 3000), f"{where}.after_ms"),
            max_secs=whole(box.get("max_secs", 120), f"{where}.max_secs"),
            silence_secs=whole(box.get("silence_secs", 10), f"{where}.silence_secs"),
        )
        self.voicemails.append(made)
        return made.answering


def party_steps(value: object, where: str) -> list[PartyStep]:
    """Steps of somebody who calls; raises `ControlInvalid`."""
    return [_step(one, where) for one in sequence(value, where)]


def text_delivery(value: object, where: str) -> TextDelivery:
    """What becomes of one text; raises `ControlInvalid`."""
    order, default = mapping(value, where, _DELIVERY), TextDelivery()
    code = order.get("error_code")
    return TextDelivery(
        final=choice(order.get("final", default.final.value), TextStatus, f"{where}.final"),
        error_code=None if code is None else whole(code, f"{where}.error_code"),
        sent_ms=whole(order.get("sent_ms", default.sent_ms), f"{where}.sent_ms"),
        final_ms=whole(order.get("final_ms", default.final_ms), f"{where}.final_ms"),
    )


def _step(value: object, where: str) -> PartyStep:
    order = mapping(value, where, _STEP)
    press = text(order.get("press", ""), f"{where}.press")
    if not _KEYS.issuperset(press):
        raise ControlInvalid(f"{where}.press", "must be keys of a telephone")
    return PartyStep(
        on_say=text(order.get("on_say", ""), f"{where}.on_say"),
        quiet_ms=whole(order.get("quiet_ms", 0), f"{where}.quiet_ms"),
        after_ms=whole(order.get("after_ms", 0), f"{where}.after_ms"),
        press=press,
        words=text(order.get("words", ""), f"{where}.words"),
        audio=_audio(order, where),
        hangs_up=flag(order.get("hangs_up", False), f"{where}.hangs_up"),
    )


def _audio(order: Mapping[str, object], where: str) -> bytes:
    """`audio` is base64 of mu-law at 8 kHz; `tone_ms` a hum of that length."""
    if "tone_ms" in order:
        return tone(_TONE_HZ, whole(order["tone_ms"], f"{where}.tone_ms"))
    try:
        return base64.b64decode(text(order.get("audio", ""), f"{where}.audio"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ControlInvalid(f"{where}.audio", "must be base64") from error
