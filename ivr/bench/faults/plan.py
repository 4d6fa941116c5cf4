"""What one run of `ivr bench faults` is made of, drawn from its seed. The same seed gives the same plan.

Times are seconds from the beginning of the run; the queue's clock runs `SPEED` times as fast. Every draw has a
generator of its own, named by what it is for: what happens first in a run does not change the rest of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from random import Random

from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import Callback, Cause
from ivr.core.queueing.policy import order_at
from ivr.core.queueing.rules import Mode, QueueRules, Retry

SPEED = 60.0
"""A second of the run is a minute of the queue."""
TICK_SECS = 0.08
LEASE_SECS = 0.4
TIMEOUT_SECS = 0.3
"""How long a worker waits for the carrier."""
MOST_LAG_SECS = 0.4
"""Of the carrier's lists, and of an order that is carried out late."""
SETTLE_SECS = 1.6
"""More than a lease, an order carried out late and a list that lags together."""
QUEUE = "q"
OUR_NUMBER = "+15005550006"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORKERS = 3


class Strike(Enum):
    """What is done to a worker."""

    KILL = "kill"
    FREEZE = "freeze"


class Moment(Enum):
    """When a dial strikes the worker that ordered it."""

    STORED = "stored"
    """The intent is on disk, and the carrier was not asked yet."""

    BEFORE = "before"
    """The order has arrived, and nobody was dialled yet (somebody will be)."""
    AFTER = "after"
    """It was carried out, and not answered yet."""


class Meddling(Enum):
    """What people do to promises and to themselves meanwhile."""

    CANCEL = "cancel"
    MOVE = "move"
    RING_IN = "ring_in"
    CALL_NOW = "call_now"
    BREAK = "break"
    """An agent pauses, whatever is under way."""


@dataclass(frozen=True, slots=True)
class Struck:
    """One strike. `secs`: until a killed worker is started again, or how long one is frozen."""

    strike: Strike
    secs: float
    keeps_name: bool = False
    """A killed one comes back under its old name."""
    at: float = 0.0
    """For strikes by time."""
    moment: Moment = Moment.BEFORE
    """For strikes by dial."""


@dataclass(frozen=True, slots=True)
class Meddled:
    """Somebody does something at a time."""

    at: float
    what: Meddling
    whom: int
    """Which promise, or which agent."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One callback, made at a time."""

    at: float
    callback: Callback


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    seed: int
    rules: QueueRules
    limits: DialLimits
    promises: tuple[Promise, ...]
    agents: tuple[Agent, ...]
    by_time: tuple[Struck, ...]
    by_dial: dict[int, Struck]
    """Number of the order to dial -> what it brings upon the worker."""
    by_intent: dict[int, Struck]
    """The same by the number of the intent: at `Moment.STORED`."""
    meddled: tuple[Meddled, ...]
    trusts_intents: bool = True


def make_plan(seed: int, *, trusts_intents: bool = True) -> Plan:
    """The plan of this seed."""
    draw = Random(f"{seed} plan")
    mode = draw.choice(list(Mode))
    rules = _rules(mode)
    limits = DialLimits(per_hour=10_000, per_day=10_000, settle_secs=SETTLE_SECS * SPEED, lease_secs=LEASE_SECS * SPEED)
    promises = tuple(_promise(seed, index, rules) for index in range(draw.randint(6, 10)))
    agents = tuple(_agent(index) for index in range(draw.randint(2, 3)))
    by_time = tuple(_struck(draw, draw.uniform(0.2, 2.5)) for _ in range(draw.randint(2, 5)))
    by_dial = {draw.randint(1, 20): _struck(draw, 0.0) for _ in range(draw.randint(2, 4))}
    by_intent = {draw.randint(1, 20): _struck_at_intent(draw) for _ in range(draw.randint(1, 3))}
    meddled = tuple(
        Meddled(draw.uniform(0.3, 3.0), draw.choice(list(Meddling)), draw.randrange(12))
        for _ in range(draw.randint(1, 4))
    )
    return Plan(seed, rules, limits, promises, agents, by_time, by_dial, by_intent, meddled, trusts_intents)


def _rules(mode: Mode) -> QueueRules:
    causes = (
        Cause.BUSY,
        Cause.NO_ANSWER,
        Cause.FAILED,
        Cause.VOICEMAIL,
        Cause.NOT_PRESENT,
        Cause.CUSTOMER_LEFT,
        Cause.AGENT_LEFT,
    )
    return QueueRules(
        QUEUE,
        mode=mode,
        from_number=OUR_NUMBER,
        retries={cause.value: Retry((1, 1, 1)) for cause in causes},
        max_attempts=5,
        max_attempts_24h=99,
        min_gap_mins=0,
        calling_from="00:00",
        calling_to="23:59",
        wrap_up_secs=3,
    )


def _promise(seed: int, index: int, rules: QueueRules) -> Promise:
    draw = Random(f"{seed} promise {index}")
    at = draw.choice([0.0, 0.0, 0.0, draw.uniform(0.0, 1.2)])
    made_at = START + timedelta(seconds=at * SPEED)
    arrived_at = made_at - timedelta(seconds=draw.randint(0, 1800))
    priority = draw.choice([5, 5, 5, 5, 3, 7, 8])
    eligible_at = made_at + timedelta(seconds=draw.choice([0, 0, 0, 0, 40]))
    callback = Callback(
        id=f"{draw.getrandbits(128):032x}",
        queue=QUEUE,
        number=f"+1202555{1000 + index:04d}",
        language=draw.choice(["en", "en", "en", "ja"]),
        arrived_at=arrived_at,
        promised_from=eligible_at,
        promised_to=eligible_at + timedelta(minutes=30),
        eligible_at=eligible_at,
        order_at=order_at(arrived_at, priority, rules),
        priority=priority,
        skills=draw.choice([(), (), (), ("billing",)]),
        dialled=OUR_NUMBER,
        code=f"{draw.randrange(10_000):04d}",
    )
    return Promise(at, callback)


def _agent(index: int) -> Agent:
    languages, skills = [(("en", "ja"), ("billing",)), (("en",), ()), (("en", "ja"), ())][index]
    names = ("ana", "ben", "cho")
    state = AgentState.AVAILABLE
    return Agent(names[index], names[index], f"+1303555{2000 + index:04d}", (QUEUE,), languages, skills, state)


def _struck(draw: Random, at: float) -> Struck:
    strike = draw.choice(list(Strike))
    is_short = draw.random() < 0.5
    secs = draw.uniform(0.05, 0.3) if strike is Strike.KILL or is_short else draw.uniform(0.4, 1.2)
    return Struck(strike, secs, draw.random() < 0.4, at, draw.choice([Moment.BEFORE, Moment.AFTER]))


def _struck_at_intent(draw: Random) -> Struck:
    """Some freeze for longer than the others wait before they believe that nobody was dialled."""
    strike = draw.choice(list(Strike))
    secs = draw.uniform(0.05, 0.3) if strike is Strike.KILL else draw.uniform(0.3, SETTLE_SECS + 0.9)
    return Struck(strike, secs, draw.random() < 0.4, 0.0, Moment.STORED)
