"""The dialler, against a small server that answers from a script: what it asks for, and what it makes of answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ivr.ports import CarrierSilent, DialOrder, DialRefused, PlacedCall
from ivr.telephony.dialler import CarrierDialler
from ivr.telephony.errors import UnsafeSecret
from tests.unit.telephony.test_rest import ACCOUNT, CALL, Script
from tests.unit.telephony.test_rest import script as script

pytestmark = pytest.mark.unit

TAG = "a" * 32
TEXT = "SM" + "1" * 32
OURS, CUSTOMER = "+15005550006", "+12025550123"
CREATED = {"sid": CALL, "status": "queued"}
BEGUN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def dialler(script: Script) -> Iterator[CarrierDialler]:
    """At the script's address."""
    yield CarrierDialler(ACCOUNT, "secret", "https://calls.example.com/", script.address(), timeout_secs=2.0)


def order(**changes: object) -> DialOrder:
    """One that asks for little."""
    usual: dict[str, object] = {"to": CUSTOMER, "from_number": OURS, "tag": TAG, "ring_secs": 30}
    return DialOrder(**{**usual, **changes})  # type: ignore[arg-type]


def listed(*calls: dict[str, object]) -> tuple[int, str]:
    """A page of a list."""
    return 200, json.dumps({"calls": list(calls), "page": 0, "page_size": 20, "next_page_uri": None})


def call(sid: str, created: str = "Mon, 23 Nov 2026 15:00:00 +0000", **more: object) -> dict[str, object]:
    """A call as lists show it."""
    return {"sid": sid, "status": "ringing", "direction": "outbound-api", "date_created": created, **more}


