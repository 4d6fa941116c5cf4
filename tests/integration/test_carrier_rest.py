from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.rest import Client

from ivr.simulator.carrier import Answering, Carrier
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import ACCOUNT, CALLER, NUMBER, TOKEN, SmallApplication
from tests.integration.carrier_client import HELLO, Loop, create, refusal, with_client, with_loop

pytestmark = pytest.mark.integration


def test_created_call_is_queued_then_answered_then_ended_through_rest() -> None:
    party = NotingParty()

    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        carrier.set_answering(CALLER, Answering(party=lambda: party))
        events = ["initiated", "ringing", "answered", "completed"]
        made = create(client, application, status_callback=f"{application.base}/status", status_callback_event=events)
        assert (made.status, made.direction, made.to, made.from_formatted) == (
            "queued",
            "outbound-api",
            CALLER,
            "(555) 123-0002",
        )
        assert made.start_time is None and made.duration is None
        loop.answered(made.sid)
        live = client.calls(made.sid).fetch()
        assert live.status == "in-progress"
        assert isinstance(live.start_time, datetime)
        client.calls(made.sid).update(status="completed")
        loop.ended(made.sid)
        ended = client.calls(made.sid).fetch()
        assert ended.status == "completed"
        assert ended.duration.isdigit()

    with_loop(work)
    assert party.said == ["hello"]


def test_status_callback_events_are_repeated_parameters() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        wanted = ["ringing", "completed"]
        made = create(client, application, status_callback=f"{application.base}/status", status_callback_event=wanted)
        client.calls(made.sid).update(status="canceled")
        loop.ended(made.sid)
        assert client.calls(made.sid).fetch().status == "canceled"

    with_loop(work)


def test_redirect_by_twiml_and_by_address() -> None:
    party = NotingParty()

    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        application.replies["/moved"] = "<Response><Say>there</Say></Response>"
        carrier.set_answering(CALLER, Answering(party=lambda: party))
        made = client.calls.create(to=CALLER, from_=NUMBER, twiml=HELLO)
        loop.answered(made.sid)
        client.calls(made.sid).update(url=f"{application.base}/moved", method="POST")
        loop.ended(made.sid)

    with_loop(work)
    assert party.said[-1] == "there"


def test_finished_call_cannot_be_changed() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        made = create(client, application)
        client.calls(made.sid).update(status="canceled")
        loop.ended(made.sid)
        assert refusal(lambda: client.calls(made.sid).update(status="completed")) == (400, 21220)
        assert refusal(lambda: client.calls(made.sid).update(twiml=HELLO)) == (400, 21220)
        assert client.calls(made.sid).delete()
        assert refusal(lambda: client.calls(made.sid).fetch()) == (404, 20404)

    with_loop(work)


def test_ringing_call_cannot_be_redirected_nor_a_live_one_cancelled_or_deleted() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        made = create(client, application)
        assert refusal(lambda: client.calls(made.sid).update(twiml=HELLO)) == (400, 21220)
        carrier.set_answering(CALLER, Answering())
        live = create(client, application)
        loop.answered(live.sid)
        assert refusal(lambda: client.calls(live.sid).update(status="canceled")) == (400, 21220)
        assert refusal(lambda: client.calls(live.sid).delete()) == (409, 20009)

    with_loop(work)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"to": "12"}, 21211),
        ({"from_": "x"}, 21212),
        ({"from_": "+15550009999"}, 21210),
        ({"url": ""}, 21205),
        ({"url": "ftp://h/x"}, 21205),
        ({"url": "http://[bad"}, 21205),
        ({"method": "PUT"}, 21209),
        ({"timeout": 9999}, 21208),
        ({"send_digits": "call me"}, 21206),
        ({"url": "", "twiml": "<Response>" + "x" * 4000}, 20001),
        ({"twiml": "x" * 70_000}, 20001),
    ],
)
def test_wrong_parameters_are_refused_with_their_code(wrong: dict[str, Any], code: int) -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        assert refusal(lambda: create(client, application, **wrong)) == (400, code)

    with_client(work)


def test_wrong_token_and_foreign_account_are_refused() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        assert refusal(lambda: create(client, application)) == (401, 20003)

    with_client(work, token="wrong")


def test_unknown_paths_methods_and_calls_have_error_bodies() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        assert refusal(lambda: client.calls("CA" + "0" * 32).fetch()) == (404, 20404)
        assert refusal(lambda: client.conferences("CF" + "0" * 32).fetch()) == (404, 20404)

    with_client(work)


def test_too_many_requests_can_be_ordered() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        carrier.faults.refuse_requests = 1
        assert refusal(lambda: create(client, application)) == (429, 20429)
        assert create(client, application).status == "queued"

    with_client(work)


def test_list_follows_pages_newest_first() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        made = [create(client, application).sid for _ in range(7)]
        assert [call.sid for call in client.calls.list(page_size=3)] == made[::-1]
        assert [call.sid for call in client.calls.list(limit=2)] == made[:-3:-1]
        second = client.calls.page(page_size=3).next_page()
        assert second is not None
        back = second.previous_page()
        assert back is not None
        assert [call.sid for call in back] == made[:-4:-1]

    with_client(work)


def test_list_filters_by_number_status_and_start() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        sid = create(client, application).sid
        other = create(client, application, to="+12025550199").sid
        now = datetime.now(UTC)
        calls = client.calls
        assert [call.sid for call in calls.list(to=CALLER)] == [sid]
        assert [call.sid for call in calls.list(from_=NUMBER, to="+12025550199")] == [other]
        assert calls.list(status="completed") == []
        assert len(calls.list(start_time_after=now - timedelta(minutes=5))) == 2
        assert calls.list(start_time_before=now - timedelta(minutes=5)) == []
        assert calls.list(end_time_after=now - timedelta(minutes=5)) == []
        assert len(calls.list(start_time=now)) == 2

    with_client(work, speed=1.0)


def test_list_may_lag_behind() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        sid = create(client, application).sid
        assert client.calls.list() == []
        assert client.calls(sid).fetch().sid == sid

    with_client(work, list_lag_secs=3600.0)


def test_recording_can_be_fetched_as_a_wav_file() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        recording = carrier.services.recordings.add("CA0", b"\x20" * 8000)
        url = f"{carrier.base_url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording.sid}.wav"
        answer = client.http_client.session.get(url, auth=(ACCOUNT, TOKEN), timeout=5)
        assert answer.content[:4] == b"RIFF"
        assert len(answer.content) == 44 + 16_000
        assert client.http_client.session.get(url, timeout=5).status_code == 401

    with_client(work)
