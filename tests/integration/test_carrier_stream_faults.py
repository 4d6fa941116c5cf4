"""Streams of the simulated carrier that lose, repeat and break off."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.simulator.carrier import Carrier
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import (
    SmallApplication,
    ignore,
)
from tests.integration.test_carrier_streams import Arrange, hang_up_soon, hanging_up_after, stream_call

pytestmark = pytest.mark.integration


def faults(**values: Any) -> Arrange:
    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        for name, value in values.items():
            setattr(carrier.faults.stream, name, value)

    return arrange


def test_lost_frames_leave_a_jump_in_time_only() -> None:
    socket, _, _ = stream_call(hanging_up_after(10), arrange=faults(gap_at_ms=40, gap_ms=100))
    media = [message["media"] for message in socket.of("media")]
    times = [int(one["timestamp"]) for one in media]
    assert [late - early for early, late in zip(times[:4], times[1:4], strict=False)] == [20, 120, 20]
    assert [one["chunk"] for one in media[:4]] == ["1", "2", "3", "4"]


def test_lost_messages_leave_a_jump_in_the_counters_and_duplicates_repeat_them() -> None:
    socket, _, _ = stream_call(hanging_up_after(40), arrange=faults(lose_rate=0.3, duplicate_rate=0.3))
    numbers = [int(message["sequenceNumber"]) for message in socket.of("media")]
    steps = {late - early for early, late in zip(numbers, numbers[1:], strict=False)}
    assert 0 in steps and max(steps) > 1


def test_missing_stop_is_just_a_close() -> None:
    socket, _, _ = stream_call(ignore, hang_up_soon, arrange=faults(missing_stop=True))
    assert not socket.of("stop")
    assert socket.close_code == 1000


def test_late_stop_still_comes() -> None:
    socket, _, _ = stream_call(ignore, hang_up_soon, arrange=faults(late_stop_ms=500))
    assert socket.messages[-1]["event"] == "stop"


def test_abrupt_cut_has_no_stop_and_the_next_verb_runs() -> None:
    party = NotingParty()
    socket, _, _ = stream_call(ignore, arrange=faults(abrupt_close_at_ms=200), party=party, after="<Say>next</Say>")
    assert not socket.of("stop")
    assert socket.close_code != 1000
    assert party.said == ["next"]
