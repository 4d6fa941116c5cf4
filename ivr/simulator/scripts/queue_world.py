"""What a story at text level needs of the queue behind the line; the command that runs scripts lends one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ivr.core.flow.model import Flow
from ivr.ports import CallFacts, Connectors
from ivr.simulator.scripts.later import Answering, GivenAgent


@dataclass(frozen=True, slots=True)
class Ring:
    """A telephone that rings because the queue had it dialled."""

    tag: str
    number: str
    is_customer: bool


@dataclass(frozen=True, slots=True)
class AnsweredLeg:
    """What the line says to somebody who answered: a flow of its own, with what it knows."""

    flow: Flow
    call_id: str
    caller: str
    dialled: str
    language: str
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class QueueWorld(Protocol):
    """A queue on a virtual clock: workers, agents, a carrier without wires. One per story."""

    connectors: Connectors
    """Behind the flows: everything of the house, with this queue's `callbacks`."""

    def begin(self, agents: Sequence[GivenAgent], now: datetime) -> None:
        """Signs agents in; everything else is empty."""

    def facts(self, call_id: str, caller: str, dialled: str, now: datetime) -> CallFacts:
        """What is known of an inbound caller before the first word."""

    def set_clock(self, now: datetime) -> None:
        """It is this time now; nobody works because of that."""

    def work(self, now: datetime) -> None:
        """One round of the workers at this moment. Times never go back."""

    def ringing(self) -> list[Ring]:
        """Telephones that ring now, oldest first."""

    def number_of(self, agent_id: str) -> str:
        """An agent's telephone. Unknown: `KeyError`."""

    def not_answered(self, tag: str, how: Answering, now: datetime) -> None:
        """The carrier's word on a leg that nobody answered."""

    def answer(self, tag: str, now: datetime) -> AnsweredLeg | None:
        """Somebody answers; None when the leg is void and is hung up at once."""

    def left(self, tag: str, now: datetime) -> None:
        """This leg is over: hung up by its party, or its flow has ended without going on to the other party."""

    def is_accepted(self, tag: str) -> bool:
        """Whether this leg has said yes, and is now in (or on its way to) the conference."""

    def tag_of(self, call_id: str) -> str | None:
        """The leg of a caller on the line who was to be connected."""

    def is_up(self, tag: str) -> bool:
        """Whether this leg still exists."""

    def together(self, tags: Sequence[str]) -> bool:
        """Whether all these legs are in one conference."""

    def dials(self) -> Mapping[str, int]:
        """Customer number -> how often it was dialled."""

    def outcome(self) -> str | None:
        """What became of the newest promise: called_back, callback_promised, callback_cancelled, callback_failed."""

    def text_in(self, number: str, body: str, now: datetime) -> str:
        """A text from somebody; the answer."""

    def texts_to(self, number: str) -> list[str]:
        """Bodies of all texts sent to a number, oldest first."""
