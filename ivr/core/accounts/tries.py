"""How often a password may be tried: waits that grow, levels that drain. Pure; the counters are in the database.

Each failed try raises a level by one; the level drains with time. Up to `free` nobody waits; from there each further
failure doubles the wait, up to `longest`. Nothing is ever locked for good:

    level  0 1 2 3 4 5 6 7 8  9 …        (free = 5)
    wait   – – – – – 1 2 4 8 16 s …      up to `longest`

Tries are counted before the password is looked at, so that many at the same time are no way around.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Tries:
    """A counter as it is stored."""

    level: float
    at: datetime
    """Of the last counted try."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How one counter slows down."""

    free: int
    """Failures without a wait."""
    longest: timedelta
    drain: timedelta
    """Time in which one failure is forgotten."""

    def level(self, tries: Tries | None, now: datetime) -> float:
        """What is left of the failures."""
        if tries is None:
            return 0.0
        return max(0.0, tries.level - max(timedelta(), now - tries.at) / self.drain)

    def wait(self, tries: Tries | None, now: datetime) -> timedelta:
        """Until the next try is looked at; nothing: now."""
        if tries is None or tries.level < self.free:
            return timedelta()
        # 2.0 ** 64 s is past every `longest`; more would overflow.
        delay = min(self.longest.total_seconds(), 2.0 ** min(64, int(tries.level) - self.free))
        return max(timedelta(), tries.at + timedelta(seconds=delay) - now)

    def counted(self, tries: Tries | None, now: datetime) -> Tries:
        """With one more failure."""
        return Tries(self.level(tries, now) + 1, now)


PAIR = Limit(5, timedelta(minutes=15), timedelta(minutes=10))
"""One address trying one account."""
SOURCE = Limit(20, timedelta(minutes=5), timedelta(minutes=1))
"""One address, whatever accounts it tries; an office shares one."""
ACCOUNT = Limit(20, timedelta(minutes=1), timedelta(minutes=5))
"""One account from everywhere. The wait stays short: it hits its owner, too."""
DEVICE = Limit(10, timedelta(minutes=5), timedelta(minutes=5))
"""A browser that signed in to this account before. It waits for its own failures only, so that strangers who keep an
account busy do not keep its owner out."""


def counters(account_id: str, source: str, device: str) -> dict[str, Limit]:
    """Which counters a try raises, by key. Keys are digests: what was typed as a name may be a password."""
    if device:
        return {_key("device", account_id, device): DEVICE}
    return {
        _key("pair", account_id, source): PAIR,
        _key("source", source): SOURCE,
        _key("account", account_id): ACCOUNT,
    }


def _key(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Counting:
    """What becomes of one try."""

    wait: timedelta
    """More than nothing: the try is refused unseen, and counts nowhere."""
    after: Mapping[str, Tries]
    """Counters to be written."""


def count_try(limits: Mapping[str, Limit], before: Mapping[str, Tries], now: datetime) -> Counting:
    """Counts a try as a failure in advance, or refuses it."""
    wait = max((limit.wait(before.get(key), now) for key, limit in limits.items()), default=timedelta())
    if wait > timedelta():
        return Counting(wait, {})
    return Counting(wait, {key: limit.counted(before.get(key), now) for key, limit in limits.items()})


def forgive(limits: Mapping[str, Limit], before: Mapping[str, Tries]) -> dict[str, Tries]:
    """After the right password: the own counter is empty again, shared ones lose only this try.

    Otherwise anybody with an account could wipe out what was counted against the address they share.
    """
    after = {}
    for key in limits:
        if (tries := before.get(key)) is not None:
            is_own = limits[key] in (PAIR, DEVICE)
            after[key] = Tries(0.0 if is_own else max(0.0, tries.level - 1), tries.at)
    return after
