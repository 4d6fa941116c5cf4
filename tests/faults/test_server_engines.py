"""A connector hangs, a recogniser raises, a synthesiser hangs: the call goes on, and the log says why."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech.formats import pcm_to_mulaw
from speech.interfaces import Voice
from speech.tts.build import build_synthesiser
from tests.integration.carrier_by_hand import at, held_call, new_sid
from tests.integration.server_process import PROJECT, RunningServer, running_server

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

# Loaded by every Python process of the server before anything else.
BROKEN_RECOGNISER = """
import sys
if "media" in sys.orig_argv:
    import speech.stt.whisper as whisper
    def result(self):
        raise RuntimeError("the engine broke on +12025550199")
    whisper.WhisperStream.result = result
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose look-ups never return in time, and whose recogniser raises."""
    folder: Path = tmp_path_factory.mktemp("faults")
    (folder / "code").mkdir()
    (folder / "code" / "sitecustomize.py").write_text(BROKEN_RECOGNISER)
    rows = folder / "rows.yaml"
    rows.write_text("orders: {delay_ms: 600000}\n")
    with running_server(
        folder,
        IVR_CONNECTOR_OVERRIDES=str(rows),
        IVR_TIMEOUTS__LOOKUP_SECS="2",
        IVR_MEDIA__SPARE="false",
        IVR_WEB__PROCESSES="1",
        PYTHONPATH=os.pathsep.join([str(folder / "code"), str(PROJECT)]),
    ) as running:
        yield running


def test_connector_that_hangs_is_given_up_and_the_caller_is_offered_a_person(server: RunningServer) -> None:
    sid = new_sid()

    async def scenario() -> None:
        call = await held_call(server, sid)
        await at(server, sid, "welcome")
        await call.press("1")
        await at(server, sid, "order_number")
        await call.press("42720")
        await at(server, sid, "order_number", 2)
        await call.press("1")
        await at(server, sid, "lookup_failed")
        await at(server, sid, "offer_callback.offer")
        await call.stop()

    asyncio.run(scenario())
    texts = [turn["text"] for turn in server.ended_call(sid)["turns"]]
    assert "Sorry, I can't look into our orders right now." in texts
    assert '"reason": "timeout"' in server.output()


def test_recogniser_that_raises_is_a_call_that_goes_on_by_keypad(server: RunningServer) -> None:
    sid = new_sid()
    voice, _ = build_synthesiser(["en"])
    try:
        words = pcm_to_mulaw(voice.synthesise("where is my order", Voice("en")))
    finally:
        voice.close()

    async def scenario() -> None:
        call = await held_call(server, sid)
        await at(server, sid, "welcome")
        await call.say(words)
        await asyncio.to_thread(server.until, lambda: "an utterance could not be decoded" in server.output(), 30)
        await call.press("1")
        await at(server, sid, "order_number")
        await call.stop()

    asyncio.run(scenario())
    assert server.ended_call(sid)["outcome"] == "abandoned"
    assert "2025550199" not in server.output()


def test_synthesiser_that_hangs_is_replaced_while_the_caller_hears_another_voice(server: RunningServer) -> None:
    sid = new_sid()
    [child] = [child for child in server.children_of("media") if "piper" in child.cmdline()]

    async def scenario() -> int:
        call = await held_call(server, sid)
        await at(server, sid, "welcome")
        await call.press("1")
        await at(server, sid, "order_number")
        os.kill(child.pid, signal.SIGSTOP)
        await call.press("97531")
        await at(server, sid, "order_number", 2)
        await asyncio.to_thread(server.until, lambda: "synthesis failed" in server.output(), 30)
        heard = call.buffer.heard_ms
        await asyncio.to_thread(server.until, lambda: call.buffer.heard_ms > heard + 1000, 30)
        await call.stop()
        return heard

    asyncio.run(scenario())
    assert server.ended_call(sid)["slots"].get("order_number", "97531") == "97531"
    server.until(lambda: not child.is_running(), 30)
