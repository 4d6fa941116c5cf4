"""The last wish of the person wins; a wrap-up has a limit; an empty chair gets no call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_bridge.presence import LINE_LOST, choose, finish, lapsed, more_time
from ivr.core.queueing.legs import AgentState
from tests.unit.agent_bridge.people import NOON, ana, later, talking, wrapping_up

pytestmark = pytest.mark.unit

BUSY = [AgentState.RESERVED, AgentState.RINGING, AgentState.ON_CALL]


def test_who_is_free_takes_a_break_at_once() -> None:
    away = choose(ana(missed=2), AgentState.BREAK, "lunch", later(5))
    assert away == ana(AgentState.BREAK, reason="lunch", since=later(5), missed=0)


def test_who_missed_calls_comes_back_with_a_clean_slate() -> None:
    back = choose(ana(AgentState.BREAK, reason="missed 1", missed=1), AgentState.AVAILABLE, "", later(5))
    assert back == ana(since=later(5))


@pytest.mark.parametrize("state", BUSY)
def test_a_break_chosen_in_a_call_comes_after_the_call(state: AgentState) -> None:
    before = ana(state, callback_id="c1")
    assert choose(before, AgentState.BREAK, "lunch", later(5)) == replace(
        before, wish=AgentState.BREAK, wish_reason="lunch"
    )


def test_a_break_chosen_in_the_wrap_up_leaves_it_open() -> None:
    wished = choose(wrapping_up(), AgentState.OFFLINE, "", later(5))
    assert wished == wrapping_up(wish=AgentState.OFFLINE)


def test_the_last_wish_wins() -> None:
    on_call = talking(wish=AgentState.OFFLINE, wish_reason="home")
    assert choose(on_call, AgentState.BREAK, "tea", NOON) == talking(wish=AgentState.BREAK, wish_reason="tea")
    assert choose(on_call, AgentState.AVAILABLE, "", NOON) == talking()


def test_what_is_so_already_changes_nothing() -> None:
    assert choose(ana(), AgentState.AVAILABLE, "", later(5)) is None
    assert choose(talking(), AgentState.AVAILABLE, "", later(5)) is None
    assert choose(ana(AgentState.WRAP_UP, reason="passed"), AgentState.AVAILABLE, "", later(5)) is None


def test_a_break_after_not_now_begins_at_once() -> None:
    resting = ana(AgentState.WRAP_UP, reason="passed", free_at=later(15))
    assert choose(resting, AgentState.BREAK, "", later(5)) == ana(AgentState.BREAK, since=later(5))


def test_states_that_follow_from_calls_cannot_be_chosen() -> None:
    with pytest.raises(ValueError, match="on_call"):
        choose(ana(), AgentState.ON_CALL, "", NOON)


def test_a_minute_is_added_to_the_wrap_up_only() -> None:
    assert more_time(wrapping_up()) == wrapping_up(free_at=later(90))
    assert more_time(wrapping_up(free_at=None)) is None
    assert more_time(ana(AgentState.WRAP_UP, reason="passed", free_at=later(15))) is None
    assert more_time(talking()) is None


def test_done_notes_lead_to_the_next_call_or_to_what_was_wished_for() -> None:
    assert finish(wrapping_up(), later(5), stay_away=False) == ana(since=later(5))
    wished = wrapping_up(wish=AgentState.OFFLINE)
    assert finish(wished, later(5), stay_away=False) == ana(AgentState.OFFLINE, since=later(5))
    assert finish(wished, later(5), stay_away=True) == ana(AgentState.OFFLINE, since=later(5))


def test_done_notes_can_lead_to_a_break() -> None:
    assert finish(wrapping_up(), later(5), stay_away=True) == ana(AgentState.BREAK, since=later(5))


def test_without_a_wrap_up_there_is_nothing_to_finish() -> None:
    assert finish(ana(), NOON, stay_away=False) is None


def test_an_empty_chair_is_paused() -> None:
    assert lapsed(ana(), later(31)) == ana(AgentState.BREAK, reason=LINE_LOST, since=later(31))


def test_an_empty_chair_in_the_wrap_up_is_paused_after_it() -> None:
    assert lapsed(wrapping_up(), later(31)) == wrapping_up(wish=AgentState.BREAK, wish_reason=LINE_LOST)
    assert lapsed(wrapping_up(wish=AgentState.OFFLINE), later(31)) is None


def test_a_call_goes_on_without_a_desk() -> None:
    assert lapsed(talking(), later(31)) is None
    assert lapsed(ana(AgentState.OFFLINE), later(31)) is None
