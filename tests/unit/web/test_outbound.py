from __future__ import annotations

import pytest

from ivr.core.queueing.leg_events import LegNews
from ivr.core.queueing.legs import LegOutcome, LegState
from tests.fakes.queue_service import ONE, TAG, ScriptedQueue, leg
from tests.unit.web.kit import ACCOUNT, CALL, ENGLISH, House, document, redirect, said, stream_url, verbs

pytestmark = pytest.mark.unit

CUSTOMER = "+12025550199"
LEG_SID = "CA" + "b" * 32


@pytest.fixture
def house() -> House:
    house = House(queue=ScriptedQueue())
    house.add_node()
    return house


def queue_of(house: House) -> ScriptedQueue:
    assert house.queue is not None
    return house.queue


def outbound(**changes: str) -> dict[str, str]:
    """What the carrier sends about a leg of ours."""
    numbers = {"From": ENGLISH, "Caller": ENGLISH, "To": CUSTOMER, "Called": CUSTOMER}
    return {**numbers, "CallSid": LEG_SID, "CallStatus": "in-progress", "Direction": "outbound-api", **changes}


def progress_of(house: House) -> list[object]:
    return [what[1] for name, what in queue_of(house).asked if name == "leg_progressed"]


def test_an_answered_leg_gets_a_record_of_its_own_and_a_media_node(house: House) -> None:
    answer = house.ask(f"/voice/outbound/{TAG}", outbound())
    assert stream_url(answer).startswith("wss://media-1.example/media/")
    call = house.calls.by_sid(LEG_SID)
    assert call is not None
    found = (call.flow, call.flow_version, call.direction, call.language, call.caller, call.dialled)
    assert found == ("support@customer", "v1", "outbound", "ja", CUSTOMER, ENGLISH)
    assert queue_of(house).asked[0] == ("leg_answered", (TAG, LEG_SID, call.id))


def test_an_unknown_or_void_leg_is_hung_up_at_once(house: House) -> None:
    assert verbs(house.ask("/voice/outbound/" + "f" * 32, outbound())) == ["Hangup"]
    queue_of(house).void = True
    assert verbs(house.ask(f"/voice/outbound/{TAG}", outbound())) == ["Hangup"]


def test_a_leg_answered_while_no_node_has_room_waits_a_second_and_is_given_up_in_words(house: House) -> None:
    house.beat(live=10)
    answer = house.ask(f"/voice/outbound/{TAG}", outbound())
    assert redirect(answer) == f"/voice/outbound/{TAG}?wait=1"
    assert said(answer)[0] == "ja-JP"
    last = house.ask(f"/voice/outbound/{TAG}?wait=5", outbound())
    assert verbs(last) == ["Say", "Hangup"]


def test_a_tag_of_another_shape_is_refused(house: House) -> None:
    assert house.ask("/voice/outbound/nonsense", outbound()).status_code == 400
    assert house.ask("/voice/outbound/nonsense/status", outbound()).status_code == 400


def test_an_unsigned_request_is_refused(house: House) -> None:
    assert house.send(f"/voice/outbound/{TAG}", "CallSid=x", None).status_code == 403


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("initiated", LegNews(LegState.PLACED, None, LEG_SID)),
        ("ringing", LegNews(LegState.RINGING, None, LEG_SID)),
        ("in-progress", LegNews(LegState.ANSWERED, None, LEG_SID)),
        ("completed", LegNews(LegState.OVER, LegOutcome.COMPLETED, LEG_SID)),
        ("busy", LegNews(LegState.OVER, LegOutcome.BUSY, LEG_SID)),
        ("no-answer", LegNews(LegState.OVER, LegOutcome.NO_ANSWER, LEG_SID)),
        ("failed", LegNews(LegState.OVER, LegOutcome.FAILED, LEG_SID)),
        ("canceled", LegNews(LegState.OVER, LegOutcome.CANCELLED, LEG_SID)),
    ],
)
def test_progress_is_passed_on_in_our_words(house: House, status: str, progress: LegNews) -> None:
    answer = house.ask(f"/voice/outbound/{TAG}/status", outbound(CallStatus=status))
    assert answer.status_code == 204
    assert progress_of(house) == [progress]


