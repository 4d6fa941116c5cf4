"""A number whose calls are taken by a voicemail box: it greets, beeps, and records what is then said.

answer   greeting           beep   message …
0        |──────────────────|──────|───────────>
AMD         machine_start (4 s)    machine_end_beep
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_MS, tone
from ivr.simulator.carrier.parties import Answering, SilentParty

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_KNOWN_AS_MACHINE_MS = 4000
_BEEP = tone(1000, 400)
GREETING = b"".join(tone(pitch_hz, 500) for pitch_hz in (180, 220, 200, 240, 190, 230, 210, 180, 220, 200, 190, 170))
"""Six seconds that sound like somebody humming."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something the application said by `<Say>`."""

    at_ms: int
    """Since the answer, in line time."""
    text: str
    is_recorded: bool
    """Said after the beep."""


class VoicemailBox(SilentParty):
    """The far end of one call to the box."""

    def __init__(self, greeting: bytes, max_secs: int, silence_secs: int) -> None:
        """`greeting` is mu-law; the box hangs up after `max_secs` of message or `silence_secs` without a sound."""
        self.recorded = bytearray()
        """Mu-law, from the beep on."""
        self.told: list[Told] = []
        self._sounds = greeting + _BEEP
        self._opens_ms = len(self._sounds) // BYTES_PER_MS + FRAME_MS
        self._max_ms = max_secs * 1000
        self._silence_ms = silence_secs * 1000
        self._quiet_ms = 0
        self._said_until_ms = 0
        self._call: CarrierCall | None = None

    @property
    def words(self) -> list[str]:
        """What was said after the beep by `<Say>`."""
        return [told.text for told in self.told if told.is_recorded]

    def on_answered(self, call: CarrierCall) -> None:
        """Greet and beep."""
        self._call = call
        call.send_audio(self._sounds)

    def on_say(self, at_ms: int, text: str, language: str, duration_ms: int) -> None:
        """Note the words: their audio may be silence."""
        self.told.append(Told(at_ms, text, at_ms >= self._opens_ms))
        self._said_until_ms = at_ms + duration_ms

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        """Record, once open."""
        if at_ms < self._opens_ms:
            return
        self.recorded += frame
        is_quiet = is_silence and at_ms >= self._said_until_ms
        self._quiet_ms = self._quiet_ms + FRAME_MS if is_quiet else 0
        if at_ms - self._opens_ms >= self._max_ms or self._quiet_ms >= self._silence_ms:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._call is not None:
            self._call.hang_up()


class Voicemail:
    """One number's voicemail: give its `answering` to the carrier, read what was left in `boxes`."""

    def __init__(
        self, greeting: bytes = GREETING, after_ms: int = 3000, max_secs: int = 120, silence_secs: int = 10
    ) -> None:
        """Rings for `after_ms`; the greeting is mu-law at 8 kHz."""
        self.boxes: list[VoicemailBox] = []
        """One for each call taken, oldest first."""
        self._greeting = greeting
        self._limits = (max_secs, silence_secs)
        end_ms = len(greeting + _BEEP) // BYTES_PER_MS + FRAME_MS
        self.answering = Answering(
            after_ms=after_ms,
            party=self._box,
            answered_by="machine_start",
            detection_ms=min(_KNOWN_AS_MACHINE_MS, end_ms),
            message_end_ms=end_ms,
        )

    def _box(self) -> VoicemailBox:
        box = VoicemailBox(self._greeting, *self._limits)
        self.boxes.append(box)
        return box
