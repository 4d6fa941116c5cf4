from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.accounts.tries import ACCOUNT, DEVICE, PAIR, SOURCE, Limit, Tries, count_try, counters, forgive

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
LIMIT = Limit(3, 10 * SECOND, MINUTE)


def test_nobody_waits_up_to_the_free_failures() -> None:
    assert LIMIT.wait(None, NOW) == LIMIT.wait(Tries(2.9, NOW), NOW) == timedelta()


@pytest.mark.parametrize(("level", "secs"), [(3, 1), (4, 2), (5, 4), (6, 8), (7, 10), (5000, 10)])
def test_from_there_each_failure_doubles_the_wait_up_to_the_longest(level: float, secs: int) -> None:
    assert LIMIT.wait(Tries(level, NOW), NOW) == secs * SECOND


def test_a_wait_passes() -> None:
    tries = Tries(5, NOW)
    assert LIMIT.wait(tries, NOW + SECOND) == 3 * SECOND
    assert LIMIT.wait(tries, NOW + 4 * SECOND) == LIMIT.wait(tries, NOW + DAY) == timedelta()


def test_failures_are_forgotten_with_time_and_never_brought_back_by_a_clock_that_jumps() -> None:
    tries = Tries(2, NOW)
    assert [LIMIT.level(tries, NOW + minutes * MINUTE) for minutes in (0, 1, 2, 3)] == [2, 1, 0, 0]
    assert LIMIT.level(tries, NOW - DAY) == 2
    assert LIMIT.level(None, NOW) == 0


def test_a_failure_is_counted_on_top_of_what_is_left() -> None:
    assert LIMIT.counted(Tries(2, NOW), NOW + MINUTE) == Tries(2, NOW + MINUTE)
    assert LIMIT.counted(None, NOW) == Tries(1, NOW)


def test_a_try_from_anywhere_counts_for_pair_address_and_account() -> None:
    assert list(counters("ana", "198.51.100.7", "").values()) == [PAIR, SOURCE, ACCOUNT]
    assert list(counters("ana", "198.51.100.7", "a mark").values()) == [DEVICE]


def test_keys_tell_neither_name_nor_address() -> None:
    keys = " ".join(counters("ana", "198.51.100.7", ""))
    assert "ana" not in keys and "198" not in keys


def test_keys_of_different_things_differ() -> None:
    asked = [
        ("ana", "1", ""),
        ("an", "a1", ""),
        ("ben", "1", ""),
        ("ana", "2", ""),
        ("ana", "1", "d"),
        ("ana", "1", "e"),
    ]
    pairs = [next(iter(counters(*one))) for one in asked]
    assert len(set(pairs)) == len(pairs)


def test_a_try_is_counted_before_it_is_looked_at() -> None:
    counting = count_try({"a": LIMIT, "b": LIMIT}, {"a": Tries(1, NOW)}, NOW)
    assert (counting.wait, counting.after) == (timedelta(), {"a": Tries(2, NOW), "b": Tries(1, NOW)})


def test_a_try_that_has_to_wait_counts_nowhere() -> None:
    counting = count_try({"a": LIMIT, "b": LIMIT}, {"a": Tries(4, NOW), "b": Tries(3, NOW)}, NOW)
    assert (counting.wait, counting.after) == (2 * SECOND, {})


def test_the_right_password_empties_the_own_counter_and_takes_one_from_shared_ones() -> None:
    limits = {"pair": PAIR, "device": DEVICE, "source": SOURCE, "account": ACCOUNT}
    before = {"pair": Tries(4, NOW), "device": Tries(4, NOW), "source": Tries(9, NOW), "account": Tries(0.5, NOW)}
    levels = {key: tries.level for key, tries in forgive(limits, before).items()}
    assert levels == {"pair": 0, "device": 0, "source": 8, "account": 0}
    assert forgive(limits, {}) == {}


def guesses_in_a_day(*sources: str) -> int:
    """How many are looked at when somebody tries whenever a try is looked at."""
    now, stored, looked_at = NOW, dict[str, Tries](), 0
    while now < NOW + DAY:
        waits = []
        for source in sources:
            counting = count_try(counters("ana", source, ""), stored, now)
            stored.update(counting.after)
            looked_at += counting.wait == timedelta()
            waits.append(counting.wait)
        now += max(min(waits), SECOND)
    return looked_at


def test_a_day_of_guessing_from_one_address_is_less_than_two_hundred_tries() -> None:
    assert guesses_in_a_day("198.51.100.7") == 158


def test_a_day_of_guessing_from_many_addresses_is_one_try_a_minute() -> None:
    assert guesses_in_a_day(*(f"198.51.100.{number}" for number in range(30))) <= 1500
