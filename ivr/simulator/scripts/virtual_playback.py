"""Prompts without sound: how long each takes, which one plays, which wait behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ivr.core.commands import PlayPrompt
from ivr.core.events import PlaybackFinished
from ivr.simulator.scripts.virtual_clock import VirtualClock


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in milliseconds."""

    per_character: Mapping[str, int] = field(default_factory=lambda: {"en": 60, "ja": 140})
    """Speech; languages without a figure take the first."""
    noticed: int = 100
    """From the first sound of speech until it counts as speech."""
    turn_end: int = 450
    """From the last sound of speech until it counts as a turn."""
    between_keys: int = 200

    def speech_ms(self, text: str, language: str, rate: float = 1.0) -> int:
        """How long a text takes to say."""
        per_character = self.per_character.get(language) or next(iter(self.per_character.values()))
        return max(200, int(len(text) * per_character / rate))


@dataclass(slots=True)
class Spoken:
    """A prompt that began to play."""

    prompt_id: int
    text: str
    language: str
    started_at: int
    ends_at: int
    completed: bool | None = None
    """None while it plays."""


class VirtualPlayback:
    """One queue of prompts, first in, first out, on a virtual clock."""

    def __init__(
        self,
        clock: VirtualClock,
        pace: Pace,
        on_start: Callable[[PlayPrompt], None],
        on_finished: Callable[[PlaybackFinished], None],
    ) -> None:
        """Begin silent."""
        self.said: list[Spoken] = []
        """Every prompt that began to play."""
        self.current: Spoken | None = None
        self._clock = clock
        self._pace = pace
        self._on_start = on_start
        self._on_finished = on_finished
        self._queue: deque[PlayPrompt] = deque()
        self._from_ms = 0

    def play(self, prompt: PlayPrompt) -> None:
        """Plays a prompt after those that were ordered before."""
        self._queue.append(prompt)
        self._play_next()

    def stop(self, prompt_id: int) -> bool:
        """Stops a prompt, or takes it out of the queue; its end is reported in an event of its own.

        True when it was playing.
        """
        waiting = next((prompt for prompt in self._queue if prompt.prompt_id == prompt_id), None)
        if waiting is not None:
            self._queue.remove(waiting)
            self._clock.later(0, lambda: self._report(prompt_id, completed=False, heard_ms=waiting.from_ms))
            return False
        if self.current is None or self.current.prompt_id != prompt_id:
            return False
        self._clock.later(0, lambda: self._finish(prompt_id, completed=False))
        return True

    def _play_next(self) -> None:
        if self.current is not None or not self._queue:
            return
        prompt = self._queue.popleft()
        whole = self._pace.speech_ms(prompt.text, prompt.language, prompt.rate)
        rest = max(0, whole - prompt.from_ms)
        now = self._clock.at
        self.current = Spoken(prompt.prompt_id, prompt.text, prompt.language, now, now + rest)
        self._from_ms = prompt.from_ms
        self.said.append(self.current)
        self._on_start(prompt)
        self._clock.later(rest, lambda: self._finish(prompt.prompt_id, completed=True))

    def _finish(self, prompt_id: int, *, completed: bool) -> None:
        spoken, now = self.current, self._clock.at
        if spoken is None or spoken.prompt_id != prompt_id:
            return
        spoken.completed, spoken.ends_at, self.current = completed, now, None
        heard_ms = self._from_ms + now - spoken.started_at
        self._play_next()
        self._report(prompt_id, completed=completed, heard_ms=heard_ms)

    def _report(self, prompt_id: int, *, completed: bool, heard_ms: int) -> None:
        self._on_finished(PlaybackFinished(self._clock.at, prompt_id, completed, heard_ms))
