"""How long until it is a caller's turn: a window from a small simulation over the actual line. Pure and repeatable.

Time is counted in working seconds, in which the queue is open, and told in seconds from now. Short lines are simulated
person by person; for longer ones the time is added in which all agents together work off the people in front, by
the normal approximation. Numbers come from one generator per run, in the order in which people are served: one person
more in front, or one agent fewer, never makes the told time shorter.

A window is never more certain than what it is made of: few measured conversations are mixed with assumed ones, the
mean itself is varied by what is not known of it, and a window has a least width.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from statistics import NormalDist, fmean

RUNS = 128
SIMULATED = 20
"""People in front who are simulated one by one; more are added up."""
MAX_AGENTS = 64
"""Of more agents, the first ones to be free count."""
MAX_SCHEDULED = 20
"""In the simulation; longer lines count all of them."""
ENOUGH_SAMPLES = 20
"""Conversations; what is missing is assumed."""
ASSUMED_CV = 0.6
"""Of conversations before any was measured (lognormal)."""
MIN_WIDTH_SECS = 120.0
MIN_WIDTH_SHARE = 0.15
DAY_SECS = 86400.0
Z90 = NormalDist().inv_cdf(0.9)
_MULTIPLIER, _INCREMENT, _MASK = 6364136223846793005, 1442695040888963407, (1 << 64) - 1
_QUANTILES = tuple(NormalDist().inv_cdf((index + 0.5) / 64) for index in range(64))
_REST_SIGMA = math.sqrt(math.log(1 + 0.8**2))
_RESTS = tuple(math.exp(_REST_SIGMA * z - _REST_SIGMA**2 / 2) for z in _QUANTILES)
"""What is left of a conversation varies more than a whole one."""


@dataclass(frozen=True, slots=True)
class Server:
    """An agent who is signed in and can take this caller."""

    free_in_secs: float = 0.0
    """0: free now. Else about when."""
    leaves_in_secs: float | None = None
    """End of the shift; who leaves is back at the next opening."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When people are there. Both None: always."""

    closes_in_secs: float | None = None
    """0: closed now."""
    reopens_in_secs: float | None = None
    open_secs: float = 8 * 3600.0
    """Length of the days after the next opening."""
    staff: int = 1
    """Agents to be expected at an opening when nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Work:
    """How long one conversation ties up an agent."""

    handle_secs: Sequence[float] = ()
    """Measured, newest first."""
    assumed_secs: float = 240.0
    """`QueueRules.handle_secs`."""
    between_secs: float = 0.0
    """Wrap-up, and reaching agent and customer."""


@dataclass(frozen=True, slots=True)
class Window:
    """When it will be the caller's turn, in seconds from now."""

    p50_secs: float
    p90_secs: float
    runs: int
    is_guess: bool = False
    """Nobody is signed in: it depends on when somebody comes."""


def rest_secs(work: Work, elapsed_secs: float) -> float:
    """How long a conversation that has lasted so long may still take, with all that follows it."""
    pool = _Conversations(work).pool
    left = [secs - elapsed_secs for secs in pool if secs > elapsed_secs]
    return fmean(left) if left else fmean(pool) / 2


