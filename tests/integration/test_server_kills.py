"""Processes are killed in the middle of calls: the caller goes on at the same step, and hears words meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal

import psutil
import pytest

from ivr.simulator.carrier import Carrier, EventKind
from ivr.storage import SqlCallbackStore, open_database
from tests.integration.keypad_caller import KeypadCall, without_repeats
from tests.integration.server_process import RunningServer, running_server

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

SPEECH_WITHIN_MS = 5_000
"""What P6 promises; 3 s is the target."""
SPARE_SECS = 60.0
ORDER = [("order_number", "42720"), ("order_number", "1"), ("anything_else", "2")]
ORDER_PATH = ["welcome", "order_number", "tell_status", "anything_else", "goodbye"]
PERSON = [("offer_callback.offer", "1"), ("offer_callback.own_number", "1")]
PERSON_PATH = [
    "welcome",
    "offer_callback.offer",
    "offer_callback.own_number",
    "offer_callback.promised",
    "offer_callback.then",
]


def path_of(record: dict[str, object]) -> list[str]:
    """The nodes that spoke, without those that only said the hours."""
    nodes = [turn["node"] for turn in record["turns"] if turn["side"] == "us" and turn["node"] != "after_hours"]  # type: ignore[attr-defined]
    return without_repeats(nodes)


async def resumed(call: KeypadCall, kill: list[int]) -> int:
    """Kills, waits until the caller was taken up again; ms from the kill to the first sound after it."""
    before = await call.texts()
    streams = len(call.moments(EventKind.STREAM_STARTED))
    at_ms = call.call.now_ms
    for pid in kill:
        os.kill(pid, signal.SIGKILL)
    while len(call.moments(EventKind.STREAM_STARTED)) == streams:
        assert not call.handset.has_ended, "the call ended instead of going on"
        await asyncio.sleep(0.02)
    back_at = call.moments(EventKind.STREAM_STARTED)[-1]
    await call.sound()
    gap = next(at for at in call.handset.sounds if at >= at_ms + 60) - at_ms
    silence = call.handset.longest_silence(at_ms, call.call.now_ms)
    print(f"first sound {gap} ms, back on a line {back_at - at_ms} ms, longest silence {silence} ms after the kill")
    await call.until(lambda: len(call.known_texts()) >= len(before) + 2)
    after = call.known_texts()[len(before) :]
    assert "lost you" in after[0]
    assert after[-1] == before[-1]
    return gap


def serving_media(server: RunningServer) -> list[int]:
    """The media process that serves, once another stands by."""
    server.until(lambda: server.has_spare("media"), SPARE_SECS)
    return server.pids("media")


@pytest.mark.parametrize("step", [0, 2, 3], ids=["at the welcome", "at a read-back", "after an answer"])
def test_killed_media_process_costs_the_caller_no_step(server: RunningServer, step: int) -> None:
    async def scenario(carrier: Carrier) -> None:
        killed = serving_media(server)
        call = await KeypadCall.dial(server, carrier)
        gap = 0
        for index, (node, keys) in enumerate([("welcome", "1"), *ORDER]):
            await call.at(node, 2 if keys == "1" and node == "order_number" else 1)
            if index == step:
                await asyncio.sleep(0.3)
                gap = await resumed(call, killed)
            await call.press(keys)
        record = await call.ended()
        assert path_of(record) == ORDER_PATH
        assert record["slots"]["order_number"] == "42720"
        assert (record["outcome"], record["end_cause"], record["resumes"]) == ("resolved", "completed", 1)
        assert call.is_unspoilt
        assert gap < SPEECH_WITHIN_MS

    server.with_carrier(scenario)


def test_second_kill_without_a_spare_keeps_the_caller_informed_until_the_process_is_back(server: RunningServer) -> None:
    async def scenario(carrier: Carrier) -> None:
        killed = serving_media(server)
        call = await KeypadCall.dial(server, carrier)
        await call.steps(("welcome", "0"), PERSON[0])
        await call.at("offer_callback.own_number")
        await asyncio.sleep(0.3)
        await resumed(call, killed)
        await asyncio.sleep(0.3)
        at_ms = call.call.now_ms
        gap = await resumed(call, server.pids("media"))
        assert gap < SPEECH_WITHIN_MS
        assert call.handset.longest_silence(at_ms, call.call.now_ms) < SPEECH_WITHIN_MS
        await call.press("1")
        record = await call.ended()
        assert path_of(record) == PERSON_PATH
        assert (record["outcome"], record["resumes"]) == ("callback_promised", 2)
        assert call.is_unspoilt

    server.with_carrier(scenario)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_killed_web_or_worker_process_is_not_noticed_by_the_caller(server: RunningServer, name: str) -> None:
    async def scenario(carrier: Carrier) -> None:
        call = await KeypadCall.dial(server, carrier)
        await call.steps(("welcome", "1"))
        await call.at("order_number")
        at_ms, streams = call.call.now_ms, len(call.moments(EventKind.STREAM_STARTED))
        before = server.pids(name)
        os.kill(before[0], signal.SIGKILL)
        await call.press("42720")
        await call.sound()
        back = lambda: len(set(server.pids(name)) - {before[0]}) == len(before) and server.can_answer()  # noqa: E731
        await asyncio.to_thread(server.until, back, 60)
        print(f"{name} is back {call.call.now_ms - at_ms} ms after its kill")
        await call.at("order_number", 2)
        await call.press("1")
        await call.at("anything_else")
        await call.press("2")
        record = await call.ended()
        assert path_of(record) == ORDER_PATH
        assert (record["outcome"], record["resumes"]) == ("resolved", 0)
        assert len(call.moments(EventKind.STREAM_STARTED)) == streams
        assert call.is_unspoilt

    server.with_carrier(scenario)


def test_killed_child_of_the_web_process_is_replaced(server: RunningServer) -> None:
    child = server.children_of("web")[0].pid
    os.kill(child, signal.SIGKILL)
    server.until(lambda: not psutil.pid_exists(child) and server.can_answer(), 60)


def test_code_that_was_spoken_survives_a_power_cut(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_server(tmp_path_factory.mktemp("cut")) as server:

        async def scenario(carrier: Carrier) -> tuple[str, str]:
            call = await KeypadCall.dial(server, carrier)
            await call.steps(("welcome", "0"), *PERSON)
            await call.at("offer_callback.promised")
            server.kill_all()
            turns = call.last_known()["turns"]
            spoken = next(turn["text"] for turn in turns if turn["node"] == "offer_callback.promised")
            call.call.hang_up()
            await call.call.wait_ended()
            return call.number, str(spoken)

        number, spoken = server.with_carrier(scenario)
        database = open_database(server.environment["IVR_DATABASE_URL"])
        try:
            [promised] = SqlCallbackStore(database).open_for(number)
        finally:
            database.close()
        assert words_of(promised.code) in spoken.replace(",", "")


def words_of(digits: str) -> str:
    """How the line reads digits out."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return " ".join(names[int(digit)] for digit in digits)
