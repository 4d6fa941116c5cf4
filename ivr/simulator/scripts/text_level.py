"""Runs a script as dialogue only: no sound, a virtual clock, milliseconds of real time per call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ivr.core.flow.model import Flow
from ivr.ports import CallFacts as KnownBefore
from ivr.ports import Connectors, LookUpResult
from ivr.simulator.scripts.agent_phones import AgentPhones
from ivr.simulator.scripts.conversation import Conversation, NotAsWritten
from ivr.simulator.scripts.expectations import unmet
from ivr.simulator.scripts.given_connectors import GivenConnectors
from ivr.simulator.scripts.later import CALLER
from ivr.simulator.scripts.model import CallScript, Level, Turn
from ivr.simulator.scripts.queue_world import QueueWorld
from ivr.simulator.scripts.results import CallFacts, Failure, Figures, ScriptResult
from ivr.simulator.scripts.story import Story, StoryBroken, Talk
from ivr.simulator.scripts.virtual_call import CallStuck, Interpreter, VirtualCall
from ivr.simulator.scripts.virtual_playback import Pace

NO_NUMBER = "+15005550006"
"""Dialled where a flow has no number of its own."""
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
    world: Callable[[], QueueWorld] | None = None
    """Makes the queue behind one script; without it no promise can be made."""


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


class _OnTime:
    """Connectors that are asked at the virtual moment of the call that asks."""

    def __init__(self, behind: Connectors, tell_time: Callable[[], None]) -> None:
        self._behind, self._tell_time = behind, tell_time

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        self._tell_time()
        return self._behind.call(operation, arguments, key)

    def operations(self) -> Mapping[str, Sequence[str]]:
        return self._behind.operations()

    def is_read(self, operation: str) -> bool:
        return False


class _TextRun:
    def __init__(self, script: CallScript, flow: Flow, ports: TextPorts, pace: Pace | None) -> None:
        self.script, self.flow, self.ports, self.pace = script, flow, ports, pace
        self.began = (script.given.now or DEFAULT_NOW).astimezone(UTC)
        self.world = ports.world() if ports.world is not None else None
        self.calls = 0
        if self.world is not None:
            self.world.begin(script.given.agents, self.began)
        self.call = self._new_call(flow, self.began)
        self.phones = self._phones(self.world) if self.world is not None else None
        self.kept: dict[str, str] = {}
        self.talk = Conversation(self.call, script.file, self.kept)

    def run(self) -> ScriptResult:
        failures: list[Failure] = []
        story: Story | None = None
        try:
            self._answer(self.call, self.script.caller.number, self.began)
            self.talk.take_all(self.script.turns)
            self.talk.end(self.script.turns[-1].line)
            failures += self.phones.finish() if self.phones is not None else []
            if self.world is not None and self.script.later and not failures:
                story = self._story(self.world)
                story.run()
        except (NotAsWritten, StoryBroken) as stopped:
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
            turn_gaps_ms=tuple(self.talk.gaps),
            key_gaps_ms=tuple(self.talk.key_gaps),
            longest_silence_ms=self.call.longest_silence_ms,
            duration_ms=self.call.at,
        )
        meanwhile = self.phones.timeline if self.phones is not None else []
        timeline = (
            *sorted([*self.call.timeline, *meanwhile], key=lambda entry: entry.at_ms),
            *(story.timeline if story is not None else ()),
        )
        return ScriptResult(self.script, Level.TEXT, tuple(failures), timeline, figures, facts)

    # -- calls ---------------------------------------------------------------------------------

    def _new_call(self, flow: Flow, began: datetime) -> VirtualCall:
        """A call whose look-ups happen at its own moment."""
        behind = self.ports.connectors
        if self.world is not None:
            behind = _OnTime(self.world.connectors, lambda: self._tell_time(began + timedelta(milliseconds=call.at)))
        connectors = GivenConnectors(self.script.given.connectors, behind)
        understanding, pace = self.ports.understanding, self.pace
        call = VirtualCall(flow, understanding, connectors, lookup_ms=connectors.lookup_ms, pace=pace)
        return call

    def _phones(self, world: QueueWorld) -> AgentPhones | None:
        """Only where the script says what agents do during the call: else nobody works before it is over."""
        if not any(agent.rings for agent in self.script.given.agents):
            return None
        phones = AgentPhones(self.script, world, self.began, lambda tag, now: self._leg(world, tag, now))
        self.call.before_time = lambda at: phones.go_on_to(self.began + timedelta(milliseconds=at))
        return phones

    def _tell_time(self, now: datetime) -> None:
        if self.world is not None:
            self.world.set_clock(now)

    def _answer(self, call: VirtualCall, caller: str, moment: datetime) -> None:
        given = self.script.given
        is_open, words = True, dict[str, str]()
        if self.ports.hours is not None and self.flow.hours is not None:
            is_open, found = self.ports.hours(self.flow.hours, moment)
            words = dict(found)
        if self.ports.set_now is not None:
            self.ports.set_now(moment)
        self.calls += 1
        call_id, dialled = f"{self.calls:032x}", dialled_number(self.script, self.flow)
        known = KnownBefore() if self.world is None else self.world.facts(call_id, caller, dialled, moment)
        call.answer(
            caller=caller,
            dialled=dialled,
            answered_at=moment,
            is_open=is_open if given.is_open is None else given.is_open,
            hours_text=words,
            call_id=call_id,
            known=known,
        )

    def _story(self, world: QueueWorld) -> Story:
        ended, tags = self.began + timedelta(milliseconds=self.call.at), dict[str, str]()
        if self.phones is not None:
            ended, tags = max(ended, self.phones.now), dict(self.phones.tags)
            own = world.tag_of(self.call.session.state.call_id)
            tags |= {CALLER: own} if own is not None else {}
        return Story(
            self.script,
            world,
            self.began,
            ended,
            talk=self._converse,
            leg=lambda tag, now: self._leg(world, tag, now),
            inbound=self._inbound,
            tags=tags,
        )

    def _converse(self, call: VirtualCall, turns: Sequence[Turn]) -> None:
        Conversation(call, self.script.file, self.kept).take_all(turns)

    def _inbound(self, number: str, now: datetime) -> Talk:
        call = self._new_call(self.flow, now)
        self._answer(call, number, now)
        return Talk(call, now)

    def _leg(self, world: QueueWorld, tag: str, now: datetime) -> Talk | None:
        leg = world.answer(tag, now)
        if leg is None:
            return None
        if self.ports.set_now is not None:
            self.ports.set_now(now)
        call = self._new_call(leg.flow, now)
        call.answer(
            caller=leg.caller,
            dialled=leg.dialled,
            answered_at=now,
            language=leg.language,
            call_id=leg.call_id,
            known=KnownBefore(leg.records),
        )
        return Talk(call, now)

    def _facts(self) -> CallFacts:
        state = self.call.session.state
        facts = CallFacts(
            outcome=self.call.outcome,
            intents=tuple(self.call.intents),
            slots=dict(state.slots),
            visited=tuple(state.visited),
            language=state.language,
            recorded=self.call.is_recorded,
            longest_silence_ms=self.call.longest_silence_ms,
        )
        if self.world is None:
            return facts
        dials, texts = dict(self.world.dials()), len(self.world.texts_to(self.script.caller.number))
        outcome = self.world.outcome() if self.script.later else None
        return replace(facts, dials=dials, texts=texts, outcome=outcome or facts.outcome)