def window(
    ahead: int,
    agents: Sequence[Server],
    work: Work,
    *,
    opening: Opening = Opening(),
    scheduled: Sequence[float] = (),
    seed: int = 0,
) -> Window:
    """The window for somebody with so many people in front.

    Args:
        ahead: People who are due before this one.
        agents: Who can take this one; those on a call, too.
        work: What a conversation takes.
        opening: When the queue is open.
        scheduled: Seconds from now at which others become due who will then be in front (chosen times, retries).
        seed: The same one gives the same window.
    """
    clock = _Clock(opening)
    line = _Line(_crew(agents, opening, clock), _Conversations(work), clock.closes)
    due = [clock.working(secs) for secs in sorted(scheduled)]
    later = due[:MAX_SCHEDULED]
    near = min(ahead, SIMULATED)
    middle = high = 0.0
    if ahead > near:
        middle, high = line.usual_wait(ahead, due, 0.0), line.usual_wait(ahead, due, Z90)
    if ahead == near or line.longest_wait(near + len(later)) > middle:
        waits = sorted(line.wait(near, later, _first_state(seed, run)) for run in range(RUNS))
        middle, high = max(middle, waits[RUNS // 2 - 1]), max(high, waits[math.ceil(RUNS * 0.9) - 1])
    is_guess = not agents or high == math.inf
    return _told(clock.from_now(middle), clock.from_now(high), is_guess=is_guess)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One agent, in working seconds."""

    number: int
    """Names the agent's own random numbers, so that one agent more does not change the others'."""

    begins: float
    busy_for: float
    leaves: float

    @property
    def free(self) -> float:
        return self.begins + self.busy_for


class _Clock:
    """Working seconds and seconds from now."""

    def __init__(self, opening: Opening) -> None:
        self._reopens = opening.reopens_in_secs or 0.0
        is_known = opening.closes_in_secs is not None and opening.reopens_in_secs is not None
        self.closes = opening.closes_in_secs or 0.0 if is_known else math.inf
        self._open_secs = max(60.0, opening.open_secs)

    def working(self, secs: float) -> float:
        """Seconds from now as working seconds; times at which it is closed count as the next opening."""
        return secs if secs < self.closes else self.closes + max(0.0, secs - self._reopens)

    def from_now(self, working: float) -> float:
        """Working seconds as seconds from now; when nobody is ever free, in half a day."""
        if working < self.closes:
            return working
        if working == math.inf:
            return DAY_SECS / 2
        days, rest = divmod(working - self.closes, self._open_secs)
        return self._reopens + days * DAY_SECS + rest


class _Conversations:
    """What one conversation takes: the measured ones, filled up with assumed ones."""

    def __init__(self, work: Work) -> None:
        measured = [max(0.0, secs) for secs in work.handle_secs]
        missing = max(0, ENOUGH_SAMPLES - len(measured))
        sigma = math.sqrt(math.log(1 + ASSUMED_CV**2))
        spread = (NormalDist().inv_cdf((index + 0.5) / missing) for index in range(missing))
        assumed = [work.assumed_secs * math.exp(sigma * z - sigma**2 / 2) for z in spread]
        self.pool = [secs + work.between_secs for secs in measured + assumed]
        self.mean = fmean(self.pool)
        self.spread = math.sqrt(fmean([(secs - self.mean) ** 2 for secs in self.pool]))
        self.doubt = self.spread / max(1.0, self.mean) / math.sqrt(max(4, len(measured)))
        """Relative standard deviation of the mean."""


class _Line:
    """The agents and the work in front of them."""

    def __init__(self, crew: Sequence[_Desk], conversations: _Conversations, back_at: float) -> None:
        self._crew, self._conversations, self._back_at = crew, conversations, back_at
        self._first_leaves = min(desk.leaves for desk in crew)
        self._starts = [(desk.begins, desk.busy_for, _salt(desk.number)) for desk in crew]
        self._stays = [(desk.free, desk.leaves) for desk in crew]
        self._comes_back = [max(free, back_at) for free, leaves in self._stays if leaves < math.inf]

    def wait(self, ahead: int, later: Sequence[float], state: int) -> float:
        """One run: working seconds until an agent is free for the caller."""
        factor = max(0.3, 1 + _QUANTILES[state >> 58] * self._conversations.doubt)
        free = [
            begins + (busy_for * _rest_of(state, salt) if busy_for else 0.0) for begins, busy_for, salt in self._starts
        ]
        at = self._wait_while_all_stay(list(free), ahead, later, state, factor)
        if at < self._first_leaves:
            return at
        leaving = list(zip(free, (desk.leaves for desk in self._crew), strict=True))
        return self._wait(leaving, ahead, later, state, factor)

    def longest_wait(self, ahead: int) -> float:
        """No run takes longer for so many in front: whoever is free first is no later free than all are on average.

        Beside a wait that is longer than this, runs would change nothing.
        """
        factor = max(0.3, 1 + _QUANTILES[-1] * self._conversations.doubt)
        busy = sum(begins + busy_for * _RESTS[-1] for begins, busy_for, _ in self._starts)
        longest = (busy + ahead * max(self._conversations.pool) * factor) / len(self._starts)
        return longest if longest < self._first_leaves else math.inf

    def _wait_while_all_stay(
        self, free: list[float], ahead: int, later: Sequence[float], state: int, factor: float
    ) -> float:
        """Most lines are worked off before anybody leaves; this is the same, and faster."""
        pool, size, due, count = self._conversations.pool, len(self._conversations.pool), 0, len(later)
        heapify(free)
        while True:
            at = free[0]
            while due < count and later[due] <= at:
                due += 1
                ahead += 1
            if ahead <= 0:
                return at
            ahead -= 1
            state = (state * _MULTIPLIER + _INCREMENT) & _MASK
            heapreplace(free, at + pool[(state >> 33) % size] * factor)

    def _wait(
        self, free: list[tuple[float, float]], ahead: int, later: Sequence[float], state: int, factor: float
    ) -> float:
        """With (when free, when gone) of everybody."""
        pool, back_at = self._conversations.pool, self._back_at
        heapify(free)
        size, due = len(pool), 0
        while True:
            at, leaves = free[0]
            if leaves <= at < math.inf:
                heapreplace(free, (max(at, back_at), math.inf))
                continue
            while due < len(later) and later[due] <= at:
                due += 1
                ahead += 1
            if ahead <= 0:
                return at
            ahead -= 1
            state = (state * _MULTIPLIER + _INCREMENT) & _MASK
            heapreplace(free, (at + pool[(state >> 33) % size] * factor, leaves))

    def usual_wait(self, ahead: int, later: Sequence[float], z: float) -> float:
        """Working seconds until all together have done the work in front, and what becomes due before that."""
        count = ahead
        while True:
            wait = self._work_off(count, z)
            in_front = ahead + bisect_right(later, wait)
            if in_front <= count:
                return wait
            count = in_front

    def _work_off(self, ahead: int, z: float) -> float:
        """Working seconds in which so many are served, at `z` standard deviations."""
        each = self._conversations
        half_done = (len(self._crew) - 1) * each.mean / 2
        deviation = math.hypot(each.spread * math.sqrt(ahead), each.doubt * each.mean * ahead)
        work = max(0.0, each.mean * ahead - half_done + z * deviation)
        low, high = 0.0, 1.0
        while self._done_by(high) < work:
            low, high = high, high * 2
            if high > 365 * DAY_SECS:
                return math.inf
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if self._done_by(middle) < work else (low, middle)
        return high

    def _done_by(self, at: float) -> float:
        """Seconds of work that all agents have done by then."""
        before = [(at if at < leaves else leaves) - free for free, leaves in self._stays]
        after = [at - back for back in self._comes_back]
        return sum([secs for secs in before if secs > 0.0]) + sum([secs for secs in after if secs > 0.0])


def _crew(agents: Sequence[Server], opening: Opening, clock: _Clock) -> list[_Desk]:
    """Those who are free first. With nobody there, those to be expected at the next opening."""
    if not agents:
        return [_Desk(number, clock.closes, 0.0, math.inf) for number in range(max(1, opening.staff))]
    desks = [
        _Desk(
            number,
            begins=0.0,
            busy_for=max(0.0, each.free_in_secs),
            leaves=math.inf if each.leaves_in_secs is None else min(each.leaves_in_secs, clock.closes),
        )
        for number, each in enumerate(agents)
    ]
    return sorted(desks, key=lambda desk: (desk.free, -desk.leaves))[:MAX_AGENTS]


def _salt(number: int) -> int:
    return (number + 1) * 0x9E3779B97F4A7C15


def _rest_of(state: int, salt: int) -> float:
    """How the rest of an agent's conversation under way compares to what was expected of it."""
    mixed = ((state ^ salt) * _MULTIPLIER + _INCREMENT) & _MASK
    return _RESTS[mixed >> 58]


def _first_state(seed: int, run: int) -> int:
    """State of a run's generator; its first bits are evenly spread over the runs."""
    mixed = (seed * 0x9E3779B97F4A7C15 + (run + 1) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 31)) * 0x94D049BB133111EB) & _MASK
    return mixed ^ (mixed >> 29)


def _told(middle: float, high: float, *, is_guess: bool) -> Window:
    """With its least width; of a guess, a day."""
    width = DAY_SECS if is_guess else max(MIN_WIDTH_SECS, MIN_WIDTH_SHARE * middle)
    return Window(middle, max(high, middle + width), RUNS, is_guess)
