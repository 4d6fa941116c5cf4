"""What supervisors order, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.model import Callback, CallbackState, Cause
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step, TextState
from ivr.ports import Bucket, Done, Refusal, Search
from tests.unit.runtime.desk.counter import AT, CALLER, OTHER, OURS
from tests.unit.runtime.queue_service.office import HOUR, SUPERVISOR, Office

pytestmark = pytest.mark.unit

START = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
"""Tomorrow at two in the afternoon."""


@pytest.fixture
def office() -> Office:
    made = Office()
    made.agent()
    return made


@pytest.fixture
def promise(office: Office) -> Callback:
    return office.booked("k1")


Order = Callable[[Office, str], Done]
ORDERS: dict[str, Order] = {
    "move": lambda office, one: office.service.move(one, START, START + HOUR, by=SUPERVISOR, now=office.at),
    "renumber": lambda office, one: office.service.renumber(one, OTHER, by=SUPERVISOR, now=office.at),
    "cancel": lambda office, one: office.service.cancel(one, "asked by mail", by=SUPERVISOR, now=office.at),
    "dial_now": lambda office, one: office.service.dial_now(one, by=SUPERVISOR, now=office.at),
    "assign": lambda office, one: office.service.assign(one, "ana", by=SUPERVISOR, now=office.at),
    "take": lambda office, one: office.service.take(one, by=SUPERVISOR, now=office.at),
}
each = pytest.mark.parametrize("name", ORDERS)
each_of_calls = pytest.mark.parametrize("name", [name for name in ORDERS if name != "take"])


@each
def test_an_unknown_promise_is_refused(office: Office, name: str) -> None:
    done = ORDERS[name](office, "f" * 32)
    assert (done.callback, done.refusal, done.sentence) == (None, Refusal.UNKNOWN, "There is no such callback.")


@each_of_calls
def test_an_order_is_in_the_history_with_who_gave_it(office: Office, promise: Callback, name: str) -> None:
    done = ORDERS[name](office, promise.id)
    assert done.refusal is None and done.sentence
    assert done.callback == office.now_is(promise.id)
    line = office.callbacks.history(promise.id)[-1]
    assert line.by.startswith(SUPERVISOR) and line.at == AT


@each_of_calls
@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (CallbackState.DONE, "It was called back already."),
        (CallbackState.CANCELLED, "It was cancelled already."),
    ],
)
def test_what_is_over_is_left_alone(
    office: Office, promise: Callback, name: str, state: CallbackState, sentence: str
) -> None:
    before = office.changed(promise, state=state)
    done = ORDERS[name](office, promise.id)
    assert (done.callback, done.refusal, done.sentence) == (before, Refusal.STATE, sentence)
    assert office.now_is(promise.id) == before


@each
def test_what_cannot_be_stored_is_said_to_be_not_done(
    office: Office, promise: Callback, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be read and not be written."""
    target = promise.id
    if name == "take":
        target = office.ask("message", queue="general", caller=CALLER, words="hello")["id"]

    def step(callback_id: str, decide: object, *, agent_id: str = "") -> Attempt | None:
        office.rows.failing = "unreachable"
        return type(office.callbacks).step(office.callbacks, callback_id, decide, agent_id=agent_id)  # type: ignore[arg-type]

    monkeypatch.setattr(office.callbacks, "step", step)
    done = ORDERS[name](office, target)
    assert (done.refusal, done.sentence) == (
        Refusal.STORE,
        "It could not be stored; nothing was changed. Try again in a moment.",
    )


# -- another time ------------------------------------------------------------------------------------


def move(office: Office, promise: Callback, start: datetime, end: datetime) -> Done:
    return office.service.move(promise.id, start, end, by=SUPERVISOR, now=office.at)


def test_another_time_keeps_the_place(office: Office, promise: Callback) -> None:
    done = move(office, promise, START, START + HOUR)
    assert done.sentence == "Moved to tomorrow between 2 and 3 p m."
    moved = office.now_is(promise.id)
    assert (moved.promised_from, moved.eligible_at, moved.order_at) == (START, START, promise.order_at)


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (AT - 2 * HOUR, AT - HOUR, "That time is over. Choose one that is still to come."),
        (START, START + timedelta(minutes=4), "That time is too short. Choose one of at least five minutes."),
        (START, START - HOUR, "That time is too short. Choose one of at least five minutes."),
        (
            AT + timedelta(days=15),
            AT + timedelta(days=15, hours=1),
            "That is further away than 14 days. Choose an earlier time.",
        ),
        (
            datetime(2026, 11, 26, 15, 0, tzinfo=UTC),
            datetime(2026, 11, 26, 16, 0, tzinfo=UTC),
            "Nobody is there at that time. People are there nine to five.",
        ),
        (
            datetime(2026, 11, 24, 23, 0, tzinfo=UTC),
            datetime(2026, 11, 25, 2, 0, tzinfo=UTC),
            "Nobody is there at that time. People are there nine to five.",
        ),
    ],
    ids=["past", "short", "backwards", "far", "holiday", "night"],
)
def test_a_time_at_which_nobody_can_call_is_refused(
    office: Office, promise: Callback, start: datetime, end: datetime, sentence: str
) -> None:
    done = move(office, promise, start, end)
    assert (done.callback, done.refusal, done.sentence) == (promise, Refusal.TIME, sentence)
    assert office.now_is(promise.id) == promise


