"""Lists, tabs and search of the callbacks page: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from ivr.core.queueing.model import CallbackState, Kind
from ivr.ports import Bucket, Search
from tests.contract.conftest import NOW, QueueStores
from tests.contract.queue_rows import DAY, HOUR, MINUTE, a_promise, made

pytestmark = pytest.mark.contract

TONIGHT = NOW + 8 * HOUR

# What is promised -> the tab it is in.
CASES: list[tuple[dict[str, object], Bucket | None]] = [
    ({"promised_to": NOW - MINUTE}, Bucket.OVERDUE),
    ({"promised_to": NOW - MINUTE, "state": CallbackState.DIALLING}, Bucket.OVERDUE),
    ({"promised_to": NOW - MINUTE, "kind": Kind.MESSAGE}, Bucket.OVERDUE),
    ({"promised_to": NOW - MINUTE, "state": CallbackState.CONNECTED}, Bucket.NOW),
    ({"promised_to": NOW}, Bucket.NOW),
    ({"promised_to": NOW + HOUR, "kind": Kind.MESSAGE}, Bucket.NOW),
    ({"promised_to": NOW + HOUR, "eligible_at": NOW + MINUTE, "state": CallbackState.CLAIMED}, Bucket.NOW),
    ({"promised_to": NOW + 2 * HOUR, "eligible_at": NOW + HOUR}, Bucket.LATER),
    ({"promised_to": NOW + 9 * HOUR, "eligible_at": TONIGHT, "state": CallbackState.RETRY_AT}, Bucket.LATER),
    ({"promised_to": NOW + DAY, "eligible_at": TONIGHT + MINUTE}, Bucket.ANOTHER_DAY),
    ({"promised_to": NOW - DAY, "state": CallbackState.FAILED, "state_at": NOW - 9 * DAY}, Bucket.NEEDS_PERSON),
    ({"state": CallbackState.DONE, "state_at": TONIGHT - DAY + MINUTE}, Bucket.DONE),
    ({"state": CallbackState.CANCELLED, "state_at": NOW}, Bucket.DONE),
    ({"state": CallbackState.DONE, "state_at": TONIGHT - DAY}, None),
]


def found(stores: QueueStores, **wanted: object) -> list[int]:
    """The numbers of the promises found, in order."""
    page, total = stores.callbacks.search(Search(**wanted), NOW)  # type: ignore[arg-type]
    assert total == len(page)
    return [int(callback.id, 16) for callback in page]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_promise_is_in_its_tab_and_in_no_other(queue: QueueStores, number: int) -> None:
    changes, expected = CASES[number]
    made(queue, a_promise(1, **changes))
    tabs = {bucket: found(queue, bucket=bucket, day_ends_at=TONIGHT) for bucket in Bucket}
    assert tabs == {bucket: [1] if bucket is expected else [] for bucket in Bucket}
    counted = queue.callbacks.counts(NOW, TONIGHT)
    assert counted == {bucket: int(bucket is expected) for bucket in Bucket}


def test_tabs_are_counted_for_one_queue(queue: QueueStores) -> None:
    made(queue, a_promise(1), a_promise(2, queue="billing"), a_promise(3))
    assert queue.callbacks.counts(NOW, TONIGHT)[Bucket.NOW] == 3
    assert queue.callbacks.counts(NOW, TONIGHT, queue="billing")[Bucket.NOW] == 1
    assert queue.callbacks.counts(NOW, TONIGHT, queue="nowhere")[Bucket.NOW] == 0


def test_a_tab_without_the_end_of_the_day_is_empty(queue: QueueStores) -> None:
    made(queue, a_promise(1))
    assert found(queue, bucket=Bucket.NOW) == []


def test_lists_are_ordered_by_due_time_then_arrival(queue: QueueStores) -> None:
    made(queue, a_promise(3), a_promise(2, promised_to=NOW), a_promise(1), a_promise(4, arrived_at=NOW - DAY))
    assert found(queue) == [2, 4, 1, 3]


def test_done_ones_come_with_the_last_first(queue: QueueStores) -> None:
    done = {1: 3, 2: 1, 3: 2, 4: 1}
    made(
        queue,
        *(
            a_promise(number, state=CallbackState.DONE, state_at=NOW - ago * MINUTE, promised_to=NOW + number * MINUTE)
            for number, ago in done.items()
        ),
    )
    assert found(queue, bucket=Bucket.DONE, day_ends_at=TONIGHT) == [2, 4, 3, 1]
    assert found(queue) == [1, 2, 3, 4]


def test_pages_follow_one_another(queue: QueueStores) -> None:
    made(queue, *(a_promise(number) for number in range(1, 6)))
    pages = [queue.callbacks.search(Search(limit=2, offset=offset), NOW) for offset in (0, 2, 4, 6)]
    assert [[int(one.id, 16) for one in page] for page, _ in pages] == [[1, 2], [3, 4], [5], []]
    assert {total for _, total in pages} == {5}


def test_states_and_queues_narrow_the_list(queue: QueueStores) -> None:
    made(queue, a_promise(1), a_promise(2, state=CallbackState.DONE), a_promise(3, queue="billing"))
    assert found(queue, states=(CallbackState.DONE, CallbackState.FAILED)) == [2]
    assert found(queue, states=(CallbackState.PENDING,)) == [1, 3]
    assert found(queue, queue="billing") == [3]
    assert found(queue, queue="billing", states=(CallbackState.DONE,)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+12025550001", [1]),
        ("lee", [1]),
        ("山田", [2]),
        ("ORDER", [1]),
        ("4719", [2]),
        (f"{2:032x}", [2]),
        ("50%", [3]),
        ("%", [3]),
        ("_", [4]),
        ("\\", [4]),
        ("nobody", []),
        ("' OR 1=1 --", []),
    ],
)
def test_words_are_found_in_number_name_reason_code_and_id(queue: QueueStores, text: str, expected: list[int]) -> None:
    made(
        queue,
        a_promise(1, name="Ana Lee", reason="Order status"),
        a_promise(2, name="山田", code="4719"),
        a_promise(3, reason="50% off"),
        a_promise(4, reason="a_b\\c", extension="lee 4719 50%"),
    )
    assert found(queue, text=text) == expected


OLD = {"state": CallbackState.DONE, "state_at": NOW - 30 * DAY}
"""Ended too long ago for words."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lee", [1, 2, 3, 4]),
        ("0005", []),
        ("+12025550005", [5]),
        ("+1 (202) 555-0005", [5]),
        (f"{5:032X}", [5]),
        ("+1202555000", []),
        ("1202555000", [1, 2, 3, 4]),
    ],
)
def test_words_are_sought_in_what_is_open_or_ended_not_long_ago_and_whole_numbers_and_ids_everywhere(
    queue: QueueStores, text: str, expected: list[int]
) -> None:
    made(
        queue,
        a_promise(1, name="Lee"),
        a_promise(2, name="Lee", state=CallbackState.FAILED, state_at=NOW - 99 * DAY),
        a_promise(3, name="Lee", state=CallbackState.CANCELLED, state_at=NOW - 30 * DAY + MINUTE),
        a_promise(4, name="Lee", kind=Kind.MESSAGE),
        a_promise(5, name="Lee", **OLD),
    )
    assert found(queue, text=text) == expected


def test_pages_of_words_are_in_the_order_of_all_lists(queue: QueueStores) -> None:
    made(
        queue,
        a_promise(1, name="Lee", promised_to=NOW + 5 * MINUTE),
        a_promise(2, name="Lee", promised_to=NOW + 3 * MINUTE, state=CallbackState.FAILED),
        a_promise(3, name="Lee", promised_to=NOW + 4 * MINUTE, state=CallbackState.DONE, state_at=NOW),
        a_promise(4, name="Kim"),
    )
    pages = [queue.callbacks.search(Search(text="lee", limit=2, offset=offset), NOW) for offset in (0, 2, 4)]
    assert [[int(one.id, 16) for one in page] for page, _ in pages] == [[2, 3], [1], []]
    assert {total for _, total in pages} == {3}


def test_all_conditions_hold_together(queue: QueueStores) -> None:
    made(queue, a_promise(1, name="Lee"), a_promise(2, name="Lee", queue="billing"), a_promise(3))
    wanted = Search(
        bucket=Bucket.NOW,
        states=(CallbackState.PENDING,),
        queue="billing",
        text="lee",
        day_ends_at=TONIGHT,
    )
    assert [one.id for one in queue.callbacks.search(wanted, NOW)[0]] == [a_promise(2).id]
