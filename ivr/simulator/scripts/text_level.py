"""Runs a script as dialogue only: no sound, a virtual clock, milliseconds of real time per call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.core.flow.model import Flow
from ivr.ports import Connectors
from ivr.simulator.comparison import contains
from ivr.simulator.scripts.expectations import unmet
from ivr.simulator.scripts.given_connectors import GivenConnectors
from ivr.simulator.scripts.model import CallScript, HangUp, Hear, Level, Noise, Press, Say, Silence, Turn
from ivr.simulator.scripts.results import CallFacts, Failure, Figures, ScriptResult
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.virtual_call import CallStuck, Interpreter, VirtualCall
from ivr.simulator.scripts.virtual_playback import Pace

NO_NUMBER = "+15005550006"
"""Dialled where a flow has no number of its own."""
HEAR_LIMIT_MS = 60_000
"""A caller listens that long for one thing."""
END_LIMIT_MS = 120_000
"""After its last turn a caller stays on the line that long."""
THINKING_MS = 300
"""From the end of a prompt to the caller's answer."""
DEFAULT_NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)

Hours = Callable[[str, datetime], tuple[bool, Mapping[str, str]]]
"""(schedule's name, moment) -> (is open, opening hours in words per language)."""


@dataclass(frozen=True, slots=True)
class TextPorts:
    """What a dialogue needs besides its flow."""

    understanding: Interpreter
    connectors: Connectors | None = None
    """Behind those of the script's `given`."""
    hours: Hours | None = None
    """Without it every schedule is open."""
    set_now: Callable[[datetime], None] | None = None
    """Told when each call takes place, so that "tomorrow" can be understood."""


def run_at_text_level(script: CallScript, flow: Flow, ports: TextPorts, pace: Pace | None = None) -> ScriptResult:
    """Runs one script. Faults of the session come out as they are."""
    return _TextRun(script, flow, ports, pace).run()


def dialled_number(script: CallScript, flow: Flow) -> str:
    """The number the caller dials: the script's, the flow's for the caller's language, or the flow's first."""
    if script.dialled is not None:
        return script.dialled
    for number, language in flow.number_languages.items():
        if language == script.caller.language:
            return number
    return flow.numbers[0] if flow.numbers else NO_NUMBER


