"""What the carrier and the people do with each call of a run, drawn from the seed. Times are seconds of the run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random

from ivr.bench.faults.plan import MOST_LAG_SECS, TIMEOUT_SECS

LOST, TWICE = 0.07, 0.12
"""Shares of the carrier's reports that never come, and that come twice."""
OF_CALLS_UNHEARD, OF_CALLS_LATE = 0.08, 0.06
"""Shares of calls of which no report ever comes, or only very late ones."""
CALM_AFTER = 3
"""Dials of a number after which it simply answers: every run has an end."""


class Fate(Enum):
    """What becomes of a dialled call."""

    TALKS = "talks"
    """Answers, says the word, waits for the other one, talks."""
    LEAVES = "leaves"
    """The same, but has little patience."""
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    SILENT = "silent"
    """Somebody answers, and the flow learns nothing."""
    HANGS_UP = "hangs_up"
    DECLINES = "declines"
    STOPS = "stops"
    """Never wants to be called again."""
    CUT = "cut"
    """Our side of the call dies before the word is stored."""


class Trouble(Enum):
    """How the carrier treats an order."""

    NONE = "none"
    SLOW = "slow"
    LIES = "lies"
    """Does it, and answers with an error or not in time."""
    LATE = "late"
    """The same, and does it only after the asker has given up."""
    DEAF = "deaf"
    """Does nothing, and does not answer."""
    REFUSES = "refuses"


_CUSTOMERS = {
    Fate.TALKS: 52,
    Fate.LEAVES: 6,
    Fate.BUSY: 10,
    Fate.NO_ANSWER: 8,
    Fate.FAILED: 3,
    Fate.VOICEMAIL: 7,
    Fate.SILENT: 4,
    Fate.HANGS_UP: 5,
    Fate.STOPS: 2,
    Fate.CUT: 3,
}
_AGENTS = {
    Fate.TALKS: 72,
    Fate.LEAVES: 6,
    Fate.BUSY: 3,
    Fate.NO_ANSWER: 5,
    Fate.FAILED: 2,
    Fate.SILENT: 2,
    Fate.HANGS_UP: 3,
    Fate.DECLINES: 5,
    Fate.CUT: 2,
}
_TROUBLES = {
    Trouble.NONE: 64,
    Trouble.SLOW: 10,
    Trouble.LIES: 12,
    Trouble.LATE: 6,
    Trouble.DEAF: 4,
    Trouble.REFUSES: 4,
}


@dataclass(frozen=True, slots=True)
class CallFate:
    """One call."""

    fate: Fate
    trouble: Trouble
    slow_secs: float
    """For `SLOW`, `LATE`."""
    list_lag_secs: float
    ring_secs: float
    think_secs: float
    """From the answer to the word."""
    patience_secs: float
    talk_secs: float
    is_first_to_leave: bool


def call_fate(seed: int, number: str, nth: int, *, is_agent: bool) -> CallFate:
    """Of the `nth` call to a number, counting from 1."""
    draw = Random(f"{seed} call {number} {nth}")
    shares = _AGENTS if is_agent else _CUSTOMERS
    fate = draw.choices(list(shares), list(shares.values()))[0]
    trouble = draw.choices(list(_TROUBLES), list(_TROUBLES.values()))[0]
    is_late = trouble is Trouble.LATE
    return CallFate(
        fate=Fate.TALKS if nth > CALM_AFTER and not is_agent else fate,
        trouble=trouble,
        slow_secs=draw.uniform(TIMEOUT_SECS, MOST_LAG_SECS) if is_late else draw.uniform(0.02, TIMEOUT_SECS * 0.8),
        list_lag_secs=draw.choice([0.0, draw.uniform(0.0, MOST_LAG_SECS)]),
        ring_secs=draw.uniform(0.01, 0.06),
        think_secs=draw.uniform(0.005, 0.03),
        patience_secs=draw.uniform(0.05, 0.3) if fate is Fate.LEAVES else 4.0,
        talk_secs=draw.uniform(0.08, 0.2),
        is_first_to_leave=draw.random() < 0.5,
    )


def order_trouble(seed: int, kind: str, nth: int) -> tuple[Trouble, float]:
    """Of the `nth` order that is no dial; with the seconds it is slow."""
    draw = Random(f"{seed} {kind} {nth}")
    trouble = draw.choices([Trouble.NONE, Trouble.SLOW, Trouble.LIES, Trouble.DEAF], [78, 8, 8, 6])[0]
    return trouble, draw.uniform(0.02, TIMEOUT_SECS * 0.8)


def report_delays(seed: int, number: str, nth: int, event: str) -> tuple[float, ...]:
    """When the carrier's report of an event comes; more than once, or never (empty)."""
    of_call = Random(f"{seed} reports {number} {nth}").random()
    if of_call < OF_CALLS_UNHEARD:
        return ()
    draw = Random(f"{seed} report {number} {nth} {event}")
    if of_call < OF_CALLS_UNHEARD + OF_CALLS_LATE:
        return (draw.uniform(0.5, 1.5),)
    luck = draw.random()
    if luck < LOST:
        return ()
    first = draw.choice([draw.uniform(0.0, 0.02), draw.uniform(0.0, 0.02), draw.uniform(0.02, 0.3)])
    return (first, first + draw.uniform(0.0, 0.4)) if luck < LOST + TWICE else (first,)
