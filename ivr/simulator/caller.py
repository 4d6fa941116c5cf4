"""A person on the simulated telephone: sends speech and keys, and notes what the line does, by line time.

    line's sound   ▂▅▇▅▂▁▁▂▅▇▂▁▁▁▁▁▁▁▁▂▅▇▅▂
    stretches      └───── 1 ────┘        └─ 2 …       a stretch ends after `PAUSE_MS` without sound

Runs on the carrier's loop and never blocks; what the sounds mean is found out elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ivr.simulator.carrier import CallStatus, CarrierCall, SilentParty
from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_BYTES, FRAME_MS, SILENCE
from ivr.simulator.line import TelephoneLine

PAUSE_MS = 400
"""Sounds closer together than this belong to one stretch."""
BETWEEN_KEYS_MS = 240

Samples = npt.NDArray[np.int16]


class CallerVoice(Protocol):
    """Makes the caller's speech. Blocking, thread-safe."""

    def speech(self, text: str, language: str, voice: str) -> Samples:
        """PCM at 8 kHz, shape (n,). Raises `SpeechMissing`."""


class CallerEars(Protocol):
    """Writes down what the line says. Blocking, thread-safe."""

    def words(self, pcm: bytes, language: str) -> str:
        """The words in PCM of 16 bit at 8 kHz; empty when there are none."""

    def reading(self, text: str, language: str) -> str:
        """How a text is read aloud, where many spellings sound the same (Japanese: katakana); else empty."""


