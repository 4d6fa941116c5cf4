"""Nobody is overtaken between the reading of a line and the claims made on it: memory, SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import pytest

from ivr.core.queueing.model import Callback, CallbackState
from ivr.core.queueing.reading import Reading
from ivr.ports import Claim
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import HOUR, MINUTE, a_promise, an_agent, changed, claimed, made, released

pytestmark = pytest.mark.contract

ONE, TWO, THREE = (a_promise(number).id for number in (1, 2, 3))


def staffed(queue: QueueStores, *promises: Callback) -> None:
    """The promises, and two free agents."""
    made(queue, *promises)
    for name in ("ana", "ben"):
        queue.agents.add(an_agent(name))


def read(queue: QueueStores, *gone: str, each: int = 8, now: datetime = NOW) -> Reading:
    return Reading("general", now, each, queue.callbacks.line("general", now, each=each), frozenset(gone))


def claim(queue: QueueStores, reading: Reading | None, *pairs: tuple[str, str]) -> list[str]:
    """The promises that were bound."""
    taken = queue.callbacks.claim([Claim(one, agent, claimed) for one, agent in pairs], reading)
    return [attempt.callback.id for attempt in taken]


def given_back(queue: QueueStores, reading_of: str = "", **changes: object) -> Reading:
    """ONE is in ben's hands while the line is read, and back in its place before anybody claims."""
    staffed(queue, a_promise(1, **changes), a_promise(2), a_promise(3))
    assert claim(queue, None, (ONE, "ben")) == [ONE]
    reading = read(queue)
    assert [place.id for place in reading.places] == [TWO, THREE]
    queue.callbacks.step(ONE, released)
    return reading


class TestOvertaking:
    def test_whoever_was_given_back_after_the_reading_is_not_overtaken(self, queue: QueueStores) -> None:
        reading = given_back(queue)
        assert claim(queue, reading, (TWO, "ana")) == []
        waiting, ana = queue.callbacks.get(TWO), queue.agents.get("ana")
        assert waiting == a_promise(2) and ana is not None and not ana.callback_id
        assert claim(queue, read(queue), (ONE, "ana")) == [ONE]

    def test_without_the_second_look_they_would_be(self, queue: QueueStores) -> None:
        given_back(queue)
        assert claim(queue, None, (TWO, "ana")) == [TWO]

    def test_who_is_claimed_in_the_same_transaction_is_left_out_as_well(self, queue: QueueStores) -> None:
        reading = given_back(queue)
        queue.agents.add(an_agent("cho"))
        assert claim(queue, reading, (TWO, "ana"), (THREE, "cho")) == []

    def test_one_whom_the_agent_cannot_take_stands_in_nobodys_way(self, queue: QueueStores) -> None:
        assert claim(queue, given_back(queue, skills=("tax",)), (TWO, "ana")) == [TWO]

    def test_one_of_another_language_stands_in_nobodys_way(self, queue: QueueStores) -> None:
        assert claim(queue, given_back(queue, language="ja"), (TWO, "ana")) == [TWO]

    def test_one_that_belongs_to_another_agent_stands_in_nobodys_way(self, queue: QueueStores) -> None:
        reading = given_back(queue, owner="ben")
        assert claim(queue, reading, (TWO, "ana")) == [TWO]

    def test_one_that_comes_back_behind_stands_in_nobodys_way(self, queue: QueueStores) -> None:
        later = a_promise(9).order_at
        assert claim(queue, given_back(queue, order_at=later), (TWO, "ana")) == [TWO]

    def test_one_that_waits_until_later_stands_in_nobodys_way(self, queue: QueueStores) -> None:
        assert claim(queue, given_back(queue, eligible_at=NOW + MINUTE), (TWO, "ana")) == [TWO]

    def test_whoever_was_seen_and_passed_over_stands_in_nobodys_way(self, queue: QueueStores) -> None:
        staffed(queue, a_promise(1), a_promise(2))
        assert claim(queue, read(queue), (TWO, "ana")) == [TWO]

    def test_whoever_was_seen_gone_and_is_back_is_not_overtaken(self, queue: QueueStores) -> None:
        staffed(queue, a_promise(1), a_promise(2))
        assert claim(queue, read(queue, ONE), (TWO, "ana")) == []

    def test_a_new_promise_of_higher_priority_is_not_overtaken(self, queue: QueueStores) -> None:
        staffed(queue, a_promise(2), a_promise(3))
        reading = read(queue)
        made(queue, a_promise(9, order_at=a_promise(2).order_at - MINUTE))
        assert claim(queue, reading, (TWO, "ana")) == []

    def test_one_that_moved_forward_is_not_overtaken(self, queue: QueueStores) -> None:
        staffed(queue, a_promise(1), a_promise(2))
        reading = read(queue)
        queue.callbacks.step(TWO, changed(order_at=a_promise(1).order_at - HOUR))
        assert claim(queue, reading, (ONE, "ana")) == []

    def test_one_that_became_due_by_the_clock_is_not_overtaken(self, queue: QueueStores) -> None:
        staffed(queue, a_promise(1, state=CallbackState.CLAIMED, agent="ben"), a_promise(2))
        reading = read(queue)
        queue.callbacks.step(ONE, changed(state=CallbackState.RETRY_AT, state_at=NOW - MINUTE, eligible_at=NOW))
        assert claim(queue, reading, (TWO, "ana")) == []

    def test_behind_the_last_place_read_nobody_is_new(self, queue: QueueStores) -> None:
        staffed(queue, *(a_promise(number) for number in range(1, 5)), a_promise(5, skills=("tax",)))
        queue.agents.add(an_agent("tom", skills=("tax",)))
        reading = read(queue, each=2)
        last = a_promise(5).id
        assert claim(queue, reading, (ONE, "ana"), (TWO, "ben"), (last, "tom")) == [ONE, TWO, last]

    def test_a_claim_without_an_agent_overtakes_nobody(self, queue: QueueStores) -> None:
        reading = given_back(queue)
        (taken,) = queue.callbacks.claim([Claim(TWO, "", changed(state=CallbackState.CLAIMED))], reading)
        assert taken.callback.id == TWO
