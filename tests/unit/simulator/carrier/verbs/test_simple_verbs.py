import asyncio

import pytest

from ivr.simulator.carrier import CallStatus
from ivr.simulator.carrier.mulaw import tone
from tests.fakes.carrier_world import STATUS, VOICE, Answer, NotingParty, run_document, twiml, world

pytestmark = pytest.mark.unit

OTHER = "https://app.example.com/other"


def test_say_is_told_to_the_far_party_and_takes_its_time() -> None:
    party = NotingParty()
    call, _ = run_document(twiml('<Say language="en-GB">Hello there</Say>'), party)
    assert party.said == ["Hello there"]
    said = next(event for event in call.events if event.kind.value == "say")
    assert said.details == {"duration_ms": 715, "language": "en-GB"}
    assert 715 <= call.now_ms <= 800


def test_say_repeats_as_often_as_loop_says() -> None:
    party = NotingParty()
    run_document(twiml('<Say loop="3">again</Say>'), party)
    assert party.said == ["again", "again", "again"]


def test_say_ignores_ssml_markup_without_warning() -> None:
    party = NotingParty()
    call, _ = run_document(twiml('<Say>one <break time="1s"/><emphasis>two</emphasis></Say>'), party)
    assert party.said == ["one two"]
    assert call.warnings == []


def test_play_reaches_the_far_partys_ear() -> None:
    audio = tone(500, 300)

    async def scenario() -> NotingParty:
        party = NotingParty()
        async with world({VOICE: twiml("<Play>/hello.ulaw</Play>"), STATUS: ""}) as here:
            here.webhooks.media["https://app.example.com/hello.ulaw"] = Answer(audio, "audio/basic")
            await (await here.call(party)).wait_ended()
        return party

    assert asyncio.run(scenario()).heard() == audio


def test_play_of_a_missing_file_is_a_warning_and_the_call_goes_on() -> None:
    party = NotingParty()
    call, _ = run_document(twiml("<Play>/missing.wav</Play>", "<Say>after</Say>"), party)
    assert call.warnings == [11200]
    assert party.said == ["after"]


def test_play_digits_sends_keys_to_the_far_party() -> None:
    party = NotingParty()
    run_document(twiml('<Play digits="12w#"/>'), party)
    assert party.keys == "12#"


def test_pause_waits_its_length() -> None:
    call, _ = run_document(twiml("<Say>a</Say>", '<Pause length="4"/>'))
    assert 4000 <= call.now_ms <= 4200


def test_document_of_pauses_never_answers() -> None:
    call, webhooks = run_document(twiml("<Pause/>"))
    assert call.status is CallStatus.NO_ANSWER
    assert not call.is_answered
    assert webhooks.to(STATUS)[0]["CallStatus"] == "no-answer"


def test_redirect_goes_to_another_document_for_good() -> None:
    party = NotingParty()
    _, webhooks = run_document(
        twiml("<Redirect>/other</Redirect>", "<Say>not run</Say>"), party, {OTHER: twiml("<Say>here</Say>")}
    )
    assert party.said == ["here"]
    assert webhooks.to(OTHER)[0]["CallStatus"] == "ringing"


def test_redirect_uses_the_wanted_method() -> None:
    _, webhooks = run_document(twiml('<Redirect method="GET">/other</Redirect>'), None, {OTHER: twiml()})
    assert [request.method for request in webhooks.requests if request.url == OTHER] == ["GET"]


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ('<Reject reason="busy"/>', CallStatus.BUSY),
        ("<Reject/>", CallStatus.NO_ANSWER),
        ("<Hangup/>", CallStatus.NO_ANSWER),
    ],
)
def test_refusal_as_first_verb_never_answers(verb: str, status: CallStatus) -> None:
    call, _ = run_document(twiml(verb))
    assert call.status is status
    assert not call.is_answered


def test_reject_after_an_answer_is_a_hang_up_and_a_wrong_reason_a_warning() -> None:
    call, _ = run_document(twiml("<Say>hi</Say>", '<Reject reason="busy"/>'))
    assert call.status is CallStatus.COMPLETED
    call, _ = run_document(twiml('<Reject reason="bored"/>'))
    assert call.status is CallStatus.NO_ANSWER
    assert call.warnings == [12200]


@pytest.mark.parametrize(
    "verb",
    [
        '<Say loop="often">x</Say>',
        '<Pause length="-1"/>',
        '<Redirect method="PUT">/other</Redirect>',
        '<Gather timeout="1" numDigits="0"/>',
        '<Gather timeout="1" finishOnKey="12"/>',
        '<Gather timeout="1" input="thought"/>',
        '<Gather timeout="1" actionOnEmptyResult="yes"/>',
        "<Connect><Room>x</Room></Connect>",
        '<Stop><Stream name="unknown"/></Stop>',
    ],
)
def test_value_that_cannot_be_used_is_a_warning_and_its_default_holds(verb: str) -> None:
    party = NotingParty()
    call, _ = run_document(twiml("<Say>a</Say>", verb, "<Say>b</Say>"), party, {OTHER: twiml()})
    assert 12200 in call.warnings
    assert call.status is CallStatus.COMPLETED


def test_say_that_is_too_long_is_skipped() -> None:
    party = NotingParty()
    call, _ = run_document(twiml(f"<Say>{'x' * 5000}</Say>", "<Say>b</Say>"), party)
    assert (party.said, call.warnings) == (["b"], [13521])


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ('<Stream url="http://h/x"/>', 31922),
        ('<Stream url="wss://h/x" track="all"/>', 31941),
        ('<Stream url="wss://h/x?y=1" colour="red"/>', 31923),
    ],
)
def test_one_way_stream_that_cannot_be_opened_is_a_warning(stream: str, code: int) -> None:
    party = NotingParty()
    call, _ = run_document(twiml(f"<Start>{stream}<Siprec/></Start>", "<Say>on</Say>"), party)
    assert code in call.warnings and 12200 in call.warnings
    assert party.said == ["on"]


def test_unplayable_file_is_a_warning() -> None:
    async def scenario() -> list[int]:
        async with world({VOICE: twiml("<Play>/x.mp3</Play>"), STATUS: ""}) as here:
            here.webhooks.media["https://app.example.com/x.mp3"] = Answer(b"ID3", "audio/mpeg")
            call = await here.call()
            await call.wait_ended()
            return call.warnings

    assert asyncio.run(scenario()) == [12300]


def test_hangup_after_an_answer_completes_and_skips_the_rest() -> None:
    party = NotingParty()
    call, _ = run_document(twiml("<Say>bye</Say>", "<Hangup/>", "<Say>not run</Say>"), party)
    assert party.said == ["bye"]
    assert call.status is CallStatus.COMPLETED


@pytest.mark.parametrize("verb", ["<Say>stop me</Say>", "<Say>stop me</Say><Pause length='60'/>"])
def test_hang_up_ends_a_verb_at_once(verb: str) -> None:
    party = NotingParty()
    party.reactions["stop me"] = lambda call: call.hang_up()
    call, webhooks = run_document(twiml(verb, "<Say>not run</Say>"), party)
    assert party.said == ["stop me"]
    assert party.ended == [CallStatus.COMPLETED]
    assert call.now_ms < 100
    assert [params["CallStatus"] for params in webhooks.to(STATUS)] == ["completed"]
