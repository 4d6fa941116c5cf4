import asyncio

import pytest

from ivr.simulator.carrier import Carrier, CarrierSettings, EventKind, NumberSettings, run_carrier
from ivr.simulator.carrier.errors import UnknownNumber
from ivr.simulator.carrier.mulaw import tone
from tests.fakes.carrier_world import (
    ACCOUNT,
    CALLER,
    NUMBER,
    STATUS,
    TOKEN,
    VOICE,
    NotingParty,
    ScriptedWebhooks,
    twiml,
    world,
)
from tests.fakes.line_clock import VirtualLineClock

pytestmark = pytest.mark.unit


def test_number_of_nobody_cannot_be_dialled() -> None:
    async def scenario() -> None:
        async with world({}) as here:
            with pytest.raises(UnknownNumber):
                await here.carrier.place_call(CALLER, "+15550000000")

    asyncio.run(scenario())


def test_number_without_voice_url_fails_at_once() -> None:
    async def scenario() -> list[str]:
        settings = CarrierSettings(ACCOUNT, TOKEN, numbers={NUMBER: NumberSettings("", status_callback=STATUS)})
        webhooks = ScriptedWebhooks({STATUS: ""})
        carrier = Carrier(settings, clock=VirtualLineClock(), webhooks=lambda _: webhooks)
        await carrier.start(serve_rest=False)
        party = NotingParty()
        call = await carrier.place_call(CALLER, NUMBER, party)
        await call.wait_ended()
        await carrier.stop()
        return [params["CallStatus"] for params in webhooks.to(STATUS)]

    assert asyncio.run(scenario()) == ["failed"]


def test_stopping_ends_live_calls() -> None:
    party = NotingParty()

    async def scenario() -> None:
        async with world({VOICE: twiml('<Say>x</Say><Pause length="900"/>'), STATUS: ""}) as here:
            call = await here.call(party)
            await call.wait_answered()

    asyncio.run(scenario())
    assert len(party.ended) == 1


def test_carriers_own_voice_is_heard() -> None:
    async def scenario() -> NotingParty:
        party = NotingParty()
        webhooks = ScriptedWebhooks({VOICE: twiml("<Say>hello</Say>")})
        settings = CarrierSettings(ACCOUNT, TOKEN, numbers={NUMBER: NumberSettings(VOICE)})
        async with _started(settings, webhooks) as carrier:
            await (await carrier.place_call(CALLER, NUMBER, party)).wait_ended()
        return party

    assert asyncio.run(scenario()).heard() == tone(300, 400)


def _started(settings: CarrierSettings, webhooks: ScriptedWebhooks) -> Carrier:
    voice = {"hello": tone(300, 400)}
    return Carrier(settings, say_to_audio=lambda text, language: voice.get(text), webhooks=lambda _: webhooks)


def test_times_count_from_the_answer() -> None:
    async def scenario() -> list[tuple[EventKind, int]]:
        async with world({VOICE: twiml('<Pause length="2"/><Say>hi</Say>'), STATUS: ""}) as here:
            call = await here.call()
            await call.wait_ended()
            return [(event.kind, event.at_ms) for event in call.events]

    events = asyncio.run(scenario())
    assert events[0] == (EventKind.WEBHOOK_SENT, -2000)
    assert dict(events)[EventKind.SAY] == 0
    assert dict(events)[EventKind.ENDED] == 140


def test_oldest_finished_calls_are_forgotten() -> None:
    async def scenario() -> int:
        settings = CarrierSettings(ACCOUNT, TOKEN, numbers={NUMBER: NumberSettings(VOICE)}, keep_finished_calls=3)
        webhooks = ScriptedWebhooks({VOICE: twiml("<Reject/>")})
        carrier = Carrier(settings, clock=VirtualLineClock(), webhooks=lambda _: webhooks)
        await carrier.start(serve_rest=False)
        for _ in range(6):
            await (await carrier.place_call(CALLER, NUMBER)).wait_ended()
        count = len(carrier.calls)
        await carrier.stop()
        return count

    assert asyncio.run(scenario()) == 3


def test_serving_ends_when_told() -> None:
    async def scenario() -> str:
        seen: list[str] = []
        stopped = asyncio.Event()

        def ready(carrier: Carrier) -> None:
            seen.append(carrier.base_url)
            stopped.set()

        await run_carrier(CarrierSettings(ACCOUNT, TOKEN), on_ready=ready, stopped=stopped)
        return seen[0]

    assert asyncio.run(scenario()).startswith("http://127.0.0.1:")


def test_empty_token_is_refused() -> None:
    with pytest.raises(ValueError, match="auth_token"):
        CarrierSettings(ACCOUNT, "")


class RaisingParty(NotingParty):
    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        raise RuntimeError("the far party is broken")


def test_broken_far_party_ends_its_call() -> None:
    async def scenario() -> str:
        async with world({VOICE: twiml('<Say>x</Say><Pause length="900"/>'), STATUS: ""}) as here:
            return (await (await here.call(RaisingParty())).wait_ended()).value

    assert asyncio.run(scenario()) == "completed"


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = CarrierSettings(ACCOUNT, TOKEN, api_keys={"SK1": "hidden"})
    assert TOKEN not in repr(settings) and "hidden" not in repr(settings)


def test_caller_noise_passes_through_the_line() -> None:
    async def scenario() -> list[bytes]:
        seen: list[bytes] = []
        async with world({VOICE: twiml("<Say>a</Say>"), STATUS: ""}) as here:
            call = await here.call()

            def line(caller: bytes, heard: bytes) -> bytes:
                seen.append(caller)
                return caller

            call.set_line(line)
            await call.wait_answered()
            call.send_audio(b"\x10" * 100)
            await call.wait_ended()
        return seen

    seen = asyncio.run(scenario())
    assert {len(frame) for frame in seen} == {160}
    assert b"\x10" * 100 + b"\xff" * 60 in seen