def test_a_time_that_begins_before_and_ends_after_the_opening_hours_will_do(office: Office, promise: Callback) -> None:
    day = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert move(office, promise, day, day + timedelta(days=1)).refusal is None


def test_a_time_that_has_begun_will_do_while_it_lasts(office: Office, promise: Callback) -> None:
    assert move(office, promise, AT - HOUR, AT + HOUR).refusal is None


def test_a_queue_without_a_schedule_has_every_hour(office: Office) -> None:
    promise = office.booked("k1", queue="nights")
    assert move(office, promise, START + 10 * HOUR, START + 11 * HOUR).refusal is None


def test_a_failed_promise_that_is_moved_waits_again(office: Office, promise: Callback) -> None:
    office.failed(promise)
    assert move(office, promise, START, START + HOUR).refusal is None
    assert office.now_is(promise.id).state is CallbackState.PENDING


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (CallbackState.CLAIMED, "It is being dialled right now. Try again in a moment."),
        (CallbackState.DIALLING, "It is being dialled right now. Try again in a moment."),
        (CallbackState.CONNECTED, "They are talking right now."),
    ],
)
def test_what_is_in_flight_is_not_dialled_now_again(
    office: Office, promise: Callback, state: CallbackState, sentence: str
) -> None:
    office.changed(promise, state=state)
    done = ORDERS["dial_now"](office, promise.id)
    assert (done.refusal, done.sentence) == (Refusal.STATE, sentence)


# -- another number ----------------------------------------------------------------------------------


def renumber(office: Office, promise: Callback, number: str) -> Done:
    return office.service.renumber(promise.id, number, by=SUPERVISOR, now=office.at)


def test_another_number_is_understood_near_the_old_one(office: Office) -> None:
    promise = office.booked("k1", caller="+819012345678", number="")
    assert renumber(office, promise, "03-3456-7890").sentence == "The number was changed."
    assert office.now_is(promise.id).number == "+81334567890"


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("1-900-234-5678", "premium"),
        ("123", "too short"),
        (OURS, "own number"),
        ("", "not a number"),
        ("911", "emergency"),
    ],
)
def test_a_number_that_may_not_be_called_is_refused(office: Office, promise: Callback, number: str, word: str) -> None:
    done = renumber(office, promise, number)
    assert (done.refusal, done.sentence) == (
        Refusal.NUMBER,
        f"This number may not be called ({word}). Nothing was changed.",
    )
    assert office.now_is(promise.id).number == CALLER


def test_a_number_whose_owner_asked_for_silence_is_refused(office: Office, promise: Callback) -> None:
    office.callbacks.stop(OTHER, at=AT, by="customer")
    done = renumber(office, promise, OTHER)
    assert (done.refusal, "asked not to be called" in done.sentence) == (Refusal.NUMBER, True)


def test_a_number_that_has_a_promise_already_is_refused(office: Office, promise: Callback) -> None:
    office.booked("k2", caller=OTHER, number=OTHER)
    done = renumber(office, promise, OTHER)
    assert (done.refusal, done.sentence) == (
        Refusal.NUMBER,
        "Another callback to this number waits in this queue. Nothing was changed.",
    )


def test_the_same_number_changes_nothing(office: Office, promise: Callback) -> None:
    done = renumber(office, promise, CALLER)
    assert (done.refusal, done.sentence) == (
        Refusal.STATE,
        "Its state does not allow that (any more), or nothing would change.",
    )


# -- the end -----------------------------------------------------------------------------------------


def test_a_cancelled_promise_has_its_reason_in_the_history(office: Office, promise: Callback) -> None:
    done = ORDERS["cancel"](office, promise.id)
    assert done.sentence == "It is cancelled; nobody will be called."
    line = office.callbacks.history(promise.id)[-1]
    assert (line.state, line.cause, line.by) == (
        CallbackState.CANCELLED,
        Cause.BY_SUPERVISOR,
        "supervisor sue: asked by mail",
    )


def test_without_a_reason_there_is_only_who_did_it(office: Office, promise: Callback) -> None:
    office.service.cancel(promise.id, "", by=SUPERVISOR, now=AT)
    assert office.callbacks.history(promise.id)[-1].by == SUPERVISOR


def test_the_customer_is_told_by_text_in_the_same_transaction(office: Office) -> None:
    promise = office.texted()
    ORDERS["cancel"](office, promise.id)
    text = office.rows.texts[f"{promise.id}:called_off"]
    assert (text.callback_id, text.number, text.our_number, text.state) == (
        promise.id,
        CALLER,
        OURS,
        TextState.QUEUED,
    )
    assert text.body == "Harbour Lights: your call back was cancelled. Call us any time."


