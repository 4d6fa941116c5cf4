from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from ivr.core.queueing.model import CallbackState, Kind
from ivr.ports import Bucket, Done, Refusal
from tests.fakes.queue_service import AT, ONE, ScriptedQueue, promise
from tests.unit.web.kit import House

pytestmark = pytest.mark.unit

LOCAL = {"REMOTE_ADDR": "127.0.0.1"}
HOST = {"Host": "127.0.0.1:8080"}
BY = "supervisor on this machine"


@pytest.fixture
def house() -> House:
    house = House(queue=ScriptedQueue())
    house.clock.at = AT + timedelta(minutes=5)
    return house


def queue_of(house: House) -> ScriptedQueue:
    assert house.queue is not None
    return house.queue


def get(house: House, path: str) -> TestResponse:
    return house.client.get(path, headers=HOST, environ_base=LOCAL)


def press(house: House, action: str, **form: str) -> TestResponse:
    """Opens the page and sends one of its forms."""
    page = get(house, f"/callbacks/{ONE}").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return house.client.post(
        f"/callbacks/{ONE}/{action}",
        data={"csrf_token": found[1], **form},
        headers=HOST,
        environ_base=LOCAL,
        follow_redirects=True,
    )


def orders(house: House) -> list[tuple[str, tuple[object, ...]]]:
    return [one for one in queue_of(house).asked if one[0] not in ("shown", "listing")]


def test_the_list_shows_window_caller_reason_state_and_next_step_in_the_zone_of_the_queue(house: House) -> None:
    page = get(house, "/callbacks").text
    for words in ("09:10–09:30", "Lee +1 202 ···99", "order status", "Promised", "Rings when an agent is free"):
        assert words in page
    assert "+12025550199" not in page


def test_an_overdue_promise_is_marked_with_how_late_it_is(house: House) -> None:
    house.clock.at = AT + timedelta(minutes=36)
    assert "late 6 min" in get(house, "/callbacks").text


def test_tabs_filter_and_carry_their_counts(house: House) -> None:
    queue_of(house).counts = {Bucket.OVERDUE: 3, Bucket.DONE: 41}
    page = get(house, "/callbacks?bucket=overdue").text
    assert '<a href="/callbacks?bucket=overdue" aria-current="true">Overdue <span class="count">3</span></a>' in page
    search = queue_of(house).asked[0][1][0]
    assert search.bucket is Bucket.OVERDUE  # type: ignore[attr-defined]
    assert search.day_ends_at == datetime(2026, 11, 24, 5, tzinfo=UTC)  # type: ignore[attr-defined]


def test_nobody_waiting_says_how_one_gets_there(house: House) -> None:
    queue_of(house).callbacks = {}
    assert "Nobody is waiting for a call here." in get(house, "/callbacks").text
    assert "Nothing fits “Lee”." in get(house, "/callbacks?find=Lee").text


def test_a_query_that_makes_no_sense_leads_back_with_a_sentence(house: House) -> None:
    answer = house.client.get("/callbacks?bucket=x", headers=HOST, environ_base=LOCAL, follow_redirects=True)
    assert "bucket is one of overdue, now, later, another_day, needs_person, done" in answer.text


def test_the_part_that_is_kept_fresh_holds_rows_only(house: House) -> None:
    answer = get(house, "/callbacks?part=rows")
    assert "<html" not in answer.text
    assert f'id="row-{ONE}"' in answer.text
    assert answer.headers["X-Server-Time"] == "2026-11-23T14:05:00+00:00"


def test_one_callback_shows_why_history_legs_and_the_number_to_dial(house: House) -> None:
    page = get(house, f"/callbacks/{ONE}").text
    for words in (
        "Next: nobody is ahead.",
        "pending: promised",
        "+12025550199",
        "Order number",
        "42719",
        "customer: ringing",
    ):
        assert words in page
    assert get(house, "/callbacks/unknown").status_code == 404


def test_a_final_callback_offers_nothing_to_do(house: House) -> None:
    queue_of(house).callbacks[ONE] = promise(state=CallbackState.DONE)
    assert "What to do" not in get(house, f"/callbacks/{ONE}").text
    queue_of(house).callbacks[ONE] = promise(state=CallbackState.FAILED)
    assert "What to do" in get(house, f"/callbacks/{ONE}").text


def test_call_now_is_ordered_and_the_answer_is_shown(house: House) -> None:
    queue_of(house).done = Done(sentence="It is dialled as soon as an agent is free.")
    page = press(house, "dial-now").text
    assert "It is dialled as soon as an agent is free." in page
    assert orders(house) == [("dial_now", (ONE, BY))]


def test_a_new_time_is_read_in_the_zone_of_the_queue(house: House) -> None:
    press(house, "move", **{"from": "2026-11-26T15:00", "minutes": "60"})
    start = datetime(2026, 11, 26, 20, tzinfo=UTC)
    assert orders(house) == [("move", (ONE, start, start + timedelta(hours=1), BY))]


