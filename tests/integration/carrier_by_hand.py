"""The carrier's side of webhooks and of one media socket, written from the protocol pages and the official library.

Nothing of the project's own protocol code is used here.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import json
import secrets
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.integration.keypad_caller import spoken_nodes
from tests.integration.server_process import ENGLISH, RunningServer

Pairs = list[tuple[str, str]]
FRAME_MS, FRAME_BYTES = 20, 160
CALLER = "+12025550187"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: str

    @property
    def stream_url(self) -> str:
        """Where the document wants the audio; empty when nowhere."""
        stream = ElementTree.fromstring(self.body).find(".//Stream")  # noqa: S314 - our own server's
        return stream.attrib["url"] if stream is not None else ""

    @property
    def redirect(self) -> str:
        """Where the document goes on; empty when nowhere."""
        found = ElementTree.fromstring(self.body).find(".//Redirect")  # noqa: S314 - our own server's
        return (found.text or "") if found is not None else ""

    @property
    def verbs(self) -> list[str]:
        """Names of the document's verbs."""
        return [verb.tag for verb in ElementTree.fromstring(self.body)]  # noqa: S314 - our own server's


class Webhooks:
    """Signs and sends webhooks."""

    def __init__(self, server: RunningServer, public_url: str = "") -> None:
        """`public_url`: what the carrier was told, when it is not where the server listens."""
        self._where = urlsplit(server.base_url)
        self._public = public_url or server.base_url
        self._account = server.account
        self._validator = RequestValidator(server.account.token)

    def form(self, call_sid: str, status: str = "ringing", **more: str) -> Pairs:
        """What every voice webhook carries."""
        numbers = {"From": CALLER, "Caller": CALLER, "To": ENGLISH, "Called": ENGLISH}
        places = {"FromCity": "", "FromState": "", "FromCountry": "US", "ToCity": "São Paulo", "ToZip": ""}
        first = {"CallSid": call_sid, "AccountSid": self._account.sid, "CallStatus": status, "Direction": "inbound"}
        return list({**first, "ApiVersion": "2010-04-01", **numbers, **places, **more}.items())

    def signature(self, path: str, form: Pairs) -> str:
        """As the official library signs."""
        return str(self._validator.compute_signature(self._public + path, dict(form)))

    def post(self, path: str, form: Pairs, signature: str | None = None, headers: Mapping[str, str] = {}) -> Answer:  # noqa: B006
        """Sends a form; signed well unless a signature is given."""
        signed = self.signature(path, form) if signature is None else signature
        return self.send(path, urlencode(form).encode(), {"X-Twilio-Signature": signed, **headers})

    def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends any bytes; a header with the value `-` is left out."""
        sent = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", **headers}
        with contextlib.closing(self._connection()) as connection:
            connection.request("POST", path, body, {name: value for name, value in sent.items() if value != "-"})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode("utf-8", "replace"))

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._where.hostname or "", self._where.port, timeout=15)


async def held_call(server: RunningServer, sid: str, **more: str) -> SocketCall:
    """A call that was answered, on its socket."""
    webhooks = Webhooks(server)
    form = webhooks.form(sid, **more)
    answer = await asyncio.to_thread(webhooks.post, "/voice/incoming", form)
    assert answer.status == 200
    return await SocketCall(server, sid).open(answer.stream_url)


async def at(server: RunningServer, sid: str, node: str, times: int = 1) -> None:
    """Waits until a node has spoken."""

    def has_spoken() -> bool:
        record = server.call(sid)
        return record is not None and spoken_nodes(record).count(node) >= times

    await asyncio.to_thread(server.until, has_spoken, 40)


async def canary(server: RunningServer) -> None:
    """A short call that must succeed after anything hostile."""
    sid = new_sid()
    call = await held_call(server, sid)
    await at(server, sid, "welcome")
    await call.press("1")
    await at(server, sid, "order_number")
    assert call.buffer.heard_ms > 0
    await call.stop()


def new_sid(prefix: str = "CA") -> str:
    """A fresh SID."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Buffer:
    """What the far party is about to hear: audio and marks in one order."""

    pieces: deque[bytes | str] = field(default_factory=deque)
    heard_ms: int = 0

    def add(self, audio: bytes) -> None:
        """Audio of any length."""
        self.pieces.extend(audio[at : at + FRAME_BYTES] for at in range(0, len(audio), FRAME_BYTES))

    def tick(self) -> list[str]:
        """20 ms pass; the marks that were reached."""
        if self.pieces and isinstance(self.pieces[0], bytes):
            self.pieces.popleft()
            self.heard_ms += FRAME_MS
        return self._marks()

    def clear(self) -> list[str]:
        """Audio is dropped, all marks come back."""
        marks = [piece for piece in self.pieces if isinstance(piece, str)]
        self.pieces.clear()
        return marks

    def _marks(self) -> list[str]:
        found: list[str] = []
        while self.pieces and isinstance(self.pieces[0], str):
            found.append(str(self.pieces.popleft()))
        return found


