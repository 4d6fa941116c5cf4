from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.web.kit import (
    CALL,
    ENGLISH,
    House,
    document,
    japanese,
    redirect,
    said,
    stream_url,
    verbs,
)

pytestmark = pytest.mark.unit

FIRST_ID = "0" * 31 + "1"
IN_PROGRESS = {"CallStatus": "in-progress"}


@pytest.fixture
def house() -> House:
    house = House()
    house.add_node()
    return house


def began(house: House) -> str:
    """A call that runs on media-1; the address the carrier asks after the stream."""
    target = redirect(house.ask("/voice/incoming"))
    house.calls.update(FIRST_ID, status="in_progress", answered_at=house.clock.now())
    return target


def routed(house: House, route: str) -> float:
    return house.figure(f'denwaban_calls_routed_total{{route="{route}"}}')


def test_incoming_call_is_stored_and_sent_to_a_node_with_a_single_use_ticket(house: House) -> None:
    answer = house.ask("/voice/incoming")
    assert verbs(answer) == ["Connect", "Redirect"]
    assert stream_url(answer) == f"wss://media-1.example/media/{FIRST_ID}/token-1/"
    assert redirect(answer) == "/voice/after-stream?resume=1"
    (call,) = house.calls.recent()
    assert (call.id, call.carrier_sid, call.flow, call.flow_version) == (FIRST_ID, CALL, "support", "v1")
    assert (call.caller, call.dialled, call.language) == ("+15005550001", ENGLISH, "en")
    assert (call.status, call.node_id, call.resumes) == ("ringing", "media-1", 0)
    assert call.created_at == house.clock.now()
    assert house.nodes.use_ticket(FIRST_ID, "token-1", now=house.clock.now())
    assert not house.nodes.use_ticket(FIRST_ID, "token-1", now=house.clock.now())


def test_ticket_is_worthless_after_a_minute(house: House) -> None:
    house.ask("/voice/incoming")
    house.clock.pass_by(61)
    assert not house.nodes.use_ticket(FIRST_ID, "token-1", now=house.clock.now())


def test_node_with_most_room_is_taken(house: House) -> None:
    house.add_node("media-2", live=1, capacity=20)
    assert stream_url(house.ask("/voice/incoming")).startswith("wss://media-2.example/")


@pytest.mark.parametrize(
    ("form", "language", "words"),
    [({}, "en-US", "Monday to Friday from nine to six"), (japanese(), "ja-JP", "平日九時から十八時")],
)
def test_without_room_the_caller_hears_so_and_when_people_are_there(
    form: dict[str, str], language: str, words: str
) -> None:
    house = House()
    house.add_node(live=10, capacity=10)
    answer = house.ask("/voice/incoming", form)
    assert verbs(answer) == ["Say", "Hangup"]
    assert said(answer)[0] == language
    assert words in said(answer)[1]
    (call,) = house.calls.recent()
    assert (call.status, call.outcome, call.end_cause) == ("ended", "no_room", "completed")
    assert routed(house, "no_room") == 1


def test_silent_and_stopping_nodes_get_no_calls(house: House) -> None:
    house.add_node("media-2", draining=True)
    house.clock.pass_by(3.5)
    house.nodes.heartbeat("media-2", live=0, draining=True, at=house.clock.now())
    assert "Connect" not in verbs(house.ask("/voice/incoming"))


def test_while_no_media_process_is_heard_of_the_caller_hears_a_word_and_is_asked_for_again(house: House) -> None:
    house.clock.pass_by(3600)
    first = house.ask("/voice/incoming")
    assert verbs(first) == ["Say", "Pause", "Redirect"]
    assert redirect(first) == "/voice/incoming?again=1"
    house.nodes.heartbeat("media-1", live=0, draining=False, at=house.clock.now())
    assert verbs(house.ask(redirect(first))) == ["Connect", "Redirect"]
    assert len(house.calls.recent()) == 1


def test_when_no_media_process_comes_the_caller_hears_that_there_is_no_room(house: House) -> None:
    house.clock.pass_by(3600)
    assert verbs(house.ask("/voice/incoming?again=2")) == ["Say", "Hangup"]
    assert routed(house, "no_room") == 1


def test_number_without_a_flow_hears_so(house: House) -> None:
    answer = house.ask("/voice/incoming", To="+8132222222", Called="+8132222222")
    assert verbs(answer) == ["Say", "Hangup"]
    assert said(answer)[0] == "ja-JP"
    assert house.calls.recent() == []
    assert routed(house, "unknown_number") == 1


def test_second_request_for_a_call_that_rings_makes_no_second_row(house: House) -> None:
    house.ask("/voice/incoming")
    answer = house.ask("/voice/incoming?again=1")
    assert stream_url(answer).endswith(f"/{FIRST_ID}/token-2/")
    assert len(house.calls.recent()) == 1
    assert not house.nodes.use_ticket(FIRST_ID, "token-1", now=house.clock.now())


