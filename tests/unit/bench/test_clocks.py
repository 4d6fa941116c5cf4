"""A clock that runs faster, and slower where the machine is busy."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from ivr.bench.clocks import FastClock
from ivr.bench.pace import busyness
from tests.fakes.virtual_loop import run_virtually

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


def test_before_its_start_it_shows_earlier_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    clock = FastClock.starting(NOON, 60.0, 2.0, lead_secs=0.5)
    assert clock.elapsed() == -0.5
    assert clock.now() == NOON - timedelta(seconds=30)


def test_it_sleeps_until_a_second_of_the_bench() -> None:
    async def sleep() -> float:
        loop = asyncio.get_running_loop()
        clock = FastClock(NOON, 60.0, 2.0, time.monotonic())
        await clock.until(10.0)
        return loop.time()

    assert run_virtually(sleep()) == pytest.approx(20.0, abs=0.5)