class SpeechMissing(Exception):
    """The caller's speech cannot be made. `reason` is a sentence without the text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Stretch:
    """A stretch of sound from the line, in ms since the answer."""

    started_at: int
    ended_at: int
    """End of its last sound so far."""
    is_open: bool = True
    words: str | None = None
    """What was said, where the carrier told it (`<Say>`); None: listen to the audio."""
    is_rest: bool = False
    """It had begun before the caller broke in."""


class InputKind(Enum):
    """What the caller did."""

    SPEECH = "speech"
    KEYS = "keys"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Input:
    """Something the caller did."""

    kind: InputKind
    started_at: int
    ended_at: int
    broke_in: bool
    """The line was making sound when it began."""


class Caller(SilentParty):
    """The far end of one call. All times are line time, ms since the answer."""

    def __init__(self, line: TelephoneLine) -> None:
        """Begin before the answer."""
        self.at_ms = -FRAME_MS
        """Beginning of the 20 ms frame that is heard now."""
        self.stretches: list[Stretch] = []
        self.inputs: list[Input] = []
        self.clears: list[int] = []
        """When the application dropped audio that had not been heard."""
        self.status: CallStatus | None = None
        """Set once the call is over."""
        self.heard = bytearray()
        """All that was heard, mu-law, from the answer on."""
        self.sent = bytearray()
        """All that arrived from the caller's side, mu-law, after the line's damage."""
        self._line = line
        self._call: CarrierCall | None = None
        self._frame_passed = asyncio.Event()
        self._said_until = 0

    # -- what the carrier tells ----------------------------------------------------------------

    def on_answered(self, call: CarrierCall) -> None:
        """Puts the telephone line in between."""
        self._call = call
        call.set_line(self._carry)

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        """Notes sound and silence."""
        self.at_ms = at_ms
        self.heard += frame
        stretch = self._open_stretch
        if not is_silence:
            if stretch is None:
                self.stretches.append(Stretch(at_ms, at_ms + FRAME_MS))
            else:
                stretch.ended_at = at_ms + FRAME_MS
        elif stretch is not None and at_ms + FRAME_MS - stretch.ended_at >= PAUSE_MS:
            stretch.is_open = False
        self._frame_passed.set()

    def on_clear(self, at_ms: int, dropped_ms: int) -> None:
        """Notes when the application stopped its own words."""
        if dropped_ms > 0:
            self.clears.append(at_ms)

    def on_say(self, at_ms: int, text: str, language: str, duration_ms: int) -> None:
        """TwiML speech: its words are known without listening."""
        self._close_stretch()
        self.stretches.append(Stretch(at_ms, at_ms + duration_ms, is_open=False, words=text))
        self._said_until = at_ms + duration_ms

    def on_ended(self, at_ms: int, status: CallStatus) -> None:
        """Nothing more will be heard."""
        self.status = status
        self._close_stretch()
        self._frame_passed.set()

    def _carry(self, caller: bytes, heard: bytes) -> bytes:
        arrived = self._line.frame(caller, heard)
        self.sent += arrived
        return arrived

    # -- what the script looks at --------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """The call has ended."""
        return self.status is not None

    @property
    def is_sounding(self) -> bool:
        """The line is in a stretch of sound (or in a pause within it)."""
        return self._open_stretch is not None or self.at_ms < self._said_until

    @property
    def quiet_ms(self) -> int:
        """For how long the line has been silent."""
        last = max((stretch.ended_at for stretch in self.stretches), default=0)
        return self.at_ms + FRAME_MS - last

    def audio(self, started_at: int, ended_at: int) -> bytes:
        """What was heard in that time, mu-law."""
        return bytes(self.heard[max(0, started_at) * BYTES_PER_MS : ended_at * BYTES_PER_MS])

    async def wait_until(self, is_reached: Callable[[], bool], limit_ms: int) -> bool:
        """Waits by line time; False when the limit passed or the call ended before."""
        deadline = self.at_ms + limit_ms
        while not is_reached():
            if self.is_over or self.at_ms >= deadline:
                return False
            self._frame_passed.clear()
            await self._frame_passed.wait()
        return True

    # -- what the script orders ----------------------------------------------------------------

    async def speak(self, samples: Samples, kind: InputKind = InputKind.SPEECH) -> Input:
        """Says something (shape (n,), 8 kHz) and returns when it has been said."""
        mulaw = self._line.prepare(samples)
        frames = -(-len(mulaw) // FRAME_BYTES)
        done = self._begin(kind, frames * FRAME_MS)
        if self._call is not None:
            self._call.send_audio(mulaw.ljust(frames * FRAME_BYTES, SILENCE[:1]))
        await self.wait_until(lambda: self.at_ms + FRAME_MS >= done.ended_at, frames * FRAME_MS + 1000)
        return done

    async def press(self, keys: str) -> Input:
        """Presses keys one after the other and returns after the last."""
        done = self._begin(InputKind.KEYS, (len(keys) - 1) * BETWEEN_KEYS_MS)
        for count, digit in enumerate(keys):
            due = done.started_at + count * BETWEEN_KEYS_MS
            await self.wait_until(partial(self._has_come, due), 10_000)
            if self._call is not None and not self.is_over:
                self._call.press(digit)
        return done

    def hang_up(self) -> None:
        """Ends the call from the caller's side."""
        if self._call is not None:
            self._call.hang_up()

    def _has_come(self, at_ms: int) -> bool:
        return self.at_ms + FRAME_MS >= at_ms

    def _begin(self, kind: InputKind, duration_ms: int) -> Input:
        """An input begins with the next frame; sound that goes on behind it is not the reply."""
        started_at = self.at_ms + FRAME_MS
        stretch = self._open_stretch
        broke_in = self.quiet_ms < 2 * FRAME_MS
        if stretch is not None:
            stretch.is_open = False
            if broke_in:
                self.stretches.append(Stretch(started_at, started_at, is_rest=True))
        done = Input(kind, started_at, started_at + duration_ms, broke_in)
        self.inputs.append(done)
        return done

    @property
    def _open_stretch(self) -> Stretch | None:
        last = self.stretches[-1] if self.stretches else None
        return last if last is not None and last.is_open else None

    def _close_stretch(self) -> None:
        stretch = self._open_stretch
        if stretch is not None:
            stretch.is_open = False
