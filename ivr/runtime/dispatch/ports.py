"""What a dispatcher works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.core.hours import Hours
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.rules import QueueRules
from ivr.ports import AgentStore, BridgeTender, CallbackStore, Carrier, Numbers, TextStore


@dataclass(frozen=True, slots=True)
class DispatchPorts:
    """Stores, the carrier, and the rules in force (asked anew in every turn)."""

    callbacks: CallbackStore
    agents: AgentStore
    texts: TextStore
    carrier: Carrier
    numbers: Numbers
    rules: Callable[[], Mapping[str, QueueRules]]
    hours: Callable[[str], Hours | None]
    """By name of a schedule; None: always open."""
    limits: Callable[[], DialLimits]
    bridges: BridgeTender | None = None
    """Conversations that go on in other hands than the queue knows; None: there are none."""