def test_a_repeated_status_is_answered_from_the_ledger(house: House) -> None:
    for _ in range(2):
        house.ask(f"/voice/outbound/{TAG}/status", outbound(CallStatus="busy"))
    assert len(progress_of(house)) == 1


def test_progress_that_cannot_be_stored_is_asked_for_again(house: House) -> None:
    queue_of(house).is_down = True
    assert house.ask(f"/voice/outbound/{TAG}/status", outbound(CallStatus="busy")).status_code == 503


def test_the_guess_of_a_machine_changes_no_state(house: House) -> None:
    form = {
        "CallSid": LEG_SID,
        "AccountSid": ACCOUNT,
        "AnsweredBy": "machine_start",
        "MachineDetectionDuration": "4000",
    }
    assert house.ask_only(f"/voice/outbound/{TAG}/amd", form).status_code == 204
    assert progress_of(house) == [LegNews(LegState.PLACED, None, LEG_SID, "machine_start")]


def test_a_guess_of_another_shape_is_refused(house: House) -> None:
    form = {"CallSid": LEG_SID, "AccountSid": ACCOUNT, "AnsweredBy": "a cat"}
    assert house.ask_only(f"/voice/outbound/{TAG}/amd", form).status_code == 400


def test_who_is_alone_in_the_conference_hears_where_things_stand_and_never_music(house: House) -> None:
    answer = house.ask(f"/voice/wait/{TAG}?round=2", outbound())
    assert verbs(answer) == ["Say", "Pause", "Redirect"]
    assert said(answer) == ("ja-JP", "I am calling the customer.")
    assert redirect(answer) == f"/voice/wait/{TAG}?round=3"


def test_nobody_waits_for_ever(house: House) -> None:
    assert verbs(house.ask(f"/voice/wait/{TAG}?round=61", outbound())) == ["Hangup"]


def test_an_accepted_leg_goes_into_the_conference_when_its_stream_has_ended(house: House) -> None:
    queue_of(house).legs[TAG] = leg(state=LegState.ACCEPTED)
    answer = house.ask("/voice/after-stream?resume=1", outbound())
    conference = document(answer).find("Dial/Conference")
    assert conference is not None
    assert conference.text == f"cb-{ONE}-1"
    assert conference.attrib["endConferenceOnExit"] == "true"
    assert conference.attrib["startConferenceOnEnter"] == "true"
    assert conference.attrib["waitUrl"] == f"https://calls.example.com/voice/wait/{TAG}?round=0"
    assert verbs(answer) == ["Dial", "Hangup"]


def test_a_leg_that_was_not_accepted_is_hung_up_when_its_flow_is_done(house: House) -> None:
    house.ask(f"/voice/outbound/{TAG}", outbound())
    call = house.calls.by_sid(LEG_SID)
    assert call is not None
    house.calls.end(call.id, ended_at=house.clock.now(), outcome="declined", cause="completed")
    assert verbs(house.ask("/voice/after-stream?resume=1", outbound())) == ["Hangup"]


def test_a_full_house_offers_a_callback_by_key(house: House) -> None:
    house.beat(live=10)
    answer = house.ask("/voice/incoming")
    gather = document(answer).find("Gather")
    assert gather is not None
    assert gather.attrib["action"] == "https://calls.example.com/voice/no-room"
    done = house.ask("/voice/no-room", {"CallStatus": "in-progress"}, Digits="1")
    assert said(done) == ("en-US", "We will call you back.")
    call = house.calls.by_sid(CALL)
    assert call is not None
    assert (call.status, call.outcome) == ("ended", "callback_promised")


def test_another_key_or_none_in_a_full_house_is_a_goodbye(house: House) -> None:
    house.beat(live=10)
    house.ask("/voice/incoming")
    answer = house.ask("/voice/no-room", {"CallStatus": "in-progress"}, Digits="")
    assert "lines are busy" in said(answer)[1]
    assert [name for name, _ in queue_of(house).asked if name == "book_by_key"] == []
