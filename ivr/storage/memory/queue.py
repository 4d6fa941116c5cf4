"""The queue's rows as dictionaries, with the same uniqueness as the tables have. Shared by the memory stores."""

from __future__ import annotations

import threading
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from operator import attrgetter
from typing import Any, TypeVar

from ivr.core.queueing.legs import Agent, AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened, Kind
from ivr.core.queueing.steps import Attempt, Step, Text
from ivr.ports import Contact, StoreFailed
from ivr.storage.memory.line import Line, belongs
from ivr.storage.placing import bound_callback, open_number, place, written_at
from ivr.storage.values import storable, utc

_AS_THEY_ARE = frozenset({bool, int, AgentState, CallbackState, Cause, Kind, LegOutcome, LegState, Role})
R = TypeVar("R", Callback, Leg, Agent, Text, Happened, Contact)


class Unique:
    """A column whose values are held by one row each."""

    def __init__(self) -> None:
        self._holders: dict[str, str] = {}
        self._held: dict[str, str] = {}

    def holder(self, value: str) -> str | None:
        """The row that has it."""
        return self._holders.get(value)

    def check(self, row_id: str, value: str | None) -> None:
        """Raises `StoreFailed("in_use")` when another row has it."""
        if value is not None and self._holders.get(value, row_id) != row_id:
            raise StoreFailed("in_use", retryable=False)

    def put(self, row_id: str, value: str | None) -> None:
        """The row has this value now, and no other."""
        old = self._held.pop(row_id, None)
        if old is not None:
            del self._holders[old]
        if value is not None:
            self._holders[value], self._held[row_id] = row_id, value


