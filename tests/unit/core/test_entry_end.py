"""Where an entry by keypad ends: the hash key behind a complete one, keys typed over the notice."""

from __future__ import annotations

import pytest

from ivr.core.flow.model import Consent
from tests.unit.core.driving import Drive
from tests.unit.core.flows import prompt, shop_flow

pytestmark = pytest.mark.unit


def asked_for_number() -> Drive:
    drive = Drive()
    drive.played()
    drive.press("1")
    drive.played()
    return drive


def test_a_hash_behind_a_complete_entry_changes_nothing() -> None:
    drive = asked_for_number()
    drive.press("42719")
    assert drive.press("#") == []
    drive.press("1")
    assert drive.session.state.slots == {"order_number": "42719"}


def test_a_second_hash_at_the_read_back_is_no_answer() -> None:
    drive = asked_for_number()
    drive.press("42719#")
    drive.press("#")
    assert drive.session.state.misses == {"no_match": 1}


def test_a_hash_after_words_is_no_end_of_an_entry() -> None:
    drive = asked_for_number()
    drive.press("42719")
    drive.slot("42720", is_correction=True)
    drive.press("#")
    assert drive.session.state.misses == {"no_match": 1}


def test_the_refusing_key_inside_a_number_typed_over_the_notice_is_a_digit() -> None:
    drive = Drive(flow=shop_flow(consent=Consent(prompt("This call may be recorded."), ("9",))))
    drive.press("1427191")
    assert drive.session.state.slots == {"order_number": "42719"}
    assert not drive.session.state.is_refused
