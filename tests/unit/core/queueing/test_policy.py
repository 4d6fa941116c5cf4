"""Who is next, and who takes whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import Callback, CallbackState, Kind, Place
from ivr.core.queueing.people import can_take
from ivr.core.queueing.policy import another, is_due, itself, likely, match, order_at, place_key
from tests.unit.core.queueing.promises import NOON, agent, at, promise, rules

pytestmark = pytest.mark.unit


def pairs_of(heads: list[Callback], agents: list[Agent]) -> list[tuple[str, str]]:
    return [(pair.callback.id, pair.agent.id) for pair in match(heads, agents, NOON, itself)]


def in_line(number: int, **fields: object) -> Callback:
    return promise(**{"id": f"c{number}", "order_at": at(-900 + number)} | fields)


# -- order ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("priority", "expected"), [(5, at(0)), (7, at(-1200)), (9, at(-2400)), (0, at(3000))])
def test_priority_is_worth_minutes_of_waiting(priority: int, expected: object) -> None:
    assert order_at(NOON, priority, rules(priority_mins=10)) == expected


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 600), st.integers(1, 60))
def test_nobody_is_overtaken_for_longer_than_the_priorities_differ(
    mine: int, theirs: int, later_mins: int, priority_mins: int
) -> None:
    their_arrival = NOON + timedelta(minutes=later_mins)
    mine_is_first = order_at(NOON, mine, rules(priority_mins=priority_mins)) < order_at(
        their_arrival, theirs, rules(priority_mins=priority_mins)
    )
    assert mine_is_first == (later_mins > (theirs - mine) * priority_mins)


def test_who_came_earlier_is_earlier() -> None:
    line = [in_line(2), in_line(0), in_line(1)]
    free = [agent("ana", since=at(-30)), agent("bob", since=at(-20)), agent("cy", since=at(-10))]
    assert pairs_of(line, free) == [("c0", "ana"), ("c1", "bob"), ("c2", "cy")]


def test_at_the_same_moment_the_id_decides() -> None:
    assert pairs_of([in_line(1, id="b"), in_line(1, id="a")], [agent()]) == [("a", "ana")]


# -- who takes whom ------------------------------------------------------------------------------


def test_likely_are_those_who_are_paired_when_nothing_comes_in_between() -> None:
    line = [in_line(0, language="ja"), in_line(3), in_line(1), in_line(2, skills=("billing",)), in_line(4)]
    free = [agent("ana", skills=("billing",)), agent("bob")]
    assert [head.id for head in likely(line, free, NOON)] == ["c1", "c2"]
    assert likely(line, [], NOON) == [] == likely([], free, NOON)


def test_who_has_been_idle_longest_is_asked() -> None:
    free = [agent("ana", since=at(-10)), agent("bob", since=at(-99)), agent("cy", since=at(-50))]
    assert pairs_of([in_line(1)], free) == [("c1", "bob")]


def test_an_agent_whose_idleness_is_not_known_is_asked_first() -> None:
    assert pairs_of([in_line(1)], [agent("ana"), agent("bob", since=None)]) == [("c1", "bob")]


def test_rare_skills_are_kept_free() -> None:
    free = [agent("ana", since=at(-99), skills=("billing",)), agent("bob", since=at(-1))]
    assert pairs_of([in_line(1)], free) == [("c1", "bob")]
    assert pairs_of([in_line(1, skills=("billing",))], free) == [("c1", "ana")]


def test_there_are_never_more_pairs_than_agents() -> None:
    assert pairs_of([in_line(number) for number in range(5)], [agent()]) == [("c0", "ana")]
    assert pairs_of([in_line(1)], []) == []


def test_who_nobody_can_take_does_not_hold_up_the_next() -> None:
    assert pairs_of([in_line(0, language="ja"), in_line(1)], [agent()]) == [("c1", "ana")]


@pytest.mark.parametrize(
    "fields",
    [
        {"eligible_at": at(1)},
        {"state": CallbackState.DIALLING},
        {"kind": Kind.MESSAGE},
        {"expires_at": at(0)},
    ],
)
def test_who_is_not_due_is_passed_over(fields: dict[str, object]) -> None:
    assert pairs_of([in_line(0, **fields), in_line(1)], [agent()]) == [("c1", "ana")]


def test_a_chosen_time_is_due_when_it_comes_and_then_goes_by_arrival() -> None:
    chosen = in_line(0, is_time_chosen=True, eligible_at=NOON)
    assert is_due(chosen, NOON)
    assert pairs_of([in_line(1), chosen], [agent()]) == [("c0", "ana")]


def test_an_owned_promise_waits_for_its_agent_and_then_for_anybody() -> None:
    owned = in_line(0, owner="bob", owner_until=at(60))
    assert pairs_of([owned], [agent("ana")]) == []
    assert pairs_of([owned], [agent("ana", since=at(-99)), agent("bob")]) == [("c0", "bob")]
    assert match([owned], [agent("ana")], at(60), itself)[0].agent.id == "ana"


def test_who_may_not_be_called_now_is_passed_over_and_asked_about_only_when_there_is_an_agent() -> None:
    asked: list[str] = []

    def is_allowed(callback: Callback) -> bool:
        asked.append(callback.id)
        return callback.id != "c0"

    line = [in_line(0), in_line(1, language="ja"), in_line(2), in_line(3)]
    pairs = match(line, [agent()], NOON, itself, is_allowed=is_allowed)
    assert [pair.callback.id for pair in pairs] == ["c2"]
    assert asked == ["c0", "c2"]


def test_of_a_line_of_places_only_those_are_read_that_somebody_can_take() -> None:
    line = [in_line(0), in_line(1, language="ja"), in_line(2), in_line(3), in_line(4)]
    places = [Place(one.id, one.queue, one.order_at, one.language, one.skills) for one in line]
    by_id = {one.id: one for one in line}
    del by_id["c0"]  # Somebody else has it by now.
    by_id["c2"] = in_line(2, language="ja")  # It has changed meanwhile.
    read: list[str] = []

    def load(place: Place) -> Callback | None:
        read.append(place.id)
        return by_id.get(place.id)

    assert [pair.callback.id for pair in match(places, [agent()], NOON, load)] == ["c3"]
    assert read == ["c0", "c2", "c3"]


def test_another_agent_fits_is_free_and_was_not_asked() -> None:
    people = [agent("ana"), agent("bob", state=AgentState.BREAK), agent("cy", languages=("ja",)), agent("di")]
    chosen = another(promise(owner="ana"), people, NOON, ["ana"])
    assert chosen is not None
    assert chosen.id == "di"
    assert another(promise(), people, NOON, ["ana", "di"]) is None


# -- whatever the line looks like ----------------------------------------------------------------

SKILLS = st.lists(st.sampled_from(["billing", "refunds"]), unique=True).map(tuple)
LANGUAGES = st.sampled_from(["en", "ja"])
PROMISES = st.lists(
    st.builds(
        lambda secs, language, skills, owner, due: {
            "order_at": at(secs),
            "language": language,
            "skills": skills,
            "owner": owner,
            "eligible_at": at(due),
        },
        st.integers(-20, 0),
        LANGUAGES,
        SKILLS,
        st.sampled_from(["", "", "a0", "a1"]),
        st.sampled_from([-5, 0, 5]),
    ),
    max_size=8,
)
AGENTS = st.lists(
    st.builds(
        lambda secs, languages, skills, state: {
            "since": at(secs),
            "languages": languages,
            "skills": skills,
            "state": state,
        },
        st.integers(-20, 0),
        st.lists(LANGUAGES, min_size=1, unique=True).map(tuple),
        SKILLS,
        st.sampled_from([AgentState.AVAILABLE, AgentState.AVAILABLE, AgentState.ON_CALL]),
    ),
    max_size=5,
)


@given(PROMISES, AGENTS)
def test_pairs_are_fitting_no_agent_is_taken_twice_and_nobody_in_front_could_have_been_taken(
    promises: list[dict[str, object]], people: list[dict[str, object]]
) -> None:
    line = [promise(id=f"c{index}", **fields) for index, fields in enumerate(promises)]
    agents = [agent(f"a{index}", **fields) for index, fields in enumerate(people)]
    pairs = match(line, agents, NOON, itself)
    taken = [pair.agent.id for pair in pairs]
    assert len(taken) == len(set(taken)) <= sum(each.state is AgentState.AVAILABLE for each in agents)
    assert all(can_take(pair.agent, pair.callback, NOON) for pair in pairs)
    assert [place_key(pair.callback) for pair in pairs] == sorted(place_key(pair.callback) for pair in pairs)
    chosen = {pair.callback.id for pair in pairs}
    for passed_over in (each for each in line if each.id not in chosen and is_due(each, NOON)):
        for pair in pairs:
            if place_key(pair.callback) > place_key(passed_over):
                assert not can_take(pair.agent, passed_over, NOON)
        idle = [each for each in agents if each.id not in taken]
        assert not any(can_take(each, passed_over, NOON) for each in idle)
