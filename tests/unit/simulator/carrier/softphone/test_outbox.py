import asyncio

import pytest

from ivr.simulator.carrier.softphone.outbox import MAX_FRAMES, MAX_TEXTS, Outbox

pytestmark = pytest.mark.unit


def everything(outbox: Outbox) -> list[str | bytes]:
    async def read() -> list[str | bytes]:
        found: list[str | bytes] = []
        try:
            async with asyncio.timeout(0):
                while (message := await outbox.next()) is not None:
                    found.append(message)
        except TimeoutError:
            pass
        return found

    return asyncio.run(read())


def test_texts_go_before_audio() -> None:
    outbox = Outbox()
    outbox.frame(b"1")
    outbox.text("a")
    outbox.frame(b"2")
    assert everything(outbox) == ["a", b"1", b"2"]


def test_slow_reader_loses_the_oldest_audio() -> None:
    outbox = Outbox()
    for number in range(MAX_FRAMES + 2):
        outbox.frame(bytes([number]))
    assert everything(outbox)[0] == b"\x02"
    assert outbox.dropped_frames == 2


def test_reader_of_nothing_is_given_up() -> None:
    outbox = Outbox()
    for _ in range(MAX_TEXTS + 1):
        outbox.text("a")
    assert outbox.is_given_up
    assert everything(outbox) == []


def test_closed_outbox_ends_its_writer() -> None:
    async def scenario() -> None:
        outbox = Outbox()
        waiting = asyncio.create_task(outbox.next())
        await asyncio.sleep(0)
        outbox.close()
        assert await waiting is None

    asyncio.run(scenario())
