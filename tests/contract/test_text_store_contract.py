"""Text messages both ways: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing.steps import TextState
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import HOUR, MINUTE, a_text

pytestmark = pytest.mark.contract

FINAL = [TextState.DELIVERED, TextState.FAILED, TextState.RECEIVED]


def test_a_text_comes_back_with_every_field(queue: QueueStores) -> None:
    text = a_text(body="明日 \U0001f600", callback_id="c" * 32, state=TextState.SENT, carrier_sid="SM1", tries=3)
    assert queue.texts.add(text)
    assert queue.texts.by_sid("SM1") == text
    assert queue.texts.for_callback("c" * 32) == [text]


def test_a_key_is_stored_once(queue: QueueStores) -> None:
    assert queue.texts.add(a_text(body="first"))
    assert not queue.texts.add(a_text(body="second"))
    assert [text.body for text in queue.texts.unsent()] == ["first"]


def test_unsent_ones_come_oldest_first(queue: QueueStores) -> None:
    for key, ago in (("a", 0), ("b", 2), ("c", 1)):
        queue.texts.add(a_text(key, at=NOW - ago * MINUTE))
    queue.texts.add(a_text("d", at=NOW - HOUR, state=TextState.SENT))
    queue.texts.add(a_text("e", at=NOW - HOUR, state=TextState.RECEIVED))
    assert [text.key for text in queue.texts.unsent()] == ["b", "c", "a"]
    assert [text.key for text in queue.texts.unsent(limit=1)] == ["b"]


def test_an_update_changes_what_is_named(queue: QueueStores) -> None:
    queue.texts.add(a_text(callback_id="c"))
    queue.texts.update("t1", state=TextState.QUEUED, tries=1)
    queue.texts.update("t1", state=TextState.SENT, carrier_sid="SM1")
    queue.texts.update("t1", state=TextState.DELIVERED)
    expected = a_text(callback_id="c", state=TextState.DELIVERED, carrier_sid="SM1", tries=1)
    assert queue.texts.for_callback("c") == [expected]


def test_a_queued_text_is_taken_once(queue: QueueStores) -> None:
    queue.texts.add(a_text(callback_id="c"))
    assert [queue.texts.take("t1"), queue.texts.take("t1"), queue.texts.take("nothing")] == [True, False, False]
    assert [text.state for text in queue.texts.for_callback("c")] == [TextState.SENT]
    assert queue.texts.unsent() == []


@pytest.mark.parametrize("final", FINAL)
def test_a_known_fate_is_final(queue: QueueStores, final: TextState) -> None:
    queue.texts.add(a_text(state=final, callback_id="c"))
    for state in TextState:
        queue.texts.update("t1", state=state, carrier_sid="SM9", tries=9)
    assert queue.texts.for_callback("c") == [a_text(state=final, callback_id="c")]


def test_an_unknown_key_is_left_alone(queue: QueueStores) -> None:
    queue.texts.update("nothing", state=TextState.SENT)
    assert queue.texts.unsent() == []


def test_empty_ids_find_nothing(queue: QueueStores) -> None:
    queue.texts.add(a_text())
    assert queue.texts.by_sid("") is None and queue.texts.by_sid("SM1") is None
    assert queue.texts.for_callback("") == []


def test_texts_of_a_promise_come_oldest_first_both_ways(queue: QueueStores) -> None:
    texts = [
        replace(a_text(key, callback_id="c", state=state), at=NOW - ago * MINUTE)
        for key, state, ago in (("a", TextState.RECEIVED, 0), ("b", TextState.SENT, 1))
    ]
    for text in texts:
        queue.texts.add(text)
    assert queue.texts.for_callback("c") == [texts[1], texts[0]]


def test_texts_to_a_number_come_newest_first(queue: QueueStores) -> None:
    older, newer = a_text("a", at=NOW), a_text("b", at=NOW + MINUTE)
    more = (a_text("c", state=TextState.RECEIVED), a_text("d", number="+12025550002"), a_text("e", at=NOW - HOUR))
    for text in (older, newer, *more):
        queue.texts.add(text)
    assert queue.texts.sent_to("+12025550001", NOW) == [newer, older]
    assert queue.texts.sent_to("+12025550001", NOW, limit=1) == [newer]
    assert queue.texts.sent_to("+12025550009", NOW) == []


def test_outgoing_ones_are_counted_for_the_caps(queue: QueueStores) -> None:
    for key, state in (("a", TextState.QUEUED), ("b", TextState.FAILED), ("c", TextState.RECEIVED)):
        queue.texts.add(a_text(key, state=state))
    queue.texts.add(a_text("d", number="+12025550002"))
    queue.texts.add(a_text("e", at=NOW - HOUR))
    assert queue.texts.sent_since(NOW) == 3
    assert queue.texts.sent_since(NOW, number="+12025550001") == 2
    assert queue.texts.sent_since(NOW - HOUR) == 4
    assert queue.texts.sent_since(NOW + MINUTE) == 0
