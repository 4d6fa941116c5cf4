"""What a telephone in a browser needs around it: a web process for the page, a carrier, and an application it calls."""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from ivr.simulator.carrier import Carrier, CarrierSettings, NumberSettings
from ivr.simulator.carrier.mulaw import tone
from ivr.simulator.line_order import make_line
from ivr.simulator.scripts.wire_server import free_port
from tests.fakes.small_application import SmallApplication
from tests.unit.web.kit import ACCOUNT, ENGLISH, JAPANESE, TOKEN

PROJECT = Path(__file__).resolve().parents[2]
TELEPHONES = ("+12025550123", "+12025550145")
SPOKEN = tone(600, 600)
"""What typed words sound like here."""
PATIENCE_SECS = 10.0
Result = TypeVar("Result")


class LoopThread:
    """An event loop beside the browser's own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._executor = ThreadPoolExecutor(1)
        self._loop.set_default_executor(self._executor)
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        # Its only thread starts now and not within a test, which must leave none behind.
        self.run(asyncio.to_thread(int))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Runs there, waits here."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def close(self) -> None:
        """Ends it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._executor.shutdown()
        self._loop.close()


class PhoneStage:
    """Page, carrier, application."""

    def __init__(self, loop: LoopThread, application: SmallApplication, carrier: Carrier, url: str) -> None:
        self.loop, self.application, self.carrier, self.url = loop, application, carrier, url

    def until(self, is_true: Callable[[], bool], secs: float = PATIENCE_SECS) -> None:
        """Waits for something at the carrier; fails after a while."""
        deadline = time.monotonic() + secs

        async def look() -> bool:
            return is_true()

        while not self.loop.run(look()):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.05)

    def last_call_ended(self) -> bool:
        """Whether the newest call is over."""
        return bool(self.carrier.calls) and self.carrier.calls[-1].status.is_final

    def heard_by_application(self, sound: bytes) -> bool:
        """Whether a stretch of audio has reached the newest media stream."""
        return bool(self.application.sockets) and sound in b"".join(self.frames())

    def frames(self) -> list[bytes]:
        """What the newest media stream has carried to the application."""
        return [base64.b64decode(one["media"]["payload"]) for one in self.application.sockets[-1].of("media")]


@contextmanager
def phone_stage() -> Iterator[PhoneStage]:
    """Everything started; stopped afterwards."""
    loop = LoopThread()
    application, port = SmallApplication(), free_port()
    loop.run(application.start())
    base = application.base
    number = NumberSettings(f"{base}/voice", voice_fallback_url=f"{base}/fallback", status_callback=f"{base}/status")
    settings = CarrierSettings(
        ACCOUNT, TOKEN, numbers={ENGLISH: number, JAPANESE: number}, telephones=TELEPHONES, allow_ws_on_loopback=True
    )
    carrier = Carrier(settings, say_to_audio=lambda text, language: SPOKEN, make_line=make_line)
    loop.run(carrier.start())
    application.replies["/status"] = ""
    arguments = [sys.executable, "-m", "tests.browser.phone_house", str(port), carrier.base_url]
    web = subprocess.Popen(arguments, cwd=PROJECT, stdin=subprocess.DEVNULL)
    try:
        stage = PhoneStage(loop, application, carrier, f"http://127.0.0.1:{port}")
        _wait_for(f"{stage.url}/healthz")
        yield stage
    finally:
        web.terminate()
        web.wait(10)
        loop.run(carrier.stop())
        loop.run(application.stop())
        loop.close()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (OSError, urllib.error.URLError):
            assert time.monotonic() < deadline, "the web process did not start"
            time.sleep(0.1)
