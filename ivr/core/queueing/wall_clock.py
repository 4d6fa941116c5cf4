"""When a clock on the wall shows a time, on the nights too when clocks are changed. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def shown_at(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last moment (UTC) at which clocks show a wall time.

        usual days          the same moment twice
        clocks go back      two moments an hour apart
        clocks go forward   a time that is skipped: the moment of the skip, twice

    Args:
        wall: Naive, whole seconds.
        zone: Where the clock hangs.
    """
    before, after = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if before > after:
        skip = change_between(after, before, zone)
        return skip, skip
    return before, after


def change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which clocks were changed, when they were once in that time; `high` when they were not.

    Args:
        low: Whole seconds, UTC, before the change.
        high: Later than `low`.
        zone: Where the clocks hang.
    """
    offset = low.astimezone(zone).utcoffset()
    same, changed = 0, (high - low) // _SECOND
    while changed - same > 1:
        middle = (same + changed) // 2
        if (low + middle * _SECOND).astimezone(zone).utcoffset() == offset:
            same = middle
        else:
            changed = middle
    return low + changed * _SECOND
