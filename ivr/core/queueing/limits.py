"""What the whole house may dial and send, whatever its queues want. Pure values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DialLimits:
    """Budgets, and how long a worker is believed to be alive."""

    is_enabled: bool = True
    """The kill switch: False dials and texts nobody new."""
    per_hour: int = 200
    """Calls to customers and agents."""
    per_day: int = 1000
    settle_secs: float = 90.0
    """After an intent, before "no such call" is believed: HTTP time-out and lag of the carrier's lists."""
    lease_secs: float = 15.0
    """A worker that was not heard of for so long has lost what it held."""
    texts_per_day: int = 200
