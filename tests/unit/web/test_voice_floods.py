"""More calls than there is room for, or than one number should make (T11)."""

from __future__ import annotations

import pytest

from tests.fakes.queue_service import ScriptedQueue
from tests.unit.web.kit import House, settings, verbs
from tests.unit.web.test_voice import routed

pytestmark = pytest.mark.unit


def flooded(calls_per_source: int = 0, door: int = 20, **node: int) -> House:
    limits = {"IVR_WEB__CALLS_PER_SOURCE": str(calls_per_source), "IVR_WEB__DOOR": str(door)}
    house = House(settings=settings(**limits), queue=ScriptedQueue())
    house.add_node(**node)
    return house


def sid(number: int) -> str:
    return f"CA{number:032x}"


def test_one_number_that_calls_too_often_at_once_hears_the_busy_tone_and_others_are_answered() -> None:
    house = flooded(calls_per_source=2, capacity=20)
    answers = [verbs(house.ask("/voice/incoming", CallSid=sid(number))) for number in range(4)]
    assert answers == [["Connect", "Redirect"]] * 2 + [["Reject"]] * 2
    other = {"From": "+12025550199", "Caller": "+12025550199"}
    assert verbs(house.ask("/voice/incoming", other, CallSid=sid(8))) == ["Connect", "Redirect"]
    withheld = {"From": "anonymous", "Caller": "anonymous"}
    for number in range(10, 14):
        assert verbs(house.ask("/voice/incoming", withheld, CallSid=sid(number))) == ["Connect", "Redirect"]
    assert routed(house, "rejected") == 2
    assert {call.outcome for call in house.calls.recent() if call.status == "ended"} == {"rejected"}


def test_of_ten_times_too_many_callers_some_are_offered_a_call_and_the_rest_hear_the_busy_tone() -> None:
    house = flooded(door=5, live=10, capacity=10)
    answers = [verbs(house.ask("/voice/incoming", CallSid=sid(number)))[0] for number in range(100)]
    assert answers == ["Gather"] * 5 + ["Reject"] * 95
    house.clock.pass_by(31)
    house.beat(live=10)
    assert verbs(house.ask("/voice/incoming", CallSid=sid(200)))[0] == "Gather"
