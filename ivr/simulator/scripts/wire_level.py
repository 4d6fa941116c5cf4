"""Runs one script as a real telephone call: the simulated carrier, speech both ways, nothing but the wire.

`hear` waits for stretches of sound, has them written down and compares; the caller acts when the line is quiet,
or `after_ms` after the prompt began.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ivr.simulator.caller import Caller, CallerEars, CallerVoice, Samples
from ivr.simulator.carrier import Carrier, CarrierCall, EventKind
from ivr.simulator.carrier.state import Direction
from ivr.simulator.line import LineQuality, TelephoneLine
from ivr.simulator.scripts.agent_desk import numbers_of
from ivr.simulator.scripts.call_record import CallRecord, RecordMissing
from ivr.simulator.scripts.conversation import NotAsWritten
from ivr.simulator.scripts.expectations import unmet
from ivr.simulator.scripts.model import CallScript, Level, Line
from ivr.simulator.scripts.results import CallFacts, Failure, ScriptResult
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.wire_figures import figures_of
from ivr.simulator.scripts.wire_server import RunningServer
from ivr.simulator.scripts.wire_story import StoryPorts, WireStory
from ivr.simulator.scripts.wire_talk import WireTalk, sounds_of

ANSWER_SECS = 20.0
LONGEST_CALL_SECS = 900.0


@dataclass(frozen=True, slots=True)
class WirePorts:
    """What a caller needs: a telephone company, a voice, ears, and the server's record of calls."""

    carrier: Carrier
    voice: CallerVoice
    ears: CallerEars | None
    """None: `hear` is content with any sound, and nothing is written down (for measurements)."""
    record: Callable[[str], Awaitable[CallRecord]] | None = None
    """By the carrier's SID of the call; awaiting it may raise `RecordMissing`."""
    on_finished: Callable[[CallScript, Caller], None] = field(default=lambda script, caller: None)
    """Told when the audio of a call is complete."""
    server: RunningServer | None = None
    """A server of our own: people can be signed in, its clock can be moved."""
    promise: Callable[[], Awaitable[str | None]] | None = None
    """What became of the newest promise, in a script's words."""


async def run_at_wire_level(script: CallScript, dialled: str, ports: WirePorts, seed: int = 0) -> ScriptResult:
    """Makes one call. `dialled` must be a number of the carrier's account; `seed` fixes the line's damage."""
    sounds = await sounds_of(script.turns, script.caller, ports.voice, seed)
    caller = Caller(TelephoneLine(quality_of(script.caller.line), seed))
    run = _WireRun(script, caller, ports, sounds)
    async with asyncio.timeout(LONGEST_CALL_SECS):
        return await run.run(dialled)


def quality_of(line: Line) -> LineQuality:
    """The telephone line that a script describes."""
    return LineQuality(noise_db=line.noise_db, packet_loss=line.packet_loss, echo_db=line.echo_db)


