"""Runs one call: an inbox of events, the session that decides, and the hands that do what it orders.

One driver owns one call. Frames, keys, utterances, timers and look-ups only ever post to the inbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import structlog

from ivr.core.commands import (
    CancelTimer,
    Command,
    HangUp,
    Listen,
    LookUp,
    Note,
    PlayPrompt,
    SetTimer,
    StartMessage,
    StartRecording,
    StopMessage,
    StopPlayback,
    StopRecording,
)
from ivr.core.events import (
    DigitPressed,
    EndCause,
    Ended,
    Event,
    LookUpFinished,
    LookUpOutcome,
    NoiseHeard,
    PlaybackFinished,
    SpeechStarted,
    TimerFired,
    UtteranceHeard,
)
from ivr.core.meaning import Expecting, Kind, Meaning
from ivr.core.session import CallSession
from ivr.ports import Ears, LookUpResult, MediaLine, Messages, Tape
from ivr.runtime.equipment import Equipment as Equipment
from ivr.runtime.equipment import HeardSpeech as HeardSpeech
from ivr.runtime.turns import CallNotes

BROKEN = "error"
"""Outcome of a call whose session broke: the web process apologises before it hangs up."""
PATIENCE_SECS = 2.0
"""How long a caller who has heard the goodbye stays on the line for a database that is away."""
LAST_SECS = 10.0
"""For what a call has ordered at its very end."""
Result = TypeVar("Result")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Timing:
    """What the current reply is measured against."""

    speech_ended_at: int | None = None
    decode_ms: float = 0.0
    short_answer: bool = False
    first_sound_done: bool = False
    pending: dict[str, Any] = field(default_factory=dict)


class CallDriver:
    """Owner of one live call."""

    def __init__(
        self, session: CallSession, line: MediaLine, ears: Ears, tape: Tape, notes: CallNotes, equipment: Equipment,
        *, offset_ms: int = 0, messages: Messages | None = None,
    ) -> None:  # fmt: skip
        """Takes a call over; `offset_ms` is the call's age when this stream began."""
        self.session, self.line, self.ears, self.tape, self.notes = session, line, ears, tape, notes
        self._messages = messages
        self._equipment = equipment
        self._offset = offset_ms
        self._inbox: asyncio.Queue[Event | None] = asyncio.Queue()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listen_id = 0
        self.expecting = Expecting(Kind.NOTHING, "en")
        """What the caller may say now."""
        self._timing = _Timing()
        self._saved: dict[str, Any] = {}
        self.ending: EndCause | None = None
        self.is_suspended = False
        self.on_hang_up: Callable[[str], Any] | None = None
        """Called with the outcome before the stream is closed; may be a coroutine function."""
        line.on_frame = self._frame
        line.on_digit = self._digit
        line.our_frame = tape.our_frame
        line.on_planned = self._will_sound

    # -- what happens --------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Puts an event into the inbox. On the event loop only."""
        self._inbox.put_nowait(event)

    def now(self) -> int:
        """The call's own time, ms."""
        return self.line.at_ms() + self._offset

    def _frame(self, at_ms: int, mulaw: bytes) -> None:
        self.tape.caller_frame(at_ms, mulaw)
        if self._messages is not None:
            self._messages.caller_frame(at_ms, mulaw)
        self.ears.push(at_ms, mulaw)

    def _will_sound(self, at_ms: int, mulaw: bytes) -> None:
        self.ears.will_sound(at_ms, mulaw)

    def _digit(self, at_ms: int, digit: str) -> None:
        self.notes.turn(at_ms + self._offset, "caller", digit, self.session.state.node, "keys")
        self._watch("key", {"pii_digit": digit})
        self._timing = _Timing(speech_ended_at=at_ms + self._offset)
        self.post(DigitPressed(at_ms + self._offset, digit))

    def speech_began(self, at_ms: int) -> None:
        """The ears confirmed speech."""
        self.post(SpeechStarted(at_ms + self._offset))

    def false_alarm(self, at_ms: int) -> None:
        """It was no speech after all."""
        self.post(NoiseHeard(at_ms + self._offset, self._listen_id))

    def heard(self, speech: HeardSpeech, meaning: Meaning | None = None) -> None:
        """The caller's turn is over: understand it off the loop (unless that was done already), then post it."""
        if meaning is not None:
            self._understood(speech, self._listen_id, self.expecting, meaning)
        else:
            self._spawn(self._understand(speech, self._listen_id, self.expecting))

    def foresee(self, text: str, meaning: Meaning, expecting: Expecting) -> None:
        """Perhaps the turn is over: ask a copy of the session what it would say, and begin to make that."""
        if expecting is not self.expecting or self.session.is_over:
            return
        shadow = CallSession.restore(self.session.flow, self.session.snapshot())
        event = UtteranceHeard(self.now(), shadow.state.listen_id, text, meaning)
        commands = shadow.handle(event)
        look_up = next((command for command in commands if isinstance(command, LookUp)), None)
        if look_up is None:
            self._foresee_prompt(commands)
        elif self._equipment.connectors.is_read(look_up.operation):
            self._spawn(self._foresee_after(shadow, look_up))

    def _foresee_prompt(self, commands: list[Command]) -> None:
        prompt = next((command for command in commands if isinstance(command, PlayPrompt)), None)
        if prompt is not None:
            cacheable = self._equipment.is_cacheable(prompt.text)
            self._equipment.mouth.foresee(prompt.text, prompt.language, prompt.rate, prompt.gain_db, cacheable)

    async def _foresee_after(self, shadow: CallSession, look_up: LookUp) -> None:
        """The reply follows from a table: look there now (it changes nothing), and once more when the turn is over."""
        result = await self._ask(look_up)
        found = (result.outcome, dict(result.record), result.reason)
        self._foresee_prompt(shadow.handle(LookUpFinished(self.now(), shadow.state.lookup_id, *found)))

    async def _understand(self, speech: HeardSpeech, listen_id: int, expecting: Expecting) -> None:
        interpret = self._equipment.understanding.interpret
        meaning = await self._in_thread(Meaning(), interpret, speech.text, expecting, speech.alternatives)
        self._understood(speech, listen_id, expecting, meaning)

    def _understood(self, speech: HeardSpeech, listen_id: int, expecting: Expecting, meaning: Meaning) -> None:
        ended_at = speech.ended_at + self._offset
        self._timing = _Timing(ended_at, speech.decode_ms, expecting.kind is not Kind.OPEN)
        self._remember(speech, meaning, ended_at)
        self.post(
            UtteranceHeard(
                self.now(), listen_id, speech.text, meaning, speech.confidence, speech.started_at + self._offset
            )
        )

    def _remember(self, speech: HeardSpeech, meaning: Meaning, ended_at: int) -> None:
        details = {
            "intent": meaning.intent,
            "score": round(meaning.intents[0].score, 3) if meaning.intents else None,
            "decision": meaning.decision.value,
            "command": meaning.command,
            "decode_ms": round(speech.decode_ms),
            "engine": speech.engine,
        }
        node = self.session.state.node
        self.notes.turn(ended_at, "caller", speech.text, node, "speech", confidence=speech.confidence, **details)
        self._watch("heard", {"pii_text": speech.text, **details})

    # -- the loop ------------------------------------------------------------------------------

    async def run(self, first: Event) -> None:
        """Handles events until the call is over. Cleans up on every way out."""
        try:
            event: Event | None = first  # Before keys that were pressed while the call was looked up.
            while event is not None:
                under_way = set(self._tasks)
                await self._handle(event)
                if isinstance(event, Ended):
                    await self._last_orders(self._tasks - under_way)
                    return
                if self.notes.is_fenced:
                    log.warning("call taken over elsewhere", call_id=self.line.call_id)
                    return
                event = None if self.session.is_over else await self._inbox.get()
        finally:
            self._clean_up()

    async def _last_orders(self, tasks: set[asyncio.Task[Any]]) -> None:
        """What was ordered when the leg was gone (a message left half-way is stored) is done before we let go."""
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_SECS)

    async def _handle(self, event: Event) -> None:
        try:
            commands = self.session.handle(event)
        except Exception:  # the driver's rim: the caller gets a way on, whatever broke
            log.exception("session failed", call_id=self.line.call_id, happened=type(event).__name__)
            self._watch("failure", {})
            commands = [HangUp(BROKEN)]
        for command in commands:
            try:
                await self._do(command)
            except Exception:  # the driver's rim: the rest of what was ordered still happens
                log.exception("order failed", call_id=self.line.call_id, command=type(command).__name__)
                self._watch("failure", {})
        self._save()

    def _save(self) -> None:
        snapshot = self.session.snapshot()
        if snapshot != self._saved:
            self._saved = snapshot
            self.notes.snapshot(snapshot)

    async def _do(self, command: Command) -> None:
        match command:
            case PlayPrompt():
                self._play(command)
            case StopPlayback(prompt_id):
                self.line.stop(prompt_id)
            case Listen(listen_id, expecting):
                self._listen_id, self.expecting = listen_id, expecting
                self.ears.listen(expecting)
            case SetTimer(timer_id, after_ms, _):
                loop = asyncio.get_running_loop()
                self._timers[timer_id] = loop.call_later(after_ms / 1000, self._fire, timer_id)
            case CancelTimer(timer_id):
                if timer_id in self._timers:
                    self._timers.pop(timer_id).cancel()
            case LookUp():
                self._spawn(self._look_up(command))
            case StartRecording():
                self.tape.start(self.line.at_ms())
                self.notes.change(recorded=True)
            case StopRecording(discard):
                self.tape.stop(discard=discard)
                self.notes.change(recorded=not discard)
            case StartMessage(key):
                if self._messages is not None:
                    self._messages.start(key, self.line.at_ms())
            case StopMessage(key, keep):
                await self._stop_message(key, keep=keep)
            case Note(kind, values):
                self._note(kind, values)
            case HangUp(outcome):
                await self._hang_up(outcome)

    async def _stop_message(self, key: str, *, keep: bool) -> None:
        """What is kept is on disk before anything else happens: what follows may promise it to the caller."""
        if self._messages is None:
            return
        self._messages.stop(key, keep=keep)
        if keep:
            await asyncio.wait({self._spawn(self._in_thread(None, self._messages.finish))}, timeout=PATIENCE_SECS)

    def _fire(self, timer_id: int) -> None:
        self._timers.pop(timer_id, None)
        self.post(TimerFired(self.now(), timer_id))

    def _note(self, kind: str, values: Mapping[str, str]) -> None:
        self.notes.event(self.now(), kind, values)
        if kind == "language":
            self.notes.change(language=values["language"])
        elif kind == "intent":
            self.notes.change(intent=values["intent"])
        self._watch(kind, {f"pii_{name}" if name in ("value", "text") else name: v for name, v in values.items()})

    async def _ask(self, command: LookUp) -> LookUpResult:
        call = self._equipment.connectors.call
        failed = LookUpResult(LookUpOutcome.FAILED, reason="error")
        return await self._in_thread(failed, call, command.operation, command.arguments, command.key)

    async def _look_up(self, command: LookUp) -> None:
        result = await self._ask(command)
        self.post(LookUpFinished(self.now(), command.lookup_id, result.outcome, dict(result.record), result.reason))

    async def _hang_up(self, outcome: str) -> None:
        """The end is on disk before the stream closes: the carrier's next question finds it there."""
        self.ending = EndCause.COMPLETED
        try:
            self._save()
            await self.notes.flush(within_secs=PATIENCE_SECS)
            if self.on_hang_up is not None:
                await self.on_hang_up(outcome)
        finally:
            self.line.close()

    def closed(self, cause: EndCause) -> None:
        """The stream is over; our own hang-up counts as completed."""
        self.post(Ended(self.now(), self.ending or cause))

    def suspend(self) -> None:
        """The stream broke, but the caller may still be there: stop here, so that another node can go on."""
        self.is_suspended = True
        self._inbox.put_nowait(None)

    # -- speaking ------------------------------------------------------------------------------

    def _play(self, command: PlayPrompt) -> None:
        self.notes.turn(self.now(), "us", command.text, command.node, "prompt")
        self._watch("prompt", {"pii_text": command.text, "language": command.language})
        self.line.play(command.prompt_id, self._audio(command), partial(self._played, command.from_ms))

    async def _audio(self, command: PlayPrompt) -> AsyncIterator[bytes]:
        skip = command.from_ms * 8
        mouth = self._equipment.mouth
        cacheable = self._equipment.is_cacheable(command.text)
        async for chunk in mouth.render(command.text, command.language, command.rate, command.gain_db, cacheable):
            kept, skip = chunk[skip:], max(0, skip - len(chunk))
            if kept:
                self._sounded()
                yield kept

    def _sounded(self) -> None:
        """The first audio of a reply leaves for the caller."""
        timing = self._timing
        if timing.speech_ended_at is None or timing.first_sound_done:
            return
        timing.first_sound_done = True
        gap = self.now() - timing.speech_ended_at
        values = {"gap_ms": gap, "decode_ms": round(timing.decode_ms), "short": timing.short_answer}
        self.notes.event(self.now(), "reply", values)
        self._watch("reply", values)

    def _played(self, from_ms: int, prompt_id: int, completed: bool, heard_ms: int) -> None:
        self.post(PlaybackFinished(self.now(), prompt_id, completed, from_ms + heard_ms))

    # -- small things --------------------------------------------------------------------------

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _in_thread(self, otherwise: Result, function: Callable[..., Result], *arguments: Any) -> Result:
        """The function's result; `otherwise` when it raises, which its contract forbids."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._equipment.executor, function, *arguments)
        except Exception:  # the driver's rim: a broken engine must not stop the call
            log.exception("engine failed", call_id=self.line.call_id)
            self._watch("failure", {})
            return otherwise

    def _watch(self, kind: str, values: Mapping[str, Any]) -> None:
        self._equipment.observer(kind, {"call_id": self.line.call_id, "at_ms": self.now(), **values})

    def _clean_up(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for task in self._tasks:
            task.cancel()
        self.ears.close()
        self.line.close()
