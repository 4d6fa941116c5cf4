"""A line, a mouth, ears and a tape for drivers: they follow the event loop's clock and remember what happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ivr.core.meaning import Expecting

MS_PER_CHARACTER = 60
ANSWERED_AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class LoopClock:
    """`ivr.ports.Clock` over the running loop's time."""

    def now(self) -> datetime:
        return ANSWERED_AT + timedelta(seconds=asyncio.get_running_loop().time())

    def monotonic_ms(self) -> int:
        return int(asyncio.get_running_loop().time() * 1000)


@dataclass(slots=True)
class _Prompt:
    prompt_id: int
    chunks: AsyncIterator[bytes]
    on_finished: Callable[[int, bool, int], None]
    began_at: int | None = None


class FakeLine:
    """`ivr.ports.MediaLine`: prompts play one after another, as long as their audio is."""

    def __init__(self, call_id: str = "c1") -> None:
        self.call_id = call_id
        self.on_frame: Callable[[int, bytes], None] = lambda at_ms, mulaw: None
        self.on_digit: Callable[[int, str], None] = lambda at_ms, digit: None
        self.on_closed: Callable[[Any], None] = lambda reason: None
        self.our_frame: Callable[[int, bytes], None] | None = None
        self.on_planned: Callable[[int, bytes], None] | None = None
        self.log: list[str] = []
        """What happened to the stream, in order; tests and other fakes may add."""
        self.is_closed = False
        self.play_fails: Exception | None = None
        self._began = asyncio.get_running_loop().time()
        self._waiting: list[_Prompt] = []
        self._playing: asyncio.Task[None] | None = None

    def at_ms(self) -> int:
        return round((asyncio.get_running_loop().time() - self._began) * 1000)

    def play(
        self,
        prompt_id: int,
        chunks: AsyncIterator[bytes],
        on_finished: Callable[[int, bool, int], None],
        on_failed: Callable[[int, BaseException], None] | None = None,
    ) -> None:
        if self.play_fails is not None:
            raise self.play_fails
        self._waiting.append(_Prompt(prompt_id, chunks, on_finished))
        if self._playing is None or self._playing.done():
            self._playing = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._waiting:
            prompt = self._waiting[0]
            audio = b"".join([chunk async for chunk in prompt.chunks])
            prompt.began_at = self.at_ms()
            await asyncio.sleep(len(audio) / 8000)
            if self._waiting and self._waiting[0] is prompt:
                self._finish(prompt, True)

    def _finish(self, prompt: _Prompt, completed: bool) -> None:
        self._waiting.remove(prompt)
        heard = 0 if prompt.began_at is None else self.at_ms() - prompt.began_at
        asyncio.get_running_loop().call_soon(prompt.on_finished, prompt.prompt_id, completed, heard)

    def stop(self, prompt_id: int) -> bool:
        found = next((one for one in self._waiting if one.prompt_id == prompt_id), None)
        if found is None:
            return False
        if found.began_at is not None and self._playing is not None:
            self._playing.cancel()
        self._finish(found, False)
        if self._waiting:
            self._playing = asyncio.get_running_loop().create_task(self._run())
        return True

    def close(self) -> None:
        self.end("completed")

    def end(self, reason: str) -> None:
        """The stream is over, once."""
        if self.is_closed:
            return
        self.is_closed = True
        self.log.append(f"closed: {reason}")
        if self._playing is not None:
            self._playing.cancel()
        asyncio.get_running_loop().call_soon(self.on_closed, reason)


@dataclass(slots=True)
class FakeMouth:
    """`ivr.ports.Mouth`: so much silence per character."""

    said: list[str] = field(default_factory=list)
    foreseen: list[str] = field(default_factory=list)

    async def render(
        self, text: str, language: str, rate: float, gain_db: float, cacheable: bool
    ) -> AsyncIterator[bytes]:
        self.said.append(text)
        yield b"\xff" * (8 * MS_PER_CHARACTER * len(text))

    def foresee(self, text: str, language: str, rate: float, gain_db: float, cacheable: bool) -> None:
        self.foreseen.append(text)


@dataclass(slots=True)
class FakeEars:
    """`ivr.ports.Ears` that a test listens with."""

    heard_ms: list[int] = field(default_factory=list)
    planned_ms: list[int] = field(default_factory=list)
    expecting: Expecting | None = None
    is_closed: bool = False

    def push(self, at_ms: int, mulaw: bytes) -> None:
        self.heard_ms.append(at_ms)

    def will_sound(self, at_ms: int, mulaw: bytes) -> None:
        self.planned_ms.append(at_ms)

    def listen(self, expecting: Expecting) -> None:
        self.expecting = expecting

    def close(self) -> None:
        self.is_closed = True


@dataclass(slots=True)
class FakeTape:
    """`ivr.ports.Tape` that keeps a diary."""

    diary: list[str] = field(default_factory=list)
    name: str | None = None
    fails: Exception | None = None

    def start(self, at_ms: int) -> None:
        if self.fails is not None:
            raise self.fails
        self.diary.append(f"start {at_ms}")

    def stop(self, *, discard: bool = False) -> None:
        self.diary.append(f"stop {discard}")

    def caller_frame(self, at_ms: int, mulaw: bytes) -> None:
        self.diary.append(f"caller {at_ms}")

    def our_frame(self, at_ms: int, mulaw: bytes) -> None:
        self.diary.append(f"us {at_ms}")

    def close(self) -> str | None:
        self.diary.append("close")
        return self.name
