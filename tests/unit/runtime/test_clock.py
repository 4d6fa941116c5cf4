"""The real clocks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.runtime.clock import SystemClock

pytestmark = pytest.mark.unit


def test_the_wall_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_the_other_clock_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.monotonic_ms() <= clock.monotonic_ms()
