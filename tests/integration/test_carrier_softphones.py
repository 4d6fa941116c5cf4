"""Telephones in browsers, over a real socket: calling, being called, audio and keys both ways, losing the line."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from websockets.exceptions import InvalidStatus

from ivr.simulator.carrier import Answering, CallStatus, Carrier, NumberSettings
from ivr.simulator.carrier.mulaw import tone
from ivr.simulator.carrier.softphone.pace import BURST
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import NUMBER, SmallApplication, connect, surroundings
from tests.integration.softphone_client import (
    OTHER_TELEPHONE,
    TELEPHONE,
    Browser,
    agent_token,
    browser,
    eventually,
    open_socket,
    registered,
    telephone_token,
    token,
)

pytestmark = pytest.mark.integration

APPLICATION = "AP" + "1" * 32
LATER = '<Say>hello</Say><Pause length="60"/>'
Scenario = Callable[[SmallApplication, Carrier], Awaitable[None]]


def play(scenario: Scenario, speed: float = 1.0, **account: Any) -> None:
    async def run() -> None:
        fields = {"telephones": (TELEPHONE, OTHER_TELEPHONE), **account}
        async with surroundings(speed, serve_rest=True, **fields) as (application, carrier):
            await scenario(application, carrier)

    asyncio.run(run())


async def call_line(page: Browser, from_number: str = TELEPHONE) -> str:
    await page.next("ready")
    await page.send("call", to=NUMBER, **{"from": from_number})
    sid: str = (await page.next("calling"))["call"]
    return sid


async def refused(carrier: Carrier, jwt: str) -> int:
    with pytest.raises(InvalidStatus) as caught:
        await open_socket(carrier, jwt)
    return caught.value.response.status_code


def test_sockets_without_a_good_token_are_refused_before_they_are_accepted() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        good = telephone_token()
        wrong = [
            "",
            "abc",
            telephone_token(secret="f" * 32),
            telephone_token(ttl=-10),
            telephone_token(account="AC" + "9" * 32),
            telephone_token(key="SK" + "9" * 32),
            telephone_token(ttl=90_000),
            token("nobody"),
            good[:-4] + "AAAA",
        ]
        assert [await refused(carrier, jwt) for jwt in wrong] == [401] * len(wrong)
        assert carrier.switchboard.counters.refused == len(wrong)
        assert carrier.switchboard.phones == []

    play(scenario)


def test_token_signed_with_an_api_key_opens_the_socket() -> None:
    key = "SK" + "3" * 32

    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        async with browser(carrier, telephone_token(key=key, secret="a secret of a key that is long enough")) as page:
            ready = await page.next("ready")
            assert ready["telephones"] == [TELEPHONE, OTHER_TELEPHONE] and ready["numbers"] == [NUMBER]

    play(scenario, api_keys={key: "a secret of a key that is long enough"})


def test_call_from_a_page_is_an_inbound_call_with_signed_webhooks() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = f"<Response>{LATER}</Response>"
        async with browser(carrier, telephone_token()) as page:
            sid = await call_line(page)
            assert (await page.next("connected"))["call"] == sid
            await page.send("hang_up", call=sid)
            assert (await page.next("ended"))["reason"] == "completed"
        seen = application.to("/voice")[0]
        assert seen.is_signed and seen.params["From"] == TELEPHONE and seen.params["Direction"] == "inbound"

    play(scenario)


def test_sound_and_keys_of_a_page_reach_the_stream_and_its_answer_comes_back() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = connect(application)
        async with browser(carrier, telephone_token()) as page:
            await call_line(page)
            await page.next("connected")
            await application.streamed(5)
            await page.send("press", digits="42#")
            await page.speak(tone(700, 400))
            await application.sockets[0].media(tone(500, 400))
            assert await page.hears(tone(500, 200))
            await eventually(lambda: len(application.sockets[0].of("dtmf")) == 3)
        socket = application.sockets[0]
        assert [one["dtmf"]["digit"] for one in socket.of("dtmf")] == ["4", "2", "#"]
        payloads = [base64.b64decode(one["media"]["payload"]) for one in socket.of("media")]
        assert payloads.count(tone(700, 20)) >= 18

    play(scenario)


def test_muted_page_is_not_heard() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = connect(application)
        async with browser(carrier, telephone_token()) as page:
            await call_line(page)
            await page.next("connected")
            await page.send("mute", on=True)
            assert (await page.next("muted"))["on"] is True
            await page.speak(tone(700, 200))
            await application.streamed(20)
            assert len({one["media"]["payload"] for one in application.sockets[0].of("media")}) == 1

    play(scenario)


def test_client_dialled_by_a_document_talks_with_the_caller() -> None:
    caller = NotingParty()

    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        client = '<Client><Identity>ana</Identity><Parameter name="reason" value="order"/></Client>'
        application.replies["/voice"] = f"<Response><Dial>{client}</Dial></Response>"
        async with registered(carrier, "ana") as ana:
            call = await carrier.place_call(TELEPHONE, NUMBER, caller)
            incoming = await ana.next("incoming")
            assert (incoming["from"], incoming["to"], incoming["params"]) == (
                TELEPHONE,
                "client:ana",
                {"reason": "order"},
            )
            await ana.send("accept", call=incoming["call"])
            await ana.next("connected")
            await eventually(lambda: any(event.kind.value == "bridged" for event in call.events))
            call.send_audio(tone(500, 600))
            assert await ana.hears(tone(500, 200))
            await ana.speak(tone(700, 400))
            await asyncio.sleep(0.2)
            assert tone(700, 20) in caller.heard()
            await ana.send("hang_up", call=incoming["call"])
            await ana.next("ended")
            assert await call.wait_ended() is CallStatus.COMPLETED

    play(scenario)


def test_all_browsers_of_an_identity_ring_and_the_first_that_accepts_has_the_call() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = "<Response><Dial><Client>ana</Client></Dial></Response>"
        async with registered(carrier, "ana") as desk, registered(carrier, "ana") as laptop:
            call = await carrier.place_call(TELEPHONE, NUMBER)
            sid = (await desk.next("incoming"))["call"]
            assert (await laptop.next("incoming"))["call"] == sid
            await laptop.send("accept", call=sid)
            assert (await desk.next("ended"))["reason"] == "answered_elsewhere"
            await laptop.next("connected")
            await desk.send("accept", call=sid)
            assert (await desk.next("error"))["code"] == "too_late"
            call.hang_up()
            assert (await laptop.next("ended"))["reason"] == "completed"

    play(scenario)


def dial_result(application: SmallApplication) -> str:
    return application.to("/after")[-1].params["DialCallStatus"]


@pytest.mark.parametrize(("act", "status"), [("reject", "busy"), ("wait", "no-answer"), ("nobody", "failed")])
def test_endings_of_a_dialled_client(act: str, status: str) -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = (
            '<Response><Dial action="/after" timeout="5"><Client>ana</Client></Dial></Response>'
        )
        application.replies["/after"] = "<Response/>"
        async with AsyncExitStack() as stack:
            ana = None if act == "nobody" else await stack.enter_async_context(registered(carrier, "ana"))
            call = await carrier.place_call(TELEPHONE, NUMBER)
            if ana is not None:
                sid = (await ana.next("incoming"))["call"]
                if act == "reject":
                    await ana.send("reject", call=sid)
                assert (await ana.next("ended"))["reason"] == ("declined" if act == "reject" else "missed")
            await call.wait_ended()
        assert dial_result(application) == status

    play(scenario, speed=10)


def test_client_called_over_rest_and_a_telephone_that_is_a_page() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = f"<Response>{LATER}</Response>"
        async with registered(carrier, "ana") as ana, browser(carrier, telephone_token()) as phone:
            await phone.send("register", address=OTHER_TELEPHONE)
            await phone.next("registered")
            assert (await ring(carrier, application, "client:ana?name=Kim", ana))["params"] == {"name": "Kim"}
            assert (await ring(carrier, application, OTHER_TELEPHONE, phone))["from"] == NUMBER

    play(scenario)


async def ring(carrier: Carrier, application: SmallApplication, to: str, page: Browser) -> dict[str, Any]:
    settings = carrier.settings
    login = base64.b64encode(f"{settings.account_sid}:{settings.auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    form = {"To": to, "From": NUMBER, "Url": f"{application.base}/voice"}
    url = f"{carrier.base_url}/2010-04-01/Accounts/{settings.account_sid}/Calls.json"
    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, data=form) as answer:
        assert answer.status == 201
    incoming = await page.next("incoming")
    await page.send("accept", call=incoming["call"])
    await page.next("connected")
    await page.send("hang_up", call=incoming["call"])
    await page.next("ended")
    return incoming


def test_agent_calls_the_application_and_may_not_be_a_telephone() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/app"] = "<Response><Reject/></Response>"
        async with browser(carrier, agent_token("ana", APPLICATION)) as ana:
            await ana.send("register", address=TELEPHONE)
            assert (await ana.next("error"))["code"] == "not_allowed"
            await ana.send("call", params={"To": "+12025550199", "ticket": "7"})
            await ana.next("ended")
        seen = application.to("/app")[0]
        assert (seen.params["From"], seen.params["To"], seen.params["ticket"]) == ("client:ana", "+12025550199", "7")
        assert seen.is_signed

    async def run() -> None:
        async with surroundings(1, serve_rest=True) as (application, carrier):
            app = NumberSettings(f"{application.base}/app")
            carrier.settings.applications[APPLICATION] = app  # type: ignore[index]
            await scenario(application, carrier)

    asyncio.run(run())


def test_page_that_comes_back_in_time_goes_on_and_one_that_does_not_is_hung_up() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = f"<Response>{LATER}</Response>"
        page = await open_socket(carrier, telephone_token())
        session = (await page.next("ready"))["session"]
        page.seen.append({"type": "ready"})
        sid = await call_line(page)
        await page.next("connected")
        page.ws.transport.abort()
        async with browser(carrier, telephone_token(), session) as again:
            ready = await again.next("ready")
            assert ready["is_back"] and ready["call"]["call"] == sid and ready["call"]["is_connected"]
            again.ws.transport.abort()
        call = carrier.call(sid)
        assert call is not None
        assert await asyncio.wait_for(call.wait_ended(), 6) is CallStatus.COMPLETED
        assert carrier.switchboard.counters.lost == 1 and carrier.switchboard.phones == []

    play(scenario)


def test_closing_page_says_goodbye_with_the_id_of_its_session() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = f"<Response>{LATER}</Response>"
        async with browser(carrier, telephone_token()) as page, aiohttp.ClientSession() as session:
            own = (await page.next("ready"))["session"]
            page.seen.append({"type": "ready"})
            sid = await call_line(page)
            await page.next("connected")
            async with session.post(f"{carrier.base_url}/softphone/bye", data="somebody else") as answer:
                assert answer.status == 204
            call = carrier.call(sid)
            assert call is not None and not call.status.is_final
            async with session.post(f"{carrier.base_url}/softphone/bye", data=own):
                await asyncio.wait_for(call.wait_ended(), 1)

    play(scenario)


def test_nonsense_and_floods_are_counted_and_harmless() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = f"<Response>{LATER}</Response>"
        async with browser(carrier, telephone_token()) as page:
            sid = await call_line(page)
            await page.next("connected")
            for text in ("", "{", "[]", '{"type":"dance"}', '{"type":"press","digits":"x"}', "9" * 5000, "[" * 3000):
                await page.ws.send(text)
                assert (await page.next("error"))["code"] == "malformed"
            for frame in (b"", b"123", b"\xff" * 8000):
                await page.ws.send(frame)
            for _ in range(int(BURST) + 500):
                await page.ws.send(b"\xff" * 160)
            await asyncio.sleep(1)
            await page.send("hang_up", call=sid)
            await page.next("ended")
        counters = carrier.switchboard.counters
        assert (counters.malformed, counters.oversized) == (9, 1)
        assert counters.flooded > 0 and counters.late_frames > 0

    play(scenario)


def test_message_beyond_all_measure_closes_the_socket_and_the_call_waits_for_the_page() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = f"<Response>{LATER}</Response>"
        async with browser(carrier, telephone_token()) as page:
            session = (await page.next("ready"))["session"]
            page.seen.append({"type": "ready"})
            await call_line(page)
            await page.next("connected")
            await page.ws.send(json.dumps({"type": "say", "text": "a" * 100_000}))
            await asyncio.wait_for(page.ws.wait_closed(), 5)
        async with browser(carrier, telephone_token(), session) as again:
            assert (await again.next("ready"))["call"]["is_connected"]

    play(scenario)


def test_typed_words_are_said_by_the_carriers_voice() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = connect(application)
        async with browser(carrier, telephone_token()) as page:
            await call_line(page)
            await page.next("connected")
            await page.send("say", text="hello")
            assert (await page.next("error"))["code"] == "no_voice"

    play(scenario)


def test_dialled_number_of_nobody_is_still_nobody() -> None:
    async def scenario(application: SmallApplication, carrier: Carrier) -> None:
        carrier.set_answering("client:bot", Answering(after_ms=0))
        application.replies["/voice"] = '<Response><Dial action="/after"><Client>bot</Client></Dial></Response>'
        application.replies["/after"] = "<Response/>"
        call = await carrier.place_call(TELEPHONE, NUMBER)
        await eventually(lambda: any(event.kind.value == "bridged" for event in call.events))
        call.hang_up()
        await call.wait_ended()

    play(scenario, speed=10)
