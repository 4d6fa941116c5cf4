"""What verbs can do with a call."""

from __future__ import annotations

from datetime import date

import pytest

from ivr.core.call import Call
from ivr.core.commands import CancelTimer, SetTimer
from ivr.core.state import CallState
from tests.unit.core.flows import shop_flow

pytestmark = pytest.mark.unit


def call(**state: object) -> Call:
    return Call(shop_flow(), CallState(node="welcome", **state))  # type: ignore[arg-type]


def test_today_follows_the_call_s_own_time() -> None:
    started = call(answered_at="2026-11-23T23:59:00+00:00")
    assert started.today == date(2026, 11, 23)
    started.at = 61_000
    assert started.today == date(2026, 11, 24)


def test_before_it_is_answered_a_call_has_a_harmless_date() -> None:
    assert call().today == date(1970, 1, 1)


def test_there_is_one_timer_of_each_kind() -> None:
    one = call()
    one.set_timer("no_input", 6000)
    one.set_timer("no_input", 3000)
    assert one.commands == [SetTimer(1, 6000, "no_input"), CancelTimer(1), SetTimer(2, 3000, "no_input")]


def test_patience_stretches_the_waits_for_the_caller_only() -> None:
    one = call(patience=1.5)
    one.set_timer("no_input", 6000)
    one.set_timer("lookup", 8000, patient=False)
    assert [order.after_ms for order in one.commands if isinstance(order, SetTimer)] == [9000, 8000]


def test_cancelling_what_is_not_there_orders_nothing() -> None:
    one = call()
    one.cancel_timer("no_input", "filler")
    assert one.commands == []


def test_recording_after_a_refusal_is_never_ordered() -> None:
    one = call(is_refused=True)
    one.start_recording()
    assert (one.commands, one.state.is_recording) == ([], False)


def test_templates_know_the_caller_the_hours_and_the_call() -> None:
    one = call(caller="+12025550123", is_known=True, hours_text={"en": "nine to five"}, call_id="c1")
    assert one.names() == {
        "slots": {},
        "said": {},
        "visits": {},
        "caller": {"number": "+12025550123", "is_known": True, "language": "en", "attested": ""},
        "hours": {"is_open": True, "text": "nine to five"},
        "call": {
            "id": "c1",
            "flow": "test",
            "version": "1",
            "dialled": "",
            "arrived_at": "",
            "intent": "",
            "topic": "",
            "words": "",
        },
    }