class _WireRun:
    def __init__(self, script: CallScript, caller: Caller, ports: WirePorts, sounds: dict[int, Samples]) -> None:
        self.script, self.caller, self.ports = script, caller, ports
        self.talk = WireTalk(script.caller, script.file, caller, sounds, ports.ears)
        self.story: WireStory | None = None

    async def run(self, dialled: str) -> ScriptResult:
        failures: list[Failure] = []
        await self._prepare_story(dialled)
        call = await self.ports.carrier.place_call(self.script.caller.number, dialled, self.caller)
        try:
            await self._answered(call)
            if self.story is not None:
                self.story.begin(call, self.talk)
            await self.talk.take_all(self.script.turns)
            if self.story is None or not self.story.goes_on:
                await self.talk.end(self.script.turns[-1].line)
            if self.story is not None:
                await self.story.finish_rings()
                await self.story.run()
        except NotAsWritten as stopped:
            failures.append(stopped.failure)
        finally:
            if self.story is not None:
                self.story.close()
            call.hang_up()
        await call.wait_ended()
        self.ports.on_finished(self.script, self.caller)
        failures += self._carriers_view(call)
        return await self._result(call, failures)

    async def _prepare_story(self, dialled: str) -> None:
        server = self.ports.server
        if server is None or not has_story(self.script):
            return
        ports = StoryPorts(
            self.ports.carrier,
            self.ports.voice,
            self.ports.ears,
            server.move_clock,
            numbers_of(self.script.given.agents),
        )
        began = self.script.given.now or datetime.now(UTC)
        self.story = WireStory(self.script, dialled, began.astimezone(UTC), ports, self.talk.kept)
        await self.story.prepare()

    async def _answered(self, call: CarrierCall) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECS):
                is_answered = await call.wait_answered()
        except TimeoutError:
            is_answered = False
        if not is_answered:
            raise self.talk.stop(self.script.line, "the call was not answered; is the server ready?")

    def _carriers_view(self, call: CarrierCall) -> list[Failure]:
        """What the carrier's debugger would show; its own error message is the worst a caller can hear."""
        failures: list[Failure] = []
        for event in call.events:
            if event.kind is EventKind.APPLICATION_ERROR:
                message = f"the caller heard the carrier's error message (code {event.code})"
                failures.append(Failure(self.script.line, message, event.at_ms))
            elif event.kind is EventKind.CLEAR_RECEIVED:
                self.talk.entries.append(Entry(event.at_ms, Side.NOTE, "the line stops its words"))
            elif event.kind in (EventKind.WARNING, EventKind.WEBHOOK_FAILED):
                self.talk.entries.append(Entry(event.at_ms, Side.NOTE, f"{event.kind.value} {event.code} {event.name}"))
        return failures

    async def _with_story(self, facts: CallFacts) -> CallFacts:
        """Whom the server dialled, what it texted, and what became of its promise."""
        if self.story is None:
            return facts
        agents = set(numbers_of(self.script.given.agents).values())
        placed = [call for call in self.ports.carrier.calls if call.resource.direction is Direction.OUTBOUND_API]
        numbers = [call.resource.to_number for call in placed if call.resource.to_number not in agents]
        promise = await self.ports.promise() if self.ports.promise is not None and self.script.later else None
        return replace(
            facts,
            dials={number: numbers.count(number) for number in sorted(set(numbers))},
            texts=len(self.ports.carrier.texts.to(self.script.caller.number)),
            outcome=promise or facts.outcome,
        )

    async def _result(self, call: CarrierCall, failures: list[Failure]) -> ScriptResult:
        figures = figures_of(self.caller, self.talk.waits)
        facts = CallFacts(longest_silence_ms=figures.longest_silence_ms)
        has_record = not any(event.kind is EventKind.APPLICATION_ERROR for event in call.events)
        if self.ports.record is not None and call.is_answered and has_record:
            try:
                facts = _facts(await self.ports.record(call.sid), figures.longest_silence_ms)
            except RecordMissing as missing:
                failures.append(Failure(self.script.line, missing.reason))
            else:
                facts = await self._with_story(facts)
                failures += unmet(self.script, facts, by_ear=True) if not failures else []
        if failures or self.talk.hearing is None:
            await self.talk.write_down_all()
        else:
            await self.talk.write_down_all(only_known=True)
        if self.story is not None:
            self.talk.entries += self.story.entries
        timeline = tuple(sorted(self.talk.entries, key=lambda entry: entry.at_ms))
        return ScriptResult(self.script, Level.WIRE, tuple(failures), timeline, figures, facts)


def has_story(script: CallScript) -> bool:
    """Whether agents, other telephones or time play a part."""
    return bool(script.later or script.given.agents)


def _facts(record: CallRecord, longest_silence_ms: int) -> CallFacts:
    return CallFacts(
        outcome=record.outcome,
        intents=(record.intent,) if record.intent else (),
        slots=record.slots,
        visited=record.visited,
        language=record.language,
        recorded=record.recorded,
        longest_silence_ms=longest_silence_ms,
    )
