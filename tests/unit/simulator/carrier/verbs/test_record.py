import asyncio

import pytest

from ivr.simulator.carrier import CarrierCall
from ivr.simulator.carrier.mulaw import tone
from tests.fakes.carrier_world import STATUS, VOICE, NotingParty, run_document, twiml, world

pytestmark = pytest.mark.unit

DONE = "https://app.example.com/done"
RECORD = '<Record action="/done" timeout="2" playBeep="false"/>'


def speaking(seconds: float) -> NotingParty:
    party = NotingParty()
    party.at_answer = lambda call: call.send_audio(tone(400, round(seconds * 1000)))
    return party


def test_silence_ends_the_recording_and_its_length_is_told() -> None:
    call, webhooks = run_document(twiml(RECORD), speaking(2.5), {DONE: twiml()})
    params = webhooks.to(DONE)[0]
    assert params["RecordingDuration"] == "3"
    assert params["RecordingSid"].startswith("RE") and params["RecordingUrl"].endswith(params["RecordingSid"])
    assert params["Digits"] == ""


def test_key_ends_the_recording() -> None:
    async def scenario() -> dict[str, str]:
        async with world({VOICE: twiml(RECORD), DONE: twiml(), STATUS: ""}) as here:
            call = await here.call(speaking(5))
            await call.wait_answered()
            await here.after(1)
            call.press("*")
            await call.wait_ended()
            return here.webhooks.to(DONE)[0]

    params = asyncio.run(scenario())
    assert params["Digits"] == "*"
    assert params["RecordingDuration"] in ("1", "2")


def test_length_limit_ends_the_recording() -> None:
    document = twiml('<Record action="/done" maxLength="2" playBeep="false"/>')
    _, webhooks = run_document(document, speaking(30), {DONE: twiml()})
    assert webhooks.to(DONE)[0]["RecordingDuration"] == "2"


def test_hang_up_during_record_still_asks_the_action() -> None:
    async def scenario() -> tuple[CarrierCall, dict[str, str]]:
        async with world({VOICE: twiml(RECORD), DONE: twiml("<Say>not run</Say>"), STATUS: ""}) as here:
            party = speaking(5)
            call = await here.call(party)
            await call.wait_answered()
            await here.after(1)
            call.hang_up()
            await call.wait_ended()
            await here.after(1)
            assert party.said == []
            return call, here.webhooks.to(DONE)[0]

    _, params = asyncio.run(scenario())
    assert (params["Digits"], params["CallStatus"]) == ("hangup", "completed")


def test_recording_without_sound_runs_the_next_verb() -> None:
    party = NotingParty()
    _, webhooks = run_document(twiml(RECORD, "<Say>i heard nothing</Say>"), party)
    assert party.said == ["i heard nothing"]
    assert webhooks.to(DONE) == []


def test_finished_recording_is_told_to_its_callback() -> None:
    document = twiml('<Record action="/done" timeout="1" playBeep="false" recordingStatusCallback="/recorded"/>')
    recorded = "https://app.example.com/recorded"
    _, webhooks = run_document(document, speaking(1), {DONE: twiml(), recorded: ""})
    params = webhooks.to(recorded)[0]
    assert (params["RecordingStatus"], params["RecordingSource"]) == ("completed", "RecordVerb")
