"""A call held by hand: webhooks signed by the official library, a socket written from the protocol page alone."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Coroutine
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.integration.carrier_by_hand import SocketCall, Webhooks, at, new_sid
from tests.integration.keypad_caller import spoken_nodes, without_repeats
from tests.integration.server_process import RunningServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


NOTICE_MS = 5_000
"""By then the notice has been heard, which nobody can interrupt, and the next words are on their way."""


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """On a loop of its own."""
    asyncio.run(scenario)


def test_client_written_from_the_protocol_page_holds_a_whole_call(server: RunningServer) -> None:
    webhooks, sid = Webhooks(server), new_sid()

    async def scenario() -> None:
        answer = await asyncio.to_thread(webhooks.post, "/voice/incoming", webhooks.form(sid))
        assert answer.status == 200
        call = await SocketCall(server, sid).open(answer.stream_url)
        for node, times, keys in (("welcome", 1, "1"), ("order_number", 1, "42720"), ("order_number", 2, "1")):
            await at(server, sid, node, times)
            await call.press(keys)
        await at(server, sid, "anything_else")
        await asyncio.to_thread(server.until, lambda: call.buffer.heard_ms > NOTICE_MS, 30)
        await call.press("2")
        assert await call.closed() == 1000
        assert {"media", "mark", "clear"} <= set(call.received)
        assert call.buffer.heard_ms > 1000
        path = answer.redirect.removeprefix(server.base_url)
        after = await asyncio.to_thread(webhooks.post, path, webhooks.form(sid, "in-progress"))
        assert after.verbs == ["Hangup"]

    run(scenario())
    record = server.ended_call(sid)
    assert record["outcome"] == "resolved"
    path = [node for node in without_repeats(spoken_nodes(record)) if node != "after_hours"]
    assert path[-4:] == ["order_number", "tell_status", "anything_else", "goodbye"]


def test_stop_in_the_middle_is_a_caller_who_hung_up(server: RunningServer) -> None:
    webhooks, sid = Webhooks(server), new_sid()

    async def scenario() -> None:
        answer = await asyncio.to_thread(webhooks.post, "/voice/incoming", webhooks.form(sid))
        call = await SocketCall(server, sid).open(answer.stream_url)
        await at(server, sid, "welcome")
        await call.stop()

    run(scenario())
    record = server.ended_call(sid)
    assert (record["outcome"], record["end_cause"]) == ("abandoned", "caller_hung_up")


def test_replayed_webhook_of_an_ended_call_gives_its_old_answer_and_no_way_in(server: RunningServer) -> None:
    webhooks, sid = Webhooks(server), new_sid()

    async def scenario() -> None:
        form = webhooks.form(sid)
        first = await asyncio.to_thread(webhooks.post, "/voice/incoming", form)
        again = await asyncio.to_thread(webhooks.post, "/voice/incoming", form)
        assert again == first
        call = await SocketCall(server, sid).open(first.stream_url)
        await at(server, sid, "welcome")
        await call.stop()
        before = await asyncio.to_thread(server.ended_call, sid)
        late = await asyncio.to_thread(webhooks.post, "/voice/incoming", form)
        assert late == first
        second = await SocketCall(server, sid).open(late.stream_url)
        assert await second.closed() == 1008
        assert await asyncio.to_thread(server.call, sid) == before

    run(scenario())


def test_second_socket_another_calls_token_and_a_bad_signature_are_refused(server: RunningServer) -> None:
    webhooks, sid, other = Webhooks(server), new_sid(), new_sid()

    async def scenario() -> None:
        answer = await asyncio.to_thread(webhooks.post, "/voice/incoming", webhooks.form(sid))
        foreign = await asyncio.to_thread(webhooks.post, "/voice/incoming", webhooks.form(other))
        with pytest.raises(InvalidStatus, match="403"):
            await SocketCall(server, sid).open(answer.stream_url, signature="A" * 27 + "=")
        swapped = answer.stream_url.split("/")
        swapped[-2] = foreign.stream_url.split("/")[-2]
        stranger = await SocketCall(server, sid).open("/".join(swapped))
        assert await stranger.closed() == 1008
        call = await SocketCall(server, sid).open(answer.stream_url)
        await at(server, sid, "welcome")
        with pytest.raises(InvalidStatus, match="409"):
            await SocketCall(server, sid).open(answer.stream_url)
        await call.stop()

    run(scenario())
    assert server.ended_call(sid)["outcome"] == "abandoned"


def test_socket_that_names_another_call_is_refused(server: RunningServer) -> None:
    webhooks, sid = Webhooks(server), new_sid()

    async def scenario() -> None:
        answer = await asyncio.to_thread(webhooks.post, "/voice/incoming", webhooks.form(sid))
        assert await (await SocketCall(server, new_sid()).open(answer.stream_url)).closed() == 1008

    run(scenario())


def test_socket_without_a_start_is_closed(server: RunningServer) -> None:
    webhooks, sid = Webhooks(server), new_sid()

    async def scenario() -> None:
        answer = await asyncio.to_thread(webhooks.post, "/voice/incoming", webhooks.form(sid))
        url = answer.stream_url
        signed = {"X-Twilio-Signature": webhooks_signature(server, url)}
        async with asyncio.timeout(20), connect(url, additional_headers=signed, compression=None) as silent:
            with pytest.raises(ConnectionClosed):
                await silent.recv()
            assert silent.close_code == 1008
        early = await connect(url, additional_headers=signed, compression=None)
        frame = {
            "track": "inbound",
            "chunk": "1",
            "timestamp": "1",
            "payload": base64.b64encode(b"\xff" * 160).decode(),
        }
        await early.send(json.dumps({"event": "media", "sequenceNumber": "2", "streamSid": "MZ", "media": frame}))
        async with asyncio.timeout(20):
            await early.wait_closed()
        assert early.close_code == 1008

    run(scenario())


def webhooks_signature(server: RunningServer, url: str) -> str:
    """The signature of an upgrade."""
    from twilio.request_validator import RequestValidator

    return str(RequestValidator(server.account.token).compute_signature(url, {}))
