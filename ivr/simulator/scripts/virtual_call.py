"""A driver without sound or waiting: one `CallSession` on a virtual clock, its commands carried out in no time.

    caller.say/press/… ──▶ [ (at, order, what) … ] ──▶ session.handle ──▶ commands ──▶ back into the heap

Tests of flows use it as well as the text level of call scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from ivr.core.commands import (
    CancelTimer,
    Command,
    HangUp,
    Listen,
    LookUp,
    Note,
    PlayPrompt,
    SetTimer,
    StartRecording,
    StopPlayback,
    StopRecording,
)
from ivr.core.events import (
    CallAnswered,
    DigitPressed,
    EndCause,
    Ended,
    Event,
    LookUpFinished,
    NoiseHeard,
    SpeechStarted,
    TimerFired,
    UtteranceHeard,
)
from ivr.core.flow.model import Flow
from ivr.core.meaning import Expecting, Meaning
from ivr.core.session import CallSession
from ivr.core.state import Phase, plain
from ivr.ports import CallFacts, Connectors, LookUpResult
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.virtual_clock import VirtualClock
from ivr.simulator.scripts.virtual_playback import Pace, Spoken, VirtualPlayback

MAX_EVENTS = 20_000
"""More than this in one call is a call that runs in circles."""


class Interpreter(Protocol):
    """The part of `Understanding` that a call without sound needs."""

    def interpret(self, text: str, expecting: Expecting, alternatives: Sequence[str] = ()) -> Meaning:
        """See `Understanding.interpret`."""


class CallStuck(Exception):
    """Nothing will ever happen in this call again, or it runs in circles: the caller hears nothing for ever."""


class VirtualCall:
    """One call. Times are milliseconds since the answer; `at` is now."""

    def __init__(
        self,
        flow: Flow,
        understanding: Interpreter,
        connectors: Connectors,
        *,
        lookup_ms: Callable[[str], int] = lambda operation: 0,
        pace: Pace | None = None,
    ) -> None:
        """Begin before the answer.

        Args:
            flow: what is talked through.
            understanding: what utterances mean.
            connectors: answers look-ups, at once.
            lookup_ms: how long an operation takes on the virtual clock.
            pace: how long everything else takes.
        """
        self.session = CallSession(flow)
        self.notes: list[Note] = []
        self.timeline: list[Entry] = []
        self.outcome: str | None = None
        self.end_cause: EndCause | None = None
        self.is_recorded = False
        self.is_goodbye_cut_off = False
        """The server hung up while something was playing."""
        self.longest_silence_ms = 0
        """Longest time in which the caller waited for the server and heard nothing."""
        self.input_ended_at = 0
        """End of the caller's last speech or key."""
        self.before_time: Callable[[int], None] = lambda at: None
        """Told how far the clock is about to go: whatever else happens until then happens first."""
        self._understanding = understanding
        self._connectors = connectors
        self._lookup_ms = lookup_ms
        self._pace = pace or Pace()
        self._clock = VirtualClock()
        self._playback = VirtualPlayback(self._clock, self._pace, self._prompt_started, self._post)
        self._events = 0
        self._timers: dict[int, str] = {}
        self._listen: Listen | None = None
        self._caller_busy_until = 0
        self._is_deciding = False
        self._silent_since = 0

    # -- what a test looks at ------------------------------------------------------------------

    @property
    def at(self) -> int:
        """Now."""
        return self._clock.at

    @property
    def said(self) -> list[Spoken]:
        """Every prompt that began to play."""
        return self._playback.said

    @property
    def is_over(self) -> bool:
        """The call has ended."""
        return self.session.is_over

    @property
    def is_playing(self) -> bool:
        """The server is speaking."""
        return self._playback.current is not None

    @property
    def waits_for_caller(self) -> bool:
        """The server has finished speaking and a question is open."""
        is_idle = not self.is_playing and not self._is_deciding and self.at >= self._caller_busy_until
        return is_idle and bool({"no_input", "inter_digit"} & set(self._timers.values()))

    @property
    def visited(self) -> list[str]:
        """Nodes in the order they were entered."""
        return list(self.session.state.visited)

    @property
    def intents(self) -> list[str]:
        """Intents in the order they were accepted."""
        return [note.values["intent"] for note in self.notes if note.kind == "intent"]

    def said_text(self, since: int = 0) -> str:
        """Everything the server began to say from the `since`-th prompt on."""
        return " ".join(one.text for one in self.said[since:])

    # -- what the caller does ------------------------------------------------------------------

    def answer(
        self,
        *,
        caller: str = "+12025550123",
        dialled: str = "+15005550006",
        answered_at: datetime | None = None,
        is_open: bool = True,
        hours_text: Mapping[str, str] | None = None,
        language: str | None = None,
        is_known: bool = False,
        call_id: str = "0" * 32,
        known: CallFacts | None = None,
    ) -> None:
        """The call is answered now."""
        self._post(
            CallAnswered(
                at=self.at,
                call_id=call_id,
                caller=caller,
                dialled=dialled,
                answered_at=answered_at or datetime(2026, 11, 23, 15, tzinfo=UTC),
                is_open=is_open,
                hours_text=dict(hours_text or {}),
                is_known=is_known,
                language=language,
                **({} if known is None else {"records": plain(known.records), "has_callback": known.has_callback}),
            )
        )

    def say(self, text: str) -> None:
        """The caller speaks from now on; the server hears it when the speech is over."""
        language = self._listen.expecting.language if self._listen else self.session.state.language
        self._mark(Side.CALLER, text)
        started, ended = self.at, self.at + self._pace.speech_ms(text, language)
        self._begin_input(ended)
        self._clock.later(self._pace.noticed, lambda: self._post(SpeechStarted(self.at)))
        self._clock.later(ended - started + self._pace.turn_end, lambda: self._decide(text, started))

    def make_noise(self, duration_ms: int, what: str = "noise") -> None:
        """A sound that looks like speech at first and turns out to be none."""
        self._mark(Side.CALLER, f"({what}, {duration_ms} ms)")
        self._begin_input(self.at + duration_ms)
        self._clock.later(self._pace.noticed, lambda: self._post(SpeechStarted(self.at)))
        self._clock.later(duration_ms + self._pace.turn_end, self._dismiss)

    def press(self, keys: str) -> None:
        """The caller presses keys, one after the other."""
        self._mark(Side.CALLER, f"[{keys}]")
        for count, digit in enumerate(keys):
            self._clock.later(count * self._pace.between_keys, partial(self._press, digit))
        self._caller_busy_until = self.input_ended_at = self.at + (len(keys) - 1) * self._pace.between_keys

    def hang_up(self, cause: EndCause = EndCause.CALLER_HUNG_UP) -> None:
        """The call ends from the caller's side (or for a reason on the way)."""
        self._mark(Side.CALLER, "(hangs up)" if cause is EndCause.CALLER_HUNG_UP else f"({cause.value})")
        self._post(Ended(self.at, cause))

    # -- time ----------------------------------------------------------------------------------

    def run_until(self, is_reached: Callable[[], bool], limit_ms: int) -> bool:
        """Lets time go on until something holds; False when `limit_ms` passed or the call ended before."""
        deadline = self.at + limit_ms
        while not is_reached():
            if self.is_over:
                return False
            next_at = self._clock.next_at
            if next_at is None:
                raise CallStuck(f"nothing is left to happen at node {self.session.state.node}")
            if next_at > deadline:
                self._advance(deadline)
                return is_reached()
            self._step()
        return True

    def run_for(self, duration_ms: int) -> None:
        """Lets that much time pass, or less when the call ends."""
        deadline = self.at + duration_ms
        while not self.is_over:
            next_at = self._clock.next_at
            if next_at is None or next_at > deadline:
                self._advance(deadline)
                return
            self._step()

    def run_until_listening(self, limit_ms: int = 120_000) -> bool:
        """Lets time go on until the server has finished and waits for the caller."""
        return self.run_until(lambda: self.waits_for_caller, limit_ms)

    def run_to_the_end(self, limit_ms: int = 600_000) -> bool:
        """Lets time go on until the call is over."""
        return self.run_until(lambda: self.is_over, limit_ms)

    def _step(self) -> None:
        self._events += 1
        if self._events > MAX_EVENTS:
            raise CallStuck(f"more than {MAX_EVENTS} events: circles at node {self.session.state.node}")
        next_at = self._clock.next_at
        if next_at is not None:
            self._advance(next_at)
            action = self._clock.take()
            if not self.is_over:
                action()

    def _advance(self, at: int) -> None:
        """Moves the clock; between two events nothing changes, so one look tells what kind of time it was."""
        self.before_time(at)
        if self._owes_sound():
            quiet_from = max(self._silent_since, self._caller_busy_until)
            self.longest_silence_ms = max(self.longest_silence_ms, at - quiet_from)
        else:
            self._silent_since = at
        self._clock.at = max(self.at, at)

    def _owes_sound(self) -> bool:
        """The caller is quiet and hears nothing, and it is not the caller's turn."""
        if self.is_over or self.is_playing or self.session.state.phase is Phase.NEW:
            return False
        return self._is_deciding or not {"no_input", "inter_digit"} & set(self._timers.values())

    # -- events --------------------------------------------------------------------------------

    def _post(self, event: Event) -> None:
        commands = self.session.handle(event)
        if isinstance(event, Ended):
            self.end_cause = event.cause
            self.outcome = self.session.state.outcome
        for command in commands:
            self._carry_out(command)

    def _begin_input(self, ended: int) -> None:
        self._is_deciding = True
        self._caller_busy_until = self.input_ended_at = ended

    def _decide(self, text: str, started: int) -> None:
        self._is_deciding = False
        if self._listen is not None:
            meaning = self._understanding.interpret(text, self._listen.expecting)
            self._post(UtteranceHeard(self.at, self._listen.listen_id, text, meaning, started_at=started))

    def _dismiss(self) -> None:
        self._is_deciding = False
        if self._listen is not None:
            self._post(NoiseHeard(self.at, self._listen.listen_id))

    def _press(self, digit: str) -> None:
        self._post(DigitPressed(self.at, digit))

    def _fire(self, timer_id: int) -> None:
        if self._timers.pop(timer_id, None) is not None:
            self._post(TimerFired(self.at, timer_id))

    # -- commands ------------------------------------------------------------------------------

    def _carry_out(self, command: Command) -> None:
        match command:
            case PlayPrompt():
                self._playback.play(command)
            case StopPlayback():
                if self._playback.stop(command.prompt_id):
                    self._mark(Side.NOTE, "prompt stopped")
            case Listen():
                self._listen = command
            case SetTimer():
                self._timers[command.timer_id] = command.why
                self._clock.later(command.after_ms, lambda: self._fire(command.timer_id))
            case CancelTimer():
                self._timers.pop(command.timer_id, None)
            case LookUp():
                self._look_up(command)
            case StartRecording():
                self.is_recorded = True
                self._mark(Side.NOTE, "recording begins")
            case StopRecording():
                self.is_recorded = self.is_recorded and not command.discard
                self._mark(Side.NOTE, "recording ends")
            case Note():
                self._note(command)
            case HangUp():
                self.is_goodbye_cut_off = self.is_playing
                self._mark(Side.LINE, "(hangs up)")
                self._clock.later(0, lambda: self._post(Ended(self.at, EndCause.COMPLETED)))

    def _look_up(self, command: LookUp) -> None:
        result = self._connectors.call(command.operation, command.arguments, command.key)
        self._mark(Side.NOTE, f"look-up {command.operation}: {result.outcome.value}")
        self._clock.later(self._lookup_ms(command.operation), partial(self._looked_up, command.lookup_id, result))

    def _looked_up(self, lookup_id: int, result: LookUpResult) -> None:
        self._post(LookUpFinished(self.at, lookup_id, result.outcome, dict(result.record), result.reason))

    def _prompt_started(self, prompt: PlayPrompt) -> None:
        self._mark(Side.LINE, prompt.text if prompt.from_ms == 0 else f"(goes on) {prompt.text}")

    # -- the record ----------------------------------------------------------------------------

    def _note(self, note: Note) -> None:
        self.notes.append(note)
        words = " ".join(f"{name}={value}" for name, value in note.values.items())
        self._mark(Side.NOTE, f"{note.kind} {words}".strip())

    def _mark(self, side: Side, text: str) -> None:
        self.timeline.append(Entry(self.at, side, text))
