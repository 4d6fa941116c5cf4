"""Who calls, and what people do when their telephone rings. Drawn from the seed; times in seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from random import Random

TALK_SECS, TALK_CV = 118.0, 0.7
"""Mean and relative spread of conversations (lognormal)."""
CHOOSES_A_TIME = 0.1
LEAVES_AT_ONCE = 0.02
"""Callers who hang up before the promise is made, whatever it is; of those told of long waits, more."""
LEAVES_LONG, LONG_SECS = 0.12, 2 * 3600.0
CANCELS_LATE = 0.2
"""Of those whose window has passed for `LATE_SECS`."""
LATE_SECS = 600.0


class Act(Enum):
    """What becomes of a call that is dialled."""

    TALKS = "talks"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    VOICEMAIL = "voicemail"
    SILENT = "silent"
    DECLINES = "declines"


CUSTOMERS = {Act.TALKS: 920, Act.BUSY: 20, Act.NO_ANSWER: 35, Act.VOICEMAIL: 20, Act.SILENT: 5}
"""The shares of people who wait for a call."""
AGENTS = {Act.TALKS: 978, Act.DECLINES: 15, Act.NO_ANSWER: 7}


@dataclass(frozen=True, slots=True)
class Manner:
    """One dialled call."""

    act: Act
    ring_secs: float
    word_secs: float
    """From the answer to the word that says who is there."""
    talk_secs: float


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller of the day."""

    number: str
    chooses_time: bool
    hours_later: int
    luck: float
    """Decides on leaving; 0 to 1."""
    is_impatient: bool


def caller(seed: int, index: int) -> Caller:
    """The caller with this number in the day."""
    draw = Random(f"{seed} caller {index}")
    return Caller(
        number=f"+1202{5_000_000 + index}",
        chooses_time=draw.random() < CHOOSES_A_TIME,
        hours_later=draw.randint(1, 4),
        luck=draw.random(),
        is_impatient=draw.random() < CANCELS_LATE,
    )


def manner(seed: int, number: str, nth: int, *, is_agent: bool) -> Manner:
    """Of the `nth` call to this number."""
    draw = Random(f"{seed} call {number} {nth}")
    shares = AGENTS if is_agent else CUSTOMERS
    act = draw.choices(list(shares), list(shares.values()))[0]
    sigma = math.sqrt(math.log(1 + TALK_CV**2))
    return Manner(
        act=act,
        ring_secs=draw.uniform(2.0, 6.0) if is_agent else draw.uniform(4.0, 14.0),
        word_secs=draw.uniform(4.0, 7.0) if is_agent else draw.uniform(3.0, 6.0),
        talk_secs=TALK_SECS * math.exp(draw.gauss(0.0, sigma) - sigma**2 / 2),
    )
