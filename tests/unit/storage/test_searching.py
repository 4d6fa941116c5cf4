"""What a text in the search field asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.queueing.model import Callback, CallbackState
from ivr.storage.searching import SEARCHED_BACK, Sought, is_recent, sought

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ID = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ID, Sought(id=ID)),
        (ID.upper(), Sought(id=ID)),
        (ID[:31], Sought(words=ID[:31])),
        ("+12025550123", Sought(number="+12025550123")),
        ("+81 3-1234-5678", Sought(number="+81312345678")),
        ("12025550123", Sought(words="12025550123")),
        ("+0123456789", Sought(words="+0123456789")),
        ("+12025", Sought(words="+12025")),
        ("+１２０２５５５０１２３", Sought(words="+１２０２５５５０１２３")),
        ("4719", Sought(words="4719")),
        ("", Sought()),
    ],
)
def test_whole_ids_and_numbers_are_told_from_words(text: str, expected: Sought) -> None:
    assert sought(text) == expected


@pytest.mark.parametrize(
    ("state", "state_at", "expected"),
    [
        (CallbackState.PENDING, None, True),
        (CallbackState.FAILED, NOW - timedelta(days=400), True),
        (CallbackState.DONE, NOW - SEARCHED_BACK + timedelta(seconds=1), True),
        (CallbackState.DONE, NOW - SEARCHED_BACK, False),
        (CallbackState.CANCELLED, None, False),
    ],
)
def test_words_are_sought_in_what_is_open_failed_or_ended_not_long_ago(
    state: CallbackState, state_at: datetime | None, expected: bool
) -> None:
    callback = Callback(ID, "general", "+12025550123", "en", *[NOW] * 5, state=state, state_at=state_at)
    assert is_recent(callback, NOW) is expected
