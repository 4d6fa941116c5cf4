"""Twenty callers, each a little further in the same call, when a process is killed: P6 at twenty points at once.

By hand (`pytest -m load`): so many callers who press keys while processes die need a machine of their own.
"""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from typing import Any

import pytest

from ivr.simulator.carrier import Carrier, EventKind
from tests.integration.keypad_caller import KeypadCall
from tests.integration.server_process import RunningServer
from tests.integration.test_server_kills import ORDER_PATH, SPARE_SECS, SPEECH_WITHIN_MS, path_of

pytestmark = [pytest.mark.load, pytest.mark.timeout(240)]

POINTS = 20
APART_SECS = 0.25
"""Between two callers; twenty of them are as far apart as a call is long."""
THINKING_SECS = 0.7
ASK_SECS = 0.4
"""Between two looks at the record: twenty callers look."""
READ_BACK = "four two seven two zero"
NEVER_MS = 10**6
IN_FLIGHT_MS = 60
"""Sound that was on its way when the process died."""


@dataclass
class Walker:
    """One caller who answers whatever was asked last, also when it is asked again."""

    call: KeypadCall
    killed_ms: int | None = None
    """In the call's own time; None: it was over by then."""
    at_kill: str = ""

    async def walk(self) -> dict[str, Any]:
        """To the end of the call; the record of it."""
        answered = 0
        while not self.call.handset.has_ended:
            await self.call.record()
            asked = self._asked()
            if len(asked) > answered and (keys := keys_for(asked[-1])):
                await asyncio.sleep(THINKING_SECS)
                await self.call.record()
                if len(self._asked()) > len(asked):
                    continue  # The line goes on speaking.
                answered = len(asked)
                await self.call.press(keys)
            await asyncio.sleep(ASK_SECS)
        return await self.call.ended()

    def note_kill(self) -> None:
        """The moment has come."""
        if not self.call.handset.has_ended:
            self.killed_ms = self.call.call.now_ms
            self.at_kill = asked[-1]["node"] if (asked := self._asked()) else "(nothing)"

    def gap_ms(self) -> int:
        """From the kill to the next sound."""
        assert self.killed_ms is not None
        heard = (at for at in self.call.handset.sounds if at >= self.killed_ms + IN_FLIGHT_MS)
        return next(heard, self.killed_ms + NEVER_MS) - self.killed_ms

    def _asked(self) -> list[dict[str, Any]]:
        return [turn for turn in self.call.last_known().get("turns", ()) if turn["side"] == "us"]


def keys_for(turn: dict[str, Any]) -> str:
    """What a caller with order 42720 presses after this sentence."""
    if turn["node"] == "order_number":
        return "1" if READ_BACK in turn["text"] else "42720"
    return {"welcome": "1", "anything_else": "2"}.get(turn["node"], "")


async def walk_all(server: RunningServer, carrier: Carrier, name: str) -> tuple[list[Walker], list[dict[str, Any]]]:
    """Twenty calls, one behind the other; the process dies when the last of them has begun."""
    walkers: list[Walker] = []

    async def one() -> dict[str, Any]:
        walkers.append(walker := Walker(await KeypadCall.dial(server, carrier)))
        return await walker.walk()

    walks = []
    for _ in range(POINTS):
        walks.append(asyncio.create_task(one()))
        await asyncio.sleep(APART_SECS)
    for walker in walkers:
        walker.note_kill()
    os.kill(server.pids(name)[0], signal.SIGKILL)
    return walkers, await asyncio.gather(*walks)


def story_of(record: dict[str, Any]) -> list[str]:
    """What happened in a call, a line each, for a failure's message."""
    turns = [f"{turn['at_ms']:>6} {turn['side']}: {turn['text']}" for turn in record["turns"]]
    return [f"{record['outcome']}, {record['end_cause']}, resumed {record['resumes']} times", *turns]


@pytest.mark.parametrize("name", ["media", "web", "worker"])
def test_a_kill_at_any_of_twenty_points_costs_no_caller_an_answer(server: RunningServer, name: str) -> None:
    server.until(lambda: name != "media" or server.has_spare(name), SPARE_SECS)
    walkers, records = server.with_carrier(lambda carrier: walk_all(server, carrier, name))
    struck = [walker for walker in walkers if walker.killed_ms is not None]
    print(f"{name} killed with {len(struck)} calls at {[walker.at_kill for walker in struck]}")
    assert len(struck) >= POINTS * 3 // 5, "most calls were over, or had not begun"
    assert len({walker.at_kill for walker in struck}) >= 3
    astray = [record for record in records if path_of(record) != ORDER_PATH or record["outcome"] != "resolved"]
    assert not astray, [story_of(record) for record in astray]
    assert {record["slots"]["order_number"] for record in records} == {"42720"}
    spoilt = [walker.at_kill for walker in walkers if not walker.call.is_unspoilt]
    print(f"{len(spoilt)} callers heard the carrier's own error message: {spoilt}")
    assert not spoilt
    streams = [len(walker.call.moments(EventKind.STREAM_STARTED)) for walker in struck]
    if name == "media":
        # Whoever was hearing the goodbye may have heard all of it.
        gaps = sorted(walker.gap_ms() for walker in struck if walker.at_kill != "goodbye")
        print(f"first sound {gaps[0]}-{gaps[-1]} ms after the kill, {sum(count > 1 for count in streams)} resumed")
        assert gaps[-1] <= SPEECH_WITHIN_MS
    else:
        assert set(streams) == {1}
    server.until(server.can_answer, SPARE_SECS)
