"""Short words that the confirmation is too slow for ("はい", "うん"): a burst of sound that might be speech. Pure.

    gate     ·····MMMMMMMMMM······      M: open, but no speech confirmed while it lasted
                  └─ burst ─┘└──┤ quiet for QUIET_MS: worth a decode; only words found in it count

A prompt that plays is not stopped for such a burst: nothing is announced before words are found.
"""

from __future__ import annotations

from dataclasses import dataclass

from speech.formats import FRAME_MS
from speech.vad.detector import Voice

SHORTEST_MS = 120
LONGEST_MS = 800
QUIET_MS = 140
LIKELY = 0.1
"""Speech probability that a burst must have reached; clicks and line noise stay below."""
AROUND_MS = 240
"""Audio kept before a burst, for the recogniser."""
LETTERS_AT_ONCE = 2
LETTERS_PER_SEC = 25
"""Nobody says more in a burst: "goodbye" takes 320 ms, "yes" 150. What holds more was made up by the recogniser, such
as the "That's it." it wrote for an "uh" of 140 ms – which would have ended the call."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Times of a burst, stream ms."""

    started_at: int
    ended_at: int


def can_hold(burst: Burst, text: str) -> bool:
    """Whether anybody could have said `text` in so short a time."""
    most = LETTERS_AT_ONCE + (burst.ended_at - burst.started_at) * LETTERS_PER_SEC / 1000
    return sum(mark.isalnum() for mark in text) <= most


class ShortWords:
    """Finds bursts in one caller's frames."""

    def __init__(self) -> None:
        """Nothing heard yet."""
        self.reset()

    def reset(self) -> None:
        """Forgets the burst under way (speech was confirmed, or the step is over)."""
        self._started_at: int | None = None
        self._ended_at = 0
        self._peak = 0.0

    def frame(self, at_ms: int, voice: Voice, probability: float) -> Burst | None:
        """The frame that began at `at_ms`; a burst when one has just become complete."""
        if voice is Voice.MAYBE:
            if self._started_at is None:
                self._started_at, self._peak = at_ms, 0.0
            self._ended_at = at_ms + FRAME_MS
            self._peak = max(self._peak, probability)
            return None
        if self._started_at is None or at_ms + FRAME_MS - self._ended_at < QUIET_MS:
            return None
        burst, peak = Burst(self._started_at, self._ended_at), self._peak
        self.reset()
        is_word = SHORTEST_MS <= burst.ended_at - burst.started_at <= LONGEST_MS and peak >= LIKELY
        return burst if is_word else None
