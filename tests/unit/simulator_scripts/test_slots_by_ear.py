from __future__ import annotations

import pytest

from ivr.simulator.scripts.expectations import unmet
from ivr.simulator.scripts.model import CallScript, Expect
from ivr.simulator.scripts.results import CallFacts

pytestmark = pytest.mark.unit


def failures(wanted: str, found: str, *, by_ear: bool) -> list[str]:
    script = CallScript("a call", "shop", (), expect=Expect(slots={"reason": wanted}))
    return [failure.message for failure in unmet(script, CallFacts(slots={"reason": found}), by_ear=by_ear)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Ana Silva", "Anna Silva"),
        ("my invoice shows the wrong address", "My invoice shows the wrong address."),
        ("your driver was rude to my neighbour", "Your driver was rude to my neighbor."),
    ],
)
def test_words_that_a_recogniser_wrote_down_may_be_spelled_otherwise(wanted: str, found: str) -> None:
    assert failures(wanted, found, by_ear=True) == []
    assert failures(wanted, found, by_ear=False) == [f"the slot `reason` should be {wanted}, it is {found}"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("42719", "42718"),
        ("yes", "no"),
        ("Tom Baker", "Sam Baker"),
        ("room 12 on the second floor", "room 13 on the second floor"),
        ("the bike", "the bye"),
    ],
)
def test_other_words_and_other_digits_are_no_matter_of_spelling(wanted: str, found: str) -> None:
    assert failures(wanted, found, by_ear=True) == [f"the slot `reason` should be {wanted}, it is {found}"]
