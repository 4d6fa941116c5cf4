"""Who has come to stand in front since a line was read."""

from __future__ import annotations

import pytest

from ivr.core.queueing.legs import AgentState
from ivr.core.queueing.model import Callback, Place
from ivr.core.queueing.reading import Reading, is_overtaken, newcomers
from tests.unit.core.queueing.promises import NOON, agent, at, promise

pytestmark = pytest.mark.unit


def standing(number: int, *, skills: tuple[str, ...] = (), owner: str = "", moved: float = 0.0) -> Place:
    return Place(f"c{number}", "support", at(-900 + number + moved), "en", skills, owner)


def read(*places: Place, each: int = 8, gone: tuple[str, ...] = ()) -> Reading:
    return Reading("support", NOON, each, places, frozenset(gone))


def claimed(number: int, **fields: object) -> Callback:
    return promise(**{"id": f"c{number}", "order_at": at(-900 + number)} | fields)


# -- newcomers -------------------------------------------------------------------------------------


def test_whoever_was_seen_is_no_newcomer() -> None:
    assert newcomers(read(standing(1), standing(2)), [standing(1), standing(2)]) == []


def test_whoever_was_not_seen_is_one() -> None:
    assert newcomers(read(standing(1), standing(3)), [standing(1), standing(2), standing(3)]) == [standing(2)]


def test_whoever_was_seen_gone_and_is_back_is_one() -> None:
    assert newcomers(read(standing(1), gone=("c1",)), [standing(1)]) == [standing(1)]


@pytest.mark.parametrize("now", [standing(1, moved=-60), standing(1, owner="ana"), standing(1, skills=("tax",))])
def test_whoever_stands_elsewhere_now_is_one(now: Place) -> None:
    assert newcomers(read(standing(1)), [now]) == [now]


def test_behind_the_last_place_read_of_a_full_group_nobody_is_one() -> None:
    line = [standing(number) for number in (1, 2, 3, 4)]
    assert newcomers(read(line[0], line[2], each=2), line) == [line[1]]


def test_a_group_that_was_not_full_was_seen_to_its_end() -> None:
    assert newcomers(read(standing(1), each=2), [standing(1), standing(2)]) == [standing(2)]


def test_a_full_group_says_nothing_of_another_one() -> None:
    other = standing(5, skills=("tax",))
    assert newcomers(read(standing(1), each=1), [standing(1), other]) == [other]


# -- overtaking ------------------------------------------------------------------------------------


def test_whom_the_agent_can_take_in_front_is_overtaken() -> None:
    assert is_overtaken(claimed(2), agent(), [standing(1)], NOON)


@pytest.mark.parametrize(
    "place", [standing(3), standing(1, skills=("tax",)), standing(1, owner="ben")], ids=["behind", "skills", "owned"]
)
def test_others_are_not(place: Place) -> None:
    assert not is_overtaken(claimed(2), agent(), [place], NOON)


def test_an_agent_who_can_take_nobody_overtakes_nobody() -> None:
    assert not is_overtaken(claimed(2), agent(state=AgentState.BREAK), [standing(1)], NOON)


def test_an_empty_line_overtakes_nobody() -> None:
    assert newcomers(read(), []) == []
    assert not is_overtaken(claimed(2), agent(), [], NOON)