def test_ended_call_that_arrives_again_is_hung_up(house: House) -> None:
    house.ask("/voice/incoming")
    house.calls.end(FIRST_ID, ended_at=house.clock.now(), outcome="resolved", cause="completed")
    assert verbs(house.ask("/voice/incoming?again=1")) == ["Hangup"]


def test_caller_who_is_gone_already_gets_no_ticket(house: House) -> None:
    assert verbs(house.ask("/voice/incoming", CallStatus="completed")) == ["Hangup"]


def test_withheld_number_is_answered(house: House) -> None:
    house.ask("/voice/incoming", From="anonymous", Caller="anonymous")
    assert house.calls.recent()[0].caller == ""


def test_how_far_the_number_is_vouched_for_is_kept_with_the_call(house: House) -> None:
    house.ask("/voice/incoming", StirVerstat="TN-Validation-Failed-C")
    assert house.calls.recent()[0].attested == "failed"


@given(st.text(max_size=200))
def test_whatever_the_carrier_passes_on_the_answer_is_a_document_or_a_refusal(city: str) -> None:
    house = House()
    house.add_node()
    if "\x00" in city or any(0xD800 <= ord(mark) <= 0xDFFF for mark in city):
        return
    answer = house.ask("/voice/incoming", FromCity=city, CallerName=city)
    assert verbs(answer) == ["Connect", "Redirect"]


def test_call_we_ended_is_hung_up_after_its_stream(house: House) -> None:
    target = began(house)
    house.calls.end(FIRST_ID, ended_at=house.clock.now(), outcome="resolved", cause="completed")
    assert verbs(house.ask(target, IN_PROGRESS)) == ["Hangup"]


def test_lost_call_goes_to_another_node_at_once(house: House) -> None:
    target = began(house)
    house.add_node("media-2")
    answer = house.ask(target, IN_PROGRESS)
    assert stream_url(answer) == f"wss://media-2.example/media/{FIRST_ID}/token-2/"
    assert redirect(answer) == "/voice/after-stream?resume=2"
    call = house.calls.recent()[0]
    assert (call.node_id, call.resumes, call.status) == ("media-2", 1, "in_progress")
    assert [event.kind for event in house.calls.events(FIRST_ID)] == ["handed_over"]
    assert routed(house, "resumed") == 1


def test_lost_call_goes_to_another_node_even_when_the_lost_one_looks_roomier(house: House) -> None:
    target = began(house)
    house.add_node("media-2", live=8, capacity=10)
    house.add_node("media-3", live=7, capacity=10)
    house.add_node("media-4", live=0, capacity=9, draining=True)
    assert stream_url(house.ask(target, IN_PROGRESS)).startswith("wss://media-3.example/")


def test_call_lost_by_the_only_node_waits_a_second_and_goes_back_when_that_node_lives(house: House) -> None:
    target = began(house)
    first = house.ask(target, IN_PROGRESS)
    assert verbs(first) == ["Pause", "Redirect"]
    assert document(first)[0].attrib["length"] == "1"
    assert redirect(first) == "/voice/after-stream?resume=1&wait=1"
    assert house.calls.recent()[0].node_id is None
    house.clock.pass_by(1)
    house.beat()
    second = house.ask(redirect(first), IN_PROGRESS)
    assert stream_url(second).startswith("wss://media-1.example/")
    assert redirect(second) == "/voice/after-stream?resume=2"


def test_call_of_a_dead_node_waits_with_an_apology_until_a_node_comes_back(house: House) -> None:
    target = began(house)
    house.clock.pass_by(0.2)
    spoken: list[list[str]] = []
    for _ in range(4):
        answer = house.ask(target, IN_PROGRESS)
        spoken.append(verbs(answer))
        target = redirect(answer)
        house.clock.pass_by(1)
    silent, worded = ["Pause", "Redirect"], ["Say", "Pause", "Redirect"]
    assert spoken == [silent, worded, silent, worded]
    house.add_node("media-9")
    assert stream_url(house.ask(target, IN_PROGRESS)).startswith("wss://media-9.example/")
    assert house.calls.recent()[0].resumes == 1


def test_call_for_which_no_node_comes_back_is_given_up_with_words(house: House) -> None:
    target = began(house)
    house.clock.pass_by(0.2)
    asked = 0
    answer = house.ask(target, IN_PROGRESS)
    while "Redirect" in verbs(answer):
        asked += 1
        house.clock.pass_by(1)
        answer = house.ask(redirect(answer), IN_PROGRESS)
    assert asked == 11
    assert verbs(answer) == ["Say", "Hangup"]
    call = house.calls.recent()[0]
    assert (call.status, call.outcome, call.end_cause) == ("ended", "failed", "lost")
    assert routed(house, "given_up") == 1


