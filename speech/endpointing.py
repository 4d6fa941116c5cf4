"""When a caller's turn is over: a pure state machine over 20 ms frames. No audio, no clock, no engine.

    voice    ····MMSSSSSSSSSSSSSSS····SSSSSSSSSS·····························
                 │ │              │   │         │     │        │         │
    step         │ BEGAN          │ RESUMED     │ SPECULATE  text()   TURN_OVER
    started_at ──┘                └ pause       └ ended_at
                                                ├──┤ speculate_after_ms: decode what is there
                                                ├─────────────┤ wait for COMPLETE
                                                ├────────────────────────┤ … for UNKNOWN
                                                ├──────────────────────────────────┤ … for INCOMPLETE

M: some sound, not confirmed; S: confirmed speech. The text of the speculative decode decides which wait
holds; it is thrown away when speech resumes. A turn is never over without its text, so a slow decoder
makes the wait longer, not the answer empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from speech.interfaces import Wholeness
from speech.vad.detector import Voice

FRAME_MS = 20


@dataclass(frozen=True, slots=True)
class EndpointTimes:
    """All in milliseconds, counted from the last frame of speech. Waits grow with the caller's patience factor.

    The detector's own tail (60 to 120 ms after the true end) comes before all of them.
    """

    speculate_after_ms: int = 120
    complete_ms: int = 240
    unknown_ms: int = 600
    incomplete_ms: int = 1400
    longest_turn_ms: int = 18_000
    onset_memory_ms: int = 100
    """Silence after which unconfirmed sound no longer counts as the beginning of the speech that follows."""
    longest_onset_ms: int = 300
    """At most so much unconfirmed sound is taken as the beginning (steady noise is not)."""
    hold_ms: int = 100
    """A turn does not end within so much of a new sound's beginning: it may prove to be speech."""


class Step(Enum):
    """What a frame, or a text, changes."""

    NOTHING = "nothing"
    BEGAN = "began"
    SPECULATE = "speculate"
    """Decode what is there, on the chance that the turn is over."""
    RESUMED = "resumed"
    """What was decoded, or is being decoded, is no longer all."""
    TEXT_NEEDED = "text_needed"
    """The usual wait is over and there is no text yet: decode now, ahead of others."""
    TURN_OVER = "turn_over"


class _State(Enum):
    QUIET = "quiet"
    SPEAKING = "speaking"
    TRAILING = "trailing"
    CUT = "cut"
    """The longest turn is over; only its text is waited for."""


class Endpointer:
    """One caller's turns, one after another. After `TURN_OVER` call `reset`."""

    def __init__(self, times: EndpointTimes | None = None) -> None:
        self._times = times or EndpointTimes()
        self.patience = 1.0
        self.started_at = 0
        self.ended_at = 0
        self._onset_at: int | None = None
        self._last_sound_end = 0
        self.reset()

    def reset(self) -> None:
        """No turn under way."""
        self._state = _State.QUIET
        self._onset_at = None
        self._sound_began_at: int | None = None
        self._asked = False
        self._asked_urgently = False
        self._wait_ms: int | None = None

    @property
    def is_turn_open(self) -> bool:
        """Speech was confirmed, and the turn is not over."""
        return self._state is not _State.QUIET

    def forget_text(self) -> None:
        """The texts so far no longer count (other answers are listened for); asks for a new one when due."""
        self._asked = self._asked_urgently = False
        self._wait_ms = None

    def not_asked(self) -> None:
        """The decode that was asked for could not be begun: ask again with the next frame."""
        self._asked = self._asked_urgently = False

    def frame(self, at_ms: int, voice: Voice) -> Step:
        """The frame that began at `at_ms`."""
        if voice is Voice.SILENT:
            self._sound_began_at = None
        elif self._sound_began_at is None:
            self._sound_began_at = at_ms
        if self._state is _State.QUIET:
            return self._quiet(at_ms, voice)
        if self._state is _State.CUT:
            return self._ask_urgently()
        if at_ms + FRAME_MS - self.started_at >= self._times.longest_turn_ms:
            self._state = _State.CUT
            self.ended_at = at_ms + FRAME_MS if voice is Voice.SPEECH else self.ended_at
            return self._ask_urgently()
        if voice is Voice.SPEECH:
            return self._speaking(at_ms)
        self._state = _State.TRAILING
        return self._trailing(at_ms + FRAME_MS)

    def text(self, at_ms: int, wholeness: Wholeness) -> Step:
        """The text of all speech so far has arrived."""
        if self._state is _State.CUT:
            return Step.TURN_OVER
        self._wait_ms = self._wait(wholeness)
        return self._over(at_ms) if self._state is _State.TRAILING else Step.NOTHING

    def _quiet(self, at_ms: int, voice: Voice) -> Step:
        if voice is Voice.SILENT:
            if at_ms - self._last_sound_end >= self._times.onset_memory_ms:
                self._onset_at = None
            return Step.NOTHING
        self._last_sound_end = at_ms + FRAME_MS
        if self._onset_at is None:
            self._onset_at = at_ms
        if voice is not Voice.SPEECH:
            return Step.NOTHING
        self.started_at = max(self._onset_at, at_ms - self._times.longest_onset_ms)
        self.ended_at = at_ms + FRAME_MS
        self._state = _State.SPEAKING
        return Step.BEGAN

    def _speaking(self, at_ms: int) -> Step:
        self._state = _State.SPEAKING
        self.ended_at = at_ms + FRAME_MS
        if not self._asked:
            return Step.NOTHING
        self.forget_text()
        return Step.RESUMED

    def _trailing(self, now_ms: int) -> Step:
        if self._wait_ms is not None:
            return self._over(now_ms)
        silence_ms = now_ms - self.ended_at
        if silence_ms >= self._wait(Wholeness.UNKNOWN):
            return self._ask_urgently()
        if silence_ms >= self._times.speculate_after_ms and not self._asked:
            self._asked = True
            return Step.SPECULATE
        return Step.NOTHING

    def _ask_urgently(self) -> Step:
        if self._asked_urgently:
            return Step.NOTHING
        self._asked = self._asked_urgently = True
        return Step.TEXT_NEEDED

    def _over(self, now_ms: int) -> Step:
        if self._wait_ms is None or now_ms - self.ended_at < self._wait_ms:
            return Step.NOTHING
        if self._sound_began_at is not None and now_ms - self._sound_began_at <= self._times.hold_ms:
            return Step.NOTHING
        return Step.TURN_OVER

    def _wait(self, wholeness: Wholeness) -> int:
        waits = {
            Wholeness.COMPLETE: self._times.complete_ms,
            Wholeness.UNKNOWN: self._times.unknown_ms,
            Wholeness.INCOMPLETE: self._times.incomplete_ms,
        }
        return round(waits[wholeness] * self.patience)
