"""Where somebody is, by what their clock shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CLOSE_MINS = 30
"""Clocks that people read out are right within that."""
_HALF_DAY, _DAY = 720, 1440
_EVERYWHERE = tuple(f"Etc/GMT{-hours:+d}" for hours in range(-11, 13) if hours)
"""Zones by their distance from UTC; their names count the other way round."""


def is_one_clock(zones: Sequence[str], now: datetime) -> bool:
    """Whether it is the same time in all of them, and there is one."""
    return len({_offset(zone, now) for zone in zones}) == 1


def zone_showing(told: time, likely: Sequence[str], now: datetime) -> str:
    """The zone whose clocks show that time.

    Args:
        told: As it was said; who says "ten" may mean ten in the evening.
        likely: Zones to be tried first, at least one; of others, one near the first of them is taken.
        now: Aware.
    """
    for turn in (_DAY, _HALF_DAY):
        nearest = min(likely, key=lambda zone: _apart(zone, told, now, turn))
        if _apart(nearest, told, now, turn) <= CLOSE_MINS:
            return nearest
    home = _offset(likely[0], now)
    return min(
        ("UTC", *_EVERYWHERE), key=lambda zone: (_apart(zone, told, now, _HALF_DAY), abs(_offset(zone, now) - home))
    )


def _apart(zone: str, told: time, now: datetime, turn: int) -> int:
    """Minutes between the clocks there and the time told, on a dial of so many minutes."""
    local = now.astimezone(ZoneInfo(zone))
    apart = (local.hour * 60 + local.minute - told.hour * 60 - told.minute) % turn
    return min(apart, turn - apart)


def _offset(zone: str, now: datetime) -> timedelta:
    return now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