@dataclass
class MemoryQueue:
    """All rows. Whoever reads or writes does so inside `held()`."""

    callbacks: dict[str, Callback] = field(default_factory=dict)
    made: list[tuple[datetime, str]] = field(default_factory=list)
    talked: list[tuple[datetime, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    numbers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    lines: defaultdict[str, Line] = field(default_factory=lambda: defaultdict(Line))
    in_flight: set[str] = field(default_factory=set)
    history: defaultdict[str, list[Happened]] = field(default_factory=lambda: defaultdict(list))
    legs: dict[str, Leg] = field(default_factory=dict)
    legs_of: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    legs_by_time: list[tuple[datetime, str]] = field(default_factory=list)
    leg_by_sid: dict[str, str] = field(default_factory=dict)
    leg_by_call: dict[str, str] = field(default_factory=dict)
    dialled: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    agents: dict[str, Agent] = field(default_factory=dict)
    texts: dict[str, Text] = field(default_factory=dict)
    stops: dict[tuple[str, str], tuple[datetime, str]] = field(default_factory=dict)
    wrong_codes: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    tries: Iterator[int] = field(default_factory=count)
    open_keys: Unique = field(default_factory=Unique)
    bound_agents: Unique = field(default_factory=Unique)
    bound_callbacks: Unique = field(default_factory=Unique)
    open_numbers: Unique = field(default_factory=Unique)
    never_placed: dict[str, datetime] = field(default_factory=dict)
    """Legs the carrier knew nothing of, and those of callers who rang us, by their intents."""
    talks: dict[str, float] = field(default_factory=dict)
    """How long was talked, of those that were asked for."""
    _lock: AbstractContextManager[bool] = field(default_factory=threading.RLock)

    def held(self) -> AbstractContextManager[bool]:
        """A transaction: nobody else reads or writes meanwhile."""
        return self._lock

    def add(
        self, callback: Callback, lines: Sequence[Happened], texts: Sequence[Text], legs: Sequence[Leg] = ()
    ) -> None:
        """A new promise."""
        insort(self.made, (written_at(callback), callback.id))
        self._put_callback(callback, lines)
        self.history[callback.id] += lines
        self.add_texts(texts)
        for leg in legs:
            self._put_leg(kept(leg))

    def attempt(self, callback: Callback, number: int, agent_id: str) -> Attempt:
        """What a decision is taken on."""
        legs = tuple(leg for leg in self.legs_by_age(callback.id) if leg.attempt == number)
        return Attempt(callback, legs, self.agents.get(agent_id))

    def apply(self, before: Attempt, step: Step) -> Attempt:
        """Writes a step, all or nothing."""
        after = step.attempt
        if after.callback.id != before.callback.id:
            raise ValueError("a decision returned another callback than it was given")
        if after.agent is not None and (before.agent is None or after.agent.id != before.agent.id):
            raise ValueError("a decision returned another agent than it was given")
        self._check(step)
        self._put_callback(kept(after.callback), step.history)
        if after.agent is not None and after.agent is not self.agents.get(after.agent.id):
            self.put_agent(kept(after.agent))
        changed = [leg for leg in after.legs if leg is not self.legs.get(leg.tag)]
        for leg in sorted(changed, key=lambda one: open_number(one) is not None):
            self._put_leg(kept(leg))
        self.history[after.callback.id] += map(kept, step.history)
        self.add_texts(step.texts)
        return after

    def legs_by_age(self, callback_id: str) -> list[Leg]:
        """All attempts, oldest first."""
        found = (self.legs[tag] for tag in self.legs_of.get(callback_id, ()))
        return sorted(found, key=lambda leg: (leg.attempt, leg.created_at, leg.tag))

    def put_agent(self, agent: Agent) -> None:
        """Inserts or replaces."""
        self.bound_callbacks.check(agent.id, bound_callback(agent))
        self.bound_callbacks.put(agent.id, bound_callback(agent))
        self.agents[agent.id] = agent

    def remove_agent(self, agent_id: str) -> None:
        """`KeyError` for an unknown one."""
        del self.agents[agent_id]
        self.bound_callbacks.put(agent_id, None)

    def add_texts(self, texts: Sequence[Text]) -> None:
        """Those whose key is new."""
        for text in texts:
            self.texts.setdefault(text.key, kept(text))

    def _check(self, step: Step) -> None:
        callback, agent = step.attempt.callback, step.attempt.agent
        placing = place(callback, written_at(callback, step.history))
        self.open_keys.check(callback.id, placing.open_key)
        self.bound_agents.check(callback.id, placing.bound_agent)
        if agent is not None:
            self.bound_callbacks.check(agent.id, bound_callback(agent))
        closing = {leg.tag for leg in step.attempt.legs if open_number(leg) is None}
        opened: dict[str, str] = {}
        for leg in step.attempt.legs:
            number = open_number(leg)
            if number is None:
                continue
            if opened.setdefault(number, leg.tag) != leg.tag:
                raise StoreFailed("in_use", retryable=False)
            if self.open_numbers.holder(number) not in closing:
                self.open_numbers.check(leg.tag, number)

    def _put_callback(self, callback: Callback, history: Sequence[Happened]) -> None:
        old = self.callbacks.get(callback.id)
        placing = place(callback, written_at(callback, history))
        self.open_keys.put(callback.id, placing.open_key)
        self.bound_agents.put(callback.id, placing.bound_agent)
        if old is not None:
            self.lines[old.queue].remove(callback.id)
            self.numbers[old.number].discard(callback.id)
            if old.state is CallbackState.DONE and old.state_at is not None:
                self.talked.remove((old.state_at, old.id))
        self.callbacks[callback.id] = callback
        self.talks.pop(callback.id, None)
        self.numbers[callback.number].add(callback.id)
        if belongs(callback):
            self.lines[callback.queue].add(callback)
        if callback.state is CallbackState.DONE and callback.state_at is not None:
            insort(self.talked, (callback.state_at, callback.id))
        if callback.state.is_in_flight:
            self.in_flight.add(callback.id)
        else:
            self.in_flight.discard(callback.id)

    def _put_leg(self, leg: Leg) -> None:
        self.open_numbers.put(leg.tag, open_number(leg))
        old = self.legs.get(leg.tag)
        if old is not None and old.created_at != leg.created_at:
            self.legs_by_time.remove((old.created_at, leg.tag))
        if old is None or old.created_at != leg.created_at:
            insort(self.legs_by_time, (leg.created_at, leg.tag))
        self.legs[leg.tag] = leg
        self.talks.pop(leg.callback_id, None)
        if leg.outcome is LegOutcome.NEVER_PLACED or not leg.number:
            self.never_placed[leg.tag] = leg.created_at
        else:
            self.never_placed.pop(leg.tag, None)
        for known, name in ((self.leg_by_sid, leg.carrier_sid), (self.leg_by_call, leg.call_id)):
            before = self.legs.get(known.get(name, ""))
            if name and (before is None or before.created_at <= leg.created_at):
                known[name] = leg.tag
        self.legs_of[leg.callback_id][leg.tag] = None
        self.dialled[leg.number][leg.tag] = None


def kept(record: R) -> R:
    """The record as a database would give it back: times in UTC, texts storable, containers of its own."""
    kind: Any = type(record)  # Of any kind: to a type checker, classes of data have no hash.
    names, values_of = _fields(kind)
    changed = {
        name: made for name, value in zip(names, values_of(record), strict=True) if (made := _kept(value)) is not value
    }
    return replace(record, **changed) if changed else record


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(each.name for each in fields(kind))
    return names, attrgetter(*names)


def _kept(value: Any) -> Any:
    if value is None or type(value) in _AS_THEY_ARE or not value:
        return value
    match value:
        case str():
            return value if value.isascii() and "\0" not in value else storable(value)
        case datetime():
            return value if value.tzinfo is UTC else utc(value)
        case tuple() if value:
            return tuple(map(_kept, value))
        case Mapping() if value:
            return {name: _kept(each) for name, each in value.items()}
        case _:
            return value
