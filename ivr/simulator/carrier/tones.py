"""Sounds the carrier makes itself: ringing, the conference beep, waiting music. All mu-law at 8 kHz."""

from __future__ import annotations

from ivr.simulator.carrier.mulaw import silence, tone

BEEP = tone(1400, 200)
"""Somebody enters or leaves a conference."""
RINGBACK = tone(440, 2000) + silence(4000)
"""One ring as the calling party hears it."""
MUSIC = b"".join(tone(pitch_hz, 400) for pitch_hz in (523, 587, 659, 698, 784, 698, 659, 587))
"""Waiting music, to be repeated."""
