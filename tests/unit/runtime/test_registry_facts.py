"""What is known before a call's first word: asked once, in a thread, and never waited for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from ivr.ports import CallFacts, CallRecord, StoreFailed
from tests.fakes.live_call import FakeLine
from tests.fakes.virtual_loop import run_virtually
from tests.unit.runtime.house import CALL, ENDS, House

pytestmark = pytest.mark.unit

FACTS = CallFacts({"leg": {"role": "customer", "tag": "t"}})


class Never(Executor):
    """Takes work and never does it, as a database that hangs."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Nothing comes of it."""
        return Future()


def records_of(facts: Callable[[CallRecord], CallFacts]) -> dict[str, Any]:
    """What the session of a call knows at its first word."""

    async def work() -> dict[str, Any]:
        house = House(facts=facts)
        house.ring()
        registry = house.registry()
        assert house.admit(registry) == "CA1"
        line = FakeLine(CALL)
        serving = asyncio.ensure_future(registry.serve(line, lambda reason: ENDS[reason]))
        await asyncio.sleep(0.001)
        records = dict(registry.live[CALL].session.state.records)
        line.on_closed("hung_up")
        await serving
        return records

    return run_virtually(work())


def test_what_is_known_is_there_with_the_first_word() -> None:
    assert records_of(lambda record: FACTS) == {"leg": {"role": "customer", "tag": "t"}}


def test_the_call_is_what_is_asked_about() -> None:
    asked: list[CallRecord] = []

    def facts(record: CallRecord) -> CallFacts:
        asked.append(record)
        return FACTS

    records_of(facts)
    assert [(record.id, record.caller, record.dialled) for record in asked] == [(CALL, "+12025550123", "+15005550006")]


def test_a_call_begins_without_what_cannot_be_read() -> None:
    def facts(record: CallRecord) -> CallFacts:
        raise StoreFailed("away", retryable=True)

    assert records_of(facts) == {}


def test_a_call_waits_one_second_for_what_is_known_and_then_begins() -> None:
    async def work() -> list[bool]:
        house = House(database=Never())
        house.ring()
        registry = house.registry()
        assert house.admit(registry) == "CA1"
        serving = asyncio.ensure_future(registry.serve(FakeLine(CALL), lambda reason: ENDS[reason]))
        has_begun = []
        for _ in range(2):
            await asyncio.sleep(0.9)
            has_begun.append(CALL in registry.live)
        serving.cancel()
        return has_begun

    assert run_virtually(work()) == [False, True]
