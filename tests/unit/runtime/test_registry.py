"""The live calls of a process: admitted by ticket, resumed after a break, ended once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from ivr.ports import StoreFailed
from tests.fakes.live_call import ANSWERED_AT
from tests.fakes.virtual_loop import run_virtually
from tests.unit.runtime.house import CALL, Caller, House

pytestmark = pytest.mark.unit


def play(scene: Any, **parts: Any) -> House:
    """Runs a scene in a house where a call has arrived."""

    async def work() -> House:
        house = House(**parts)
        house.ring()
        await scene(house)
        return house

    return run_virtually(work())


# -- admission -------------------------------------------------------------------------------------


def test_a_ticket_admits_once() -> None:
    async def scene(house: House) -> None:
        registry = house.registry()
        house.nodes.issue_ticket(CALL, "n1", "secret", expires_at=ANSWERED_AT + timedelta(minutes=1))
        assert registry.admit(CALL, "wrong") is None
        assert registry.admit(CALL, "secret") == "CA1"
        assert registry.admit(CALL, "secret") is None
        record = house.calls.get(CALL)
        assert record is not None
        assert (record.status, record.node_id, record.answered_at) == ("in_progress", "n1", ANSWERED_AT)

    play(scene)


def test_a_call_that_is_over_or_unknown_is_not_admitted() -> None:
    async def scene(house: House) -> None:
        registry = house.registry()
        house.calls.end(CALL, ended_at=ANSWERED_AT, outcome="abandoned", cause="caller_hung_up")
        assert house.admit(registry) is None
        house.nodes.issue_ticket("other", "n1", "t", expires_at=ANSWERED_AT + timedelta(minutes=1))
        assert registry.admit("other", "t") is None

    play(scene)


def test_call_whose_stream_never_began_is_ended_unless_it_went_on_elsewhere() -> None:
    async def scene(house: House) -> None:
        registry = house.registry()
        assert house.admit(registry) == "CA1"
        await asyncio.sleep(4)
        assert registry.end_unopened() == 0
        await asyncio.sleep(2)
        assert registry.end_unopened() == 1
        assert registry.end_unopened() == 0
        record = house.calls.get(CALL)
        assert record is not None
        assert (record.status, record.outcome, record.end_cause) == ("ended", "abandoned", "lost")

    play(scene)


def test_call_whose_stream_began_on_another_node_is_left_alone() -> None:
    async def scene(house: House) -> None:
        registry = house.registry()
        assert house.admit(registry) == "CA1"
        house.calls.update(CALL, node_id="n2", resumes=1)
        await asyncio.sleep(6)
        assert registry.end_unopened() == 0

    play(scene)


# -- a call ----------------------------------------------------------------------------------------


def test_a_live_call_is_counted_until_it_is_over() -> None:
    async def scene(house: House) -> None:
        registry = house.registry()
        caller = await Caller.on(house, registry)
        assert list(registry.live) == [CALL]
        caller.line.end("hung_up")
        await caller.over()
        assert (registry.live, registry.ended) == ({}, 1)

    play(scene)


def test_a_recording_that_was_made_is_handed_on() -> None:
    async def scene(house: House) -> None:
        house.tape.name = "2026/c1.wav"
        caller = await Caller.on(house, house.registry())
        caller.line.end("hung_up")
        await caller.over()

    assert play(scene).recorded == ["2026/c1.wav"]


def test_one_ended_returns_with_the_first_end_or_when_the_time_is_over() -> None:
    async def scene(house: House) -> None:
        registry = house.registry()
        caller = await Caller.on(house, registry)
        asyncio.get_running_loop().call_later(3, caller.line.end, "hung_up")
        await registry.one_ended(60)
        assert round(asyncio.get_running_loop().time()) == 3
        await registry.one_ended(5)
        assert round(asyncio.get_running_loop().time()) == 8
        await caller.over()

    play(scene)


# -- breaking and resuming -------------------------------------------------------------------------


async def broken_during_read_back(house: House) -> Caller:
    caller = await Caller.on(house, house.registry("n1"))
    await caller.quiet()
    await caller.press("142719")
    await caller.quiet()
    assert house.mouth.said[-1] == "Thank you. I have four two seven one nine. Is that right?"
    caller.line.end("broken")
    await caller.over()
    return caller


def test_a_broken_stream_suspends_and_another_registry_goes_on_at_the_same_step() -> None:
    async def scene(house: House) -> None:
        await broken_during_read_back(house)
        record = house.calls.get(CALL)
        assert record is not None
        assert record.status == "in_progress"
        house.mouth.said.clear()
        house.calls.update(CALL, resumes=1)
        second = await Caller.on(house, house.registry("n2"))
        await second.quiet()
        await second.say("yes")
        await second.quiet()
        await second.say("no")
        await second.over()

    house = play(scene)
    assert house.mouth.said == [
        "Sorry, I lost you for a second.",
        "Thank you. I have four two seven one nine. Is that right?",
        "It is shipped.",
        "Anything else?",
        "Goodbye.",
    ]
    record = house.calls.get(CALL)
    assert record is not None
    assert (record.outcome, record.node_id, record.resumes) == ("resolved", "n2", 1)
    numbers = [turn.number for turn in house.calls.turns(CALL)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert house.connectors.asked[0].key == f"{CALL}:find:1"


def test_a_resumed_call_keeps_its_own_time() -> None:
    async def scene(house: House) -> None:
        await broken_during_read_back(house)
        await asyncio.sleep(5)
        second = await Caller.on(house, house.registry("n2"))
        now = asyncio.get_running_loop().time()
        assert abs(second.driver.now() - now * 1000) <= 2
        second.line.end("hung_up")
        await second.over()

    play(scene)


def test_a_call_that_does_not_come_back_counts_as_lost() -> None:
    async def scene(house: House) -> None:
        await broken_during_read_back(house)
        await asyncio.sleep(29)
        record = house.calls.get(CALL)
        assert record is not None
        assert record.status == "in_progress"
        await asyncio.sleep(2)
        record = house.calls.get(CALL)
        assert record is not None
        assert (record.status, record.outcome, record.end_cause) == ("ended", "abandoned", "lost")

    play(scene)


def test_a_call_that_went_on_elsewhere_is_not_lost() -> None:
    async def scene(house: House) -> None:
        await broken_during_read_back(house)
        house.calls.update(CALL, resumes=1, node_id="n2")
        await asyncio.sleep(31)
        record = house.calls.get(CALL)
        assert record is not None
        assert record.status == "in_progress"

    play(scene)


def test_a_database_that_is_away_when_a_lost_call_is_looked_at_hurts_nobody() -> None:
    async def scene(house: House) -> None:
        await broken_during_read_back(house)
        house.calls.failing = "locked"
        await asyncio.sleep(31)
        house.calls.failing = None
        record = house.calls.get(CALL)
        assert record is not None
        assert record.status == "in_progress"

    play(scene)


def test_closing_forgets_who_was_watched_for() -> None:
    async def scene(house: House) -> None:
        caller = await broken_during_read_back(house)
        await caller.registry.close()
        await asyncio.sleep(31)
        record = house.calls.get(CALL)
        assert record is not None
        assert record.status == "in_progress"

    play(scene)


def test_a_session_that_cannot_be_restored_begins_again() -> None:
    async def scene(house: House) -> None:
        await broken_during_read_back(house)
        house.calls.update(CALL, snapshot={"phase": "dancing"})
        house.mouth.said.clear()
        second = await Caller.on(house, house.registry("n2"))
        await second.quiet()
        assert house.mouth.said == ["This call may be recorded.", "How can I help?"]
        second.line.end("hung_up")
        await second.over()

    play(scene)


def test_an_owner_that_was_replaced_stops_and_writes_nothing_more() -> None:
    async def scene(house: House) -> None:
        caller = await Caller.on(house, house.registry("n1"))
        await caller.quiet()
        before = house.calls.turns(CALL)
        house.calls.update(CALL, node_id="n2")
        await caller.press("1")
        await asyncio.sleep(1)
        await caller.press("4")
        await caller.over()
        record = house.calls.get(CALL)
        assert record is not None
        assert (record.status, record.node_id, caller.line.is_closed) == ("in_progress", "n2", True)
        assert len(house.calls.turns(CALL)) <= len(before) + 1

    play(scene)


# -- a database that is away -----------------------------------------------------------------------


def test_a_database_that_is_away_for_a_while_loses_no_turn() -> None:
    async def scene(house: House) -> None:
        caller = await Caller.on(house, house.registry())
        await caller.quiet()
        house.calls.failing = "locked"
        await caller.say("when are you open")
        await caller.quiet()
        house.calls.failing = None
        await caller.say("no")
        await caller.over()

    house = play(scene)
    assert [turn.text for turn in house.calls.turns(CALL)] == [
        "This call may be recorded.", "How can I help?", "when are you open", "We are here nine to five.",
        "Anything else?", "no", "Goodbye.",
    ]  # fmt: skip
    record = house.calls.get(CALL)
    assert record is not None
    assert record.outcome == "resolved"


def test_a_caller_does_not_wait_for_a_database_that_stays_away() -> None:
    async def scene(house: House) -> None:
        caller = await Caller.on(house, house.registry())
        await caller.quiet()
        house.calls.failing = "locked"
        await caller.press("0")
        spoken_secs = (len("A person will call you.") + len("Goodbye.")) * 0.06
        await asyncio.sleep(spoken_secs + 2.5)
        assert caller.line.is_closed
        house.calls.failing = None
        await caller.over()

    house = play(scene)
    assert [turn.text for turn in house.calls.turns(CALL)][-1] == "Goodbye."


def test_an_end_that_cannot_be_written_is_left_to_the_sweeper() -> None:
    async def scene(house: House) -> None:
        caller = await Caller.on(house, house.registry())
        await caller.quiet()

        def end(*arguments: object, **values: object) -> bool:
            raise StoreFailed("locked", retryable=True)

        house.calls.end = end  # type: ignore[method-assign]
        caller.line.end("hung_up")
        await caller.over()
        record = house.calls.get(CALL)
        assert record is not None
        assert record.status == "in_progress"

    play(scene)
