import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from ivr.simulator.carrier import Answering, CallStatus, Carrier, CarrierCall, Timeouts
from ivr.simulator.carrier.call import CallHooks
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.outbound import DialOrder
from ivr.simulator.carrier.webhooks import WebhookRequest
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import CALLER, NUMBER, SmallApplication, surroundings

pytestmark = pytest.mark.integration

BYE = "<Response><Say>bye</Say></Response>"
QUICK = Timeouts(connect_secs=0.3, read_secs=0.3, total_secs=0.6)
Arrange = Callable[[SmallApplication, Carrier], None]


def one_call(
    arrange: Arrange, timeouts: Timeouts | None = None, party: NotingParty | None = None
) -> tuple[SmallApplication, CarrierCall]:
    async def scenario() -> tuple[SmallApplication, CarrierCall]:
        async with surroundings(timeouts=timeouts) as (application, carrier):
            application.replies |= {"/voice": BYE, "/fallback": BYE}
            arrange(application, carrier)
            call = await carrier.place_call(CALLER, NUMBER, party)
            await asyncio.wait_for(call.wait_ended(), 20)
        return application, call

    return asyncio.run(scenario())


def answering(respond: Callable[[web.Request], Awaitable[web.StreamResponse]], path: str = "/voice") -> Arrange:
    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        application.replies[path] = respond

    return arrange


def test_every_webhook_has_a_valid_signature_and_the_carriers_headers() -> None:
    gather = '<Response><Gather action="/keys?menu=main%20menu" numDigits="1"><Say>menu</Say></Gather></Response>'

    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        application.replies |= {
            "/voice": gather,
            "/keys": '<Response><Redirect method="GET">/more</Redirect></Response>',
        }
        application.replies["/more"] = BYE

    party = NotingParty()
    party.reactions["menu"] = lambda call: call.press("1")
    application, _ = one_call(arrange, party=party)
    assert [seen.path for seen in application.seen] == ["/voice", "/keys", "/more", "/status"]
    assert [seen.method for seen in application.seen] == ["POST", "POST", "GET", "POST"]
    assert all(seen.is_signed for seen in application.seen)
    assert {seen.headers["User-Agent"] for seen in application.seen} == {"TwilioProxy/1.1"}
    assert len({seen.headers["I-Twilio-Idempotency-Token"] for seen in application.seen}) == 4
    assert application.seen[0].headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert application.to("/more")[0].params["From"] == CALLER


def test_names_with_marks_and_emoji_are_signed_too() -> None:
    async def scenario() -> SmallApplication:
        async with surroundings() as (application, carrier):
            application.replies["/voice"] = BYE
            extra = {"CallerName": "Grüße 👋 日本", "StirVerstat": "TN-Validation-Passed-A", "CallToken": "%7B%22a%22"}
            call = await carrier.place_call(CALLER, NUMBER, extra_params=extra)
            await call.wait_ended()
        return application

    application = asyncio.run(scenario())
    assert application.seen[0].is_signed
    assert application.seen[0].params["CallToken"] == "%7B%22a%22"
    assert application.seen[0].params["CallerName"] == "Grüße 👋 日本"


def test_outbound_call_signs_all_its_callbacks() -> None:
    async def scenario() -> SmallApplication:
        async with surroundings() as (application, carrier):
            application.replies["/voice"] = BYE
            carrier.set_answering(CALLER, Answering())
            hooks = CallHooks(status_callback=f"{application.base}/status", status_events=frozenset(Progress))
            call = carrier.dial(NUMBER, CALLER, hooks, DialOrder(WebhookRequest(f"{application.base}/voice")))
            await call.wait_ended()
        return application

    application = asyncio.run(scenario())
    assert len(application.to("/status")) == 4
    assert all(seen.is_signed for seen in application.seen)


def test_cookies_are_kept_for_the_call() -> None:
    async def set_cookie(request: web.Request) -> web.StreamResponse:
        response = web.Response(text="<Response><Redirect>/more</Redirect></Response>", content_type="text/xml")
        response.set_cookie("session", "abc")
        return response

    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        application.replies |= {"/voice": set_cookie, "/more": BYE}

    application, _ = one_call(arrange)
    assert "Cookie" not in application.seen[0].headers
    assert application.to("/more")[0].headers["Cookie"] == "session=abc"


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST")])
def test_redirects_are_followed_and_signed_anew(status: int, method: str) -> None:
    async def redirect(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "/moved?to=here"})

    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        application.replies |= {"/voice": redirect, "/moved": BYE}

    party = NotingParty()
    application, _ = one_call(arrange, party=party)
    moved = application.to("/moved")[0]
    assert (moved.method, moved.is_signed, moved.params["to"]) == (method, True, "here")
    assert party.said == ["bye"]


