"""Promises, attempts and claims: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ivr.core.queueing.legs import AgentState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened, Kind
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import StoreFailed
from ivr.storage.queue_tables import agents, callback_legs, callbacks, texts
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import (
    DAY,
    HOUR,
    MINUTE,
    a_leg,
    a_promise,
    a_text,
    an_agent,
    changed,
    claimed,
    made,
    noted,
    over,
    released,
    with_legs,
)

pytestmark = pytest.mark.contract

ONE = a_promise().id
TOKYO = timezone(timedelta(hours=9))


def full() -> Callback:
    """Every field differs from its default."""
    return a_promise(
        1,
        state=CallbackState.RETRY_AT,
        cause=Cause.BUSY,
        zone="Asia/Tokyo",
        is_time_chosen=True,
        name="山田 \U0001f600",
        extension="12w3",
        reason="order status",
        brief={"order": "42719", "a": "名"},
        notes=("first", "second"),
        flow="support",
        dialled="+15005550006",
        call_id="1" * 32,
        caller="+12025550199",
        attested="A",
        priority=7,
        skills=("sql", "billing"),
        owner="ana",
        owner_until=NOW + HOUR,
        code="4719",
        tries={"busy": 2},
        last_tried_at=NOW - MINUTE,
        expires_at=NOW + 7 * DAY,
        agent="ben",
        lease_owner="w1",
        lease_until=NOW,
        fence=3_000_000_000,
        attempt=4,
        ending=Cause.BY_CALLER,
        connected_at=NOW - 2 * MINUTE,
        invitation={"words": "yes please"},
    )


class TestPromise:
    def test_a_promise_comes_back_with_every_field(self, queue: QueueStores) -> None:
        promised = queue.callbacks.promise(full(), key="k")
        assert promised.is_new and promised.callback == full()
        assert queue.callbacks.get(ONE) == full() == queue.callbacks.by_key("k")

    def test_several_are_found_in_one_question(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2), a_promise(3))
        found = queue.callbacks.several([a_promise(1).id, a_promise(3).id, "0" * 32])
        assert found == {one.id: one for one in (a_promise(1), a_promise(3))}
        assert queue.callbacks.several([]) == {}

    def test_the_full_promise_of_these_tests_leaves_no_field_at_its_default(self) -> None:
        usual, kind = a_promise(), {"kind", "queue", "language", "id", "number", "state_at"}
        same = {field.name for field in fields(Callback) if getattr(full(), field.name) == getattr(usual, field.name)}
        assert same - kind <= {"arrived_at", "promised_from", "promised_to", "eligible_at", "order_at"}

    def test_every_field_of_the_core_has_a_column(self) -> None:
        for table, sample in ((callbacks, a_promise()), (callback_legs, a_leg(a_promise()))):
            assert {field.name for field in fields(sample)} <= set(table.c.keys())
        assert {field.name for field in fields(an_agent())} <= set(agents.c.keys())
        assert {field.name for field in fields(a_text())} <= set(texts.c.keys())

    def test_times_of_any_zone_come_back_in_utc(self, queue: QueueStores) -> None:
        made(queue, a_promise(promised_to=datetime(2026, 11, 24, 1, 0, tzinfo=TOKYO)))
        stored = queue.callbacks.get(ONE)
        assert stored is not None and stored.promised_to == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
        assert stored.promised_to.tzinfo == UTC

    def test_a_naive_time_is_refused(self, queue: QueueStores) -> None:
        with pytest.raises((ValueError, StoreFailed)):
            queue.callbacks.promise(a_promise(promised_to=datetime(2026, 11, 24)), key="k")
        assert queue.callbacks.get(ONE) is None

    def test_what_a_database_refuses_is_replaced(self, queue: QueueStores) -> None:
        made(queue, a_promise(name="a\x00b\ud800"))
        stored = queue.callbacks.get(ONE)
        assert stored is not None and stored.name == "a\ufffdb\ufffd"

    def test_the_same_key_promises_once(self, queue: QueueStores) -> None:
        made(queue, a_promise(1))
        again = queue.callbacks.promise(a_promise(2), key=f"key {ONE}")
        assert not again.is_new and again.callback == a_promise(1)
        assert queue.callbacks.get(a_promise(2).id) is None

    def test_an_empty_key_is_no_key(self, queue: QueueStores) -> None:
        assert queue.callbacks.promise(a_promise(1), key="").is_new
        assert queue.callbacks.promise(a_promise(2), key="").is_new
        assert queue.callbacks.by_key("") is None

    def test_an_open_promise_to_the_number_in_the_queue_is_returned_instead(self, queue: QueueStores) -> None:
        made(queue, a_promise(1))
        again = queue.callbacks.promise(a_promise(2, number=a_promise(1).number), key="k2", texts=[a_text()])
        assert not again.is_new and again.callback == a_promise(1)
        assert queue.texts.for_callback("") == [] and queue.texts.unsent() == []

    def test_the_key_of_a_merged_promise_stays_with_it_to_the_end(self, queue: QueueStores) -> None:
        made(queue, a_promise(1))
        queue.callbacks.promise(a_promise(2, number=a_promise(1).number), key="k2")
        queue.callbacks.step(ONE, changed(state=CallbackState.DONE))
        again = queue.callbacks.promise(a_promise(2, number=a_promise(1).number), key="k2")
        assert not again.is_new and again.callback.id == ONE
        assert queue.callbacks.by_key("k2") == again.callback

    def test_another_queue_is_another_promise(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2, number=a_promise(1).number, queue="billing"))

    @pytest.mark.parametrize("state", [CallbackState.DONE, CallbackState.CANCELLED, CallbackState.FAILED])
    def test_after_the_end_of_one_there_can_be_another(self, queue: QueueStores, state: CallbackState) -> None:
        made(queue, a_promise(1))
        queue.callbacks.step(ONE, changed(state=state))
        made(queue, a_promise(2, number=a_promise(1).number))

    def test_messages_are_not_merged(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), *(a_promise(n, number=a_promise(1).number, kind=Kind.MESSAGE) for n in (2, 3)))

    def test_a_taken_id_is_refused(self, queue: QueueStores) -> None:
        made(queue, a_promise(1))
        with pytest.raises(StoreFailed, match="in_use"):
            queue.callbacks.promise(a_promise(1, number="+12025550002"), key="k2")
        assert queue.callbacks.get(ONE) == a_promise(1)

    def test_texts_and_the_first_line_of_history_come_with_it(self, queue: QueueStores) -> None:
        queue.callbacks.promise(a_promise(), key="k", texts=[a_text(callback_id=ONE)])
        at = a_promise().arrived_at
        assert queue.callbacks.history(ONE) == [Happened(ONE, at, CallbackState.PENDING, Cause.PROMISED, "caller")]
        assert queue.texts.unsent() == [a_text(callback_id=ONE)]

    def test_of_many_at_once_one_is_made(self, queue: QueueStores) -> None:
        def promise(number: int) -> bool:
            return queue.callbacks.promise(a_promise(number, number="+12025550001"), key=f"k{number % 3}").is_new

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(promise, range(1, 17))) == 1
        assert len(queue.callbacks.open_for("+12025550001")) == 1


class TestOpenFor:
    def test_open_ones_come_by_arrival(self, queue: QueueStores) -> None:
        number = a_promise(1).number
        made(queue, a_promise(2, number=number, queue="billing"), a_promise(1), a_promise(3))
        assert [one.id for one in queue.callbacks.open_for(number)] == [ONE, a_promise(2).id]

    @pytest.mark.parametrize("state", [CallbackState.DONE, CallbackState.CANCELLED])
    def test_ended_ones_are_not_among_them(self, queue: QueueStores, state: CallbackState) -> None:
        made(queue, a_promise())
        queue.callbacks.step(ONE, changed(state=state))
        assert queue.callbacks.open_for(a_promise().number) == []

    @pytest.mark.parametrize(("expires_at", "found"), [(None, 1), (NOW + MINUTE, 1), (NOW - MINUTE, 0)])
    def test_failed_ones_are_found_until_their_invitation_ends(
        self, queue: QueueStores, expires_at: datetime | None, found: int
    ) -> None:
        made(queue, a_promise(expires_at=expires_at))
        queue.callbacks.step(ONE, changed(state=CallbackState.FAILED))
        assert len(queue.callbacks.open_for(a_promise().number)) == found

    def test_messages_are_not_among_them(self, queue: QueueStores) -> None:
        made(queue, a_promise(kind=Kind.MESSAGE))
        assert queue.callbacks.open_for(a_promise().number) == []

    def test_a_changed_number_is_found_under_the_new_one(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.callbacks.step(ONE, changed(number="+12025550777"))
        assert queue.callbacks.open_for(a_promise().number) == []
        assert [one.id for one in queue.callbacks.open_for("+12025550777")] == [ONE]


class TestStep:
    def test_a_step_writes_everything_and_returns_it(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.agents.add(an_agent())
        line = Happened(ONE, NOW, CallbackState.DIALLING, Cause.DIALLED, "worker w1", {"to": "agent"})

        def decide(attempt: Attempt) -> Step:
            bound = claimed(attempt)
            assert bound is not None
            callback = replace(bound.attempt.callback, state=CallbackState.DIALLING, notes=("hello",))
            legs = (a_leg(callback), a_leg(callback, "b", Role.AGENT, agent="ana"))
            return Step(replace(bound.attempt, callback=callback, legs=legs), (line, line), (a_text("s"),))

        after = queue.callbacks.step(ONE, decide, agent_id="ana")
        assert after is not None and after.agent is not None
        assert queue.callbacks.get(ONE) == after.callback and after.callback.notes == ("hello",)
        assert queue.callbacks.legs(ONE) == list(after.legs) and len(after.legs) == 2
        assert queue.agents.get("ana") == after.agent and after.agent.callback_id == ONE
        assert queue.callbacks.history(ONE)[1:] == [line, line]
        assert [text.key for text in queue.texts.unsent()] == ["s"]

    def test_an_unknown_callback_is_none(self, queue: QueueStores) -> None:
        assert queue.callbacks.step("0" * 32, changed(name="x")) is None
        assert queue.callbacks.step_leg("0" * 32, changed(name="x")) is None

    def test_a_decision_of_none_changes_nothing(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        seen: list[Attempt] = []
        assert queue.callbacks.step(ONE, noted(seen)) is None
        assert seen == [Attempt(a_promise())]
        assert queue.callbacks.get(ONE) == a_promise() and len(queue.callbacks.history(ONE)) == 1

    def test_a_decision_that_raises_changes_nothing(self, queue: QueueStores) -> None:
        made(queue, a_promise())

        def decide(_: Attempt) -> Step:
            raise LookupError

        with pytest.raises(LookupError):
            queue.callbacks.step(ONE, decide)
        assert queue.callbacks.get(ONE) == a_promise()
        assert queue.callbacks.step(ONE, changed(name="x")) is not None

    def test_it_sees_the_bound_agent_and_the_legs_of_its_attempt_only(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.agents.add(an_agent())
        first = a_leg(a_promise(attempt=1))
        queue.callbacks.step(ONE, claimed, agent_id="ana")
        queue.callbacks.step(ONE, with_legs(first))
        queue.callbacks.step(ONE, with_legs(over(first)))
        queue.callbacks.step(ONE, changed(attempt=2))
        second = a_leg(a_promise(attempt=2), "b", created_at=NOW + MINUTE)
        queue.callbacks.step(ONE, with_legs(second))
        seen: list[Attempt] = []
        queue.callbacks.step(ONE, noted(seen))
        assert seen[0].legs == (second,) and seen[0].agent is not None and seen[0].agent.id == "ana"
        queue.callbacks.step_leg(first.tag, noted(seen))
        assert seen[1].legs == (over(first),)

    def test_an_unbound_agent_keeps_the_new_state(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.agents.add(an_agent())
        queue.callbacks.step(ONE, claimed, agent_id="ana")
        queue.callbacks.step(ONE, released)
        stored, agent = queue.callbacks.get(ONE), queue.agents.get("ana")
        assert stored is not None and stored.agent == "" and stored.state is CallbackState.PENDING
        assert agent is not None and agent.state is AgentState.BREAK and agent.callback_id == ""

    def test_another_agent_can_take_over_in_the_same_attempt(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.agents.add(an_agent("ana"))
        queue.agents.add(an_agent("ben"))
        queue.callbacks.step(ONE, claimed, agent_id="ana")
        queue.callbacks.step(ONE, released)
        after = queue.callbacks.step(ONE, claimed, agent_id="ben")
        assert after is not None and after.callback.agent == "ben"
        ben = queue.agents.get("ben")
        assert ben is not None and ben.callback_id == ONE

    def test_an_unknown_agent_is_none(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        seen: list[Attempt] = []
        queue.callbacks.step(ONE, noted(seen), agent_id="nobody")
        assert seen[0].agent is None

    def test_what_belongs_to_somebody_else_is_refused(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2))
        queue.agents.add(an_agent())
        with pytest.raises(ValueError, match="another callback"):
            queue.callbacks.step(ONE, changed(id=a_promise(2).id))
        with pytest.raises(ValueError, match="another agent"):
            queue.callbacks.step(ONE, lambda attempt: Step(replace(attempt, agent=an_agent("ben"))), agent_id="ana")
        assert queue.callbacks.get(ONE) == a_promise(1)

    def test_a_second_open_leg_to_a_customer_is_refused(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2, queue="billing", number=a_promise(1).number))
        queue.callbacks.step(ONE, with_legs(a_leg(a_promise(1), "a")))
        for callback in (a_promise(1), a_promise(2, number=a_promise(1).number)):
            with pytest.raises(StoreFailed, match="in_use") as failed:
                queue.callbacks.step(
                    callback.id,
                    lambda attempt, ours=callback: Step(  # type: ignore[misc]
                        replace(attempt, callback=replace(ours, name="x"), legs=(*attempt.legs, a_leg(ours, "b")))
                    ),
                )
            assert not failed.value.retryable
        assert queue.callbacks.get(ONE) == a_promise(1) and queue.callbacks.leg("b" * 32) is None

    def test_a_leg_that_is_over_makes_room_for_the_next(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        first, second = a_leg(a_promise(), "b"), a_leg(a_promise(), "a")
        queue.callbacks.step(ONE, with_legs(first))
        queue.callbacks.step(ONE, with_legs(second, over(first)))
        assert queue.callbacks.legs(ONE) == [second, over(first)]

    def test_legs_to_agents_may_be_open_together(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        legs = [a_leg(a_promise(), tag, Role.AGENT) for tag in "ab"]
        assert queue.callbacks.step(ONE, with_legs(*legs)) is not None

    def test_an_agent_who_talks_cannot_be_bound_to_another(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2))
        queue.agents.add(an_agent("ana"))
        queue.callbacks.step(ONE, claimed, agent_id="ana")
        with pytest.raises(StoreFailed, match="in_use"):
            queue.callbacks.step(a_promise(2).id, changed(state=CallbackState.CLAIMED, agent="ana"))

    def test_a_customer_cannot_have_two_agents(self, queue: QueueStores) -> None:
        made(queue, a_promise(1))
        queue.agents.add(an_agent("ana"))
        queue.agents.add(an_agent("ben"))
        queue.callbacks.step(ONE, claimed, agent_id="ana")

        def also_ben(attempt: Attempt) -> Step:
            assert attempt.agent is not None
            ben = replace(attempt.agent, state=AgentState.RESERVED, callback_id=ONE)
            return Step(replace(attempt, callback=replace(attempt.callback, agent="ben"), agent=ben))

        with pytest.raises(StoreFailed, match="in_use"):
            queue.callbacks.step(ONE, also_ben, agent_id="ben")
        stored = queue.callbacks.get(ONE)
        assert stored is not None and stored.agent == "ana"

    def test_a_number_cannot_be_changed_to_one_that_is_promised_already(self, queue: QueueStores) -> None:
        made(queue, a_promise(1), a_promise(2))
        with pytest.raises(StoreFailed, match="in_use"):
            queue.callbacks.step(ONE, changed(number=a_promise(2).number))

    def test_a_failed_promise_comes_back_to_its_place(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.callbacks.step(ONE, changed(state=CallbackState.FAILED))
        assert queue.callbacks.heads("general", NOW) == []
        queue.callbacks.step(ONE, changed(state=CallbackState.PENDING))
        assert queue.callbacks.heads("general", NOW) == [a_promise()]

    def test_steps_at_once_happen_one_after_another(self, queue: QueueStores) -> None:
        made(queue, a_promise())

        def count(attempt: Attempt) -> Step:
            return Step(replace(attempt, callback=replace(attempt.callback, fence=attempt.callback.fence + 1)))

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(lambda _: queue.callbacks.step(ONE, count), range(60)))
        stored = queue.callbacks.get(ONE)
        assert stored is not None and stored.fence == 60

    def test_a_text_that_is_queued_already_is_left_alone(self, queue: QueueStores) -> None:
        made(queue, a_promise())
        queue.texts.add(a_text("k", body="first"))
        queue.callbacks.step(ONE, lambda attempt: Step(attempt, texts=(a_text("k", body="second"), a_text("l"))))
        assert [text.body for text in queue.texts.unsent()] == ["first", "We call you back."]
