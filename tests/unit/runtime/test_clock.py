from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.runtime.clock import SystemClock

pytestmark = pytest.mark.unit


def offset_of(clock: SystemClock) -> timedelta:
    return clock.now() - datetime.now(UTC)


def write(file: Path, text: str, changed_at: int) -> None:
    file.write_text(text, "ascii")
    os.utime(file, ns=(changed_at, changed_at))


def test_the_clock_is_the_systems_own() -> None:
    clock = SystemClock()
    assert abs(offset_of(clock)) < timedelta(seconds=5)
    assert clock.now().tzinfo is UTC
    assert clock.monotonic_ms() <= clock.monotonic_ms()


def test_a_file_moves_the_wall_clock_while_it_runs_and_never_the_other(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = SystemClock(file)
    assert abs(offset_of(clock)) < timedelta(seconds=5)
    before = clock.monotonic_ms()
    write(file, "3600\n", 1_000)
    assert timedelta(minutes=59) < offset_of(clock) < timedelta(minutes=61)
    write(file, "-86400", 2_000)
    assert timedelta(hours=-25) < offset_of(clock) < timedelta(hours=-23)
    assert clock.monotonic_ms() - before < 60_000


def test_what_is_no_number_leaves_the_clock_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = SystemClock(file)
    write(file, "3600", 1_000)
    clock.now()
    write(file, "soon", 2_000)
    assert offset_of(clock) > timedelta(minutes=59)
