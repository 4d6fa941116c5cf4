"""Whole calls from the page /phone through the shipped flow: real server, real voices, real recognisers."""

from __future__ import annotations

import json
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from ivr.commands.callers import EngineVoice
from ivr.commands.carrier_voice import CarrierVoice
from ivr.simulator.carrier import Carrier, CarrierSettings, NumberSettings
from ivr.simulator.scripts.wire_server import free_port
from speech.tts.build import build_synthesiser
from tests.browser.phone_looks import WIDE, hearing, listen_for_errors, picture
from tests.browser.phone_stage import TELEPHONES, LoopThread
from tests.integration.server_process import ENGLISH, RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

STEP_SECS = 40.0
TURN_PAUSE_SECS = 0.8
REFUSING = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose carrier has browser phones."""
    port = free_port()
    running = RunningServer(tmp_path_factory.mktemp("phone"), TWILIO_API_BASE=f"http://127.0.0.1:{port}")
    base = running.base_url
    number = NumberSettings(
        f"{base}/voice/incoming",
        voice_fallback_url=f"{base}/voice/fallback",
        status_callback=f"{base}/voice/status",
    )
    account = CarrierSettings(
        running.account.sid,
        running.account.token,
        port=port,
        numbers={ENGLISH: number},
        telephones=TELEPHONES,
        allow_ws_on_loopback=True,
    )
    voice, loop = CarrierVoice(), LoopThread()
    carrier = Carrier(account, say_to_audio=voice)
    try:
        running.start()
        loop.run(carrier.start())
        yield running
    finally:
        loop.run(carrier.stop())
        running.stop()
        loop.close()
        voice.close()


class Caller:
    """Somebody at the page."""

    def __init__(self, page: Page, server: RunningServer) -> None:
        self.page, self.server = page, server
        page.goto(f"{server.base_url}/phone")
        page.wait_for_selector("#phone[data-state=idle]")
        page.check("#captions")

    def call(self) -> None:
        """Dials, and waits for the answer."""
        self.page.click("#call")
        self.page.wait_for_selector("#phone[data-state=connected]")

    def until(self, is_true: Callable[[], bool]) -> None:
        """Waits; fails after a while, with what was said."""
        deadline = time.monotonic() + STEP_SECS
        while not is_true():
            assert time.monotonic() < deadline, self.page.inner_text("#turns")
            self.page.wait_for_timeout(50)

    def said(self, side: str) -> list[str]:
        """What the page shows of one side."""
        return self.page.locator(f"#turns li.{side} span").all_inner_texts()

    def hears(self, words: str) -> None:
        """Waits until the line has said something, and then is quiet."""
        self.until(lambda: any(words in text for text in self.said("us")))
        quiet_since: list[float] = []

        def is_quiet() -> bool:
            if self.page.evaluate("document.getElementById('level-line').value") > 0.01:
                quiet_since.clear()
            elif not quiet_since:
                quiet_since.append(time.monotonic())
            return bool(quiet_since) and time.monotonic() - quiet_since[0] > TURN_PAUSE_SECS

        self.until(is_quiet)

    def types(self, words: str) -> None:
        """Speaks by typing."""
        self.page.fill("#words", words)
        self.page.press("#words", "Enter")

    def presses(self, keys: str) -> None:
        """Uses the keypad."""
        for key in keys:
            self.page.click(f"[data-key='{key}']")

    def is_over(self) -> bool:
        """Whether the line has hung up."""
        return self.page.get_attribute("#phone", "data-state") == "idle"


def test_call_is_settled_by_typing_and_keypad_without_a_microphone(chromium: Browser, server: RunningServer) -> None:
    page = chromium.new_page(viewport=WIDE)
    errors = listen_for_errors(page)
    page.add_init_script(REFUSING)
    caller = Caller(page, server)
    caller.call()
    assert "refused" in page.inner_text("#mic-state")
    caller.hears("How can I help?")
    caller.types("Where is my order?")
    caller.hears("order number")
    caller.presses("42719")
    caller.hears("four two seven one nine")
    caller.types("Yes.")
    caller.hears("anything else")
    picture(page, "phone-settled")
    caller.types("No, thank you.")
    caller.until(caller.is_over)
    call = newest_call(server)
    assert (call["outcome"], call["status"]) == ("resolved", "ended")
    assert errors == []
    page.close()


def newest_call(server: RunningServer) -> dict[str, object]:
    found: list[dict[str, object]] = []

    def has_ended() -> bool:
        found[:] = json.loads(server.get("/api/v1/calls?limit=1")[1])["calls"]
        return bool(found) and found[0]["status"] == "ended"

    server.until(has_ended, 20)
    return found[0]


def test_words_spoken_into_the_microphone_are_understood(
    chromium: Browser, server: RunningServer, tmp_path: Path
) -> None:
    recording = tmp_path / "speech.wav"
    write_speech(recording, "Where is my order?", before_secs=16, after_secs=30)
    with hearing(chromium, recording) as browser:
        page = browser.new_page(viewport=WIDE)
        caller = Caller(page, server)
        page.uncheck("#echo")
        caller.call()
        caller.until(lambda: any("order" in text.lower() for text in caller.said("caller")))
        caller.until(lambda: any("order number" in text for text in caller.said("us")))
        picture(page, "phone-microphone")
        page.click("#hangup")
        caller.until(caller.is_over)


def write_speech(path: Path, words: str, before_secs: float, after_secs: float) -> None:
    """A WAV at 8 kHz with silence around the words."""
    voice = EngineVoice(build_synthesiser(["en"])[0])
    try:
        spoken = np.asarray(voice.speech(words, "en", "default"), dtype="<i2")
    finally:
        voice.close()
    silence = [np.zeros(int(8000 * secs), dtype="<i2") for secs in (before_secs, after_secs)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.concatenate([silence[0], spoken, silence[1]]).tobytes())
