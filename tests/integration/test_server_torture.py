"""One bad caller, frame, file or flow never stops another call; slow and idle sockets do not either."""

from __future__ import annotations

import asyncio
import contextlib
import random
import string
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from ivr.simulator.caller import SpeechMissing
from ivr.simulator.scripts.sounds import recording
from tests.integration.carrier_by_hand import Webhooks, at, canary, held_call, new_sid
from tests.integration.media_client import hostile_messages
from tests.integration.server_process import RunningServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

SLOW_SOCKETS = 300


def test_hundreds_of_hostile_messages_leave_their_own_call_and_others_alive(server: RunningServer) -> None:
    sid, other = new_sid(), new_sid()

    async def scenario() -> None:
        bystander = await held_call(server, other)
        call = await held_call(server, sid)
        await at(server, sid, "welcome")
        for message in hostile_messages(400):
            await call.raw(message.replace('"event":"stop"', '"event":"sotp"') if isinstance(message, str) else message)
        for size in (1, 64 * 1024, 64 * 1024 + 1, 200 * 1024):
            await call.raw("x" * size)
            await call.raw(b"\0" * size)
        await call.raw("[" * 30_000)
        await call.press("1")
        await at(server, sid, "order_number")
        await bystander.press("3")
        await asyncio.sleep(0.3)
        assert (await asyncio.to_thread(server.call, other) or {})["status"] == "in_progress"
        await call.stop()
        await bystander.stop()
        await canary(server)

    asyncio.run(scenario())


def hostile_bodies(count: int) -> list[bytes]:
    """Form bodies nobody should send, always the same ones."""
    chance = random.Random(11)
    bodies = [b"", b"&" * 5000, b"=" * 5000, b"%", b"%zz=%", b"a=" + b"%00" * 1000, b"\xff\xfe" * 100, b"a" * 65_537]
    bodies += [b"&".join(b"f%d=1" % number for number in range(500)), b"CallSid=%ED%A0%80", b"{}", b"<x/>"]
    while len(bodies) < count:
        bodies.append(bytes(chance.randrange(256) for _ in range(chance.randrange(300))))
    return bodies


VALUES = ["", "\0", "\x08", "\ud7ff\ufffe", "'; DROP TABLE calls; --", "<Say>x</Say>", "]]>", "٣٤", "²", "+" * 400]
VALUES += ["{{ 7 * 7 }}", "CA" + "g" * 32, "\u202e", "a" * 17_000, "🦊" * 50, "\r\nX-Injected: 1", "\x1b[31m"]


def test_hostile_webhooks_are_refused_or_answered_and_never_break_anything(server: RunningServer) -> None:
    webhooks = Webhooks(server)
    for body in hostile_bodies(200):
        answer = webhooks.send("/voice/incoming", body, {"X-Twilio-Signature": "A" * 28})
        assert answer.status in (400, 403, 413)
    for field in ("CallSid", "AccountSid", "From", "To", "CallStatus", "Direction", "FromCity", "ForwardedFrom"):
        for value in VALUES:
            form = [pair for pair in webhooks.form(new_sid()) if pair[0] != field] + [(field, value)]
            for path in ("/voice/incoming", "/voice/status", "/voice/after-stream?resume=1", "/voice/fallback"):
                answer = webhooks.post(path, form)
                assert answer.status in (200, 204, 400), (field, path)
                assert "x1b" not in answer.body
    asyncio.run(canary(server))


@pytest.mark.parametrize(
    "path", ["/voice/incoming?again=²", "/voice/after-stream?resume=-1", "/voice/after-stream?wait=x"]
)
def test_numbers_in_addresses_that_are_not_ours_are_answered_with_words(server: RunningServer, path: str) -> None:
    from urllib.parse import quote

    webhooks = Webhooks(server)
    raw = quote(path, safe="/?=&-")
    answer = webhooks.post(raw, webhooks.form(new_sid()))
    assert answer.status == 200


def hostile_flows(count: int) -> list[bytes]:
    """Flow files that must not be taken, always the same ones."""
    chance = random.Random(5)
    text = (Path(__file__).parents[2] / "call_flows/support.yaml").read_bytes()
    flows = [
        b"",
        b"\0",
        b"[" * 100_000,
        b"a: &a [*a]",
        b"!!python/object/apply:os.system [id]",
        b"\xff\xfe",
        b"- " * 5000,
    ]
    flows += [
        b"a: &x [1]\n" + b"\n".join(b"b%d: [*x, *x]" % number for number in range(50)),
        b"flow: support\nflow: support",
    ]
    while len(flows) < count:
        at_byte, length = chance.randrange(len(text)), chance.randrange(1, 40)
        noise = "".join(chance.choice(string.printable) for _ in range(length)).encode()
        flows.append(text[:at_byte] + noise + text[at_byte + length :])
    return flows


def test_broken_flow_files_do_not_disturb_a_running_server(server: RunningServer) -> None:
    folder = Path(server.environment["IVR_FLOWS__DIR"])
    good = (folder / "support.yaml").read_bytes()
    try:
        for number, text in enumerate(hostile_flows(100)):
            (folder / ("support.yaml" if number % 2 else "hostile.yaml")).write_bytes(text)
            if number % 10 == 9:
                asyncio.run(asyncio.sleep(1.1))
                asyncio.run(canary(server))
    finally:
        (folder / "support.yaml").write_bytes(good)
        (folder / "hostile.yaml").unlink(missing_ok=True)
    asyncio.run(canary(server))


def test_files_that_are_no_recordings_are_refused_by_name(tmp_path: Path) -> None:
    chance = random.Random(3)
    header = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0\x80>\0\0\2\0\x10\0data\xff\xff\xff\x7f"
    refused = 0
    for number in range(200):
        damaged = bytearray(header + b"\0\1" * 100)
        for _ in range(chance.randrange(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / f"{number}.wav"
        path.write_bytes(bytes(damaged[: chance.randrange(len(damaged))]))
        try:
            assert len(recording(path)) <= 200
        except SpeechMissing:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("kind", ["headers", "bodies", "idle", "sockets"])
def test_hundreds_of_slow_connections_do_not_stop_a_call(server: RunningServer, kind: str) -> None:
    web, media = urlsplit(server.base_url).port, int(server.environment["IVR_MEDIA__PORT"])
    head = b"POST /voice/incoming HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    body = urlencode({"a": "b" * 900}).encode()
    first = {
        "headers": head,
        "bodies": head + b"Content-Length: 5000\r\n\r\n" + body,
        "idle": b"",
        "sockets": b"GET /media/" + b"a" * 32 + b"/token HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n",
    }[kind]

    async def scenario() -> None:
        sid = new_sid()
        call = await held_call(server, sid)
        await at(server, sid, "welcome")
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(SLOW_SOCKETS):
                _, writer = await asyncio.open_connection("127.0.0.1", media if kind == "sockets" else web)
                stack.callback(writer.close)
                writer.write(first)
            await call.press("1")
            await at(server, sid, "order_number")
            await canary(server)
            assert (await asyncio.to_thread(server.get, "/healthz"))[0] == 200
        await call.stop()

    asyncio.run(scenario())
