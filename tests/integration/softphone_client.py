"""A browser's side of the carrier's telephone socket, with a plain WebSocket library and the official token maker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from twilio.jwt.access_token import AccessToken, AccessTokenGrant
from twilio.jwt.access_token.grants import VoiceGrant
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from ivr.simulator.carrier import Carrier
from tests.fakes.small_application import ACCOUNT, TOKEN

TELEPHONE = "+12025550123"
OTHER_TELEPHONE = "+12025550145"
PATIENCE_SECS = 5.0


class TelephoneGrant(AccessTokenGrant):  # type: ignore[misc]  # the library is not typed
    """May be one of the carrier's telephones."""

    @property
    def key(self) -> str:
        return "simulator"

    def to_payload(self) -> dict[str, object]:
        return {"telephone": True}


def agent_token(identity: str, application_sid: str | None = None, **more: Any) -> str:
    """As the server makes it for an agent."""
    grant = VoiceGrant(outgoing_application_sid=application_sid, incoming_allow=True)
    return token(identity, grant, **more)


def telephone_token(**more: Any) -> str:
    """As the server makes it for its page `/phone`."""
    return token("telephone", TelephoneGrant(), **more)


def token(
    identity: str, *grants: Any, key: str = ACCOUNT, secret: str = TOKEN, account: str = ACCOUNT, **more: Any
) -> str:
    return str(AccessToken(account, key, secret, grants=list(grants), identity=identity, **more).to_jwt())


async def eventually(is_true: Callable[[], bool]) -> None:
    """Waits for something at the carrier or the application; fails after a while."""
    async with asyncio.timeout(PATIENCE_SECS):
        while not is_true():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


class Browser:
    """One open socket. Messages are kept until they are asked for; audio is joined."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.heard = bytearray()
        self.seen: list[dict[str, Any]] = []
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def send(self, kind: str, **details: Any) -> None:
        await self.ws.send(json.dumps({"type": kind, **details}))

    async def next(self, kind: str) -> dict[str, Any]:
        """The next message of a kind; the ones before it stay."""
        async with self._news:
            await asyncio.wait_for(
                self._news.wait_for(lambda: any(one["type"] == kind for one in self.seen)), PATIENCE_SECS
            )
            found = next(one for one in self.seen if one["type"] == kind)
            self.seen.remove(found)
            return found

    async def hears(self, sound: bytes) -> bool:
        """Whether a stretch of audio arrives within the patience."""
        try:
            async with self._news:
                await asyncio.wait_for(self._news.wait_for(lambda: sound in self.heard), PATIENCE_SECS)
        except TimeoutError:
            return False
        return True

    async def speak(self, mulaw: bytes) -> None:
        """In frames of 20 ms, at the pace of a microphone."""
        for at in range(0, len(mulaw), 160):
            await self.ws.send(mulaw[at : at + 160].ljust(160, b"\xff"))
            await asyncio.sleep(0.018)

    async def close(self) -> None:
        await self.ws.close()
        await self._reader

    async def _read(self) -> None:
        try:
            async for message in self.ws:
                async with self._news:
                    if isinstance(message, bytes):
                        self.heard += message
                    else:
                        self.seen.append(json.loads(message))
                    self._news.notify_all()
        except ConnectionClosed:
            return


def address(carrier: Carrier) -> str:
    return f"{carrier.base_url.replace('http', 'ws', 1)}/softphone"


async def open_socket(carrier: Carrier, jwt: str, session: str = "") -> Browser:
    protocols = ["softphone.v1", *([f"token.{jwt}"] if jwt else []), *([f"session.{session}"] if session else [])]
    return Browser(
        await connect(address(carrier), subprotocols=[Subprotocol(one) for one in protocols], compression=None)
    )


@asynccontextmanager
async def browser(carrier: Carrier, jwt: str, session: str = "") -> AsyncIterator[Browser]:
    """A page with its socket open."""
    page = await open_socket(carrier, jwt, session)
    try:
        yield page
    finally:
        await page.close()


@asynccontextmanager
async def registered(carrier: Carrier, identity: str) -> AsyncIterator[Browser]:
    """An agent's page at which calls ring."""
    async with browser(carrier, agent_token(identity)) as page:
        await page.send("register")
        await page.next("registered")
        yield page
