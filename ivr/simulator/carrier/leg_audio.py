"""The two directions of one leg's audio, moved 20 ms at a time by deadlines on the line clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from ivr.simulator.carrier.clock import LineClock
from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_BYTES, FRAME_MS, SILENCE, add
from ivr.simulator.carrier.playout import Playout

LineFilter = Callable[[bytes, bytes], bytes]
"""(frame the far party says, frame it hears meanwhile) -> frame that reaches the carrier; 160 bytes each."""


class Tap(Protocol):
    """Whoever wants each frame of a leg: a media stream or a recording."""

    def on_frame(self, at_ms: int, caller: bytes, played: bytes) -> None:
        """Both directions of one 20 ms frame, 160 bytes each. Must not block."""


class Bridge(Protocol):
    """Whatever joins this leg to others. A slot is a whole 20 ms of the line clock: each leg has one frame in each."""

    def listen(self, slot: int) -> bytes:
        """What the others say, 160 bytes; asked before `speak` of the same slot."""

    def speak(self, slot: int, frame: bytes) -> None:
        """What this leg's far party says, 160 bytes. Must not block."""


class LegAudio:
    """What the far party says (queued by `send`) and what it hears (`playout`)."""

    def __init__(self, clock: LineClock) -> None:
        """The leg is silent and stands still until `run`."""
        self._clock = clock
        self._caller = bytearray()
        self._caller_was_speaking = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._taps: list[Tap] = []
        self._first_slot = 0
        self.playout = Playout()
        self.bridge: Bridge | None = None
        """While set, the far party hears the others besides `playout`, and they hear it."""
        self.line: LineFilter | None = None
        self.on_heard: Callable[[int, bytes], None] = lambda at_ms, frame: None
        """Told each frame that the far party hears."""
        self.on_caller_audio: Callable[[int, bool], None] = lambda at_ms, is_speaking: None
        """Told when queued audio of the far party begins and has been sent."""

    def send(self, mulaw: bytes) -> None:
        """Queue audio of the far party; it is paced out in real time, silence fills the gaps."""
        if mulaw:
            self._caller += mulaw
            self._idle.clear()

    def drop_queued(self) -> None:
        """Forget audio of the far party that has not been sent."""
        self._caller.clear()
        self._idle.set()

    @property
    def queued_ms(self) -> int:
        """How much audio of the far party waits to be sent."""
        return len(self._caller) // BYTES_PER_MS

    @property
    def is_idle(self) -> bool:
        """Whether all audio of the far party has been sent."""
        return not self._caller

    async def wait_idle(self) -> None:
        """Return when all audio of the far party has been sent."""
        await self._idle.wait()

    def attach(self, tap: Tap) -> None:
        """Give each following frame to `tap`."""
        self._taps.append(tap)

    def detach(self, tap: Tap) -> None:
        """Stop giving frames to `tap`; harmless when it has none."""
        if tap in self._taps:
            self._taps.remove(tap)

    async def run(self) -> None:
        """Move frames until cancelled. Late frames are caught up at once, never skipped."""
        origin = self._clock.now_ms()
        self._first_slot = int(origin // FRAME_MS)
        index = 0
        while True:
            await self._clock.sleep_until(origin + index * FRAME_MS)
            self._step(index)
            index += 1

    def _step(self, index: int) -> None:
        at_ms, slot, bridge = index * FRAME_MS, self._first_slot + index, self.bridge
        caller = self._next_caller_frame(at_ms)
        played = self._next_heard_frame(slot, bridge)
        if self.line is not None:
            caller = self.line(caller, played)
        if bridge is not None:
            bridge.speak(slot, caller)
        for tap in tuple(self._taps):
            tap.on_frame(at_ms, caller, played)
        self.on_heard(at_ms, played)

    def _next_heard_frame(self, slot: int, bridge: Bridge | None) -> bytes:
        own = self.playout.next_frame()
        if bridge is None:
            return own.ljust(FRAME_BYTES, SILENCE[:1])
        others = bridge.listen(slot)
        return add(own.ljust(FRAME_BYTES, SILENCE[:1]), others) if own else others

    def _next_caller_frame(self, at_ms: int) -> bytes:
        frame = bytes(self._caller[:FRAME_BYTES])
        del self._caller[:FRAME_BYTES]
        if bool(frame) != self._caller_was_speaking:
            self._caller_was_speaking = bool(frame)
            self.on_caller_audio(at_ms, bool(frame))
        if not self._caller:
            self._idle.set()
        return frame.ljust(FRAME_BYTES, SILENCE[:1])
