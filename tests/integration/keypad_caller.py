"""A caller who only uses the keypad: no recogniser is needed, and every step of the call is known from the record."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ivr.simulator.carrier import CallStatus, Carrier, CarrierCall, EventKind, SilentParty
from tests.integration.server_process import ENGLISH, RunningServer

STEP_SECS = 40.0
_OWN_NUMBERS = itertools.count(100)


@dataclass(slots=True)
class Handset(SilentParty):
    """Notes when there was sound, and what the carrier's own voice said."""

    sounds: list[int] = field(default_factory=list)
    """Beginning of each frame that was not silent, ms since the answer."""
    said: list[str] = field(default_factory=list)
    has_ended: bool = False

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        """Notes sound."""
        if not is_silence:
            self.sounds.append(at_ms)

    def on_say(self, at_ms: int, text: str, language: str, duration_ms: int) -> None:
        """The carrier's own voice counts as sound."""
        self.said.append(text)
        self.sounds += range(at_ms, at_ms + duration_ms, 20)

    def on_ended(self, at_ms: int, status: CallStatus) -> None:
        """Over."""
        self.has_ended = True

    def longest_silence(self, from_ms: int, to_ms: int) -> int:
        """Milliseconds without sound between two moments."""
        marks = [from_ms, *(at for at in self.sounds if from_ms < at < to_ms), to_ms]
        return max(later - earlier for earlier, later in zip(marks, marks[1:], strict=False))


class KeypadCall:
    """One call of a keypad caller."""

    def __init__(self, server: RunningServer, call: CarrierCall, handset: Handset, number: str) -> None:
        """Use `dial`."""
        self.server, self.call, self.handset, self.number = server, call, handset, number
        self._known: dict[str, Any] = {}

    @classmethod
    async def dial(cls, server: RunningServer, carrier: Carrier, to: str = ENGLISH) -> KeypadCall:
        """Dials, each time from another number (a caller with a promise is known by it), and waits for the answer."""
        handset = Handset()
        number = f"+1212555{next(_OWN_NUMBERS):04d}"
        call = await carrier.place_call(number, to, handset)
        async with asyncio.timeout(STEP_SECS):
            assert await call.wait_answered(), "the call was not answered"
        return cls(server, call, handset, number)

    async def record(self) -> dict[str, Any] | None:
        """The server's record of this call."""
        record = await asyncio.to_thread(self.server.call, self.call.sid)
        self._known = record or self._known
        return record

    def last_known(self) -> dict[str, Any]:
        """The last record that the server told of this call; it may be gone by now."""
        return self._known

    async def texts(self) -> list[str]:
        """What the line has said so far."""
        await self.record()
        return self.known_texts()

    def known_texts(self) -> list[str]:
        """The same, as far as the last record told."""
        return [turn["text"] for turn in self._known.get("turns", ()) if turn["side"] == "us"]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Asks for the record until something is so."""
        async with asyncio.timeout(STEP_SECS):
            while not condition():
                await asyncio.sleep(0.1)
                await self.record()

    async def prompts(self) -> list[str]:
        """The nodes that spoke so far, in order."""
        record = await self.record()
        return spoken_nodes(record) if record is not None else []

    async def at(self, node: str, times: int = 1) -> None:
        """Waits until this node has spoken, so many times, and the caller hears it."""
        async with asyncio.timeout(STEP_SECS):
            while (await self.prompts()).count(node) < times:
                assert not self.handset.has_ended, f"the call ended before {node}; it went {await self.prompts()}"
                await asyncio.sleep(0.1)
        await self.sound()

    async def sound(self) -> int:
        """Waits for the next sound from now on; ms from now until it."""
        began = self.call.now_ms
        async with asyncio.timeout(STEP_SECS):
            while not self.handset.sounds or self.handset.sounds[-1] < began:
                assert not self.handset.has_ended, "the call ended without a sound"
                await asyncio.sleep(0.02)
        return next(at for at in self.handset.sounds if at >= began) - began

    async def press(self, keys: str) -> None:
        """Presses keys one after the other."""
        for key in keys:
            self.call.press(key)
            await asyncio.sleep(0.05)

    async def steps(self, *steps: tuple[str, str]) -> None:
        """For each: waits for the node, then presses the keys."""
        for node, keys in steps:
            await self.at(node)
            await self.press(keys)

    async def ended(self) -> dict[str, Any]:
        """Waits for the end; the server's record of it."""
        async with asyncio.timeout(STEP_SECS):
            await self.call.wait_ended()
        return await asyncio.to_thread(self.server.ended_call, self.call.sid)

    async def hang_up(self) -> dict[str, Any]:
        """Hangs up; the server's record of the call."""
        self.call.hang_up()
        return await self.ended()

    def moments(self, kind: EventKind) -> list[int]:
        """When things of one kind happened, ms since the answer."""
        return [event.at_ms for event in self.call.events if event.kind is kind]

    @property
    def is_unspoilt(self) -> bool:
        """Whether the caller never heard the carrier's own error message."""
        return not self.moments(EventKind.APPLICATION_ERROR)


def spoken_nodes(record: dict[str, Any]) -> list[str]:
    """The nodes that spoke, in order."""
    return [turn["node"] for turn in record["turns"] if turn["side"] == "us"]


def without_repeats(nodes: list[str]) -> list[str]:
    """The same without what follows itself."""
    return [node for index, node in enumerate(nodes) if index == 0 or nodes[index - 1] != node]