def test_call_that_is_lost_again_and_again_is_given_up(house: House) -> None:
    house.add_node("media-2")
    target = began(house)
    for _ in range(5):
        target = redirect(house.ask(target, IN_PROGRESS))
    answer = house.ask(target, IN_PROGRESS)
    assert verbs(answer) == ["Say", "Hangup"]
    assert house.calls.recent()[0].resumes == 5


def test_every_resume_of_a_call_gets_an_answer_of_its_own(house: House) -> None:
    house.add_node("media-2")
    target = began(house)
    tokens = []
    for _ in range(3):
        answer = house.ask(target, IN_PROGRESS)
        tokens.append(stream_url(answer).rstrip("/").rsplit("/", 1)[1])
        target = redirect(answer)
    assert tokens == ["token-2", "token-3", "token-4"]


def test_replayed_resume_mints_no_ticket(house: House) -> None:
    house.add_node("media-2")
    target = began(house)
    first = house.ask(target, IN_PROGRESS)
    assert house.ask(target, IN_PROGRESS).data == first.data
    assert house.calls.recent()[0].resumes == 1


def test_old_resume_that_the_ledger_forgot_is_hung_up(house: House) -> None:
    house.add_node("media-2")
    target = began(house)
    second = redirect(house.ask(target, IN_PROGRESS))
    house.ask(second, IN_PROGRESS)
    house.ledger.forget_before(house.clock.at.replace(year=2030))
    assert verbs(house.ask(target, IN_PROGRESS)) == ["Hangup"]


@pytest.mark.parametrize("resume", ["", "-1", "x", "7", "9999", "%D9%A1"])
def test_address_that_is_none_of_ours_gets_no_ticket(house: House, resume: str) -> None:
    began(house)
    house.add_node("media-2")
    assert verbs(house.ask(f"/voice/after-stream?resume={resume}", IN_PROGRESS)) == ["Hangup"]


def test_stream_of_an_unknown_call_ends_in_words(house: House) -> None:
    answer = house.ask("/voice/after-stream?resume=1", japanese(), CallStatus="in-progress")
    assert verbs(answer) == ["Say", "Hangup"]
    assert said(answer)[0] == "ja-JP"


def test_caller_who_hung_up_during_the_stream_is_not_sent_on(house: House) -> None:
    target = began(house)
    assert verbs(house.ask(target, CallStatus="completed")) == ["Hangup"]


STATUSES = [
    {"CallStatus": "initiated", "SequenceNumber": "0"},
    {"CallStatus": "ringing", "SequenceNumber": "1"},
    {"CallStatus": "in-progress", "SequenceNumber": "2"},
    {"CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "7"},
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_status_callbacks_end_alike_in_any_order(order: tuple[int, ...]) -> None:
    house = House()
    house.add_node()
    house.ask("/voice/incoming")
    for number in (*order, *order):
        answer = house.ask("/voice/status", STATUSES[number])
        assert (answer.status_code, answer.data) == (204, b"")
    call = house.calls.recent()[0]
    assert (call.status, call.outcome, call.end_cause) == ("ended", "abandoned", "caller_hung_up")
    (leg,) = house.calls.legs(FIRST_ID)
    assert (leg.status, leg.rank, leg.sequence) == ("completed", 4, 3)


def test_status_of_an_unknown_call_is_accepted_and_changes_nothing(house: House) -> None:
    assert house.ask("/voice/status", STATUSES[3]).status_code == 204
    assert house.calls.recent() == []


def test_failed_leg_ends_the_call_as_failed(house: House) -> None:
    house.ask("/voice/incoming")
    house.ask("/voice/status", CallStatus="failed", SequenceNumber="1")
    call = house.calls.recent()[0]
    assert (call.outcome, call.end_cause) == ("failed", "carrier_error")


def test_call_with_a_living_driver_is_ended_by_that_driver(house: House) -> None:
    began(house)
    house.ask("/voice/status", STATUSES[3])
    assert house.calls.recent()[0].status == "in_progress"


def test_call_of_a_dead_node_is_ended_by_its_status(house: House) -> None:
    began(house)
    house.clock.pass_by(10)
    house.ask("/voice/status", STATUSES[3])
    assert house.calls.recent()[0].status == "ended"


def test_call_that_waits_for_a_node_is_ended_by_its_status(house: House) -> None:
    target = began(house)
    house.ask(target, IN_PROGRESS)
    house.ask("/voice/status", STATUSES[3])
    assert house.calls.recent()[0].status == "ended"


def test_outcome_that_was_stored_stays(house: House) -> None:
    began(house)
    house.calls.end(FIRST_ID, ended_at=house.clock.now(), outcome="resolved", cause="completed")
    house.clock.pass_by(10)
    house.ask("/voice/status", STATUSES[3])
    assert house.calls.recent()[0].outcome == "resolved"
