"""Takes a script's turns on one telephone: speaks, presses keys, listens to the line, and has its words written down.

`hear` waits for stretches of sound, has them written down and compares; the party acts when the line is quiet,
or `after_ms` after the prompt began.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, MutableMapping, Sequence
from functools import partial

from ivr.simulator.caller import Caller, CallerEars, CallerVoice, Input, InputKind, Samples, SpeechMissing, Stretch
from ivr.simulator.comparison import last_digits
from ivr.simulator.scripts.conversation import NotAsWritten
from ivr.simulator.scripts.hearing import Hearing, language_of
from ivr.simulator.scripts.model import CallerSpec, HangUp, Hear, Noise, Press, Say, Silence, Turn
from ivr.simulator.scripts.results import Failure
from ivr.simulator.scripts.sounds import noise, recording, trimmed
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.turn_model import keys_of
from ivr.simulator.scripts.wire_figures import Waiting, gap_after

TURN_PAUSE_MS = 700
"""After this much quiet a polite caller takes the turn."""
BREATH_MS = 900
"""Between two things that a caller says one after the other."""
HEAR_LIMIT_MS = 40_000
"""A caller listens that long for one thing."""
END_LIMIT_MS = 60_000
"""After its last turn a caller stays on the line that long."""


async def sounds_of(turns: Iterable[Turn], spec: CallerSpec, voice: CallerVoice, seed: int = 0) -> dict[int, Samples]:
    """Everything a party will say, made beforehand, by the line of its turn. Raises `SpeechMissing`."""
    return await asyncio.to_thread(_sounds_of, tuple(turns), spec, voice, seed)


def _sounds_of(turns: tuple[Turn, ...], spec: CallerSpec, voice: CallerVoice, seed: int) -> dict[int, Samples]:
    found: dict[int, Samples] = {}
    for turn in turns:
        if isinstance(turn, Noise):
            found[turn.line] = noise(turn.kind, turn.duration_ms, seed)
        elif isinstance(turn, Say):
            if turn.wav is not None:
                made = recording(turn.wav)
            else:
                language = language_of(turn.text, spec.language)
                made = voice.speech(turn.text, language, spec.voice)
            found[turn.line] = trimmed(made)
            if not len(found[turn.line]):
                raise SpeechMissing(f"the caller's words in line {turn.line} make no sound")
    return found


class WireTalk:
    """One party on one call."""

    def __init__(
        self,
        spec: CallerSpec,
        file: str,
        caller: Caller,
        sounds: dict[int, Samples],
        ears: CallerEars | None,
        kept: MutableMapping[str, str] | None = None,
    ) -> None:
        """`file` is named in the timeline where something fails; `kept` is shared by all calls of a script."""
        self.kept = {} if kept is None else kept
        self.spec, self.file, self.caller, self.sounds = spec, file, caller, sounds
        self.hearing = Hearing(caller, ears) if ears is not None else None
        self.entries: list[Entry] = []
        self.first = 0
        """First stretch that can answer the caller's last input."""
        self.prompt_at = 0
        self.waits: list[Waiting] = []
        self.waits_from = 0
        self.is_measured = True

    async def take_all(self, turns: Sequence[Turn]) -> None:
        """Takes every turn. Raises `NotAsWritten`."""
        for before, turn, following in zip([None, *turns[:-1]], turns, [*turns[1:], None], strict=True):
            if isinstance(before, Say) and isinstance(turn, Say) and turn.after_ms is None:
                await self._take_breath(turn.line)
                await self._speak(turn)
            else:
                await self._take(turn, following)

    # -- turns ---------------------------------------------------------------------------------

    async def _take(self, turn: Turn, following: Turn | None) -> None:
        match turn:
            case Hear():
                await self._hear(turn, following)
            case Say() | Noise():
                await self._wait_for_turn(turn.line, turn.after_ms)
                await self._speak(turn)
            case Press():
                await self._wait_for_turn(turn.line, turn.after_ms)
                keys = keys_of(turn, self.kept)
                self._note(Side.CALLER, f"[{keys}]")
                self._begin_input()
                self._finish_input(await self.caller.press(keys))
            case Silence():
                await self._wait_for_turn(turn.line, None)
                self._note(Side.CALLER, f"(silent for {turn.duration_ms} ms)")
                self._begin_input()
                await self.caller.wait_until(lambda: self.caller.is_sounding, turn.duration_ms)
                self.waits_from, self.is_measured = self.caller.at_ms, True
            case HangUp():
                await self._wait_for_turn(turn.line, turn.after_ms)
                self._note(Side.CALLER, "(hangs up)")
                self.caller.hang_up()
                await self.caller.wait_until(lambda: self.caller.is_over, 10_000)

    async def _speak(self, turn: Say | Noise) -> None:
        what = turn.text if isinstance(turn, Say) else f"({turn.kind.value}, {turn.duration_ms} ms)"
        self._note(Side.CALLER, what)
        self._begin_input()
        kind = InputKind.SPEECH if isinstance(turn, Say) else InputKind.NOISE
        self._finish_input(await self.caller.speak(self.sounds[turn.line], kind))

    async def _take_breath(self, line: int) -> None:
        """Somebody who says one thing after the other pauses between them, and does not wait for an answer."""
        caller, due = self.caller, self.waits_from + BREATH_MS
        await caller.wait_until(lambda: caller.at_ms >= due, BREATH_MS + 1000)
        if caller.is_over:
            raise self.stop(line, "the call had ended before the caller could do this")

    def _begin_input(self) -> None:
        self.first = len(self.caller.stretches)

    def _finish_input(self, done: Input) -> None:
        self.waits_from, self.is_measured = done.ended_at, done.kind is InputKind.NOISE

    async def _wait_for_turn(self, line: int, after_ms: int | None) -> None:
        caller = self.caller
        if after_ms is not None:
            due = self.prompt_at + after_ms
            await caller.wait_until(lambda: caller.at_ms >= due, max(0, due - caller.at_ms) + 1000)
        elif not await caller.wait_until(self._is_our_turn, HEAR_LIMIT_MS) and not caller.is_over:
            raise self.stop(line, f"the line did not finish speaking within {HEAR_LIMIT_MS // 1000} s")
        if caller.is_over:
            raise self.stop(line, "the call had ended before the caller could do this")

    def _is_our_turn(self) -> bool:
        has_spoken = any(not stretch.is_rest for stretch in self.caller.stretches[self.first :])
        return has_spoken and not self.caller.is_sounding and self.caller.quiet_ms >= TURN_PAUSE_MS

    # -- hearing -------------------------------------------------------------------------------

    async def _hear(self, turn: Hear, following: Turn | None) -> None:
        breaks_in = getattr(following, "after_ms", None) is not None
        if breaks_in or self.hearing is None:
            found = await self._hear_anything(whole=not breaks_in)
        else:
            found = await self._hear_words(turn.words)
        if found is None:
            await self._fail_to_hear(turn)
            return
        stretches = self.caller.stretches[self.first : found + 1]
        await self._keep(turn, stretches)
        self.prompt_at = stretches[-1].started_at
        self.waits.append(Waiting(self.waits_from, tuple(stretches)))
        self.first, self.waits_from = found, max(self.waits_from, stretches[-1].ended_at)
        self._check_gap(turn)

    async def _keep(self, turn: Hear, stretches: Sequence[Stretch]) -> None:
        if not turn.keep:
            return
        language = language_of(turn.words, self.spec.language)
        heard = await self.hearing.words(stretches, language) if self.hearing is not None else ""
        digits = last_digits(heard)
        if not digits:
            raise self.stop(turn.line, f'no digits were heard that could be kept as `{turn.keep}`; heard: "{heard}"')
        self.kept[turn.keep] = digits

    async def _hear_anything(self, *, whole: bool) -> int | None:
        """The first stretch that answers; `whole`: once the line is quiet behind it."""

        def is_there() -> bool:
            return self._reply() is not None and (not whole or self._is_our_turn())

        await self.caller.wait_until(is_there, HEAR_LIMIT_MS)
        return len(self.caller.stretches) - 1 if self._reply() is not None else None

    def _reply(self) -> int | None:
        for index in range(self.first, len(self.caller.stretches)):
            if not self.caller.stretches[index].is_rest:
                return index
        return None

    async def _hear_words(self, words: str) -> int | None:
        """Listens to each stretch as it ends, until the words have been said; its index."""
        assert self.hearing is not None
        language = language_of(words, self.spec.language)
        deadline, caller, looked_at = self.caller.at_ms + HEAR_LIMIT_MS, self.caller, (self.first, False)
        while True:
            ended = len(caller.stretches) - (1 if caller.stretches and caller.stretches[-1].is_open else 0)
            is_thorough = self._is_quiet() or caller.is_over
            if ended > self.first and (ended, is_thorough) > looked_at:
                looked_at = (ended, is_thorough)
                stretches = caller.stretches[self.first : ended]
                if await self.hearing.has(words, stretches, language, is_thorough=is_thorough):
                    return ended - 1
            if self._has_ended(ended) or (caller.is_over and ended < len(caller.stretches)):
                continue  # Listening took its time; more was said meanwhile.
            if looked_at[1] and (caller.is_over or caller.at_ms >= deadline):
                return None
            if not looked_at[1] and (caller.is_over or caller.at_ms >= deadline) and ended <= self.first:
                return None
            await caller.wait_until(partial(self._goes_on, ended, looked_at), max(20, deadline - caller.at_ms))

    def _is_quiet(self) -> bool:
        """The line has finished, as far as one can tell."""
        return not self.caller.is_sounding and self.caller.quiet_ms >= TURN_PAUSE_MS

    def _goes_on(self, seen: int, looked_at: tuple[int, bool]) -> bool:
        """Another stretch is over, or the line is quiet and what was said last has not been listened to thoroughly."""
        return self._has_ended(seen) or (seen > self.first and self._is_quiet() and looked_at < (seen, True))

    def _has_ended(self, seen: int) -> bool:
        stretches = self.caller.stretches
        return len(stretches) > seen and not (len(stretches) == seen + 1 and stretches[-1].is_open)

    async def _fail_to_hear(self, turn: Hear) -> None:
        heard = "(not written down)"
        if self.hearing is not None:
            language = language_of(turn.words, self.spec.language)
            heard = await self.hearing.words(self.caller.stretches[self.first :], language) or "nothing"
        why = "the call ended" if self.caller.is_over else f"within {HEAR_LIMIT_MS // 1000} s"
        raise self.stop(turn.line, f'expected to hear "{turn.words}", but {why}; heard: "{heard}"')

    def _check_gap(self, turn: Hear) -> None:
        if self.is_measured:
            return
        self.is_measured = True
        gap = gap_after(self.caller.inputs[-1], None, self.caller.stretches)
        if turn.within_ms is not None and gap is not None and gap > turn.within_ms:
            raise self.stop(turn.line, f"the reply began after {gap} ms; {turn.within_ms} ms are allowed")

    # -- the end -------------------------------------------------------------------------------

    async def end(self, last_line: int) -> None:
        """Stays on the line until the call is over. Raises `NotAsWritten`."""
        if self.caller.is_over or await self.caller.wait_until(lambda: self.caller.is_over, END_LIMIT_MS):
            return
        if self.caller.is_over:
            return
        raise self.stop(last_line, f"the call did not end within {END_LIMIT_MS // 1000} s after the last turn")

    async def write_down_all(self, *, only_known: bool = False) -> None:
        """Everything the line said becomes part of the timeline; `only_known`: nothing is listened to for it."""
        language = self.spec.language
        for stretch in self.caller.stretches:
            text = await self._written(stretch, language, only_known=only_known)
            self.entries.append(Entry(stretch.started_at, Side.LINE, text))
        if self.caller.status is not None:
            self.entries.append(Entry(self.caller.at_ms, Side.NOTE, f"the call is over: {self.caller.status.value}"))

    async def _written(self, stretch: Stretch, language: str, *, only_known: bool) -> str:
        if self.hearing is None:
            return f"(sound, {stretch.ended_at - stretch.started_at} ms)"
        if only_known:
            known = self.hearing.known(stretch)
            return known if known is not None else f"(sound, {stretch.ended_at - stretch.started_at} ms)"
        return await self.hearing.words([stretch], self.hearing.language_heard(stretch) or language) or "(no words)"

    def _note(self, side: Side, text: str) -> None:
        self.entries.append(Entry(max(0, self.caller.at_ms), side, text))

    def stop(self, line: int, message: str) -> NotAsWritten:
        """A failure, noted in the timeline."""
        at_ms = max(0, self.caller.at_ms)
        self.entries.append(Entry(at_ms, Side.NOTE, f"FAILED {self.file}:{line}: {message}"))
        return NotAsWritten(Failure(line, message, at_ms))
