"""How fast one socket may send: more than a telephone ever needs, less than would harm the others."""

from __future__ import annotations

from ivr.simulator.carrier.clock import LineClock

PER_SECOND = 150.0
BURST = 300.0
HOPELESS = 20_000
"""Dropped messages after which the socket is closed."""


class Pace:
    """A bucket that fills with line time."""

    def __init__(self, clock: LineClock) -> None:
        """Begin full."""
        self._clock = clock
        self._left = BURST
        self._at_ms = clock.now_ms()
        self._dropped = 0

    @property
    def is_hopeless(self) -> bool:
        """Whether this is no telephone."""
        return self._dropped >= HOPELESS

    def allows(self) -> bool:
        """Whether one more message may be looked at now."""
        now_ms = self._clock.now_ms()
        self._left = min(BURST, self._left + (now_ms - self._at_ms) / 1000 * PER_SECOND)
        self._at_ms = now_ms
        if self._left < 1:
            self._dropped += 1
            return False
        self._left -= 1
        return True
