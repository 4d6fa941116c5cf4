"""A far end that follows a short list: waits for something, does something, and so on to the end of the list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.simulator.carrier.mulaw import FRAME_MS
from ivr.simulator.carrier.parties import SilentParty

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.state import CallStatus


@dataclass(frozen=True, slots=True)
class PartyStep:
    """First what is waited for (all of it), then what is done (all of it)."""

    on_say: str = ""
    """TwiML speech that contains these words has begun."""
    quiet_ms: int = 0
    """The line has sounded since the step before, and has then been silent for so long."""
    after_ms: int = 0
    """Then so much later; line time."""
    press: str = ""
    """Keys, one after the other."""
    words: str = ""
    """`SpeechResult` for a `<Gather>` that listens."""
    audio: bytes = b""
    """Mu-law at 8 kHz, spoken to its end before the next step."""
    hangs_up: bool = False


class ScriptedParty(SilentParty):
    """The far end of one call."""

    def __init__(self, steps: Sequence[PartyStep]) -> None:
        """Nothing happens before the answer."""
        self.said: list[str] = []
        """Texts of `<Say>`, in order."""
        self.keys = ""
        """Keypad tones it was sent."""
        self.heard = bytearray()
        """All it heard, mu-law, from the answer on."""
        self._steps = tuple(steps)
        self._fresh: list[str] = []
        self._has_sounded = False
        self._quiet_ms = 0
        self._news = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def on_answered(self, call: CarrierCall) -> None:
        """Begin with the first step."""
        self._work = call.services.background.spawn(self._follow(call))

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        """Listen for sound and silence."""
        self.heard += frame
        self._has_sounded |= not is_silence
        self._quiet_ms = self._quiet_ms + FRAME_MS if is_silence else 0
        self._news.set()

    def on_say(self, at_ms: int, text: str, language: str, duration_ms: int) -> None:
        """Its audio may be silence: it counts as sound all the same."""
        self.said.append(text)
        self._fresh.append(text)
        self._has_sounded, self._quiet_ms = True, -duration_ms
        self._news.set()

    def on_keys(self, at_ms: int, digits: str) -> None:
        """Note them."""
        self.keys += digits

    def on_ended(self, at_ms: int, status: CallStatus) -> None:
        """The rest of the list is dropped."""
        if self._work is not None:
            self._work.cancel()

    async def _follow(self, call: CarrierCall) -> None:
        for step in self._steps:
            while not self._is_due(step):
                self._news.clear()
                await self._news.wait()
            self._fresh.clear()
            if step.after_ms:
                clock = call.services.clock
                await clock.sleep_until(clock.now_ms() + step.after_ms)
            self._has_sounded = False
            await self._act(call, step)

    def _is_due(self, step: PartyStep) -> bool:
        if step.on_say and not any(step.on_say in text for text in self._fresh):
            return False
        return not step.quiet_ms or (self._has_sounded and self._quiet_ms >= step.quiet_ms)

    @staticmethod
    async def _act(call: CarrierCall, step: PartyStep) -> None:
        for digit in step.press:
            call.press(digit)
        if step.words:
            call.say_words(step.words)
        if step.audio:
            call.send_audio(step.audio)
            await call.wait_outgoing_idle()
        if step.hangs_up:
            call.hang_up()