@pytest.mark.parametrize("changes", [{"number": OTHER}, {"dialled": ""}], ids=["another number", "no number of ours"])
def test_nobody_else_is_told(office: Office, changes: dict[str, str]) -> None:
    promise = office.texted(**changes)
    ORDERS["cancel"](office, promise.id)
    assert office.rows.texts == {}


def test_where_texts_are_off_nobody_is_told(office: Office, promise: Callback) -> None:
    ORDERS["cancel"](office, promise.id)
    assert office.rows.texts == {}


def test_a_cancellation_that_is_refused_tells_nobody(office: Office) -> None:
    promise = office.texted()
    office.changed(promise, state=CallbackState.DONE)
    ORDERS["cancel"](office, promise.id)
    assert [text.key for text in office.rows.texts.values()] == [f"{promise.id}:promised"]


# -- who and when ------------------------------------------------------------------------------------


def test_what_is_to_be_dialled_now_is_before_all_others(office: Office, promise: Callback) -> None:
    office.failed(promise)
    office.booked("k2", caller=OTHER, number=OTHER, arrived_at="2026-11-23T10:00:00+00:00", priority="9")
    office.pass_time(hours=1)
    done = ORDERS["dial_now"](office, promise.id)
    assert done.sentence == "It is dialled as soon as an agent is free."
    assert [one.id for one in office.callbacks.heads("general", office.at)][0] == promise.id
    assert office.now_is(promise.id).expires_at == office.at + timedelta(days=7)


def test_a_promise_waits_for_its_agent_as_long_as_the_queue_says(office: Office, promise: Callback) -> None:
    done = ORDERS["assign"](office, promise.id)
    assert done.sentence == "It waits for Ana now."
    found = office.now_is(promise.id)
    assert (found.owner, found.owner_until) == ("ana", AT + timedelta(hours=24))


def test_anybody_may_take_it_again(office: Office, promise: Callback) -> None:
    ORDERS["assign"](office, promise.id)
    done = office.service.assign(promise.id, "", by=SUPERVISOR, now=AT)
    assert (done.sentence, office.now_is(promise.id).owner) == ("Anybody may take it now.", "")


def test_an_unknown_agent_is_refused(office: Office, promise: Callback) -> None:
    done = office.service.assign(promise.id, "zoe", by=SUPERVISOR, now=AT)
    assert (done.refusal, done.sentence) == (Refusal.UNKNOWN, "There is no such agent.")


def test_a_message_is_taken(office: Office) -> None:
    one = office.ask("message", queue="general", caller=CALLER, words="hello")["id"]
    done = ORDERS["take"](office, one)
    assert (done.refusal, done.sentence, office.now_is(one).state) == (None, "The message is done.", CallbackState.DONE)


def test_a_call_is_no_message(office: Office, promise: Callback) -> None:
    done = ORDERS["take"](office, promise.id)
    assert (done.refusal, done.sentence) == (Refusal.STATE, "This is a call to be made, not a message.")


# -- reading -----------------------------------------------------------------------------------------


def test_a_page_has_its_rows_and_the_counts_of_all_tabs(office: Office, promise: Callback) -> None:
    office.booked("k2", caller=OTHER, number=OTHER, when="2026-11-24T14:00/2026-11-24T16:00")
    listed = office.service.listing(Search(queue="general", day_ends_at=AT + 14 * HOUR), AT)
    assert ([one.id for one in listed.callbacks][0], listed.total) == (promise.id, 2)
    assert (listed.counts[Bucket.NOW], listed.counts[Bucket.ANOTHER_DAY]) == (1, 1)


def test_without_an_end_of_the_day_it_ends_now(office: Office, promise: Callback) -> None:
    assert office.service.listing(Search(), AT).total == 1


def test_one_promise_is_shown_with_everything(office: Office) -> None:
    promise = office.texted()
    office.in_flight(promise)
    shown = office.service.shown(promise.id, AT, "ja")
    assert shown is not None
    assert (shown.callback.id, shown.why) == (promise.id, "why 1 in ja")
    assert [line.cause for line in shown.history] == [Cause.PROMISED, Cause.CLAIMED, Cause.DIALLED]
    assert (len(shown.legs), len(shown.texts)) == (1, 1)


def test_an_unknown_promise_is_not_shown(office: Office) -> None:
    assert office.service.shown("f" * 32, AT) is None


def test_agents_are_listed_by_name(office: Office) -> None:
    office.agent("zoe", state=AgentState.OFFLINE)
    office.agent("bob")
    assert [agent.name for agent in office.service.agents()] == ["Ana", "Bob", "Zoe"]


def test_queues_have_the_zone_of_their_schedule(office: Office) -> None:
    office.rules |= {"nights": QueueRules("nights"), "lost": QueueRules("lost", hours="unknown")}
    assert office.service.queues() == {"general": "America/New_York", "nights": "UTC", "lost": "UTC"}


def test_a_promise_whose_queue_is_gone_from_the_rules_is_cancelled_all_the_same(
    office: Office, promise: Callback
) -> None:
    office.callbacks.step(promise.id, lambda found: Step(replace(found, callback=replace(found.callback, queue="old"))))
    assert ORDERS["cancel"](office, promise.id).refusal is None
