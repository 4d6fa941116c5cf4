"""A recogniser that replays a script, and a decode queue without threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from speech.interfaces import RecogniserCapabilities, Recognition
from speech.stt.base import RecognitionFailed
from speech.stt.decode_pool import Outcome, Ticket, Urgency


class Hang:
    """A script's entry: the decode does not return before `release`."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._released = threading.Event()

    def release(self) -> None:
        """Lets the decode end, without words."""
        self._released.set()

    def wait(self) -> None:
        """What the decode does."""
        self.entered.set()
        self._released.wait(30)


Entry = str | Recognition | Exception | Hang


class ScriptedRecogniser:
    """Gives the script's texts in their order, the last one for ever; nothing for silence that was never pushed."""

    def __init__(self, script: Sequence[Entry] = ("hello",), *, streaming: bool = False) -> None:
        self.capabilities = RecogniserCapabilities("scripted", "script", ("en",), streaming, grammar=False)
        self.opened: list[ScriptedStream] = []
        self._script = list(script)

    def open(self, language: str, phrases: Sequence[str] = ()) -> ScriptedStream:
        """A stream that notes what it is given."""
        stream = ScriptedStream(self, language, tuple(phrases))
        self.opened.append(stream)
        return stream

    def next_entry(self) -> Entry:
        """The script's next text, failure or hang."""
        return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def close(self) -> None:
        """Nothing to unload."""


@dataclass(eq=False)
class ScriptedStream:
    """One caller's stream."""

    owner: ScriptedRecogniser
    language: str
    phrases: tuple[str, ...]
    pushed: list[int] = field(default_factory=list)
    """Bytes of each push."""
    results: int = 0
    is_closed: bool = False

    def push(self, pcm8k: bytes) -> None:
        """Notes the length."""
        self.pushed.append(len(pcm8k))

    def partial(self) -> str:
        """Never any."""
        return ""

    def result(self) -> Recognition:
        """The next entry of the script."""
        if not sum(self.pushed):
            return Recognition("", 0.0, engine="scripted")
        self.results += 1
        match self.owner.next_entry():
            case Hang() as hang:
                hang.wait()
                return Recognition("", 0.0, engine="scripted")
            case Exception() as failure:
                raise failure
            case Recognition() as recognition:
                return recognition
            case text:
                return Recognition(text, 0.9 if text else 0.0, engine="scripted")

    def reset(self) -> None:
        """Forgets the audio."""
        self.pushed.clear()

    def close(self) -> None:
        """Notes it."""
        self.is_closed = True


class InlineQueue:
    """A `DecodeQueue` whose work is done when the test says `run`, on the test's own thread."""

    def __init__(self, *, refuses: Sequence[Urgency] = ()) -> None:
        self.waiting: list[Ticket] = []
        self.accepted: list[Urgency] = []
        self.refuses = tuple(refuses)

    def submit(self, work: Callable[[], object], deliver: Callable[[Outcome], None], urgency: Urgency) -> Ticket | None:
        """Keeps the work."""
        if urgency in self.refuses:
            return None
        ticket = Ticket(work, deliver, urgency, len(self.accepted))
        self.accepted.append(urgency)
        self.waiting.append(ticket)
        return ticket

    def cancel(self, ticket: Ticket) -> bool:
        """As the real one."""
        if ticket not in self.waiting:
            return False
        self.waiting.remove(ticket)
        return True

    def promote(self, ticket: Ticket) -> None:
        """As the real one."""
        ticket.urgency = Urgency.FINAL

    def begin(self) -> Ticket:
        """Takes the first piece of work as a worker would: it can no longer be cancelled."""
        return self.waiting.pop(0)

    @staticmethod
    def finish(ticket: Ticket) -> None:
        """Does the work of `begin`, and delivers."""
        try:
            outcome = Outcome(ticket.work())
        except RecognitionFailed as failure:
            outcome = Outcome(failure=failure.reason)
        ticket.deliver(outcome)

    def run(self) -> None:
        """Does all that waits."""
        while self.waiting:
            self.finish(self.begin())
