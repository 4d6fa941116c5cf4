"""The hash key that callers press behind an entry that was complete already."""

from __future__ import annotations

import pytest

from tests.unit.core.driving import Drive

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