class SocketCall:
    """One Media Streams socket from the carrier's side."""

    def __init__(self, server: RunningServer, call_sid: str) -> None:
        """Use `open`."""
        self.server, self.call_sid = server, call_sid
        self.stream_sid = new_sid("MZ")
        self.buffer = Buffer()
        self.received: list[str] = []
        """Events the server sent, in order."""
        self._saying = bytearray()
        self._sequence = self._chunk = 0
        self._offset = 87
        self._socket: ClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, url: str, signature: str | None = None) -> SocketCall:
        """Upgrades, says `connected` and `start`, and lets audio flow."""
        signed = signature or RequestValidator(self.server.account.token).compute_signature(url, {})
        self._socket = await connect(
            url,
            additional_headers={"X-Twilio-Signature": signed},
            user_agent_header="Twilio.TmeWs/1.0",
            compression=None,
        )
        await self.raw(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        sound = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {"accountSid": self.server.account.sid, "streamSid": self.stream_sid, "callSid": self.call_sid}
        await self.message(
            "start", start={**start, "tracks": ["inbound"], "mediaFormat": sound, "customParameters": {}}
        )
        self._tasks = [asyncio.create_task(self._pump()), asyncio.create_task(self._read())]
        return self

    async def raw(self, text: str | bytes) -> None:
        """One frame as it is; silently nothing when the socket is gone."""
        assert self._socket is not None
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(text)

    async def message(self, event: str, **members: Any) -> None:
        """One message with its number."""
        self._sequence += 1
        numbered = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": self.stream_sid}
        await self.raw(json.dumps({**numbered, **members}))

    async def press(self, keys: Iterable[str]) -> None:
        """Keys, one after the other."""
        for key in keys:
            await self.message("dtmf", dtmf={"track": "inbound_track", "digit": key})
            await asyncio.sleep(0.06)

    async def say(self, mulaw: bytes) -> None:
        """Speech of any length; returns when it has gone out."""
        self._saying += mulaw
        while self._saying:  # noqa: ASYNC110 - the pump empties it
            await asyncio.sleep(FRAME_MS / 1000)

    async def stop(self) -> None:
        """The caller hangs up."""
        await self.message("stop", stop={"accountSid": self.server.account.sid, "callSid": self.call_sid})
        await self.close()

    async def close(self) -> int | None:
        """Ends the connection; the close code."""
        assert self._socket is not None
        await self._socket.close()
        return await self.closed()

    async def closed(self) -> int | None:
        """Waits until the connection has ended; the close code."""
        assert self._socket is not None
        async with asyncio.timeout(40):
            await self._socket.wait_closed()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._socket.close_code

    async def _pump(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._chunk += 1
            frame, self._saying = bytes(self._saying[:FRAME_BYTES]), self._saying[FRAME_BYTES:]
            payload = base64.b64encode(frame.ljust(FRAME_BYTES, b"\xff")).decode()
            at = str(self._offset + self._chunk * FRAME_MS)
            media = {"track": "inbound", "chunk": str(self._chunk), "timestamp": at, "payload": payload}
            await self.message("media", media=media)
            for name in self.buffer.tick():
                await self.message("mark", mark={"name": name})
            due += FRAME_MS / 1000
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _read(self) -> None:
        assert self._socket is not None
        async for text in self._socket:
            message = json.loads(text)
            self.received.append(message["event"])
            assert message["streamSid"] == self.stream_sid
            match message["event"]:
                case "media":
                    assert set(message) == {"event", "streamSid", "media"}
                    self.buffer.add(base64.b64decode(message["media"]["payload"], validate=True))
                case "mark":
                    assert set(message) == {"event", "streamSid", "mark"}
                    self.buffer.pieces.append(message["mark"]["name"])
                case "clear":
                    for name in self.buffer.clear():
                        await self.message("mark", mark={"name": name})
