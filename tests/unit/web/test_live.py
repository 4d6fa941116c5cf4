"""The sockets of open desks tell of news, of their own page only, and end with the session."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

import pytest

from ivr.ports import StoreFailed
from ivr.web.live import LiveDesks, LiveHub, cookie_of, is_own

pytestmark = pytest.mark.unit

PAGE = {"host": "desk.example:8080", "origin": "http://desk.example:8080", "cookie": "other=1; denwaban=s3cret"}


class Desks:
    """What the hub is told from."""

    def __init__(self) -> None:
        self.version = "one"
        self.people: dict[str, str] = {"s3cret": "ana"}
        self.seen: list[set[str]] = []
        self.is_down = False

    def versions(self, agents: Collection[str]) -> Mapping[str, str]:
        if self.is_down:
            raise StoreFailed("down", retryable=True)
        return dict.fromkeys(agents, self.version)

    def hub(self) -> LiveHub:
        desks = LiveDesks(
            "/desk/socket", "denwaban", self.people.get, self.versions, lambda all: self.seen.append({*all})
        )
        return LiveHub(desks, look_secs=0.001, ping_secs=0.001)


class Page:
    """The other end of a socket."""

    def __init__(self, headers: Mapping[str, str] = PAGE, path: str = "/desk/socket") -> None:
        self.scope = {
            "type": "websocket",
            "path": path,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.inbox.put_nowait({"type": "websocket.connect"})

    async def receive(self) -> Any:
        return await self.inbox.get()

    async def send(self, message: Any) -> None:
        self.sent.put_nowait(message)

    async def told(self) -> str:
        """The next word that is not a ping."""
        while True:
            message = await self.sent.get()
            if message["type"] == "websocket.close":
                return str(message["code"])
            found = json.loads(message["text"]) if "text" in message else {}
            if "v" in found:
                return str(found["v"])

    def leave(self) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect"})


def run(work: Callable[[LiveHub, Page], Awaitable[None]], desks: Desks, page: Page | None = None) -> None:
    async def scenario() -> None:
        hub, other = desks.hub(), page or Page()
        serving = asyncio.ensure_future(hub(other.scope, other.receive, other.send))
        try:
            async with asyncio.timeout(5):
                await work(hub, other)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            hub.close()

    asyncio.run(scenario())


def test_a_page_is_told_what_there_is_and_every_change() -> None:
    desks = Desks()

    async def work(hub: LiveHub, page: Page) -> None:
        assert await page.told() == "one"
        desks.version = "two"
        assert await page.told() == "two"
        assert hub.open_sockets == 1
        assert {"ana"} in desks.seen

    run(work, desks)


def test_a_page_that_leaves_is_forgotten() -> None:
    async def work(hub: LiveHub, page: Page) -> None:
        await page.told()
        page.leave()
        while hub.open_sockets:  # noqa: ASYNC110 - the hub has no event for it
            await asyncio.sleep(0)

    run(work, Desks())


def test_who_is_not_signed_in_is_told_so() -> None:
    desks = Desks()
    desks.people = {}

    async def work(_: LiveHub, page: Page) -> None:
        assert await page.told() == "4401"

    run(work, desks)


def test_a_session_that_ends_ends_its_sockets() -> None:
    desks = Desks()

    async def work(_: LiveHub, page: Page) -> None:
        assert await page.told() == "one"
        desks.people.clear()
        assert await page.told() == "4401"

    run(work, desks)


def test_a_database_that_is_down_ends_no_socket() -> None:
    desks = Desks()

    async def work(_: LiveHub, page: Page) -> None:
        assert await page.told() == "one"
        desks.is_down = True
        await asyncio.sleep(0.01)
        desks.is_down, desks.version = False, "three"
        assert await page.told() == "three"

    run(work, desks)


@pytest.mark.parametrize(
    "headers",
    [
        {**PAGE, "origin": "http://evil.example"},
        {**PAGE, "origin": "http://desk.example:8080.evil.example"},
        {**PAGE, "origin": "null"},
        {name: value for name, value in PAGE.items() if name != "origin"},
    ],
)
def test_pages_of_others_open_nothing(headers: Mapping[str, str]) -> None:
    async def work(_: LiveHub, page: Page) -> None:
        assert await page.sent.get() == {"type": "websocket.close", "code": 1008}

    run(work, Desks(), Page(headers))


def test_another_path_opens_nothing() -> None:
    async def work(_: LiveHub, page: Page) -> None:
        assert await page.sent.get() == {"type": "websocket.close", "code": 1008}

    run(work, Desks(), Page(path="/elsewhere"))


def test_a_flood_of_pages_of_one_agent_is_turned_away() -> None:
    desks = Desks()

    async def work(hub: LiveHub, page: Page) -> None:
        await page.told()
        pages = [Page() for _ in range(12)]
        serving = [asyncio.ensure_future(hub(one.scope, one.receive, one.send)) for one in pages]
        for one in pages[:-1]:
            assert await one.told() == "one"
        assert await pages[-1].told() == "1013"
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    run(work, desks)


@pytest.mark.parametrize(
    ("origin", "public", "expected"),
    [
        ("https://calls.example", "https://calls.example", True),
        ("https://calls.example", "", False),
        ("http://desk.example:8080", "", True),
        ("ftp://desk.example:8080", "", False),
        ("http://desk.example:8080/page", "", False),
    ],
)
def test_only_our_own_addresses_are_ours(origin: str, public: str, expected: bool) -> None:
    assert is_own({"host": "desk.example:8080", "origin": origin}, public) is expected


def test_a_cookie_is_read_and_rubbish_is_none() -> None:
    assert cookie_of("a=1; denwaban=x.y-z", "denwaban") == "x.y-z"
    assert cookie_of("", "denwaban") == ""
    assert cookie_of("a\x01=1; denwaban", "denwaban") == ""
