"""The counter as a connector: its table of operations, failures, the door that flows use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ivr.core.events import LookUpOutcome
from ivr.ports import LookUpResult
from ivr.runtime.desk import QueueDoor, desk_operations
from tests.unit.runtime.desk.counter import CALL, CALLER, OURS, Counter

pytestmark = pytest.mark.unit

NAMES = {
    "offer", "check_time", "check_number", "guess_zone", "book", "unlock", "move", "renumber", "note", "cancel", "leg",
    "message", "text", "abandoned", "transfer", "transfer_stands", "transfer_withdraw",
    "transfer_number",
}  # fmt: skip


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_every_operation_is_named_with_its_prefix(counter: Counter) -> None:
    assert set(counter.desk.operations()) == {f"callbacks.{name}" for name in NAMES}
    assert counter.desk.operations() == desk_operations()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_only_questions_are_asked_on_a_guess(counter: Counter, name: str) -> None:
    is_question = name in {"offer", "check_time", "check_number", "guess_zone"}
    assert counter.desk.is_read(f"callbacks.{name}") is is_question
    assert counter.desk.is_read(name) is is_question


def test_an_unknown_operation_fails(counter: Counter) -> None:
    assert counter.desk.call("callbacks.steal", {}).reason == "unknown_operation"


@pytest.mark.parametrize("name", sorted(NAMES - {"guess_zone", "leg", "transfer_number"}))
def test_while_the_store_is_away_every_operation_fails_and_none_raises(counter: Counter, name: str) -> None:
    counter.with_rules(texts=True, text_abandoned=True)
    counter.rows.failing = "unreachable"
    given = {
        "queue": "general", "caller": CALLER, "number": "+12135550177", "dialled": OURS, "body": "x", "words": "x",
        "when": "asap", "id": "1", "code": "1", "call_id": "c",
    }  # fmt: skip
    result = counter.desk.call(name, given, "k1")
    if name == "check_time":
        assert result.outcome is LookUpOutcome.FOUND  # it asks the schedule only
    else:
        assert (result.outcome, result.reason) == (LookUpOutcome.FAILED, "store_unreachable")


@pytest.mark.parametrize("name", ["offer", "check_time", "check_number", "book", "message"])
def test_without_a_queue_it_is_a_defect_of_the_flow(counter: Counter, name: str) -> None:
    assert counter.desk.call(name, {"caller": CALLER, "words": "x"}).reason == "bad_argument"


def test_arguments_may_be_of_any_type(counter: Counter) -> None:
    told = counter.desk.call("book", {"queue": "general", "caller": CALLER, "priority": 7, "name": None, "reason": 42})
    made = counter.now_is(str(told.record["id"]))
    assert (made.priority, made.name, made.reason) == (7, "", "42")


# -- one key, when nobody has room for a conversation ------------------------------------------------


def by_key(counter: Counter, caller: str = CALLER, call_id: str = CALL) -> str | None:
    return counter.desk.book_by_key(call_id, caller, OURS, "en", "support", "general")


def test_one_key_is_a_promise_and_the_window_is_told(counter: Counter) -> None:
    counter.agent()
    assert by_key(counter) == "within the next 5 minutes"
    [made] = counter.rows.callbacks.values()
    assert (made.number, made.call_id, made.flow, made.dialled, made.zone) == (
        CALLER,
        CALL,
        "support",
        OURS,
        "America/New_York",
    )


def test_the_key_pressed_twice_is_one_promise_and_the_same_window(counter: Counter) -> None:
    counter.agent()
    assert by_key(counter) == by_key(counter)
    assert len(counter.rows.callbacks) == 1


def test_of_an_earlier_calls_promise_no_window_is_told(counter: Counter) -> None:
    counter.booked("k1")
    assert by_key(counter, call_id="d" * 32) == ""


@pytest.mark.parametrize("caller", ["", "+19002345678", "client:browser"])
def test_who_cannot_be_called_is_promised_nothing(counter: Counter, caller: str) -> None:
    assert by_key(counter, caller) is None


def test_what_cannot_be_stored_is_not_promised(counter: Counter) -> None:
    counter.rows.failing = "unreachable"
    assert by_key(counter) is None


# -- the door ----------------------------------------------------------------------------------------


class Others:
    is_closed = False

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        return LookUpResult(LookUpOutcome.FOUND, {"asked": operation, "key": key})

    def operations(self) -> Mapping[str, Sequence[str]]:
        return {"orders.find": ("number",)}

    def is_read(self, operation: str) -> bool:
        return operation == "orders.find"

    def close(self) -> None:
        self.is_closed = True


def test_the_door_leads_to_the_counter_or_to_the_connectors(counter: Counter) -> None:
    door = QueueDoor(counter.desk, Others())
    assert door.call("orders.find", {}, "k1").record == {"asked": "orders.find", "key": "k1"}
    assert door.call("callbacks.book", {}, "k1").reason == "bad_argument"
    assert door.is_read("orders.find") and door.is_read("callbacks.offer") and not door.is_read("callbacks.book")
    assert set(door.operations()) == {"orders.find", *desk_operations()}


def test_the_door_closes_the_connectors(counter: Counter) -> None:
    others = Others()
    QueueDoor(counter.desk, others).close()
    assert others.is_closed


def test_connectors_that_need_no_closing_are_left_alone(counter: Counter) -> None:
    QueueDoor(counter.desk, counter.desk).close()


def test_a_test_can_let_the_desk_fail_and_nothing_else(counter: Counter) -> None:
    door = QueueDoor(counter.desk, Others(), "store_down")
    assert door.call("callbacks.book", {}) == LookUpResult(LookUpOutcome.FAILED, reason="store_down")
    assert door.call("orders.find", {"number": "1"}) == Others().call("orders.find", {"number": "1"})
