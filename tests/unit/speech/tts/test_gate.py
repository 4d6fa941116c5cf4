"""The order in which sentences get an engine."""

from __future__ import annotations

import asyncio

import pytest

from speech.tts.gate import Gate, Urgency

pytestmark = pytest.mark.unit


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_the_urgent_overtake_and_equals_keep_their_order() -> None:
    served: list[str] = []

    async def story() -> None:
        gate, release = Gate(1), asyncio.Event()

        async def want(name: str, urgency: Urgency) -> None:
            async with gate.passing(urgency):
                served.append(name)
                await release.wait()

        wanted = [("now", Urgency.BACKGROUND), ("later", Urgency.BACKGROUND), ("ahead", Urgency.AHEAD)]
        wanted += [("first", Urgency.FIRST), ("second", Urgency.FIRST)]
        tasks = [asyncio.create_task(want(*each)) for each in wanted]
        await settle()
        assert served == ["now"]
        release.set()
        await asyncio.gather(*tasks)

    asyncio.run(story())

    assert served == ["now", "first", "second", "ahead", "later"]


def test_as_many_pass_as_there_are_places() -> None:
    async def story() -> int:
        gate, inside, most = Gate(2), 0, 0

        async def want() -> None:
            nonlocal inside, most
            async with gate.passing(Urgency.FIRST):
                inside += 1
                most = max(most, inside)
                await settle()
                inside -= 1

        await asyncio.gather(*(want() for _ in range(6)))
        return most

    assert asyncio.run(story()) == 2


def test_a_place_is_not_lost_when_the_one_called_is_cancelled() -> None:
    async def story() -> None:
        gate, release = Gate(1), asyncio.Event()

        async def hold() -> None:
            async with gate.passing(Urgency.FIRST):
                await release.wait()

        holder, called, waiting = (asyncio.create_task(hold()) for _ in range(3))
        await settle()
        release.set()
        await holder
        called.cancel()
        await asyncio.wait_for(asyncio.gather(called, waiting, return_exceptions=True), 5)
        async with asyncio.timeout(5), gate.passing(Urgency.BACKGROUND):
            pass

    asyncio.run(story())
