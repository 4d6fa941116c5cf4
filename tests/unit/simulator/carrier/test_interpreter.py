import asyncio

import pytest

from ivr.simulator.carrier import CallStatus, EventKind
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.interpreter import APOLOGY
from ivr.simulator.carrier.settings import LineSettings
from tests.fakes.carrier_world import (
    FALLBACK,
    STATUS,
    VOICE,
    Answer,
    NotingParty,
    Reply,
    run_document,
    twiml,
    world,
)

pytestmark = pytest.mark.unit

SORRY = {FALLBACK: twiml("<Say>one moment</Say>")}
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    "<Response><Say>&c;</Say></Response>"
)
EXTERNAL = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Say>&x;</Say></Response>'


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Say>", "12100"),
        ("", "12100"),
        ("<Answer/>", "12102"),
        ("<response/>", "12102"),
        (BOMB, "12100"),
        (EXTERNAL, "12100"),
        ("<Response>" + "<Say>" * 100 + "</Say>" * 100 + "</Response>", "12100"),
        ("<Response>" + " " * 65536 + "</Response>", "11750"),
        (Answer("<Response/>", "application/json"), "12300"),
        (Answer("<Response/>", ""), "12300"),
        (DocumentFailed(11200, VOICE, "HTTP status 500"), "11200"),
    ],
)
def test_document_that_cannot_be_used_goes_to_the_fallback(document: Reply, code: str) -> None:
    party = NotingParty()
    call, webhooks = run_document(document, party, dict(SORRY))
    params = webhooks.to(FALLBACK)[0]
    assert (params["ErrorCode"], params["ErrorUrl"]) == (code, VOICE)
    assert params["CallSid"] == call.sid
    assert party.said == ["one moment"]
    assert call.status is CallStatus.COMPLETED


def test_failing_fallback_ends_the_call_with_the_generic_message() -> None:
    party = NotingParty()
    call, _ = run_document("<Response>", party, {FALLBACK: "<Response>"})
    assert party.said == [APOLOGY]
    assert [event.code for event in call.events if event.kind is EventKind.APPLICATION_ERROR] == [12100]
    assert call.status is CallStatus.COMPLETED


def test_failing_action_goes_to_the_fallback_too() -> None:
    party = NotingParty()
    document = twiml("<Say>first</Say>", "<Redirect>/missing</Redirect>")
    _, webhooks = run_document(document, party, dict(SORRY))
    assert webhooks.to(FALLBACK)[0]["ErrorUrl"] == "https://app.example.com/missing"
    assert party.said == ["first", "one moment"]


@pytest.mark.parametrize("verb", ['<Record action="http://[bad"/>', "<Redirect>//[bad</Redirect>"])
def test_malformed_action_goes_to_the_fallback(verb: str) -> None:
    _, webhooks = run_document(twiml(verb), None, dict(SORRY))
    assert webhooks.to(FALLBACK)[0]["ErrorCode"] in ("11100", "11200")


def test_unknown_verb_and_attribute_are_warnings_and_the_document_goes_on() -> None:
    party = NotingParty()
    call, _ = run_document(twiml("<say>x</say>", '<Say colour="red">hello</Say>', "<Enqueue>x</Enqueue>"), party)
    assert call.warnings == [12200, 12200, 12200]
    assert party.said == ["hello"]


def test_plain_text_that_is_no_twiml_is_spoken() -> None:
    party = NotingParty()
    run_document(Answer("Hello caller", "text/plain"), party)
    assert party.said == ["Hello caller"]


def test_plain_text_that_is_twiml_runs() -> None:
    party = NotingParty()
    run_document(Answer(twiml("<Say>run</Say>"), "text/plain"), party)
    assert party.said == ["run"]


def test_audio_answer_is_played_once_and_the_call_ends() -> None:
    party = NotingParty()
    call, _ = run_document(Answer(b"\x20" * 1600, "audio/basic"), party)
    assert party.heard() == b"\x20" * 1600
    assert call.status is CallStatus.COMPLETED


def test_empty_document_ends_an_unanswered_call() -> None:
    call, _ = run_document(twiml())
    assert call.status is CallStatus.NO_ANSWER


def test_endless_redirects_are_ended() -> None:
    async def scenario() -> tuple[NotingParty, int]:
        party = NotingParty()
        async with world({VOICE: twiml("<Redirect/>"), STATUS: ""}, LineSettings(max_documents=20)) as here:
            await (await here.call(party)).wait_ended()
            return party, len(here.webhooks.to(VOICE))

    party, count = asyncio.run(scenario())
    assert count == 20
    assert party.said == [APOLOGY]


def test_first_request_says_ringing_and_carries_empty_places() -> None:
    call, webhooks = run_document(twiml("<Say>hi</Say>"))
    params = webhooks.to(VOICE)[0]
    assert params["CallStatus"] == "ringing"
    assert params["Direction"] == "inbound"
    assert params["From"] == params["Caller"] == "+12025550123"
    assert params["To"] == params["Called"] == "+15551230002"
    assert params["FromCity"] == params["CalledZip"] == ""
    assert params["FromCountry"] == "US"
    assert params["AccountSid"].startswith("AC") and params["CallSid"] == call.sid
    assert params["ApiVersion"] == "2010-04-01"


def test_final_callback_tells_duration_and_source() -> None:
    _, webhooks = run_document(twiml('<Say>hi</Say><Pause length="61"/>'))
    (params,) = webhooks.to(STATUS)
    assert params["CallStatus"] == "completed"
    assert (params["CallDuration"], params["Duration"]) == ("61", "2")
    assert params["CallbackSource"] == "call-progress-events"
    assert params["SipResponseCode"] == "200"
    assert params["SequenceNumber"] == "2"
    assert params["Timestamp"] == "Mon, 23 Nov 2026 15:01:01 +0000"
