"""An application for the simulated carrier that speaks and hears tones: webhooks, media socket, record of calls."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web

from ivr.simulator.carrier.mulaw import decode, encode
from tests.fakes.tone_talk import ToneTalk

PAUSE_MS = 200


class ToneLine:
    """Answers what is in `replies`; a reply that ends in "bye" ends the call. Keys are sentences too."""

    def __init__(self, talk: ToneTalk, welcome: str, replies: Mapping[str, str]) -> None:
        self.talk, self.welcome, self.replies = talk, welcome, dict(replies)
        self.records: dict[str, dict[str, Any]] = {}
        self.fails = False
        self.app = web.Application()
        self.app.add_routes(
            [
                web.post("/voice/incoming", self._incoming),
                web.post("/voice/status", self._ok),
                web.get("/media", self._media),
                web.get("/api/v1/calls", self._calls),
                web.get("/readyz", self._ok),
            ]
        )

    async def _ok(self, request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _incoming(self, request: web.Request) -> web.Response:
        if self.fails:
            return web.Response(status=500)
        port = request.url.port
        twiml = f'<Response><Connect><Stream url="ws://127.0.0.1:{port}/media"/></Connect></Response>'
        return web.Response(text=twiml, content_type="text/xml")

    async def _calls(self, request: web.Request) -> web.Response:
        record = self.records.get(request.query["carrier_sid"])
        return web.json_response({"calls": [record] if record else []})

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await _Dialogue(self, socket).run()
        return socket


class _Dialogue:
    def __init__(self, line: ToneLine, socket: web.WebSocketResponse) -> None:
        self.line, self.socket = line, socket
        self.stream_sid = self.call_sid = self.keys = ""
        self.heard, self.quiet_ms, self.is_playing = bytearray(), 0, False
        self.record: dict[str, Any] = {}

    async def run(self) -> None:
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                break
            event = json.loads(message.data)
            match event["event"]:
                case "start":
                    self.stream_sid, self.call_sid = event["streamSid"], event["start"]["callSid"]
                    self.record = {"carrier_sid": self.call_sid, "status": "in_progress", "visited": [], "slots": {}}
                    self.line.records[self.call_sid] = self.record
                    await self._say(self.line.welcome)
                case "media":
                    await self._frame(base64.b64decode(event["media"]["payload"]))
                case "dtmf":
                    self.keys += event["dtmf"]["digit"]
                    await self._answer(self.keys)
                case "mark":
                    self.is_playing = False
                    if event["mark"]["name"] == "bye":
                        self.record |= {"outcome": "resolved"}
                        await self.socket.close()
        self.record |= {"status": "ended", "language": "en", "recorded": False}

    async def _frame(self, mulaw: bytes) -> None:
        is_loud = bool(np.abs(decode(mulaw).astype(int)).max() > 1500)
        if is_loud:
            if not self.heard and self.is_playing:
                await self._send({"event": "clear"})
            self.heard += mulaw
            self.quiet_ms = 0
        elif self.heard:
            self.quiet_ms += 20
            if self.quiet_ms >= PAUSE_MS:
                pcm, self.heard, self.quiet_ms = decode(bytes(self.heard)).astype("<i2").tobytes(), bytearray(), 0
                await self._answer(self.line.talk.words(pcm, "en"))

    async def _answer(self, said: str) -> None:
        reply = self.line.replies.get(said)
        if reply is not None:
            self.keys = ""
            self.record["visited"].append(reply)
            await self._say(reply)

    async def _say(self, text: str) -> None:
        self.is_playing = True
        payload = base64.b64encode(encode(self.line.talk.tone(text))).decode()
        await self._send({"event": "media", "media": {"payload": payload}})
        await self._send({"event": "mark", "mark": {"name": "bye" if text.endswith("bye") else "said"}})

    async def _send(self, message: dict[str, Any]) -> None:
        await self.socket.send_str(json.dumps({**message, "streamSid": self.stream_sid}))
