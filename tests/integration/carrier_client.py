"""The official client beside a served carrier and a small application, all on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.simulator.carrier import Carrier
from tests.fakes.small_application import ACCOUNT, CALLER, NUMBER, TOKEN, SmallApplication, surroundings

HELLO = '<Response><Say>hello</Say><Pause length="60"/></Response>'
Result = TypeVar("Result")


class LocalHttpClient(TwilioHttpClient):
    """Sends the client's requests to a carrier on this machine."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self._base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        local = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        return super().request(method, local, *args, **kwargs)

    def close(self) -> None:
        """Close its connections."""
        self.session.close()


Work = Callable[[Client, SmallApplication, Carrier], None]


def with_client(work: Work, **options: Any) -> None:
    """Run blocking `work` with the official client beside a served carrier."""
    with_loop(lambda client, application, carrier, _: work(client, application, carrier), **options)


def create(client: Client, application: SmallApplication, **more: Any) -> Any:
    wanted = {"to": CALLER, "from_": NUMBER, "url": f"{application.base}/voice", **more}
    return client.calls.create(**wanted)


async def _answered(carrier: Carrier, sid: str) -> None:
    call = carrier.call(sid)
    assert call is not None
    await asyncio.wait_for(call.wait_answered(), 5)


async def _ended(carrier: Carrier, sid: str) -> None:
    call = carrier.call(sid)
    assert call is not None
    await asyncio.wait_for(call.wait_ended(), 5)


class Loop:
    """Lets the client's thread wait for the carrier's loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, carrier: Carrier) -> None:
        self._loop = loop
        self._carrier = carrier

    def answered(self, sid: str) -> None:
        asyncio.run_coroutine_threadsafe(_answered(self._carrier, sid), self._loop).result(10)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run on the carrier's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def until(self, is_reached: Callable[[], bool]) -> None:
        """Wait until something is true on the carrier's loop; fails after five seconds."""

        async def look() -> bool:
            return is_reached()

        deadline = time.monotonic() + 5
        while not self.run(look()):
            if time.monotonic() > deadline:
                raise TimeoutError("it never became true")
            time.sleep(0.01)

    def ended(self, sid: str) -> None:
        asyncio.run_coroutine_threadsafe(_ended(self._carrier, sid), self._loop).result(10)


def with_loop(
    work: Callable[[Client, SmallApplication, Carrier, Loop], None], token: str = TOKEN, **options: Any
) -> None:
    """As `with_client`, for work that waits for calls."""

    async def scenario() -> None:
        async with surroundings(serve_rest=True, **options) as (application, carrier):
            application.replies["/voice"] = HELLO
            http = LocalHttpClient(carrier.base_url)
            loop = Loop(asyncio.get_running_loop(), carrier)
            try:
                await asyncio.to_thread(work, Client(ACCOUNT, token, http_client=http), application, carrier, loop)
            finally:
                http.close()

    asyncio.run(scenario())


def refusal(act: Callable[[], object]) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        act()
    return caught.value.status, caught.value.code