class _NotAsWritten(Exception):
    """The script cannot go on."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class _TextRun:
    def __init__(self, script: CallScript, flow: Flow, ports: TextPorts, pace: Pace | None) -> None:
        self.script, self.flow, self.ports = script, flow, ports
        connectors = GivenConnectors(script.given.connectors, ports.connectors)
        self.call = VirtualCall(flow, ports.understanding, connectors, lookup_ms=connectors.lookup_ms, pace=pace)
        self.cursor = 0
        """First prompt that answers the caller's last input; what came before is not listened to again."""
        self.prompt_at = 0
        """When the prompt that was heard last began."""
        self.gaps: list[int] = []
        self.key_gaps: list[int] = []
        self.is_measured = True
        """The reply to the caller's last input has been timed (or there is nothing to time)."""
        self.is_keyed = False

    def run(self) -> ScriptResult:
        failures: list[Failure] = []
        try:
            self._answer()
            for turn in self.script.turns:
                self._take(turn)
            self._end()
        except _NotAsWritten as stopped:
            failures.append(stopped.failure)
        except CallStuck as stuck:
            failures.append(Failure(self.script.line, f"the line fell silent for ever: {stuck}", self.call.at))
        facts = self._facts()
        if not failures:
            failures += unmet(self.script, facts)
        if self.call.is_goodbye_cut_off:
            failures.append(Failure(self.script.line, "the line hung up in the middle of its own words", self.call.at))
        figures = Figures(
            first_sound_ms=self.call.said[0].started_at if self.call.said else None,
            turn_gaps_ms=tuple(self.gaps),
            key_gaps_ms=tuple(self.key_gaps),
            longest_silence_ms=self.call.longest_silence_ms,
            duration_ms=self.call.at,
        )
        timeline = tuple(self.call.timeline)
        return ScriptResult(self.script, Level.TEXT, tuple(failures), timeline, figures, facts)

    def _answer(self) -> None:
        given, moment = self.script.given, self.script.given.now or DEFAULT_NOW
        is_open, words = True, dict[str, str]()
        if self.ports.hours is not None and self.flow.hours is not None:
            is_open, found = self.ports.hours(self.flow.hours, moment)
            words = dict(found)
        if self.ports.set_now is not None:
            self.ports.set_now(moment)
        self.call.answer(
            caller=self.script.caller.number,
            dialled=dialled_number(self.script, self.flow),
            answered_at=moment.astimezone(UTC),
            is_open=is_open if given.is_open is None else given.is_open,
            hours_text=words,
        )

    def _take(self, turn: Turn) -> None:
        call = self.call
        match turn:
            case Hear():
                self._hear(turn)
            case Say():
                self._wait_for_turn(turn.line, turn.after_ms)
                self._begin_input(is_keyed=False)
                call.say(turn.text)
            case Press():
                self._wait_for_turn(turn.line, turn.after_ms)
                self._begin_input(is_keyed=True)
                call.press(turn.keys)
            case Noise():
                self._wait_for_turn(turn.line, turn.after_ms)
                self._begin_input(is_keyed=False)
                self.is_measured = True
                call.make_noise(turn.duration_ms, turn.kind.value)
            case Silence():
                self._wait_for_turn(turn.line, None)
                self._begin_input(is_keyed=False)
                self.is_measured = True
                prompts = len(call.said)
                call.run_until(lambda: len(call.said) > prompts, turn.duration_ms)
            case HangUp():
                self._wait_for_turn(turn.line, turn.after_ms)
                call.hang_up()

    def _hear(self, turn: Hear) -> None:
        call, start = self.call, self.cursor
        if not call.run_until(lambda: self._heard(turn, start), HEAR_LIMIT_MS) and not self._heard(turn, start):
            why = "the call ended" if call.is_over else f"within {HEAR_LIMIT_MS // 1000} s"
            said = call.said_text(start) or "nothing"
            raise self._stop(turn.line, f'expected to hear "{turn.words}", but {why}; heard: "{said}"')
        self.prompt_at = call.said[self.cursor - 1].started_at
        self._measure(turn, call.said[start].started_at)

    def _heard(self, turn: Hear, start: int) -> bool:
        """Words may run over several prompts; the next `hear` goes on behind the last of them."""
        said = self.call.said
        if not contains(self.call.said_text(start), turn.words):
            return False
        end = next(end for end in range(start + 1, len(said) + 1) if self._is_in(turn, start, end))
        self.cursor = end
        return True

    def _is_in(self, turn: Hear, start: int, end: int) -> bool:
        return contains(" ".join(one.text for one in self.call.said[start:end]), turn.words)

    def _measure(self, turn: Hear, first_sound_at: int) -> None:
        if self.is_measured:
            return
        self.is_measured = True
        gap = max(0, first_sound_at - self.call.input_ended_at)
        (self.key_gaps if self.is_keyed else self.gaps).append(gap)
        if turn.within_ms is not None and gap > turn.within_ms:
            raise self._stop(turn.line, f"the reply began after {gap} ms; {turn.within_ms} ms are allowed")

    def _begin_input(self, *, is_keyed: bool) -> None:
        self.cursor = len(self.call.said)
        self.is_measured, self.is_keyed = False, is_keyed

    def _wait_for_turn(self, line: int, after_ms: int | None) -> None:
        call = self.call
        if after_ms is not None:
            call.run_for(max(0, self.prompt_at + after_ms - call.at))
        else:
            if not call.run_until_listening(HEAR_LIMIT_MS) and not call.is_over:
                raise self._stop(line, f"the line did not listen within {HEAR_LIMIT_MS // 1000} s")
            call.run_for(THINKING_MS)
        if call.is_over:
            raise self._stop(line, "the call had ended before the caller could do this")

    def _end(self) -> None:
        if not self.call.is_over and not self.call.run_to_the_end(END_LIMIT_MS):
            last = self.script.turns[-1].line
            raise self._stop(last, f"the call did not end within {END_LIMIT_MS // 1000} s after the last turn")

    def _stop(self, line: int, message: str) -> _NotAsWritten:
        self.call.timeline.append(Entry(self.call.at, Side.NOTE, f"FAILED {self.script.file}:{line}: {message}"))
        return _NotAsWritten(Failure(line, message, self.call.at))

    def _facts(self) -> CallFacts:
        state = self.call.session.state
        return CallFacts(
            outcome=self.call.outcome,
            intents=tuple(self.call.intents),
            slots=dict(state.slots),
            visited=tuple(state.visited),
            language=state.language,
            recorded=self.call.is_recorded,
            longest_silence_ms=self.call.longest_silence_ms,
        )