def test_endless_redirects_end_in_the_fallback() -> None:
    async def redirect(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/voice"})

    application, _ = one_call(answering(redirect))
    assert application.to("/fallback")[0].params["ErrorCode"] == "11215"
    assert len(application.to("/voice")) == 11


async def hang(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


def test_late_answer_ends_in_the_fallback_with_code_and_address() -> None:
    party = NotingParty()
    application, call = one_call(answering(hang), QUICK, party)
    params = application.to("/fallback")[0].params
    assert (params["ErrorCode"], params["ErrorUrl"]) == ("11205", f"{application.base}/voice")
    assert len(application.to("/voice")) == 1
    assert party.said == ["bye"]
    assert call.status is CallStatus.COMPLETED


@pytest.mark.parametrize("status", [404, 500, 304])
def test_error_status_is_not_retried_by_default(status: int) -> None:
    async def fail(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    application, _ = one_call(answering(fail))
    assert application.to("/fallback")[0].params["ErrorCode"] == "11200"
    assert len(application.to("/voice")) == 1


def test_retries_wanted_by_the_address_carry_the_same_token() -> None:
    async def fail(request: web.Request) -> web.StreamResponse:
        return web.Response(status=503)

    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        application.replies |= {
            "/voice": "<Response><Redirect>/busy#rc=3&amp;rp=5xx</Redirect></Response>",
            "/busy": fail,
        }

    application, _ = one_call(arrange)
    attempts = application.to("/busy")
    assert len(attempts) == 4
    assert len({seen.headers["I-Twilio-Idempotency-Token"] for seen in attempts}) == 1
    assert all(seen.is_signed for seen in attempts)


def test_fragment_that_breaks_the_rules_ends_in_the_fallback() -> None:
    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        application.replies["/voice"] = "<Response><Redirect>/more#rc=9</Redirect></Response>"

    application, _ = one_call(arrange)
    assert application.to("/fallback")[0].params["ErrorCode"] == "11243"


def test_unreachable_application_ends_in_the_generic_message() -> None:
    async def scenario() -> CarrierCall:
        async with surroundings(timeouts=QUICK) as (application, carrier):
            await application.stop()
            call = await carrier.place_call(CALLER, NUMBER)
            await asyncio.wait_for(call.wait_ended(), 20)
            return call

    call = asyncio.run(scenario())
    assert [event.code for event in call.events if event.kind.value == "application_error"] == [11205]


def test_document_above_the_limit_ends_in_the_fallback() -> None:
    async def huge(request: web.Request) -> web.StreamResponse:
        return web.Response(text="<Response>" + " " * 70_000 + "</Response>", content_type="text/xml")

    application, _ = one_call(answering(huge))
    assert application.to("/fallback")[0].params["ErrorCode"] == "11750"


def test_hang_up_while_the_application_thinks_ends_the_call_at_once() -> None:
    asked, released = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        asked.set()
        await released.wait()
        return web.Response(text=BYE, content_type="text/xml")

    async def scenario() -> tuple[SmallApplication, CarrierCall, NotingParty]:
        party = NotingParty()
        async with surroundings() as (application, carrier):
            application.replies["/voice"] = slow
            call = await carrier.place_call(CALLER, NUMBER, party)
            await asked.wait()
            call.hang_up()
            await asyncio.wait_for(call.wait_ended(), 20)
            released.set()
        return application, call, party

    application, call, party = asyncio.run(scenario())
    assert call.status is CallStatus.NO_ANSWER
    assert party.said == []
    assert application.to("/status")[0].params["CallStatus"] == "no-answer"


def test_failing_status_callback_is_only_a_warning() -> None:
    def arrange(application: SmallApplication, carrier: Carrier) -> None:
        del application.replies["/status"]

    _, call = one_call(arrange)
    assert call.warnings == [15003]
    assert call.status is CallStatus.COMPLETED
