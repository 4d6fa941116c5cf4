"""How numbers and times look."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.core.shown import clock, masked

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+12025550123", "+1 202 ···23"),
        ("+81312342210", "+81 3 ···10"),
        ("+74951234567", "+7 495 ···67"),
        ("110", "···"),
        ("client:ana", "browser"),
    ],
)
def test_a_number_is_masked_in_the_middle(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (NOON, "13:00"),
        (NOON.replace(day=21), "21 Nov 13:00"),
        (NOON.replace(year=2025), "2025-11-23 13:00"),
    ],
)
def test_a_time_of_another_day_has_its_date(at: datetime, shown: str) -> None:
    assert clock(at, NOON, "Europe/Berlin") == shown


def test_seconds_are_shown_where_they_matter() -> None:
    assert clock(NOON, NOON, "UTC", seconds=True) == "12:00:05"
