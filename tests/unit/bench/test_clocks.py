"""A clock that runs faster, and slower where the machine is busy."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from ivr.bench.clocks import FastClock
from ivr.bench.pace import busyness

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("pace", "secs"), [(1.0, 10.0), (2.0, 5.0)])
def test_it_shows_minutes_for_seconds_of_the_bench(monkeypatch: pytest.MonkeyPatch, pace: float, secs: float) -> None:
    clock = FastClock(NOON, 60.0, pace, 1000.0)
    monkeypatch.setattr(time, "monotonic", lambda: 1010.0)
    assert clock.elapsed() == secs
    assert clock.now() == NOON + timedelta(minutes=secs)
    assert clock.real(secs) == 10.0


def test_a_busy_machine_is_at_least_as_slow_as_an_idle_one() -> None:
    assert 1.0 <= busyness() <= 6.0
