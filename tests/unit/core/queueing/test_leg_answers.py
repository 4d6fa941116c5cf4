"""What the carrier's answer to a question about a leg means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from ivr.core.queueing.leg_events import LegNews, settled
from ivr.core.queueing.legs import Leg, LegOutcome, LegState, Role
from tests.unit.core.queueing.promises import (
    NOON,
    at,
)

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Listed:
    carrier_sid: str
    status: str
    created_at: datetime | None = None
    answered_by: str = ""
    ended_at: datetime | None = None


LEG = Leg("t1", "c1", 1, 1, Role.CUSTOMER, "+15550100", "+15550199", NOON)
PLACED = replace(LEG, state=LegState.PLACED, carrier_sid="CA1")


@pytest.mark.parametrize(
    ("status", "state", "outcome"),
    [
        ("queued", LegState.PLACED, None),
        ("initiated", LegState.PLACED, None),
        ("ringing", LegState.RINGING, None),
        ("in-progress", LegState.ANSWERED, None),
        ("completed", LegState.OVER, LegOutcome.COMPLETED),
        ("busy", LegState.OVER, LegOutcome.BUSY),
        ("no-answer", LegState.OVER, LegOutcome.NO_ANSWER),
        ("failed", LegState.OVER, LegOutcome.FAILED),
        ("canceled", LegState.OVER, LegOutcome.CANCELLED),
    ],
)
def test_the_one_call_found_is_the_legs(status: str, state: LegState, outcome: LegOutcome | None) -> None:
    news = settled(LEG, [Listed("CA7", status, at(1), "human")], at(5), settle_secs=90)
    assert news == LegNews(state, outcome, "CA7", "human")


def test_no_call_is_believed_only_after_the_list_can_have_caught_up() -> None:
    assert settled(LEG, [], at(89), settle_secs=90) is None
    assert settled(LEG, [], at(90), settle_secs=90) == LegNews(LegState.OVER, LegOutcome.NEVER_PLACED)


def test_a_call_that_had_been_placed_and_cannot_be_found_is_a_riddle() -> None:
    assert settled(PLACED, [], at(90), settle_secs=90) == LegNews(LegState.OVER, LegOutcome.UNKNOWN)
    answered = replace(LEG, state=LegState.ANSWERED)
    assert settled(answered, [], at(90), settle_secs=90) == LegNews(LegState.OVER, LegOutcome.UNKNOWN)


def test_several_calls_are_a_riddle() -> None:
    two = [Listed("CA1", "busy", at(1)), Listed("CA2", "ringing", at(2))]
    assert settled(LEG, two, at(5), settle_secs=90) == LegNews(LegState.OVER, LegOutcome.UNKNOWN)


def test_calls_of_other_legs_and_older_ones_do_not_count() -> None:
    found = [Listed("CA1", "completed", at(1)), Listed("CA2", "completed", at(-61)), Listed("CA3", "ringing")]
    news = settled(LEG, found, at(5), settle_secs=90, others={"CA1"})
    assert news == LegNews(LegState.RINGING, None, "CA3")


def test_a_leg_with_an_id_is_that_call_and_no_other() -> None:
    found = [Listed("CA9", "busy"), Listed("CA1", "ringing")]
    assert settled(PLACED, found, at(5), settle_secs=90) == LegNews(LegState.RINGING, None, "CA1")


def test_a_word_nobody_knows_says_nothing() -> None:
    assert settled(PLACED, [Listed("CA1", "teleported")], at(500), settle_secs=90) is None


def test_the_carriers_list_says_when_a_call_was_over() -> None:
    found = [Listed("CA1", "completed", NOON, ended_at=NOON + timedelta(seconds=9))]
    news = settled(PLACED, found, NOON + timedelta(seconds=40), settle_secs=90.0)
    assert news is not None
    assert news.ended_at == NOON + timedelta(seconds=9)