@pytest.mark.parametrize(
    ("start", "minutes"), [("whenever", "30"), ("2026-11-26T15:00", "x"), ("2026-11-26T15:00", "3")]
)
def test_a_time_that_is_none_is_refused_in_words(house: House, start: str, minutes: str) -> None:
    page = press(house, "move", **{"from": start, "minutes": minutes}).text
    assert 'class="flash bad"' in page
    assert orders(house) == []


def test_number_agent_reason_and_message_are_passed_on(house: House) -> None:
    press(house, "renumber", number="+12025550100")
    press(house, "assign", agent="ana")
    press(house, "cancel", reason="solved by mail")
    press(house, "take")
    assert orders(house) == [
        ("renumber", (ONE, "+12025550100", BY)),
        ("assign", (ONE, "ana", BY)),
        ("cancel", (ONE, "solved by mail", BY)),
        ("take", (ONE, BY)),
    ]


def test_cancelling_wants_a_reason_and_a_page_that_names_whom_it_is_about(house: House) -> None:
    assert "Cancel the callback to Lee +1 202 ···99?" in get(house, f"/callbacks/{ONE}/cancel").text
    assert "Say why it is cancelled" in press(house, "cancel", reason=" ").text
    assert orders(house) == []


def test_a_refusal_is_shown_as_one(house: House) -> None:
    queue_of(house).done = Done(refusal=Refusal.STATE, sentence="It was called back already.")
    page = press(house, "dial-now").text
    assert '<p class="flash bad">It was called back already.</p>' in page


def test_a_form_without_its_token_does_nothing(house: House) -> None:
    answer = house.client.post(f"/callbacks/{ONE}/dial-now", headers=HOST, environ_base=LOCAL)
    assert answer.status_code == 400
    assert orders(house) == []


def test_strangers_see_nothing_and_can_do_nothing(house: House) -> None:
    for path in ("/callbacks", f"/callbacks/{ONE}", "/api/v1/callbacks"):
        assert house.client.get(path, headers=HOST, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
    answer = house.client.post(f"/callbacks/{ONE}/dial-now", headers=HOST, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code in (400, 403)
    assert orders(house) == []


WAV = b"RIFF" + bytes(40) + b"\x01\x02" * 500


@pytest.fixture
def message_house(house: House) -> House:
    """The promise is a recorded message."""
    sounds = {"a.message.wav": WAV}
    queue_of(house).callbacks[ONE] = promise(kind=Kind.MESSAGE, brief={"file": "a.message.wav", "seconds": "12"})

    def read(name: str) -> bytes:
        if name not in sounds:
            raise FileNotFoundError("no such recording")
        return sounds[name]

    made = House(queue=queue_of(house), sound=read)
    made.clock.at = house.clock.at
    return made


def test_a_recorded_message_can_be_listened_to(message_house: House) -> None:
    page = get(message_house, f"/callbacks/{ONE}").text
    assert f'src="/callbacks/{ONE}/message.wav"' in page
    assert "a.message.wav" not in page and "12" in page
    sound = get(message_house, f"/callbacks/{ONE}/message.wav")
    assert (sound.status_code, sound.mimetype, sound.data) == (200, "audio/wav", WAV)
    assert sound.headers["Cache-Control"] == "no-store"
    part = message_house.client.get(
        f"/callbacks/{ONE}/message.wav", headers={**HOST, "Range": "bytes=4-7"}, environ_base=LOCAL
    )
    assert (part.status_code, part.data) == (206, WAV[4:8])


@pytest.mark.parametrize("brief", [{}, {"file": "../../etc/passwd"}, {"file": "gone.message.wav"}])
def test_a_message_without_its_sound_is_not_found(message_house: House, brief: dict[str, str]) -> None:
    queue_of(message_house).callbacks[ONE] = promise(kind=Kind.MESSAGE, brief=brief)
    assert get(message_house, f"/callbacks/{ONE}/message.wav").status_code == 404


def test_only_this_machine_hears_messages(message_house: House) -> None:
    path = f"/callbacks/{ONE}/message.wav"
    answer = message_house.client.get(path, headers=HOST, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 403


def test_without_a_database_the_page_says_what_is_safe(house: House) -> None:
    queue_of(house).is_down = True
    answer = get(house, "/callbacks")
    assert answer.status_code == 503
    assert "promises that were stored are safe" in answer.text


def test_only_this_page_may_run_our_script(house: House) -> None:
    assert "script-src 'self'" in get(house, "/callbacks").headers["Content-Security-Policy"]
    assert "script-src" not in get(house, "/").headers["Content-Security-Policy"]


def test_words_of_strangers_are_escaped(house: House) -> None:
    evil = "<script>alert(1)</script>"
    queue_of(house).callbacks[ONE] = promise(name=evil, reason=evil, notes=(evil,), brief={evil: evil})
    for path in ("/callbacks", f"/callbacks/{ONE}", f"/callbacks/{ONE}/cancel"):
        assert evil not in get(house, path).text
