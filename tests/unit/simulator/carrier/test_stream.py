import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from ivr.simulator.carrier import CallStatus
from ivr.simulator.carrier.call import CarrierCall
from ivr.simulator.carrier.settings import LineSettings
from tests.fakes.carrier_world import STATUS, VOICE, World, world

pytestmark = pytest.mark.unit

CONNECT = '<Response><Connect><Stream url="wss://m.example.com/media"/></Connect></Response>'


class LinkedSocket:
    """The carrier's end of a media socket, without a network: sends are noted, or block for ever."""

    def __init__(self, is_stuck: bool = False) -> None:
        self.is_stuck = is_stuck
        self.sent: list[dict[str, Any]] = []
        self.closed = False
        self.close_code: int | None = None
        self._inbox: asyncio.Queue[aiohttp.WSMessage | None] = asyncio.Queue()

    async def ws_connect(self, url: str, **_: object) -> "LinkedSocket":
        return self

    async def send_str(self, text: str) -> None:
        if self.is_stuck:
            await asyncio.Event().wait()
        self.sent.append(json.loads(text))

    async def close(self) -> None:
        self.closed = True
        self._inbox.put_nowait(None)

    def exception(self) -> None:
        return None

    def __aiter__(self) -> "LinkedSocket":
        return self

    async def __anext__(self) -> aiohttp.WSMessage:
        message = await self._inbox.get()
        if message is None:
            raise StopAsyncIteration
        return message


def call_over(socket: LinkedSocket, act: Callable[[World, CarrierCall], Any], line: LineSettings) -> CarrierCall:
    async def scenario() -> CarrierCall:
        async with world({VOICE: CONNECT, STATUS: ""}, line, socket) as here:  # type: ignore[arg-type]
            call = await here.call()
            await call.wait_answered()
            await act(here, call)
            call.hang_up()
            await call.wait_ended()
        return call

    return asyncio.run(scenario())


async def two_seconds(here: World, call: CarrierCall) -> None:
    await here.after(2)


def test_fifty_frames_a_second_by_the_lines_clock() -> None:
    socket = LinkedSocket()
    call_over(socket, two_seconds, LineSettings())
    media = [message for message in socket.sent if message["event"] == "media"]
    assert 98 <= len(media) <= 101
    assert [message["event"] for message in socket.sent[:2]] == ["connected", "start"]
    assert socket.sent[-1]["event"] == "stop"


def test_server_that_does_not_read_loses_frames_but_never_holds_up_the_call() -> None:
    call = call_over(LinkedSocket(is_stuck=True), two_seconds, LineSettings(slow_reader_ms=1000))
    assert call.warnings == [31930]
    assert call.status is CallStatus.COMPLETED
