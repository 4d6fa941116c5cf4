import asyncio

import pytest

from ivr.simulator.carrier import CallStatus
from tests.fakes.carrier_world import STATUS, VOICE, NotingParty, run_document, twiml, world

pytestmark = pytest.mark.unit

NEXT = "https://app.example.com/next"
MENU = '<Gather action="/next" numDigits="2" timeout="3"><Say>menu</Say></Gather>'


def pressing(digits: str) -> NotingParty:
    party = NotingParty()
    party.reactions["menu"] = lambda call: [call.press(digit) for digit in digits] and None
    return party


def test_wanted_count_of_digits_goes_to_the_action() -> None:
    call, webhooks = run_document(twiml(MENU, "<Say>nothing came</Say>"), pressing("42"), {NEXT: twiml()})
    params = webhooks.to(NEXT)[0]
    assert (params["Digits"], params["FinishedOnKey"], params["msg"]) == ("42", "", "Gather End")
    assert params["CallStatus"] == "in-progress"
    assert "nothing came" not in [event.name for event in call.events]


def test_finish_key_ends_the_entry_and_is_not_part_of_it() -> None:
    document = twiml('<Gather action="/next"><Say>menu</Say></Gather>')
    _, webhooks = run_document(document, pressing("12#"), {NEXT: twiml()})
    params = webhooks.to(NEXT)[0]
    assert (params["Digits"], params["FinishedOnKey"]) == ("12", "#")


def test_finish_key_alone_counts_as_nothing_and_falls_through() -> None:
    party = pressing("#")
    _, webhooks = run_document(twiml(MENU, "<Say>nothing came</Say>"), party)
    assert party.said == ["menu", "nothing came"]
    assert webhooks.to(NEXT) == []


def test_without_finish_key_the_hash_is_a_digit() -> None:
    document = twiml('<Gather action="/next" finishOnKey="" numDigits="2"><Say>menu</Say></Gather>')
    _, webhooks = run_document(document, pressing("1#"), {NEXT: twiml()})
    assert webhooks.to(NEXT)[0]["Digits"] == "1#"


def test_first_key_stops_the_prompt() -> None:
    long_prompt = "a very long prompt " * 20
    document = twiml(f'<Gather action="/next" numDigits="1"><Say>menu</Say><Say>{long_prompt}</Say></Gather>')
    party = pressing("1")
    call, _ = run_document(document, party, {NEXT: twiml()})
    assert party.said == ["menu"]
    assert call.now_ms < 1000


def test_nothing_entered_falls_through_after_the_timeout() -> None:
    party = NotingParty()
    call, webhooks = run_document(twiml(MENU, "<Say>nothing came</Say>"), party)
    assert webhooks.to(NEXT) == []
    said = [event.at_ms for event in call.events if event.name == "nothing came"]
    assert 3000 <= said[0] - 260 <= 3100


def test_empty_result_is_told_when_wanted() -> None:
    document = twiml('<Gather action="/next" actionOnEmptyResult="true" timeout="1"/>')
    _, webhooks = run_document(document, None, {NEXT: twiml()})
    assert webhooks.to(NEXT)[0]["Digits"] == ""


def test_timeout_runs_again_after_each_key() -> None:
    async def scenario() -> list[dict[str, str]]:
        async with world({VOICE: twiml('<Gather action="/next" timeout="3"/>'), NEXT: twiml(), STATUS: ""}) as here:
            call = await here.call()
            await call.wait_answered()
            for digit in "789":
                await here.after(2.5)
                call.press(digit)
            await call.wait_ended()
            return here.webhooks.to(NEXT)

    assert asyncio.run(scenario())[0]["Digits"] == "789"


def test_default_action_is_the_document_itself() -> None:
    documents = [twiml('<Gather numDigits="1"><Say>menu</Say></Gather>'), twiml("<Say>done</Say>")]
    party = pressing("5")
    _, webhooks = run_document("", party, {VOICE: documents})
    assert [params.get("Digits") for params in webhooks.to(VOICE)] == [None, "5"]
    assert party.said == ["menu", "done"]


def test_words_are_a_speech_result() -> None:
    party = NotingParty()
    party.reactions["menu"] = lambda call: call.say_words("sales please", 0.875)
    document = twiml('<Gather input="dtmf speech" action="/next"><Say>menu</Say></Gather>')
    _, webhooks = run_document(document, party, {NEXT: twiml()})
    params = webhooks.to(NEXT)[0]
    assert (params["SpeechResult"], params["Confidence"]) == ("sales please", "0.8750")
    assert "Digits" not in params


def test_hang_up_during_gather_asks_no_action() -> None:
    party = NotingParty()
    party.reactions["menu"] = lambda call: call.hang_up()
    call, webhooks = run_document(twiml(MENU), party)
    assert call.status is CallStatus.COMPLETED
    assert [request.url for request in webhooks.requests] == [VOICE, STATUS]


def test_child_that_cannot_be_nested_is_a_warning() -> None:
    call, _ = run_document(twiml('<Gather timeout="1"><Hangup/><Say>menu</Say></Gather>'))
    assert 13320 in call.warnings


def test_keys_outside_gather_are_not_collected() -> None:
    party = NotingParty()
    party.reactions["before"] = lambda call: call.press("9")
    _, webhooks = run_document(twiml("<Say>before</Say>", MENU), party)
    assert webhooks.to(NEXT) == []
