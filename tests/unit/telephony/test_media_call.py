"""One call's media: keys that come before anybody listens are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from ivr.telephony.media_call import MAX_EARLY_KEYS, CloseReason, MediaCall
from ivr.telephony.media_gate import MediaCounters
from ivr.telephony.media_stream import Started

pytestmark = pytest.mark.unit


class Socket:
    """The sending side; the time is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def send_media(self, mulaw: bytes) -> None:
        raise AssertionError("nothing is played here")

    def send_mark(self, name: str) -> None:
        raise AssertionError("nothing is played here")

    def send_clear(self) -> None:
        raise AssertionError("nothing is played here")

    def now_ms(self) -> float:
        return self.now

    def hang_up(self, reason: CloseReason) -> None:
        raise AssertionError("nobody hangs up here")


def with_call(scene: Callable[[MediaCall], None]) -> None:
    """Runs a scene on a loop, where a call lives."""

    async def work() -> None:
        scene(make_call())

    asyncio.run(work())


def make_call() -> MediaCall:
    return MediaCall(
        "c1", Started(1, "MZ1", "CA1", "AC1", ("inbound",), "audio/x-mulaw", 8000), Socket(), MediaCounters()
    )


def test_keys_pressed_before_anybody_listens_are_told_once_somebody_does() -> None:
    told: list[str] = []

    def scene(call: MediaCall) -> None:
        call.key_arrived("4")
        call.key_arrived("2")
        call.on_digit = lambda at_ms, digit: told.append(digit)
        call.key_arrived("7")

    with_call(scene)
    assert told == ["4", "2", "7"]


def test_they_are_told_once_only() -> None:
    told: list[str] = []

    def scene(call: MediaCall) -> None:
        call.key_arrived("4")
        call.on_digit = lambda at_ms, digit: None
        call.on_digit = lambda at_ms, digit: told.append(digit)

    with_call(scene)
    assert told == []


def test_who_presses_without_end_fills_no_memory() -> None:
    told: list[str] = []

    def scene(call: MediaCall) -> None:
        for _ in range(MAX_EARLY_KEYS + 50):
            call.key_arrived("1")
        call.on_digit = lambda at_ms, digit: told.append(digit)

    with_call(scene)
    assert len(told) == MAX_EARLY_KEYS
