"""What fails inside, or cannot be reached: the carrier is answered in words, and calls come back afterwards."""

from __future__ import annotations

import pytest

from tests.unit.web.kit import PUBLIC, House, japanese, redirect, said, verbs
from tests.unit.web.test_voice import IN_PROGRESS, STATUSES, began

pytestmark = pytest.mark.unit


@pytest.fixture
def house() -> House:
    house = House()
    house.add_node()
    return house


def test_fallback_tries_once_more_and_then_apologises(house: House) -> None:
    first = house.ask("/voice/fallback", ErrorCode="11200", ErrorUrl=f"{PUBLIC}/voice/incoming")
    assert verbs(first) == ["Say", "Pause", "Redirect"]
    assert "again=" in redirect(first)
    second = house.ask("/voice/fallback", ErrorCode="11200", ErrorUrl=PUBLIC + redirect(first))
    assert verbs(second) == ["Say", "Hangup"]
    assert verbs(house.ask("/voice/fallback", japanese())) == ["Say", "Hangup"]


def test_fallback_speaks_the_language_of_the_number(house: House) -> None:
    answer = house.ask("/voice/fallback", To="+815005550006", Called="+815005550006")
    assert said(answer)[0] == "ja-JP"


def test_fallback_needs_no_database(house: House) -> None:
    house.calls.failing = house.nodes.failing = house.ledger.failing = "down"
    assert verbs(house.ask("/voice/fallback")) == ["Say", "Hangup"]


@pytest.mark.parametrize("broken", ["calls", "nodes", "ledger"])
def test_incoming_call_hears_words_when_a_store_fails_and_is_answered_when_it_recovers(
    house: House, broken: str
) -> None:
    getattr(house, broken).failing = "disk"
    answer = house.ask("/voice/incoming", japanese())
    assert verbs(answer) == ["Say", "Pause", "Redirect"]
    assert said(answer)[0] == "ja-JP"
    assert house.figure('denwaban_webhook_errors_total{endpoint="incoming"}') == 1
    getattr(house, broken).failing = None
    assert verbs(house.ask(redirect(answer), japanese())) == ["Connect", "Redirect"]


def test_incoming_call_is_not_kept_coming_back_for_ever(house: House) -> None:
    house.calls.failing = "disk"
    answer = house.ask("/voice/incoming")
    for _ in range(2):
        answer = house.ask(redirect(answer))
    assert verbs(answer) == ["Say", "Hangup"]


@pytest.mark.parametrize("broken", ["calls", "nodes", "ledger"])
def test_lost_call_survives_a_database_that_is_away_for_some_seconds(house: House, broken: str) -> None:
    target = began(house)
    house.add_node("media-2")
    getattr(house, broken).failing = "down"
    for _ in range(3):
        answer = house.ask(target, IN_PROGRESS)
        assert verbs(answer)[-2:] == ["Pause", "Redirect"]
        target = redirect(answer)
    getattr(house, broken).failing = None
    assert verbs(house.ask(target, IN_PROGRESS)) == ["Connect", "Redirect"]


def test_lost_call_hears_words_when_the_database_stays_away(house: House) -> None:
    target = began(house)
    house.calls.failing = "down"
    answer = house.ask(target, IN_PROGRESS)
    while "Redirect" in verbs(answer):
        answer = house.ask(redirect(answer), IN_PROGRESS)
    assert verbs(answer) == ["Say", "Hangup"]


def test_status_that_cannot_be_stored_asks_to_be_sent_again(house: House) -> None:
    house.ask("/voice/incoming")
    house.calls.failing = "down"
    assert house.ask("/voice/status", STATUSES[3]).status_code == 503
    house.calls.failing = None
    assert house.ask("/voice/status", STATUSES[3]).status_code == 204
    assert house.calls.recent()[0].status == "ended"