def test_an_order_names_the_addresses_that_carry_its_tag(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (201, json.dumps(CREATED))
    assert dialler.dial(order()) == CALL
    ((method, path, form),) = script.asked
    address = f"https://calls.example.com/voice/outbound/{TAG}"
    assert (method, path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
    assert sorted(form) == sorted(
        [
            ("To", CUSTOMER),
            ("From", OURS),
            ("Url", address),
            ("Method", "POST"),
            ("StatusCallback", f"{address}/status"),
            ("StatusCallbackMethod", "POST"),
            *(("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")),
            ("Timeout", "30"),
        ]
    )


def test_machine_detection_is_asynchronous(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (201, json.dumps(CREATED))
    dialler.dial(order(wants_amd=True))
    form = dict(script.asked[0][2])
    assert (form["MachineDetection"], form["AsyncAmd"]) == ("DetectMessageEnd", "true")
    assert form["AsyncAmdStatusCallback"] == f"https://calls.example.com/voice/outbound/{TAG}/amd"


def test_an_extension_is_sent_after_the_answer_and_leaves_no_room_for_machine_detection(
    dialler: CarrierDialler, script: Script
) -> None:
    script.answer = (201, json.dumps(CREATED))
    dialler.dial(order(send_keys="12", wants_amd=True))
    form = dict(script.asked[0][2])
    assert form["SendDigits"] == "ww12"
    assert "MachineDetection" not in form


@pytest.mark.parametrize(
    ("status", "code", "is_final"),
    [
        (400, 21211, True),
        (400, 21214, True),
        (400, 21215, True),
        (400, 21216, True),
        (400, 21217, True),
        (400, 21210, False),
        (400, 21999, False),
        (401, 20003, False),
        (429, 20429, False),
    ],
)
def test_a_refusal_says_whether_the_number_will_ever_do(
    dialler: CarrierDialler, script: Script, status: int, code: int, is_final: bool
) -> None:
    script.answer = (status, json.dumps({"code": code, "message": "no", "status": status}))
    with pytest.raises(DialRefused) as refused:
        dialler.dial(order())
    assert refused.value.is_final is is_final
    assert CUSTOMER not in str(refused.value)


@pytest.mark.parametrize(
    "answer",
    [
        (500, json.dumps({"code": 20500, "message": "oops", "status": 500})),
        (503, "<html>busy</html>"),
        (404, "not json"),
        (404, json.dumps({"message": "no such page"})),
        (408, json.dumps({"code": 20408, "message": "too slow", "status": 408})),
        (201, "not json"),
        (201, "[]"),
        (201, json.dumps({"status": "queued"})),
    ],
)
def test_what_is_neither_yes_nor_no_may_have_happened(
    dialler: CarrierDialler, script: Script, answer: tuple[int, str]
) -> None:
    script.answer = answer
    with pytest.raises(CarrierSilent):
        dialler.dial(order())


def test_a_carrier_that_is_not_there_is_silent() -> None:
    dialler = CarrierDialler(ACCOUNT, "secret", "https://calls.example.com", "http://127.0.0.1:9", timeout_secs=1.0)
    for ask in (
        lambda: dialler.dial(order()),
        lambda: dialler.call(CALL),
        lambda: dialler.calls_to(CUSTOMER, OURS, BEGUN),
        lambda: dialler.hang_up(CALL),
        lambda: dialler.say_and_hang_up(CALL, "sorry", "en"),
        lambda: dialler.send_text(CUSTOMER, OURS, "hello", tag="t"),
    ):
        with pytest.raises(CarrierSilent):
            ask()


def test_calls_are_listed_by_both_numbers_and_those_before_are_left_out(
    dialler: CarrierDialler, script: Script
) -> None:
    older = "Mon, 23 Nov 2026 14:59:59 +0000"
    script.answer = listed(call(CALL), call("CA" + "2" * 32, older), call("CA" + "3" * 32, direction="inbound"))
    assert dialler.calls_to(CUSTOMER, OURS, BEGUN) == [PlacedCall(CALL, "ringing", BEGUN)]
    path = script.asked[0][1]
    assert "To=%2B12025550123" in path
    assert "From=%2B15005550006" in path


def test_a_call_without_a_date_that_can_be_read_is_not_left_out(dialler: CarrierDialler, script: Script) -> None:
    script.answer = listed(call(CALL, "some day"))
    assert dialler.calls_to(CUSTOMER, OURS, BEGUN) == [PlacedCall(CALL, "ringing", None)]


def test_an_unreadable_list_is_no_empty_list(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (200, "[]")
    with pytest.raises(CarrierSilent):
        dialler.calls_to(CUSTOMER, OURS, BEGUN)


def test_one_call_with_the_guess_of_machine_detection(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (200, json.dumps(call(CALL, answered_by="human")))
    assert dialler.call(CALL) == PlacedCall(CALL, "ringing", BEGUN, "human")


def test_an_unknown_call_is_none(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (404, json.dumps({"code": 20404, "message": "no", "status": 404}))
    assert dialler.call(CALL) is None


def test_a_call_is_ended(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (200, json.dumps(call(CALL)))
    assert dialler.hang_up(CALL)
    assert script.asked[0][2] == [("Status", "completed")]


def test_a_leg_is_told_something_and_ended(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (200, json.dumps(call(CALL)))
    assert dialler.say_and_hang_up(CALL, "We call again <soon>.", "en")
    ((name, document),) = script.asked[0][2]
    assert name == "Twiml"
    assert '<Say language="en-US">We call again' in document
    assert document.endswith("<Hangup /></Response>")


def test_a_caller_is_sent_back_to_where_the_flow_goes_on(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (200, json.dumps(call(CALL)))
    assert dialler.send_back(CALL, "a" * 32)
    found = dict(script.asked[0][2])
    assert found["Url"].endswith(f"/voice/met/{'a' * 32}?back=1")
    assert found["Method"] == "POST"


def test_a_call_that_is_over_cannot_be_ended(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (400, json.dumps({"code": 21220, "message": "no", "status": 400}))
    assert not dialler.hang_up(CALL)
    assert not dialler.send_back(CALL, "a" * 32)
    assert not dialler.say_and_hang_up(CALL, "sorry", "en")


def test_a_text_asks_for_its_progress(dialler: CarrierDialler, script: Script) -> None:
    script.answer = (201, json.dumps({"sid": TEXT, "status": "queued"}))
    assert dialler.send_text(CUSTOMER, OURS, "hello", tag="t") == TEXT
    assert dict(script.asked[0][2]) == {
        "To": CUSTOMER,
        "From": OURS,
        "Body": "hello",
        "StatusCallback": "https://calls.example.com/sms/status",
    }


def test_an_account_and_a_token_are_needed() -> None:
    with pytest.raises(UnsafeSecret):
        CarrierDialler(ACCOUNT, " ", "https://calls.example.com")
