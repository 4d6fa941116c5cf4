"""Takes a script's turns on one virtual call: hears, speaks, presses, waits, hangs up, and times the replies."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

from ivr.simulator.comparison import contains, last_digits
from ivr.simulator.scripts.model import HangUp, Hear, Noise, Press, Say, Silence, Turn
from ivr.simulator.scripts.results import Failure
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.turn_model import keys_of
from ivr.simulator.scripts.virtual_call import VirtualCall

HEAR_LIMIT_MS = 60_000
"""A caller listens that long for one thing."""
END_LIMIT_MS = 120_000
"""After its last turn a caller stays on the line that long."""
THINKING_MS = 300
"""From the end of a prompt to the caller's answer."""


class NotAsWritten(Exception):
    """The script cannot go on."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Conversation:
    """One party's side of one call."""

    def __init__(self, call: VirtualCall, file: str, kept: MutableMapping[str, str] | None = None) -> None:
        """`file` is named in the timeline where something fails; `kept` is shared by all calls of a script."""
        self.call, self.file = call, file
        self.kept = {} if kept is None else kept
        self.cursor = 0
        """First prompt that answers the caller's last input; what came before is not listened to again."""
        self.prompt_at = 0
        """When the prompt that was heard last began."""
        self.gaps: list[int] = []
        self.key_gaps: list[int] = []
        self.is_measured = True
        """The reply to the caller's last input has been timed (or there is nothing to time)."""
        self.is_keyed = False

    def take_all(self, turns: Iterable[Turn]) -> None:
        """Takes every turn. Raises `NotAsWritten`."""
        for turn in turns:
            self.take(turn)

    def take(self, turn: Turn) -> None:
        """Takes one turn. Raises `NotAsWritten`."""
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
                call.press(keys_of(turn, self.kept))
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
        if turn.keep:
            digits = last_digits(" ".join(one.text for one in call.said[start : self.cursor]))
            if not digits:
                raise self._stop(turn.line, f"no digits were said that could be kept as `{turn.keep}`")
            self.kept[turn.keep] = digits
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

    def end(self, last_line: int) -> None:
        """Stays on the line until the call is over. Raises `NotAsWritten`."""
        if not self.call.is_over and not self.call.run_to_the_end(END_LIMIT_MS):
            raise self._stop(last_line, f"the call did not end within {END_LIMIT_MS // 1000} s after the last turn")

    def _stop(self, line: int, message: str) -> NotAsWritten:
        self.call.timeline.append(Entry(self.call.at, Side.NOTE, f"FAILED {self.file}:{line}: {message}"))
        return NotAsWritten(Failure(line, message, self.call.at))
